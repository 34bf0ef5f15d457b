"""``carriersim unknowns``: which unknown number is worth finding out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from simulation.cli.help import Helped, Option
from simulation.cli.options import replicates_option
from simulation.cli.pairs import pair_options, refuse_foreign, results_of, sources
from simulation.cli.run import RESULTS
from simulation.cli.terminal import FAULT, Refused, Terminal, answering
from simulation.reporting.width import visible

_LEAST = 50  # draws: fewer tell nothing of fourteen unknowns


class _Unknowns(Helped):
    example = "carriersim unknowns scenarios/wuhan-2025.yaml scenarios/clean-up-first.yaml --replicates 400"


@click.command("unknowns", cls=_Unknowns)
@click.argument("scenario", type=click.Path())
@click.argument("alternatives", type=click.Path(), nargs=-1)
@replicates_option(400)
@click.option(
    "--out", "out_unknowns", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", cls=Option
)
@pair_options
@answering
def command(
    terminal: Terminal,
    scenario: str,
    alternatives: Sequence[str],
    out_unknowns: Path | None,
    settings: Sequence[str],
    as_of: date | None,
    **options: Any,
) -> None:
    """Say which unknown number moves the answer most, and which would change the choice."""
    from simulation.projection import unknowns as projection
    from simulation.projection.pairing import UnmatchedError

    words = terminal.words
    given = sources(terminal, [scenario, *alternatives], settings, as_of)
    folder = out_unknowns or RESULTS / "unknowns" / "--".join(dict.fromkeys(one.stem for one in given))
    writes = out_unknowns is not None or any(one.study is not None for one in given)
    if writes:
        refuse_foreign(
            terminal, folder, projection.FILES, resume=options["resume"], overwrite=options["overwrite"]
        )
    results = results_of(terminal, given, folder, **options)
    if results[0].used["draw"].nunique() < _LEAST:
        raise Refused(words("unknowns.few", least=_LEAST, n=results[0].used["draw"].nunique()))
    from simulation.projection.comparison import unique_names

    try:
        found = projection.unknowns(results, unique_names([one.manifest.scenario for one in results]))
    except UnmatchedError as unmatched:
        raise Refused(visible(str(unmatched))) from None
    if not found.targets:
        raise Refused(words("explain.no_targets"))
    from simulation.cli.folders import write_files
    from simulation.reporting.unknowns_page import UnknownsPage, tables

    if writes:
        folder.mkdir(parents=True, exist_ok=True)
        write_files(terminal, folder, tables(found))
    out = str(folder) if writes else ""
    terminal.answer(
        lambda: found.record() | {"out": out or None}, lambda: UnknownsPage(words, found, out).lines()
    )
    if any(result.failures for result in results):
        click.get_current_context().exit(FAULT)
