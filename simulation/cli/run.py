"""``carriersim run``: how likely each target is."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulation.cli.help import Helped, Option, words_of
from simulation.cli.options import (
    as_of_option,
    engine_option,
    overwrite_option,
    replicates_option,
    resume_option,
    seed_option,
    set_option,
    workers_option,
)
from simulation.cli.progress import progress
from simulation.cli.refusing import running
from simulation.cli.scenarios import load, tell_warnings
from simulation.cli.terminal import FAULT, Failed, Refused, Terminal, answering
from simulation.reporting.text import Words, language_of
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.ensemble import Interrupted, Result
    from simulation.scenario import Study

RESULTS = Path("results")
ARCHIVE = Path("archive")
LIMIT = 10_000  # replicates, with --until


class _Condition(click.ParamType[str]):
    """What ``--until`` waits for, checked as it is read."""

    name = "condition"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text of a condition that is understood."""
        from simulation.projection import settled

        try:
            settled.parse(value)
        except ValueError:
            words = Words(language_of()) if ctx is None else words_of(ctx)
            self.fail(words("usage.condition", value=value), param, ctx)
        return value


class _Run(Helped):
    example = "carriersim run scenarios/wuhan-2025.yaml --replicates 400"


@click.command("run", cls=_Run)
@click.argument("scenario", type=click.Path())
@replicates_option(100)
@seed_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", cls=Option)
@workers_option
@engine_option
@set_option
@as_of_option
@resume_option
@overwrite_option
@click.option("--no-reuse", "reuse", is_flag=True, flag_value=False, default=True, cls=Option)
@click.option("--until", type=_Condition(), metavar="CONDITION", cls=Option)
@click.option("--limit", type=click.IntRange(1), metavar="N", default=LIMIT, show_default=True, cls=Option)
@click.option("--scheduler", metavar="ADDRESS", cls=Option)
@click.option(
    "--archive",
    type=click.Path(path_type=Path),
    is_flag=False,
    flag_value=ARCHIVE,
    metavar="[DIR]",
    cls=Option,
)
@answering
def command(
    terminal: Terminal,
    scenario: str,
    out: Path | None,
    settings: Sequence[str],
    as_of: date | None,
    until: str | None,
    limit: int,
    archive: Path | None,
    **options: Any,
) -> None:
    """Run a scenario and answer with the chance of each target."""
    resolved = load(terminal, scenario, settings, as_of)
    from simulation.projection import settled
    from simulation.scenario import study

    prepared = study(resolved)
    if until is not None:
        if limit < options["replicates"]:
            raise Refused(terminal.words("error.limit", limit=limit, replicates=options["replicates"]))
        options["until"] = settled.parse(until, limit)
    folder = RESULTS / Path(scenario).stem if out is None else out
    keep = None if archive is None else _archive_file(terminal, prepared, archive, folder, **options)
    tell_plan(terminal, prepared, **options)
    result = simulate(terminal, prepared, folder, **options)
    if keep is not None:
        _keep(terminal, prepared, result, keep)
    _answer(terminal, prepared, result)
    if result.failures:
        click.get_current_context().exit(FAULT)


def _archive_file(
    terminal: Terminal, study: "Study", archive: Path, folder: Path, overwrite: bool, resume: bool, **_: Any
) -> Path:
    """Where the forecasts go. Refuses before anything is run when others of that day stand there."""
    from simulation.calibration import archive as archives
    from simulation.calibration.observations import end_of

    origin = archives.origin_of(study)
    file = archive / archives.file_name(origin, folder.resolve().name)
    words, where = terminal.words, visible(str(file))
    if end_of(study.scenario.until) <= origin:
        raise Refused(words("archive.nothing", date=origin.isoformat()))
    if archive.exists() and not archive.is_dir():
        raise Refused(words("archive.no_folder", folder=visible(str(archive))))
    if file.exists() and not (overwrite or resume):
        raise Refused(words("archive.there", file=where))
    return file


def _keep(terminal: Terminal, study: "Study", result: "Result", file: Path) -> None:
    """Archive the forecasts of a run."""
    from simulation.calibration import archive as archives

    words, origin = terminal.words, archives.origin_of(study)
    if not result.n_used:
        return
    try:
        archives.write(result, origin, file)
    except OSError as error:
        reason = visible(error.strerror or type(error).__name__)
        raise Failed(words("error.write", path=visible(str(file)), reason=reason)) from None
    terminal.note(words("archive.kept", file=visible(str(file)), date=origin.isoformat()))


def tell_plan(
    terminal: Terminal, study: "Study", replicates: int, seed: int, engine: str, workers: int | None, **_: Any
) -> None:
    """Say what will be run: replicates, quarters, engine, and how large the first world is."""
    if terminal.quiet:
        return
    from simulation.ensemble.pool import usable_cores
    from simulation.scenario import feasibility

    words, world = terminal.words, study.world(seed, 0, 0)
    terminal.note(
        words(
            "run.plan",
            scenario=visible(study.scenario.name),
            replicates=words.whole(replicates),
            quarters=study.quarters,
            first=words.quarter(study.first_quarter),
            last=words.quarter(study.first_quarter + study.quarters - 1),
            engine=engine,
            seed=seed,
            workers=workers or usable_cores(),
            carriers=words.whole(len(world.carriers.id)),
            tenants=words.whole(int((world.startups.carrier != 0).sum())),
            sponsors=words.whole(len(world.sponsors.id)),
        )
    )
    tell_warnings(terminal, [*study.scenario.warnings, *feasibility.findings(study, world)])
    if study.scenario.as_of is not None:
        terminal.note(words("run.as_of", date=study.scenario.as_of.isoformat()))


def simulate(terminal: Terminal, study: "Study", folder: Path, **options: Any) -> "Result":
    """Run a study into a folder. Raises ``Refused`` or ``Failed`` for what ends it."""
    from simulation import ensemble

    words = terminal.words
    replicates, seed = options.pop("replicates"), options.pop("seed")
    if options["resume"] and options["overwrite"]:
        raise Refused(words("error.resume_overwrite"))

    def stopped(at: "Interrupted") -> str:
        key = "run.stopped" if at.kept else "run.stopped.nothing"
        return words(key, n=at.kept, asked=at.total, out=visible(str(at.folder)))

    with running(terminal, folder, stopped), progress(terminal) as told:
        return ensemble.run(
            study,
            replicates,
            seed,
            folder,
            seeds_per_draw=study.scenario.seeds_per_draw,
            progress=told,
            **options,
        )


def _answer(terminal: Terminal, study: "Study", result: "Result") -> None:
    from simulation import api
    from simulation.reporting import charts, records
    from simulation.reporting.run_page import RunPage

    answers = api.summarise(result) if result.n_used else []
    try:
        charts.write(result, answers, terminal.words)
    except OSError as error:  # the tables are whole; --resume draws the figures when there is room
        words, reason = terminal.words, visible(error.strerror or type(error).__name__)
        said = words("error.write", path=visible(str(error.filename or result.folder)), reason=reason)
        raise Failed(said) from None
    terminal.answer(
        lambda: records.of_run(result, answers),
        lambda: RunPage.of(terminal.words, study, result, answers).lines(),
    )
