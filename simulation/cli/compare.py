"""``carriersim compare``: what policy variants change, in pairs of futures that met the same luck."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulation.cli.help import Helped, Option
from simulation.cli.options import replicates_option
from simulation.cli.pairs import Source, pair_options, refuse_foreign, results_of, sources
from simulation.cli.run import RESULTS
from simulation.cli.terminal import FAULT, Refused, Terminal, answering
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.ensemble import Result
    from simulation.projection.comparison import Comparison


class _Compare(Helped):
    example = "carriersim compare scenarios/no-notice.yaml scenarios/wuhan-2025.yaml --replicates 400"


@click.command("compare", cls=_Compare)
@click.argument("base", type=click.Path())
@click.argument("variants", type=click.Path(), nargs=-1, required=True)
@replicates_option(100)
@click.option(
    "--out", "out_compare", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", cls=Option
)
@pair_options
@answering
def command(
    terminal: Terminal,
    base: str,
    variants: Sequence[str],
    out_compare: Path | None,
    settings: Sequence[str],
    as_of: date | None,
    **options: Any,
) -> None:
    """Compare scenarios, or the results of runs, with the first of them."""
    given = sources(terminal, [base, *variants], settings, as_of)
    folder = _folder(given) if out_compare is None else out_compare
    writes = out_compare is not None or any(one.study is not None for one in given)
    if writes:
        from simulation.projection.comparison import FILES

        refuse_foreign(terminal, folder, FILES, resume=options["resume"], overwrite=options["overwrite"])
    results = results_of(terminal, given, folder, **options)
    _answer(terminal, compared(terminal, results), folder if writes else None)
    if any(result.failures for result in results):
        click.get_current_context().exit(FAULT)


def _folder(given: Sequence[Source]) -> Path:
    """Where a comparison goes when nobody says: named after what is compared."""
    return RESULTS / "compare" / "--".join(dict.fromkeys(one.stem for one in given))


def compared(terminal: Terminal, results: Sequence[Result]) -> Comparison:
    """The comparison. Raises ``Refused`` when the futures of the runs are no pairs."""
    from simulation.projection import comparison, pairing

    try:
        return comparison.compare(results)
    except pairing.UnmatchedError as unmatched:
        words = terminal.words
        key = "compare.unmatched.none" if unmatched.reason == "none" else "compare.unmatched"
        told = {name: visible(str(value)) for name, value in unmatched.told.items()}
        what = "" if unmatched.reason == "none" else words(f"compare.unmatched.{unmatched.reason}")
        raise Refused(words(key, what=what, **told)) from None


def _answer(terminal: Terminal, comparison: Comparison, folder: Path | None) -> None:
    from simulation.reporting import compare_figures
    from simulation.reporting.city_names import city_names
    from simulation.reporting.compare_page import ComparePage

    names = city_names(comparison.matched.base.manifest)
    files: list[str] = []
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        compare_figures.write(comparison, terminal.words, names, folder)
        comparison.write(folder)
        files = sorted(path.name + ("/" if path.is_dir() else "") for path in folder.iterdir())
    out = "" if folder is None else str(folder)
    terminal.answer(
        lambda: comparison.record() | {"out": out or None},
        lambda: ComparePage(terminal.words, comparison, names, out, files).lines(),
    )
