"""How fast a full Wuhan replicate is in each engine, one core each, and whether the two give the same results.

    python benchmarks/engines.py [--json] [--replicates N]

Times are the best of several runs in one process; a ratio within one run is what may be compared between machines.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from simulation import world
from simulation.engines import compiled, mesa
from simulation.engines.books import Outcome
from simulation.scenario import load, study

SCENARIO = Path(__file__).parent.parent / "scenarios" / "wuhan-2025.yaml"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    parser.add_argument(
        "--replicates", type=int, default=3, help="runs of each engine (default: %(default)s)"
    )
    arguments = parser.parse_args()
    prepared = study(load(SCENARIO))
    setting, start = prepared.setting(1, 0, 0), prepared.world(1, 0, 0)
    compiled.simulate(setting, start)  # compile first
    slow, one = best(lambda: mesa.simulate(setting, start), arguments.replicates)
    fast, other = best(lambda: compiled.simulate(setting, start), 5 * arguments.replicates)
    answer = {"mesa_s": slow, "compiled_s": fast, "ratio": slow / fast, "identical": identical(one, other)}
    if arguments.json:
        print(json.dumps(answer))
    else:
        print(f"Mesa      {slow:8.3f} s a replicate")
        print(f"compiled  {fast:8.3f} s a replicate, {slow / fast:.0f} times faster")
        print("identical results" if answer["identical"] else "RESULTS DIFFER")
    return 0 if answer["identical"] else 1


def best(run: Callable[[], Outcome], times: int) -> tuple[float, Outcome]:
    """The shortest processor time of several runs, and what the last one gave."""
    shortest = float("inf")
    for _ in range(times):
        begin = time.process_time()
        outcome = run()
        shortest = min(shortest, time.process_time() - begin)
    return shortest, outcome


def identical(one: Outcome, other: Outcome) -> bool:
    books = ("stocks", "flows", "startups", "money", "capacity")
    same = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in books)
    return same and not world.differences(one.world, other.world)


if __name__ == "__main__":
    sys.exit(main())
