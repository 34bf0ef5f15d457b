"""Both engines give the same events, tables and worlds to the last bit, whatever the city and the scenario."""

import ast
import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import world as worlds
from simulation.engines import compiled, events, mesa
from simulation.engines.compiled import columns
from simulation.engines.compiled import engine as compiled_engine
from simulation.engines.compiled.columns import carrier, district, sponsor, startup
from simulation.rules import codes
from simulation.scenario import load, study
from tests.engines.small_city import SmallCity, part, small_city
from tests.engines.telling import differences, digest, event_in_words, first_difference

ROOT = Path(__file__).parents[2]
SEEDS = st.integers(0, 2**32)


def told(city: SmallCity) -> list[str]:
    """Where the two engines differ on a city."""
    setting, world = city
    return differences(
        mesa.simulate(setting, world, keep_events=True), compiled.simulate(setting, world, keep_events=True)
    )


# ------------------------------------------------------------------------------ random cities


@settings(max_examples=60, deadline=None)
@given(
    seed=SEEDS,
    districts=st.integers(1, 5),
    carriers=st.integers(3, 40),
    quarters=st.integers(1, 8),
    levers=st.booleans(),
)
def test_engines_agree_on_random_cities(
    seed: int, districts: int, carriers: int, quarters: int, levers: bool
) -> None:
    assert told(small_city(seed, districts, carriers, quarters, levers)) == []


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_engines_agree_on_the_smallest_city(seed: int) -> None:
    assert told(small_city(seed, districts=1, carriers=3, quarters=12)) == []


@pytest.mark.parametrize("seed", range(3))
def test_engines_agree_on_a_medium_city(seed: int) -> None:
    assert told(small_city(seed, districts=7, carriers=150, quarters=12)) == []


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_the_world_is_the_same_at_the_end_of_every_quarter(seed: int) -> None:
    setting, world = small_city(seed, carriers=15, quarters=6)
    model = mesa.CarrierModel(setting, world)
    for quarters in range(1, setting.quarters + 1):
        model.step()
        ended = compiled.simulate(part(setting, 0, quarters), world).world
        assert worlds.differences(model.world(), ended) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(150))
def test_engines_agree_on_many_cities(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = {"districts": 1, "carriers": 3, "quarters": 1} | {
        "districts": int(rng.integers(1, 8)),
        "carriers": int(rng.integers(3, 120)),
        "quarters": int(rng.integers(1, 16)),
    }
    assert told(small_city(1_000 + seed, **sizes)) == []


@pytest.mark.parametrize("lever", range(len(codes.LEVERS)), ids=codes.LEVERS)
def test_engines_agree_on_each_lever_alone(lever: int) -> None:
    city = small_city(50 + lever, districts=2, carriers=30, quarters=6)
    alone = np.zeros_like(city.setting.levers.strength)
    alone[lever, 1:] = 1.5
    levers = city.setting.levers._replace(strength=alone)
    assert told(city._replace(setting=city.setting._replace(levers=levers))) == []


def test_random_cities_leave_nothing_out() -> None:
    """Equality of what never happens is no equality: every event and cause comes up, and each lever costs."""
    kinds, causes, paid = set[int](), np.zeros(len(codes.CAUSES), bool), np.zeros(len(codes.LEVERS), bool)
    for seed in range(40):
        city = small_city(seed, 1 + seed % 4, 10 + seed, 6 + seed % 5)
        outcome = compiled.simulate(*city, keep_events=True)
        kinds |= set(outcome.events[:, 1].tolist())
        causes |= outcome.flows.any(axis=tuple(range(7)))
        paid |= outcome.money.any(axis=(0, 1))
    assert [events.NAMES[kind] for kind in range(len(events.NAMES)) if kind not in kinds] == []
    assert [name for name, seen in zip(codes.CAUSES, causes, strict=True) if not seen] == []
    assert [name for name, seen in zip(codes.LEVERS, paid, strict=True) if not seen] == []


# ------------------------------------------------------------------------------ Wuhan


def wuhan(name: str, *changes: str) -> SmallCity:
    made = study(load(ROOT / "scenarios" / f"{name}.yaml", changes))
    return SmallCity(made.setting(5, 1, 0), made.world(5, 1, 0))


def test_engines_agree_on_the_first_year_of_wuhan() -> None:
    assert told(wuhan("wuhan-2025", "until=2021Q3", "levers.clean_up.from=2021Q1")) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["wuhan-2025", "no-notice"])
def test_engines_agree_on_wuhan_at_full_size(name: str) -> None:
    assert told(wuhan(name)) == []


# ------------------------------------------------------------------------------ a difference is told


def test_a_difference_is_told_by_its_first_event() -> None:
    outcome = compiled.simulate(*small_city(3), keep_events=True)
    assert differences(outcome, outcome) == []
    log = outcome.events.copy()
    stopped = int(np.flatnonzero(log[:, 1] == events.STOPPED)[0])
    log[stopped, 3] += 1
    log = np.delete(log, len(log) - 1, axis=0)
    said = differences(outcome._replace(events=log), outcome)[0]
    quarter, _, who, displaced, _ = outcome.events[stopped].tolist()
    name = f"{quarter // 4}Q{quarter % 4 + 1}"
    first, second = f"(tenants {displaced})", f"(tenants {displaced + 1})"
    assert said == (
        f"only the compiled engine has: in {name} stopped of {who} {first}; "
        f"the other has it in {name} stopped of {who} {second} (3 events differ in all)"
    )


def test_differences_of_tables_and_worlds_are_told() -> None:
    outcome = compiled.simulate(*small_city(3))
    money = outcome.money.copy()
    money[2, 1, codes.EVENTS] += 7
    carriers = outcome.world.carriers
    reserve = carriers.reserve.copy()
    reserve[4] = np.nextafter(reserve[4], 9.0)
    world = outcome.world._replace(carriers=carriers._replace(reserve=reserve))
    first, second = differences(outcome, outcome._replace(money=money, world=world))
    assert first.startswith("money: ")
    assert first.endswith(f"in cell (2, 1, {codes.EVENTS})")
    assert second.startswith(f"carriers.reserve of {carriers.id[4]}: ")
    other = outcome._replace(stocks=outcome.stocks.astype(np.int64))
    assert differences(outcome, other)[0].startswith("stocks: int32")


def test_no_events_are_no_difference() -> None:
    nothing = np.empty((0, 5), np.int64)
    assert first_difference(nothing, nothing, ("one", "other")) == ""
    sentence = event_in_words((8084, events.DELISTED, 12, 3, 0))
    assert sentence == "in 2021Q1 delisted of 12 (level 3)"


# ------------------------------------------------------------------------------ one shape


def steps_of(function: Callable[..., Any]) -> list[str]:
    """The names of what a function calls, line by line; anything else in it is an error."""
    tree = ast.parse(inspect.cleandoc("\n" + inspect.getsource(function)))
    defined = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    names = []
    for statement in defined.body[1:]:  # behind the docstring
        assert isinstance(statement, ast.Expr)
        assert isinstance(statement.value, ast.Call)
        assert isinstance(statement.value.func, ast.Name)
        names.append(statement.value.func.id)
    return names


def test_both_engines_list_the_same_eleven_steps() -> None:
    quarter: Any = compiled_engine.quarter
    steps = steps_of(mesa.CarrierModel.quarter)
    assert steps == steps_of(getattr(quarter, "py_func", quarter))
    assert steps == [
        *("policy", "founding", "formation", "admission", "incubation", "operations"),
        *("conversion", "evaluation", "rounds", "inspection", "record"),
    ]


def test_both_engines_have_a_file_for_each_step() -> None:
    steps = set(steps_of(mesa.CarrierModel.quarter))
    for engine in ("mesa", "compiled"):
        folder = ROOT / "simulation" / "engines" / engine / "steps"
        assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == steps


# Columns of the compiled engine that stand for others: rows in place of ids; and counts of its own.
LINKS = {"sponsors": {"carrier": "runs"}}
COUNTS = {"carriers": ["tenants", "funded"]}
MATRICES: dict[str, ModuleType] = {
    "districts": district,
    "sponsors": sponsor,
    "carriers": carrier,
    "startups": startup,
}


@pytest.mark.parametrize("table", worlds.TABLES)
def test_columns_are_those_of_the_worlds_tables(table: str) -> None:
    numbers = {name: place for name, place in vars(MATRICES[table]).items() if name.isupper()}
    floats = [
        name
        for name, dtype in worlds.dtypes(worlds.TABLES[table]).items()
        if np.issubdtype(dtype, np.floating)
    ]
    whole = [
        LINKS.get(table, {}).get(name, name) for name in worlds.TABLES[table]._fields if name not in floats
    ]
    matrix = [name.lower() for name in numbers if name.lower() not in floats]
    assert matrix == [*whole, *COUNTS.get(table, [])]
    assert [numbers[name.upper()] for name in matrix] == list(range(len(matrix)))
    assert [numbers[name.upper()] for name in floats] == list(range(len(floats)))
    assert columns.__doc__


# ------------------------------------------------------------------------------ without the compiler

# The compiled engine itself cannot run without: numba's structs exist in compiled code alone. It says so.
SIZES = {"districts": 2, "carriers": 12, "quarters": 5}
WITHOUT = f"""
from simulation.engines import compiled, mesa
from tests.engines.small_city import small_city
from tests.engines.telling import digest
print(digest(mesa.simulate(*small_city(11, **{SIZES}), keep_events=True)))
try:
    compiled.simulate(*small_city(11, **{SIZES}))
except RuntimeError as refused:
    print(refused)
"""


@pytest.mark.slow
def test_without_the_compiler_mesa_gives_the_same() -> None:
    made = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    city = small_city(11, **SIZES)
    said, refused = made.stdout.splitlines()
    assert said == digest(compiled.simulate(*city, keep_events=True))
    assert "NUMBA_DISABLE_JIT" in refused
    assert "--engine mesa" in refused
