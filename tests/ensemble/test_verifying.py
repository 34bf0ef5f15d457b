"""Verifying a run from its manifest alone: what was changed, lost or made by others is found and named."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from simulation.ensemble import FolderRefused, run, verifying
from simulation.ensemble.blocks import Span
from simulation.ensemble.verifying import CannotVerify, Damaged, verify
from simulation.scenario import load, study

ROOT = Path(__file__).parents[2]
SCENARIO = "name: small\ncity: copy\nuntil: 2021Q2\nseeds_per_draw: 2\n"
SCENARIO += "levers: {events: {strength: 1, from: 2021Q1}}\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a city, a scenario and a run of it: 7 replicates in blocks of 5 and 2."""
    home = tmp_path_factory.mktemp("home")
    wuhan = ROOT / "simulation" / "cities" / "wuhan"
    shutil.copytree(wuhan, home / "copy", ignore=shutil.ignore_patterns("__*"))
    (home / "small.yaml").write_text(SCENARIO, "utf-8")
    run(study(load(home / "small.yaml")), 7, 4, home / "run", 1, engine="compiled")
    return home


@pytest.fixture
def home(made, tmp_path):
    """A copy of all that, elsewhere."""
    return shutil.copytree(made, tmp_path / "home")


def changed(folder: Path, table: str, column: str) -> None:
    """One number of the first block of a table is one more, in the row of its last replicate."""
    path = folder / table / "0000000-0000004.parquet"
    stored = pq.read_table(path)
    values = stored[column].to_pylist()
    values[-1] += 1
    place = stored.schema.get_field_index(column)
    pq.write_table(stored.set_column(place, column, pa.array(values, stored[column].type)), path)
    assert pc.sum(stored["replicate"]).as_py() is not None


def as_of_today(folder: Path, **entries) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text("utf-8")) | entries), "utf-8")


def test_a_run_matches_wherever_it_and_its_inputs_are(home):
    found = verify(home / "run", 3, inputs=home, workers=1)
    assert found.matches
    assert (found.held, found.checked) == (7, (0, 3, 6))


@pytest.mark.slow
def test_all_replicates_by_two_processes_match(home):
    found = verify(home / "run", None, inputs=home, workers=2)
    assert found.matches
    assert found.checked == tuple(range(7))


def test_without_inputs_they_are_where_they_were(made):
    assert verify(made / "run", 1, workers=1).matches


@pytest.mark.parametrize(("table", "column"), [("stocks", "count"), ("money", "CNY"), ("totals", "national")])
def test_a_changed_number_is_found_and_its_table_named(home, table, column):
    changed(home / "run", table, column)
    found = verify(home / "run", None, inputs=home, workers=1)
    assert found.damaged == (Damaged(Span(0, 5), "changed"),)
    assert [(one.replicate, one.tables) for one in found.unequal] == [(4, (table,))]


def test_the_sample_need_not_hit_what_was_changed(home):
    changed(home / "run", "stocks", "count")
    found = verify(home / "run", 2, inputs=home, workers=1)
    assert found.checked == (0, 6)
    assert (found.unequal, found.matches) == ((), False)
    assert found.damaged == (Damaged(Span(0, 5), "changed"),)


@pytest.mark.parametrize("harm", ["missing", "half", "nonsense"])
def test_a_block_that_cannot_be_read_is_named_and_the_others_are_verified(home, harm):
    path = home / "run" / "flows" / "0000000-0000004.parquet"
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:500] if harm == "half" else b"nonsense")
    found = verify(home / "run", None, inputs=home, workers=1)
    assert found.damaged == (Damaged(Span(0, 5), "missing"),)
    assert (found.checked, found.unequal) == ((5, 6), ())


def test_a_block_that_is_gone_is_missed(home):
    for path in (home / "run").rglob("0000005-0000006.parquet"):
        path.unlink()
    found = verify(home / "run", 1, inputs=home, workers=1)
    assert found.damaged == (Damaged(Span(5, 7), "missing"),)


def test_results_of_another_seed_do_not_match(home):
    as_of_today(home / "run", seed=5)
    found = verify(home / "run", 1, inputs=home, workers=1)
    assert [one.replicate for one in found.unequal] == [0]
    assert {"unknowns", "stocks", "startups"} <= set(found.unequal[0].tables)


def test_it_refuses_when_the_inputs_have_changed(home):
    table = home / "copy" / "parameters.csv"
    text = table.read_text("utf-8")
    table.write_text(text.replace("formation.growth,", "formation.growth,now ", 1), "utf-8")
    with pytest.raises(CannotVerify, match="tables") as refused:
        verify(home / "run", 1, inputs=home)
    assert refused.value.reason == "inputs"


def test_it_refuses_when_the_inputs_are_gone(home):
    shutil.rmtree(home / "copy")
    with pytest.raises(CannotVerify, match="copy") as refused:
        verify(home / "run", 1, inputs=home)
    assert refused.value.reason == "inputs"


def test_it_refuses_when_the_scenario_in_the_manifest_was_edited(home):
    text = json.loads((home / "run" / "manifest.json").read_text("utf-8"))["scenario_text"]
    as_of_today(home / "run", scenario_text=text.replace("2021Q2", "2021Q3"))
    with pytest.raises(CannotVerify, match="scenario"):
        verify(home / "run", 1, inputs=home)


def test_it_refuses_when_the_code_has_changed(home, monkeypatch):
    monkeypatch.setattr(verifying, "source_hash", lambda: "6" * 64)
    with pytest.raises(CannotVerify, match="666666666666") as refused:
        verify(home / "run", 1, inputs=home)
    assert refused.value.reason == "code"


def test_it_refuses_when_the_engine_is_not_here(home):
    as_of_today(home / "run", engine="nowhere:simulate")
    with pytest.raises(CannotVerify, match="nowhere"):
        verify(home / "run", 1, inputs=home)


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(FolderRefused):
        verify(tmp_path)
