"""The futures that an answer rests on: those of a finished run, or fresh ones kept only as long as it takes."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulation.cli.help import Option
from simulation.cli.pairs import MANIFEST, open_result
from simulation.cli.run import ENGINES, LARGEST_SEED
from simulation.cli.scenarios import Day
from simulation.cli.terminal import Failed, Terminal

if TYPE_CHECKING:
    from simulation.ensemble import Result
    from simulation.scenario import Study


def fresh_options(replicates: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The options of a command that runs a scenario by the way, with so many replicates by default."""

    def options(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def command(*arguments: Any, **given: Any) -> None:
            function(*arguments, **given)

        for option in (
            click.option("--as-of", type=Day(), metavar="DATE", cls=Option),
            click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", cls=Option),
            click.option(
                "--engine",
                type=click.Choice(ENGINES),
                default=ENGINES[0],
                show_default=True,
                cls=Option,
                values={"engines": ", ".join(ENGINES)},
            ),
            click.option("--workers", type=click.IntRange(1), metavar="W", cls=Option),
            click.option(
                "--seed",
                type=click.IntRange(0, LARGEST_SEED),
                metavar="S",
                default=1,
                show_default=True,
                cls=Option,
            ),
            click.option(
                "--replicates",
                type=click.IntRange(1),
                metavar="N",
                default=replicates,
                show_default=True,
                cls=Option,
            ),
        ):
            command = option(command)
        return command

    return options


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
