"""The same inputs give the same bytes: whatever the hash seed, the order of rows, the horizon, or a stop between."""

import csv
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simulation
from simulation import world as worlds
from simulation.engines import compiled, mesa
from simulation.engines.books import Outcome
from simulation.engines.setting import Setting
from simulation.scenario import load, study
from simulation.world import TABLES, World
from tests.engines.small_city import SmallCity, part, small_city, with_numbers
from tests.engines.telling import differences, digest

ROOT = Path(__file__).parents[2]
SEEDS = st.integers(0, 2**32)
Engine = Callable[..., Outcome]
both = pytest.mark.parametrize("engine", [mesa.simulate, compiled.simulate], ids=["mesa", "compiled"])

# ------------------------------------------------------------------------------ hash seed

PRINT = "from tests.engines.test_determinism import digests; print(*digests())"


def digests() -> list[str]:
    """Hashes of what both engines make of a small city, and of a year of Wuhan and its scenario."""
    city, wuhan = small_city(0), study(load(ROOT / "scenarios" / "wuhan-2025.yaml", ["until=2021Q4"]))
    return [
        digest(mesa.simulate(*city, keep_events=True)),
        digest(compiled.simulate(*city, keep_events=True)),
        digest(compiled.simulate(wuhan.setting(1, 0, 0), wuhan.world(1, 0, 0))),
        wuhan.scenario.digest(),
    ]


@pytest.mark.slow
def test_the_seed_of_pythons_hashes_changes_nothing() -> None:
    here = os.environ.get("PYTHONHASHSEED", "random")
    made = subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "77" if here != "77" else "78"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout.split() == digests()


# ------------------------------------------------------------------------------ order of rows


@both
def test_order_of_rows_of_a_world_changes_nothing(engine: Engine) -> None:
    setting, world = small_city(21)
    luck = np.random.default_rng(1)
    shuffled = {"districts": world.districts}  # these stand in the order of the city's table
    for name in ("sponsors", "carriers", "startups"):
        table = getattr(world, name)
        order = luck.permutation(len(table.id))
        columns = {column: getattr(table, column)[order] for column in table._fields}
        shuffled[name] = worlds.build(TABLES[name], **columns)
    other = World(quarter=world.quarter, **shuffled)  # type: ignore[arg-type]
    assert differences(engine(setting, world, True), engine(setting, other, True)) == []


def test_order_of_rows_of_the_data_files_changes_nothing(tmp_path: Path) -> None:
    wuhan = Path(simulation.__file__).parent / "cities" / "wuhan"
    shutil.copytree(wuhan, tmp_path / "copy", ignore=shutil.ignore_patterns("__*"))
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text("name: x\ncity: copy\nuntil: 2021Q4\nlevers: {events: {strength: 1}}\n")

    def run() -> Outcome:
        made = study(load(scenario))
        return compiled.simulate(made.setting(2, 0, 0), made.world(2, 0, 0), True)

    before, luck = run(), random.Random(4)
    for path in sorted((tmp_path / "copy").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *luck.sample(rows, len(rows))])
    assert differences(before, run()) == []


# ------------------------------------------------------------------------------ seeds


@both
def test_two_seeds_differ_and_one_repeats(engine: Engine) -> None:
    setting, world = small_city(22)
    one, other = engine(setting, world, True), engine(setting._replace(key=setting.key ^ 1), world, True)
    assert differences(one, engine(setting, world, True)) == []
    assert not np.array_equal(one.events, other.events)
    assert not np.array_equal(one.startups, other.startups)


@both
def test_a_run_leaves_what_it_was_given_as_it_was(engine: Engine) -> None:
    city, again = small_city(23), small_city(23)
    engine(*city, True)
    assert worlds.differences(city.world, again.world) == []
    for one, other in zip(city.setting.city, again.setting.city, strict=True):
        assert np.array_equal(one, other)


@both
def test_events_wanted_or_not_change_nothing_else(engine: Engine) -> None:
    with_events, without = engine(*small_city(24), True), engine(*small_city(24))
    assert len(with_events.events) > 100
    assert len(without.events) == 0
    assert differences(with_events._replace(events=without.events), without) == []


# ------------------------------------------------------------------------------ horizon


def beginning(outcome: Outcome, setting: Setting, quarters: int, world: World) -> Outcome:
    """The first quarters of an outcome, with the world at their end."""
    return Outcome(
        outcome.stocks[: quarters + 1],
        outcome.flows[:quarters],
        outcome.startups[: quarters + 1],
        outcome.money[:quarters],
        outcome.capacity[: quarters + 1],
        world,
        outcome.events[outcome.events[:, 0] < setting.first_quarter + quarters],
    )


@both
def test_the_first_quarters_of_a_run_are_a_shorter_run(engine: Engine) -> None:
    setting, world = small_city(25, carriers=20, quarters=20)
    long, short = engine(setting, world, True), engine(part(setting, 0, 8), world, True)
    assert differences(beginning(long, setting, 8, short.world), short) == []


def test_the_first_quarters_of_wuhan_are_a_shorter_run() -> None:
    path = ROOT / "scenarios" / "wuhan-2025.yaml"
    full, short = study(load(path)), study(load(path, ["until=2022Q4"]))
    world, setting = full.world(1, 2, 0), full.setting(1, 2, 0)
    ended = compiled.simulate(short.setting(1, 2, 0), short.world(1, 2, 0), True)
    begun = beginning(compiled.simulate(setting, world, True), setting, 8, ended.world)
    assert differences(begun, ended) == []


# ------------------------------------------------------------------------------ stop and go on


def rest(outcome: Outcome, setting: Setting, after: int) -> Outcome:
    """The quarters of an outcome after some; the first row of stocks is the stock at their beginning."""
    startups = outcome.startups[after:].copy()
    startups[0, ..., 1:] = 0  # an opening row has no flows
    return outcome._replace(
        stocks=outcome.stocks[after:],
        flows=outcome.flows[after:],
        startups=startups,
        money=outcome.money[after:],
        capacity=outcome.capacity[after:],
        events=outcome.events[outcome.events[:, 0] >= setting.first_quarter + after],
    )


def going_on(city: SmallCity, after: int, path: Path, engine: Engine) -> list[str]:
    """How a run that is stopped, saved and gone on from differs from one that runs through."""
    setting, world = city
    through = engine(setting, world, True)
    worlds.write(engine(part(setting, 0, after), world).world, path)
    gone_on = engine(part(setting, after, setting.quarters), worlds.read(path), True)
    return differences(rest(through, setting, after), gone_on, ("the run through", "the run gone on"))


def without_growth(city: SmallCity) -> SmallCity:
    numbers = with_numbers(city.setting.parameters, "formation", growth=0)
    return city._replace(setting=city.setting._replace(parameters=numbers))


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, after=st.integers(1, 7))
def test_going_on_from_a_saved_world_is_running_through(
    tmp_path_factory: pytest.TempPathFactory, seed: int, after: int
) -> None:
    path = tmp_path_factory.mktemp("worlds") / "world.npz"
    assert going_on(without_growth(small_city(seed)), after, path, compiled.simulate) == []


@pytest.mark.parametrize("seed", range(4))
def test_going_on_in_mesa_from_a_saved_world_is_running_through(seed: int, tmp_path: Path) -> None:
    city = without_growth(small_city(seed, quarters=6))
    assert going_on(city, 3, tmp_path / "world.npz", mesa.simulate) == []


@both
def test_going_on_with_growing_demand_is_running_through(engine: Engine, tmp_path: Path) -> None:
    city = small_city(31, carriers=60, quarters=10)
    numbers = with_numbers(city.setting.parameters, "formation", growth=0.3)
    growing = city._replace(setting=city.setting._replace(parameters=numbers))
    assert going_on(growing, 6, tmp_path / "world.npz", engine) == []
