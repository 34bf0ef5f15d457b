"""``carriersim since``: why a chance is not what it was in the last run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulation.cli.help import Helped, Option
from simulation.cli.options import workers_option
from simulation.cli.pairs import open_result
from simulation.cli.progress import progress
from simulation.cli.refusing import running
from simulation.cli.run import RESULTS
from simulation.cli.terminal import Refused, Terminal, answering
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.ensemble import Result
    from simulation.scenario import Study


class _Since(Helped):
    example = "carriersim since results/spring results/autumn"


@click.command("since", cls=_Since)
@click.argument("last", type=click.Path())
@click.argument("this", type=click.Path())
@workers_option
@click.option("--files", "search", type=click.Path(path_type=Path), multiple=True, metavar="DIR", cls=Option)
@click.option(
    "--out", "out_since", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", cls=Option
)
@answering
def command(
    terminal: Terminal,
    last: str,
    this: str,
    workers: int | None,
    search: tuple[Path, ...],
    out_since: Path | None,
) -> None:
    """Split the change of each chance from one run to the next."""
    results = [open_result(terminal, path) for path in (last, this)]
    stems = [Path(path).resolve().name for path in (last, this)]
    folder = out_since or RESULTS / "since" / "--".join(stems)
    from simulation.projection import since as splitting
    from simulation.reporting.since_page import SincePage

    simulate = _simulator(terminal, results[0], folder, workers)
    around = [*search, *(Path(path) for path in (last, this)), *(Path(path).parent for path in (last, this))]
    try:
        found = splitting.since(results[0], results[1], simulate, around)
    except splitting.NotSeparableError as refused:
        words = terminal.words
        why = words(f"since.refused.{refused.reason}")
        raise Refused(words("since.refused", why=why)) from None
    terminal.answer(found.record, lambda: SincePage(terminal.words, found).lines())


def _simulator(
    terminal: Terminal, last: Result, folder: Path, workers: int | None
) -> Callable[[Study, str], Result]:
    """What runs a step on the luck of the last run, going on with what an interrupted command has left."""
    from simulation import ensemble

    words, manifest = terminal.words, last.manifest

    def stopped(_: ensemble.Interrupted) -> str:
        return words("since.stopped", out=visible(str(folder)))

    def simulate(study: Study, part: str) -> Result:
        terminal.note(words("since.plan", part=words(f"since.part.{part}"), n=words.whole(last.n_requested)))
        out = folder / f"{part}-{study.scenario.digest()[:12]}"
        with running(terminal, out, stopped), progress(terminal) as told:
            return ensemble.run(
                study,
                last.n_requested,
                manifest.seed,
                out,
                workers,
                engine=manifest.engine,
                seeds_per_draw=manifest.seeds_per_draw,
                progress=told,
                resume=True,
            )

    return simulate
