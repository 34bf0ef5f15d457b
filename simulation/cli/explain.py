"""``carriersim explain``: what each lever contributes, how today becomes the target date, and who misses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulation.cli.help import Helped, Option
from simulation.cli.pairs import pair_options, refuse_foreign
from simulation.cli.progress import progress
from simulation.cli.recovered import study_of
from simulation.cli.refusing import refusing
from simulation.cli.run import RESULTS
from simulation.cli.terminal import FAULT, INTERRUPTED, Refused, Terminal, answering
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.projection.coalitions import Game
    from simulation.projection.explanation import Explanation

_MOST = 300  # replicates: errors of 0.02 are reached long before, or not at all


class _Explain(Helped):
    example = "carriersim explain scenarios/no-notice.yaml scenarios/wuhan-2025.yaml"


@click.command("explain", cls=_Explain)
@click.argument("base", type=click.Path())
@click.argument("variant", type=click.Path())
@click.option(
    "--replicates",
    "most_replicates",
    type=click.IntRange(2),
    metavar="N",
    default=_MOST,
    show_default=True,
    cls=Option,
)
@click.option(
    "--error",
    type=click.FloatRange(0.0, 1.0),
    metavar="E",
    default=0.02,
    show_default=True,
    cls=Option,
)
@click.option("--orderings", type=click.IntRange(1, 1000), metavar="K", cls=Option)
@click.option(
    "--out", "out_explain", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", cls=Option
)
@pair_options
@answering
def command(
    terminal: Terminal,
    base: str,
    variant: str,
    most_replicates: int,
    error: float,
    orderings: int | None,
    out_explain: Path | None,
    settings: Sequence[str],
    as_of: date | None,
    **options: Any,
) -> None:
    """Explain why a variant does better or worse than a base."""
    studies = [study_of(terminal, path, settings, as_of) for path in (base, variant)]
    if options["resume"] and options["overwrite"]:
        raise Refused(terminal.words("error.resume_overwrite"))
    folder = out_explain or RESULTS / "explain" / f"{_stem(base)}--{_stem(variant)}"
    from simulation.projection.coalitions import Game, NotComparableError
    from simulation.projection.explaining import FILES, ends_of

    try:
        game = Game(studies[0], studies[1], options["engine"], options["seed"], ends_of(studies[0]))
    except NotComparableError as refused:
        raise Refused(terminal.words("explain.not_comparable", text=visible(str(refused)))) from None
    if not game.ends:
        raise Refused(terminal.words("explain.no_targets"))
    refuse_foreign(terminal, folder, FILES, resume=options["resume"], overwrite=options["overwrite"])
    _tell_plan(terminal, game, most_replicates, error, orderings, options["workers"])
    found = _explained(terminal, game, folder, most_replicates, error, orderings, **options)
    _answer(terminal, game, found, folder)
    if found.failures:
        click.get_current_context().exit(FAULT)


def _stem(path: str) -> str:
    return Path(path).stem if Path(path).is_file() else Path(path).resolve().name


def _tell_plan(
    terminal: Terminal, game: Game, most: int, error: float, orderings: int | None, workers: int | None
) -> None:
    if terminal.quiet:
        return
    from simulation.ensemble.pool import usable_cores
    from simulation.projection.explaining import evaluations, pairs_of

    words = terminal.words
    pairs = pairs_of(game, orderings)
    told = {
        "players": len(game.players),
        "each": words.whole(evaluations(game, pairs)),
        "most": words.whole(most),
        "error": f"{error:g}",
        "engine": game.engine,
        "seed": game.seed,
        "workers": workers or usable_cores(),
    }
    terminal.note(words("explain.plan.exact" if pairs is None else "explain.plan", **told))


def _explained(
    terminal: Terminal,
    game: Game,
    folder: Path,
    most: int,
    error: float,
    orderings: int | None,
    *,
    workers: int | None,
    resume: bool,
    overwrite: bool,
    **_: Any,
) -> Explanation:
    from simulation.ensemble.pool import usable_cores
    from simulation.projection.explaining import identity, pairs_of
    from simulation.projection.explanation import Wanted, explain
    from simulation.projection.journal import open_journal

    words = terminal.words
    with refusing(terminal, folder):
        journal = open_journal(folder, identity(game), resume=resume, overwrite=overwrite)
    try:
        with progress(terminal) as told:
            return explain(
                game,
                game.base.targets,
                Wanted(most, pairs_of(game, orderings), error),
                journal,
                workers or usable_cores(),
                told,
            )
    except KeyboardInterrupt:
        terminal.warn(words("explain.stopped", out=visible(str(folder))))
        click.get_current_context().exit(INTERRUPTED)
    finally:
        journal.close()


def _answer(terminal: Terminal, game: Game, found: Explanation, folder: Path) -> None:
    from simulation.projection.explaining import write
    from simulation.reporting import explain_figures
    from simulation.reporting.city_names import names_of_city
    from simulation.reporting.explain_page import ExplainPage

    names = names_of_city(game.base.city)
    write(found, folder)
    explain_figures.write(found, terminal.words, names, folder)
    files = sorted(path.name + ("/" if path.is_dir() else "") for path in folder.iterdir())
    terminal.answer(
        lambda: found.record() | {"out": str(folder)},
        lambda: ExplainPage(terminal.words, found, names, game.base.city.codes, str(folder), files).lines(),
    )
