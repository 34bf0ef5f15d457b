"""The futures that an answer rests on: those of a finished run, or fresh ones kept only as long as it takes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.cli.options import (
    Decorator,
    as_of_option,
    engine_option,
    replicates_option,
    seed_option,
    set_option,
    together,
    workers_option,
)
from simulation.cli.pairs import MANIFEST, open_result
from simulation.cli.terminal import Failed, Terminal

if TYPE_CHECKING:
    from simulation.ensemble import Result
    from simulation.scenario import Study


def fresh_options(replicates: int) -> Decorator:
    """The options of a command that runs a scenario by the way, with so many replicates by default."""
    return together(
        [
            replicates_option(replicates),
            seed_option,
            workers_option,
            engine_option,
            set_option,
            as_of_option,
        ]
    )


@contextmanager
def result_of(
    terminal: Terminal,
    path: str,
    study: Study,
    *,
    replicates: int,
    seed: int,
    engine: str,
    workers: int | None,
) -> Iterator[Result]:
    """The result in a folder of a run, or that of a fresh run in a temporary folder."""
    if (Path(path) / MANIFEST).is_file():
        yield open_result(terminal, path)
        return
    from simulation.cli.run import simulate, tell_plan

    options: dict[str, Any] = {"replicates": replicates, "seed": seed, "engine": engine, "workers": workers}
    tell_plan(terminal, study, **options)
    with tempfile.TemporaryDirectory(prefix="carriersim-") as folder:
        result = simulate(
            terminal, study, Path(folder) / "run", overwrite=False, resume=False, reuse=True, **options
        )
        if not result.n_used:
            raise Failed(terminal.words("fresh.nothing", n=replicates))
        yield result
