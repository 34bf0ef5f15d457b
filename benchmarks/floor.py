"""The floor of a replicate: what it draws and touches, times what a draw and a touch cost on this machine.

No engine that makes these draws one after another can be faster than this. The draws, exponentials and logarithms
are counted in the Mesa engine, which makes the same ones at the same addresses, with counters in the place of the
functions; memory is every row of every table read and written once a quarter in the world's own types, and the
books written once.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numba import njit

from simulation import world as worlds
from simulation.draws import _uniform_compiled
from simulation.engines.books import Outcome
from simulation.world import World

HERE = Path(__file__).parent
NUMBER = 2_000_000  # of operations that a unit cost is measured over


class Counts(NamedTuple):
    """What one replicate does at least."""

    draws: int  # of numbers and of ids
    exponentials: int
    logarithms: int
    bytes: int  # read and written


class Costs(NamedTuple):
    """Seconds for one of each."""

    draws: float
    exponentials: float
    logarithms: float
    bytes: float


def floor_seconds(counts: Counts, costs: Costs) -> float:
    """The least a replicate with these counts can take, one operation after another."""
    return sum(number * cost for number, cost in zip(counts, costs, strict=True))


# ------------------------------------------------------------------------------ counting


def counted(scenario: Path, before: World, outcome: Outcome) -> Counts:
    """What replicate 0 of seed 1 of a scenario does."""
    told = subprocess.run(
        [sys.executable, __file__, str(scenario)],
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    calls = json.loads(told.stdout)
    return Counts(calls["draws"], calls["exp"], calls["log"], touched(before, outcome))


def touched(before: World, outcome: Outcome) -> int:
    """Bytes read and written: each row twice a quarter (read, written), and the books once."""
    rows = 0.0
    for name, table in worlds.TABLES.items():
        width = sum(np.dtype(kind).itemsize for kind in worlds.dtypes(table).values())
        at_start, at_end = len(getattr(before, name).id), len(getattr(outcome.world, name).id)
        rows += width * (at_start + at_end) / 2
    books = sum(
        getattr(outcome, name).nbytes for name in ("stocks", "flows", "startups", "money", "capacity")
    )
    return int(2 * rows * len(outcome.flows)) + books


def _count_calls(scenario: Path) -> dict[str, int]:
    """Run a replicate with counters in the place of what is counted. In a process of its own: nothing is undone."""
    import math

    from simulation import draws

    calls = {"draws": 0, "exp": 0, "log": 0}

    def counting(function: Callable[..., float], what: str) -> Callable[..., float]:
        def called(*arguments: float) -> float:
            calls[what] += 1
            return function(*arguments)

        return called

    uniforms = draws.uniforms

    def counting_many(key: int, who: np.ndarray, quarter: int, decision: int) -> np.ndarray:
        calls["draws"] += len(who)
        return uniforms(key, who, quarter, decision)

    # Before the engine is imported, whose files take the functions by name.
    draws.uniform, draws.identity = counting(draws.uniform, "draws"), counting(draws.identity, "draws")
    draws.uniforms = counting_many
    from simulation.engines import mesa
    from simulation.engines.mesa.luck import Luck
    from simulation.scenario import load, study

    Luck.draw_ahead = lambda *_: None  # what nobody asks for in the end is not needed

    prepared = study(load(scenario))
    setting, start = prepared.setting(1, 0, 0), prepared.world(1, 0, 0)
    math.exp, math.log = counting(math.exp, "exp"), counting(math.log, "log")
    calls.update(dict.fromkeys(calls, 0))  # what the start took is not the replicate's
    mesa.simulate(setting, start)
    return calls


# ------------------------------------------------------------------------------ unit costs


def unit_costs() -> Costs:
    """What one operation of each kind takes here, in compiled loops over arrays; the best of several."""
    import math

    whos = np.random.default_rng(1).integers(0, 2**62, NUMBER)
    numbers = np.random.default_rng(2).uniform(0.01, 0.99, NUMBER)
    touched_at = np.zeros(NUMBER // 4, np.int64)  # 4 MB, more than the nearest caches hold

    @njit(nogil=True)
    def draw() -> float:
        total = 0.0
        for who in whos:
            total += _uniform_compiled(77, who, 8085, 3)
        return total

    @njit(nogil=True)
    def exponential() -> float:
        total = 0.0
        for number in numbers:
            total += math.exp(number)
        return total

    @njit(nogil=True)
    def logarithm() -> float:
        total = 0.0
        for number in numbers:
            total += math.log(number)
        return total

    @njit(nogil=True)
    def touch(values: np.ndarray) -> None:
        for row in range(len(values)):
            values[row] += 1

    each = [_best(one) / NUMBER for one in (draw, exponential, logarithm)]
    return Costs(*each, _best(lambda: touch(touched_at)) / (2 * touched_at.nbytes))


def _best(work: Callable[[], object], times: int = 7) -> float:
    work()  # compile
    shortest = float("inf")
    for _ in range(times):
        begin = time.perf_counter()
        work()
        shortest = min(shortest, time.perf_counter() - begin)
    return shortest


if __name__ == "__main__":
    print(json.dumps(_count_calls(Path(sys.argv[1]))))
