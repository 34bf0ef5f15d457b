"""What a startup costs in a quarter as the city grows, and what a second worker or a Dask cluster gives.

    python benchmarks/scaling.py [--json] [--sizes 1,10,100] [--blocks N] [--no-dask]

Worker processes and the cluster are started and warm before they are timed. Ratios are of one run on one machine.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from simulation import world as worlds
from simulation.engines import compiled
from simulation.engines.setting import Setting
from simulation.ensemble.blocks import BLOCK_SIZE, Done, Job, Span, Task, run_task
from simulation.ensemble.pool import Executor, Pool
from simulation.scenario import load, study
from simulation.world import World

SCENARIO = Path(__file__).parent.parent / "scenarios" / "wuhan-2025.yaml"
_LINKS = {"sponsors": ("carrier",), "carriers": ("sponsor", "parent"), "startups": ("carrier",)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    parser.add_argument("--sizes", default="1,10,100", help="times Wuhan (default: %(default)s)")
    parser.add_argument(
        "--blocks",
        type=int,
        default=30,
        help="blocks of 5 replicates to time (default: %(default)s, a minute)",
    )
    parser.add_argument("--no-dask", action="store_true", help="leave the cluster out")
    arguments = parser.parse_args()
    answer: dict[str, Any] = {
        "per_startup_quarter": {size: per_startup_quarter(int(size)) for size in arguments.sizes.split(",")},
        **workers(arguments.blocks, with_dask=not arguments.no_dask),
    }
    print(json.dumps(answer) if arguments.json else told(answer))
    return 0


def told(answer: dict[str, Any]) -> str:
    """The answer for people."""
    costs = answer["per_startup_quarter"]
    first = next(iter(costs.values()))
    lines = [
        f"Wuhan × {size:>4}: {cost * 1e9:7.1f} ns a startup-quarter, {cost / first:.2f} × the first"
        for size, cost in costs.items()
    ]
    lines.append(f"2 workers against 1: {answer['threads_ratio']:.2f} × as fast")
    lines.append(f"2 threads of one process against 1: {answer['one_process_ratio']:.2f} × as fast")
    if answer["dask_ratio"] is not None:
        lines.append(f"Dask, 2 workers, against 2 workers here: {answer['dask_ratio']:.2f} × the time")
    return "\n".join(lines)


# ------------------------------------------------------------------------------ larger cities


def per_startup_quarter(size: int) -> float:
    """Seconds that a startup takes in a quarter, in a city ``size`` times Wuhan."""
    prepared = study(load(SCENARIO))
    setting, start = larger(prepared.setting(1, 0, 0), prepared.world(1, 0, 0), size)
    shortest = float("inf")
    for _ in range(3 if size < 50 else 1):
        begin = time.perf_counter()
        outcome = compiled.simulate(setting, start)
        shortest = min(shortest, time.perf_counter() - begin)
    startups = (len(start.startups.id) + len(outcome.world.startups.id)) / 2
    return shortest / (startups * setting.quarters)


def larger(setting: Setting, world: World, size: int) -> tuple[Setting, World]:
    """A city with everything ``size`` times over: agents, floor, seekers, places in rounds."""
    tables = {}
    for name, kind in worlds.TABLES.items():
        if name == "districts":
            continue
        table = getattr(world, name)
        columns = {column: np.tile(getattr(table, column), size) for column in table._fields}
        copy = np.repeat(np.arange(size), len(table.id))
        for column in ("id", *_LINKS[name]):
            columns[column] = _copied(columns[column], copy)
        tables[name] = worlds.build(kind, **columns)
    districts = world.districts._replace(space=world.districts.space * size)
    numbers = setting.parameters
    formation = numbers.formation._replace(seekers=numbers.formation.seekers * size)
    rounds = numbers.rounds._replace(
        **{name: value * size for name, value in numbers.rounds._asdict().items() if name.endswith("places")}
    )
    city = setting.city._replace(
        space_growth=setting.city.space_growth * size, space_by_lever=setting.city.space_by_lever * size
    )
    setting = setting._replace(
        parameters=numbers._replace(formation=formation, rounds=rounds),
        city=city,
        milestones=setting.milestones * size,
    )
    return setting, World(quarter=world.quarter, districts=districts, **tables)


def _copied(ids: np.ndarray, copy: np.ndarray) -> np.ndarray:
    """Another id for each copy of an agent, the same wherever it is named; 0 (none) stays 0."""
    mixed = ids.astype(np.uint64) ^ (copy.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(1))
    return np.where(ids == 0, 0, mixed.astype(np.int64))


# ------------------------------------------------------------------------------ workers


def workers(blocks: int, with_dask: bool) -> dict[str, float | None]:
    """How much faster two workers are than one, and what Dask costs."""
    job = Job(study(load(SCENARIO)), "compiled", 1, 1)
    tasks = [Task(Span(one * BLOCK_SIZE, (one + 1) * BLOCK_SIZE), (0,)) for one in range(blocks)]
    one, two = _timed(Pool([job], 1), tasks), _timed(Pool([job], 2), tasks)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda task: list(run_task([job], task)), tasks[:2]))
        alone = _elapsed(lambda: [list(run_task([job], task)) for task in tasks[: blocks // 2]])
        shared = _elapsed(
            lambda: list(threads.map(lambda task: list(run_task([job], task)), tasks[: blocks // 2]))
        )
    return {
        "threads_ratio": one / two,
        "one_process_ratio": alone / shared,
        "dask_ratio": _on_dask(job, tasks) / two if with_dask else None,
    }


def _on_dask(job: Job, tasks: Sequence[Task]) -> float:
    from distributed import LocalCluster

    from simulation.ensemble.cluster import Cluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        return _timed(Cluster([job], cluster.scheduler_address), tasks)


def _timed(executor: Executor, tasks: Sequence[Task]) -> float:
    """Seconds for some tasks once every worker is warm."""
    try:
        _run(executor, list(tasks[:4]))
        return _elapsed(lambda: _run(executor, tasks))
    finally:
        executor.end()


def _run(executor: Executor, tasks: Sequence[Task]) -> None:
    done = sum(isinstance(news.what, Done) for news in executor.news(tasks))
    if done != len(tasks):
        raise RuntimeError(f"{done} of {len(tasks)} tasks were done")


def _elapsed(work: Any) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    sys.exit(main())
