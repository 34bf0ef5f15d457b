"""``carriersim calibrate``: the unknown numbers of a scenario, given what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulation.cli import observed as observations
from simulation.cli.help import Helped, Option
from simulation.cli.options import (
    as_of_option,
    engine_option,
    overwrite_option,
    resume_option,
    seed_option,
    set_option,
    workers_option,
)
from simulation.cli.refusing import refusing
from simulation.cli.run import RESULTS
from simulation.cli.scenarios import load
from simulation.cli.terminal import INTERRUPTED, Refused, Terminal, answering
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.calibration.smc import Settings, Told

IDENTITY = "calibration.id"


class _Calibrate(Helped):
    example = "carriersim calibrate scenarios/wuhan-2025.yaml observed.csv --as-of 2023-06-30"


@click.command("calibrate", cls=_Calibrate)
@click.argument("scenario", type=click.Path())
@click.argument("observed", type=click.Path())
@as_of_option
@click.option("--points", type=click.IntRange(20), metavar="N", default=200, show_default=True, cls=Option)
@click.option("--seeds", type=click.IntRange(1, 100), metavar="K", default=2, show_default=True, cls=Option)
@click.option(
    "--generations", type=click.IntRange(1, 30), metavar="G", default=5, show_default=True, cls=Option
)
@click.option(
    "--most-points", type=click.IntRange(20), metavar="N", default=5000, show_default=True, cls=Option
)
@seed_option
@workers_option
@engine_option
@set_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", cls=Option)
@resume_option
@overwrite_option
@answering
def command(
    terminal: Terminal,
    scenario: str,
    observed: str,
    as_of: date | None,
    settings: Sequence[str],
    out: Path | None,
    resume: bool,
    overwrite: bool,
    **options: Any,
) -> None:
    """Search the posterior and write it where a scenario can name it."""
    from simulation.scenario import study as studied

    words = terminal.words
    study = studied(load(terminal, scenario, settings, as_of))
    read = observations.read(terminal, observed, study, as_of)
    from simulation.calibration import calibrating
    from simulation.calibration.smc import Settings
    from simulation.cli.backtest import engine_of
    from simulation.ensemble.pool import usable_cores
    from simulation.reporting.calibrate_page import CalibratePage

    if not calibrating.unknowns_of(study):
        raise Refused(words("calibrate.nothing_unknown"))
    search = Settings(
        particles=options["points"],
        batch=max(20, options["points"] // 4),
        generations=options["generations"],
        most_points=options["most_points"],
    )
    if search.most_points < 2 * search.particles:
        raise Refused(words("calibrate.too_few_points", points=search.particles))
    folder = RESULTS / "calibration" / Path(scenario).stem if out is None else out
    who = calibrating.identity(study, read, options["seed"], search, options["seeds"], options["engine"])
    _prepare(terminal, folder, who, resume=resume, overwrite=overwrite)
    _tell(terminal, len(calibrating.unknowns_of(study)), len(read.rows), search, options["seeds"])
    try:
        with refusing(terminal, folder):
            made = calibrating.calibrate(
                study,
                read,
                simulate=engine_of(options["engine"]),
                seed=options["seed"],
                settings=search,
                seeds=options["seeds"],
                workers=options["workers"] or usable_cores(),
                folder=folder,
                told=_told(terminal),
            )
            calibrating.write(made, study, folder)
    except KeyboardInterrupt:
        terminal.warn(words("calibrate.stopped", out=visible(str(folder))))
        click.get_current_context().exit(INTERRUPTED)
    terminal.answer(
        lambda: made.record() | {"out": str(folder)},
        lambda: CalibratePage(words, study, made, folder / calibrating.POSTERIOR).lines(),
    )


def _tell(terminal: Terminal, numbers: int, counts: int, search: Settings, seeds: int) -> None:
    told = {"numbers": numbers, "counts": counts, "points": search.particles, "seeds": seeds}
    terminal.note(terminal.words("calibrate.plan", generations=search.generations, **told))


def _told(terminal: Terminal) -> Told:
    """Says how each generation gets on, a line whenever it is complete."""

    def told(generation: int, kept: int, wanted: int, done: int) -> None:
        if kept == wanted:
            terminal.note(
                terminal.words("calibrate.generation", generation=generation, n=terminal.words.whole(done))
            )

    return told


def _prepare(terminal: Terminal, folder: Path, who: str, *, resume: bool, overwrite: bool) -> None:
    """A folder of this search: empty, gone on with, or emptied when that is asked for."""
    from simulation.ensemble.store import write_whole

    words, mark = terminal.words, folder / IDENTITY
    where = visible(str(folder))
    if resume and overwrite:
        raise Refused(words("error.resume_overwrite"))
    try:
        inside = list(folder.iterdir()) if folder.exists() else []
        if inside and not mark.is_file():
            raise Refused(words("calibrate.foreign", folder=where))
        if inside and overwrite:
            _empty(folder)
        elif inside and not resume:
            raise Refused(words("calibrate.there", folder=where))
        elif inside and mark.read_text("utf-8").strip() != who:
            raise Refused(words("calibrate.other", folder=where))
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(mark, f"{who}\n".encode())
    except OSError as error:
        reason = visible(error.strerror or type(error).__name__)
        raise Refused(words("error.write", path=where, reason=reason)) from None


def _empty(folder: Path) -> None:
    """Take away what an earlier search wrote, and nothing else."""
    from simulation.calibration.calibrating import DIAGNOSTICS, POSTERIOR

    for file in [*(folder / "journal").glob("*.npy"), folder / POSTERIOR, folder / DIAGNOSTICS]:
        file.unlink(missing_ok=True)
