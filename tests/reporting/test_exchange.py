"""Exchange formats: hub rows are allowed by the hub's own configuration, arrays add up to the run's totals."""

import csv
import io
import json

import numpy as np
import pytest

from simulation.projection import bands
from simulation.reporting import exchange
from tests.ensemble.fakes import cells
from tests.projection.conftest import scripted  # noqa: F401 - a fixture


@pytest.fixture
def result(scripted):  # noqa: F811
    return scripted(
        *(
            cells(4, north=[5, 6, 7, 8, 9 + k], east=[0, 0, 0, 0, 0], south_both=[2, 2, 2, 2, 2])
            for k in range(4)
        )
    )


def test_quantiles_are_those_of_the_projection_and_samples_the_futures(result):
    rows = exchange.hub_rows(result, samples=3)
    at_end = rows[
        (rows["target"] == "recognised count") & (rows["location"] == "city") & (rows["horizon"] == 4)
    ]
    quantiles = at_end[at_end["output_type"] == "quantile"]
    assert quantiles["output_type_id"].tolist() == ["0.025", "0.1", "0.25", "0.5", "0.75", "0.9", "0.975"]
    assert quantiles["value"].tolist() == pytest.approx(
        bands(result, "count", "recognised").iloc[-1].tolist()
    )
    samples = at_end[at_end["output_type"] == "sample"]
    assert samples["output_type_id"].tolist() == ["0", "1", "2"]
    assert samples["value"].tolist() == [11.0, 12.0, 13.0]


def test_a_share_of_no_carriers_has_no_row(result):
    rows = exchange.hub_rows(result)
    east = rows[rows["location"] == "east"]
    assert set(east["target"]) == {
        f"{scope} count" for scope in ("listed", "recognised", "national", "operating")
    }
    assert not rows["value"].isna().any()


def test_dates_are_ends_of_quarters(result):
    assert exchange.end_of("2020Q4") == "2020-12-31"
    assert exchange.end_of("2024Q1") == "2024-03-31"
    assert exchange.end_of("2023Q2") == "2023-06-30"
    rows = exchange.hub_rows(result, by="2021Q3")
    assert set(rows["origin_date"]) == {"2020-12-31"}
    assert set(zip(rows["target_end_date"], rows["horizon"], strict=True)) == {("2021-09-30", 3)}
    with pytest.raises(ValueError, match="no quarter '2020Q4' after the start"):
        exchange.hub_rows(result, by="2020Q4")


# The rules by which a hub judges a submission, read from the configuration that stands beside it.
def test_a_submission_passes_the_rules_of_its_hub(result):
    files = exchange.hub_files(result, samples=3)
    tasks = json.loads(files["hub-config/tasks.json"])["rounds"][0]["model_tasks"]
    (path,) = [name for name in files if name.startswith("model-output/")]
    assert path == "model-output/carriersim-abm/2020-12-31-carriersim-abm.csv"
    rows = list(csv.DictReader(io.StringIO(files[path].decode())))
    assert list(rows[0]) == list(exchange.COLUMNS)
    levels, samples, seen = {}, {}, set()
    for row in rows:
        (task,) = [one for one in tasks if row["target"] in one["task_ids"]["target"]["optional"]]
        for name in exchange.TASKS:
            allowed = task["task_ids"][name]["optional"]
            assert row[name] in map(str, allowed)
        kind, value = task["output_type"][row["output_type"]], float(row["value"])
        assert kind["value"]["minimum"] <= value <= kind["value"].get("maximum", np.inf)
        key = tuple(row[name] for name in exchange.TASKS)
        assert (*key, row["output_type"], row["output_type_id"]) not in seen
        seen.add((*key, row["output_type"], row["output_type_id"]))
        kept = levels if row["output_type"] == "quantile" else samples
        kept.setdefault(key, []).append((row["output_type_id"], value))
    for found in levels.values():
        assert [float(level) for level, _ in found] == list(
            exchange.LEVELS
        )  # all that are required, in order
        assert all(np.diff([value for _, value in found]) >= 0)
    bounds = tasks[0]["output_type"]["sample"]["output_type_id_params"]
    for found in samples.values():
        assert bounds["min_samples_per_task"] <= len(found) <= bounds["max_samples_per_task"] == 3
    assert set(samples) == set(levels)


def test_arrays_have_named_dimensions_and_add_up(result):
    found = exchange.to_xarray(result)
    assert found["count"].dims == ("replicate", "quarter", "district", "scope")
    assert found["specialised"].dims == (*found["count"].dims, "basis")
    city = found["count"].sum("district").sel(scope="recognised")
    np.testing.assert_array_equal(city, result.totals("recognised"))
    south = found["specialised"].sel(scope="listed", basis="fact", district="south")
    np.testing.assert_array_equal(south, result.totals("listed", "fact", "south"))
    assert found.attrs["scenario"] == "fake"
    assert found["draw"].to_numpy().tolist() == [0, 1, 2, 3]
