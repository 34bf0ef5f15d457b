"""The synthetic population as a registry: read back it is the same world; and one district's registry with margins."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulation import world as worlds
from simulation.draws import name_id
from simulation.engines.compiled import simulate
from simulation.registry.synthesis import synthetic_labels
from simulation.registry.writing import write_registry
from simulation.rules import codes
from simulation.scenario import ScenarioErrors, Study, load, study
from simulation.world import World

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def text_of(wuhan: Study, world: World, keep: Callable[[list[str]], bool] = lambda cells: True) -> str:
    labels = {name_id("carrier", label): label for label in synthetic_labels(len(world.carriers.id))}
    file = io.StringIO()
    assert write_registry(file, world, wuhan.city, labels, wuhan.baseline_numbers["desks_per_place"]) == len(
        labels
    )
    first, *rows = file.getvalue().splitlines(keepends=True)
    return first + "".join(row for row in rows if keep(row.split(",")))


@pytest.fixture(scope="module")
def start(wuhan: Study) -> World:
    return wuhan.world(1, 0, 0)


@pytest.fixture
def back(tmp_path: Path, wuhan: Study, start: World) -> Study:
    (tmp_path / "registry.csv").write_text(text_of(wuhan, start), encoding="utf-8")
    text = (SCENARIOS / "wuhan-2025.yaml").read_text(encoding="utf-8")
    text = text.replace("baseline: synthetic", "baseline: registry.csv\nstart: 2020Q4\n#")
    (tmp_path / "back.yaml").write_text(text, encoding="utf-8")
    return study(load(tmp_path / "back.yaml"))


def test_read_back_it_is_the_same_world(back: Study, start: World) -> None:
    read = back.world(1, 0, 0)
    assert len(read.carriers.id) == 600
    # Since when a carrier of district level holds it, no registry says apart from its registration; no rule asks.
    district = start.carriers.level == codes.DISTRICT
    since = np.where(district, start.carriers.registered, start.carriers.level_since)
    assert worlds.differences(start._replace(carriers=start.carriers._replace(level_since=since)), read) == []


@pytest.mark.slow
def test_read_back_it_runs_to_the_same_projections(back: Study, wuhan: Study) -> None:
    for seed_in_draw in range(2):
        built_in = simulate(wuhan.setting(1, 0, seed_in_draw), wuhan.world(1, 0, seed_in_draw))
        read = simulate(back.setting(1, 0, seed_in_draw), back.world(1, 0, seed_in_draw))
        assert np.array_equal(built_in.stocks, read.stocks)
        assert np.array_equal(built_in.startups, read.startups)


def test_a_district_with_its_registry_and_margins_for_the_rest(
    tmp_path: Path, wuhan: Study, start: World
) -> None:
    text = text_of(wuhan, start, lambda cells: cells[2] == "洪山区").replace("\nS", "\nH")
    (tmp_path / "hongshan.csv").write_text(text, encoding="utf-8")
    path = tmp_path / "s.yaml"
    path.write_text("name: a\nbaseline: hongshan.csv\nstart: 2020Q4\ncovers: [洪山]\n", encoding="utf-8")
    made = study(load(path)).world(1, 3, 0)
    hongshan = wuhan.city.index("hongshan")
    given = int((start.carriers.district == hongshan).sum())
    assert int((made.carriers.district == hongshan).sum()) == given > 30
    # The city's margins hold as before: by type and level, and those run by universities.
    for name in ("type", "level"):
        assert np.array_equal(
            np.bincount(getattr(made.carriers, name)), np.bincount(getattr(start.carriers, name))
        )
    recognised = made.carriers.level >= codes.MUNICIPAL
    assert int((recognised & (made.carriers.kind == codes.UNIVERSITY)).sum()) == 41
    assert int(made.carriers.area[recognised].sum()) == 7_000_000


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("covers: [洪山]", "no registry"),
        ("covers: [江汉]\nbaseline: r.csv\nstart: 2020Q4", "carriers of other districts (H0"),
        ("covers: [洪山]\nbaseline: r.csv\nstart: 2021Q4", "margins of the other districts"),
        ("covers: [洪山]\nbaseline: s.csv\nstart: 2020Q4", "the numbers S0"),
        ("covers: [高新区]\nbaseline: r.csv\nstart: 2020Q4", "东湖高新区"),
    ],
)
def test_what_covers_cannot_be_is_told(
    lines: str, told: str, tmp_path: Path, wuhan: Study, start: World
) -> None:
    text = text_of(wuhan, start, lambda cells: cells[2] == "洪山区")
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    (tmp_path / "r.csv").write_text(text.replace("\nS", "\nH"), encoding="utf-8")
    (tmp_path / "s.yaml").write_text(f"name: a\n{lines}\n", encoding="utf-8")
    with pytest.raises(ScenarioErrors) as caught:
        load(tmp_path / "s.yaml")
    assert told in str(caught.value)


def test_levels_that_are_missing_refuse_the_targets_that_need_them(tmp_path: Path) -> None:
    row = "1,甲,洪山区,孵化器,2016-03,900,5"
    (tmp_path / "r.csv").write_text(
        f"载体编号,载体名称,区,类型,投入运营时间,面积_平方米,在孵企业数\n{row}\n", encoding="utf-8"
    )
    path = tmp_path / "s.yaml"
    path.write_text("name: a\nbaseline: r.csv\nstart: 2020Q4\n", encoding="utf-8")
    with pytest.raises(ScenarioErrors, match="the registry gives no level of 1 carriers"):
        load(path)
    path.write_text(
        "name: a\nbaseline: r.csv\nstart: 2020Q4\ntargets: [{scope: listed, at_least: 2}]\n", encoding="utf-8"
    )
    assert load(path).register is not None
