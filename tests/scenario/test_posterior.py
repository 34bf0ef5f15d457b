"""A posterior that a scenario names: whole points are drawn, pins stand above it, nothing known later is used."""

from datetime import date

import numpy as np
import pytest

from simulation import scenario
from simulation.faults import ScenarioErrors
from simulation.scenario.posterior import content_of

NAMES = ("founding.imitation", "inspection.found")
VALUES = np.array([[0.03, 0.10], [0.04, 0.12], [0.05, 0.20]])
WEIGHTS = np.array([0.25, 0.25, 0.5])
DAY = date(2021, 8, 1)


def write(folder, names=NAMES, values=VALUES, weights=WEIGHTS, day=DAY):
    (folder / "posterior.parquet").write_bytes(content_of(names, values, weights, day, {}))


def load(folder, text, **options):
    file = folder / "own.yaml"
    file.write_text(f"name: Own\ncity: wuhan\n{text}", encoding="utf-8")
    return scenario.load(file, **options)


def faults(folder, text="unknowns: posterior.parquet\n", **options):
    with pytest.raises(ScenarioErrors) as wrong:
        load(folder, text, **options)
    return str(wrong.value)


def test_draws_are_whole_points_by_weight(tmp_path):
    write(tmp_path)
    study = scenario.study(load(tmp_path, "unknowns: posterior.parquet\n"))
    drawn = [study.unknown_values(1, draw) for draw in range(400)]
    points = [tuple(one[name] for name in NAMES) for one in drawn]
    assert set(points) == {tuple(row) for row in VALUES.tolist()}
    shares = [points.count(tuple(row)) / 400 for row in VALUES.tolist()]
    assert shares == pytest.approx(WEIGHTS.tolist(), abs=0.08)
    assert study.parameters(1, 0).founding.imitation == points[0][0]


def test_other_unknowns_are_drawn_as_before(tmp_path):
    write(tmp_path)
    with_it = scenario.study(load(tmp_path, "unknowns: posterior.parquet\n")).unknown_values(1, 3)
    without = scenario.study(load(tmp_path, "")).unknown_values(1, 3)
    assert {name for name in without if with_it[name] != without[name]} == set(NAMES)


def test_the_ledger_and_show_say_where_it_comes_from(tmp_path):
    write(tmp_path)
    loaded = load(tmp_path, "unknowns: posterior.parquet\n")
    row = next(one for one in scenario.study(loaded).ledger() if one.name == NAMES[0])
    assert (row.low, row.value, row.high) == (0.03, 0.04, 0.05)
    assert (row.grade, row.source, row.known_on) == ("derived", "posterior", "2021-08-01")
    assert loaded.sources[f"unknowns.{NAMES[0]}.mid"].source == "posterior.parquet"


def test_a_pin_stands_above_it_and_it_stands_above_what_it_extends(tmp_path):
    write(tmp_path)
    (tmp_path / "base.yaml").write_text(
        "name: Base\ncity: wuhan\nunknowns: {founding.imitation: 0.045}\n", encoding="utf-8"
    )
    above = load(tmp_path, "extends: base.yaml\nunknowns: posterior.parquet\n")
    assert scenario.study(above).unknown_values(1, 0)[NAMES[0]] in VALUES[:, 0]
    pinned = load(tmp_path, "posterior: posterior.parquet\nunknowns: {founding.imitation: 0.045}\n")
    assert scenario.study(pinned).unknown_values(1, 0)[NAMES[0]] == 0.045
    by_setting = load(tmp_path, "", settings=("unknowns=posterior.parquet",))
    assert by_setting.digest() == load(tmp_path, "unknowns: posterior.parquet\n").digest()


def test_the_digest_follows_its_bytes(tmp_path):
    write(tmp_path)
    one = load(tmp_path, "unknowns: posterior.parquet\n").digest()
    write(tmp_path, weights=np.array([0.5, 0.25, 0.25]))
    assert load(tmp_path, "unknowns: posterior.parquet\n").digest() != one
    assert load(tmp_path, "").digest() not in (one, "")


def test_what_is_wrong_with_it_is_told(tmp_path):
    assert "which is no file" in faults(tmp_path)
    (tmp_path / "posterior.parquet").write_bytes(b"PAR1 no")
    assert "own.yaml:3" in faults(tmp_path)
    assert "which is no posterior" in faults(tmp_path)
    write(tmp_path, names=("founding.imitations", "inspection.found"))
    assert "did you mean `founding.imitation`?" in faults(tmp_path)
    write(tmp_path, values=VALUES * np.array([np.nan, 1.0]))
    assert "with numbers or weights that are none" in faults(tmp_path)
    write(tmp_path, weights=np.zeros(3))
    assert "with numbers or weights that are none" in faults(tmp_path)


def test_a_run_as_of_a_date_takes_no_posterior_of_a_later_day(tmp_path):
    write(tmp_path)
    assert "nothing known after 2021-07-31" in faults(tmp_path, as_of=date(2021, 7, 31))
    assert load(tmp_path, "unknowns: posterior.parquet\n", as_of=DAY).learned is not None
