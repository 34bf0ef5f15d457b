"""How fast a full Wuhan replicate is in each engine, one core each, and whether the two give the same results.

    python benchmarks/engines.py [--json] [--replicates N] [--check] [--record]

Times are the best of several runs in one process; a ratio within one run is what may be compared between machines.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import floor
import history
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
    parser.add_argument(
        "--check", action="store_true", help="fail when the floor ratio is worse than recorded"
    )
    parser.add_argument("--record", action="store_true", help="add the ratios to history.csv")
    arguments = parser.parse_args()
    answer = measured(arguments.replicates)
    if arguments.json:
        print(json.dumps(answer))
    else:
        print(told(answer))
    if arguments.record:
        history.record("engines", ratio=answer["ratio"], floor_ratio=answer["floor_ratio"])
    worse = history.worse("engines", "floor_ratio", answer["floor_ratio"]) if arguments.check else None
    if worse:
        print(f"WORSE: {worse}", file=sys.stderr)
    return 1 if worse or not answer["identical"] else 0


def measured(replicates: int) -> dict[str, Any]:
    """Both engines and the floor, one core, one after another."""
    prepared = study(load(SCENARIO))
    setting, start = prepared.setting(1, 0, 0), prepared.world(1, 0, 0)
    compiled.simulate(setting, start)  # compile first
    slow, one = best(lambda: mesa.simulate(setting, start), replicates)
    fast, other = best(lambda: compiled.simulate(setting, start), 5 * replicates)
    counts, costs = floor.counted(SCENARIO, start, other), floor.unit_costs()
    least = floor.floor_seconds(counts, costs)
    return {
        "mesa_s": slow,
        "compiled_s": fast,
        "ratio": slow / fast,
        "floor_s": least,
        "floor_ratio": fast / least,
        "identical": identical(one, other),
        "counts": counts._asdict(),
        "unit_costs_ns": {name: cost * 1e9 for name, cost in costs._asdict().items()},
    }


def told(answer: dict[str, Any]) -> str:
    """The answer for people."""
    costs, counts = answer["unit_costs_ns"], answer["counts"]
    parts = [f"{counts[name]:,} {name} at {costs[name]:.2f} ns" for name in counts]
    return "\n".join(
        [
            f"Mesa      {answer['mesa_s']:8.3f} s a replicate",
            f"compiled  {answer['compiled_s']:8.3f} s a replicate, {answer['ratio']:.0f} times faster",
            f"floor     {answer['floor_s']:8.3f} s a replicate; compiled takes {answer['floor_ratio']:.1f} ×",
            "          " + ",\n          ".join(parts),
            "identical results" if answer["identical"] else "RESULTS DIFFER",
        ]
    )


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
