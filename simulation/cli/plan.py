"""``carriersim plan``: the cheapest mix of levers that reaches the targets, and the front of cost against chance."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulation.cli.calendar import chosen_levers
from simulation.cli.folders import kept_in, missing_package, write_files
from simulation.cli.fresh import fresh_options
from simulation.cli.help import Helped, Option
from simulation.cli.options import LARGEST_SEED, overwrite_option, resume_option
from simulation.cli.progress import progress
from simulation.cli.run import RESULTS
from simulation.cli.terminal import FAULT, Refused, Terminal, answering

if TYPE_CHECKING:
    from simulation.projection.evaluations import Evaluator, Kept
    from simulation.projection.mixes import Space
    from simulation.projection.planning import Asked, Plan
    from simulation.scenario import Study


class _Plan(Helped):
    example = "carriersim plan scenarios/wuhan-2025.yaml --target-chance 0.8 --budget 500000000"


@click.command("plan", cls=_Plan)
@click.argument("scenario", type=click.Path())
@click.option(
    "--target-chance",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    metavar="P",
    default=0.8,
    show_default=True,
    cls=Option,
)
@click.option("--budget", type=click.FloatRange(0.0), metavar="CNY", cls=Option)
@click.option("--target", "only_targets", type=click.IntRange(1), multiple=True, metavar="K", cls=Option)
@click.option("--lever", "levers", multiple=True, metavar="NAME", cls=Option)
@click.option(
    "--most", type=click.FloatRange(0.25, 2.0), default=1.0, show_default=True, metavar="S", cls=Option
)
@click.option("--starts", is_flag=True, cls=Option)
@click.option("--where", "where_too", is_flag=True, cls=Option)
@click.option(
    "--population", type=click.IntRange(4, 500), default=24, show_default=True, metavar="N", cls=Option
)
@click.option(
    "--generations", type=click.IntRange(1, 1000), default=12, show_default=True, metavar="N", cls=Option
)
@click.option("--fresh", type=click.IntRange(2), metavar="N", cls=Option)
@click.option(
    "--out", "out_plan", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", cls=Option
)
@resume_option
@overwrite_option
@fresh_options(20)
@answering
def command(
    terminal: Terminal,
    scenario: str,
    levers: Sequence[str],
    only_targets: Sequence[int],
    out_plan: Path | None,
    settings: Sequence[str],
    as_of: date | None,
    resume: bool,
    overwrite: bool,
    **options: Any,
) -> None:
    """Find the cheapest mix that reaches the targets."""
    from simulation.cli.recovered import study_of
    from simulation.projection import planning

    words = terminal.words
    if importlib.util.find_spec("optuna") is None:
        raise missing_package(terminal, "optuna")
    study = study_of(terminal, scenario, settings, as_of)
    study = _with_targets(terminal, study, only_targets)
    known = [one.name for one in study.city.levers if one.row is not None]
    space, asked = _asked(study, chosen_levers(terminal, levers, known), **options)
    most = 2 + len(space.levers) * 2 + asked.population * asked.generations
    terminal.note(
        words(
            "plan.plan",
            mixes=words.whole(most),
            replicates=asked.replicates,
            levers=len(space.levers),
            runs=words.whole(most * asked.replicates),
            fresh=asked.fresh,
        )
    )
    folder = out_plan or RESULTS / "plan" / Path(scenario).stem
    identity = _identity(study, options["engine"], options["seed"])
    with kept_in(terminal, folder, planning.FILES, identity, resume=resume, overwrite=overwrite) as kept:
        found = _planned(terminal, space, asked, kept, **options)
    _answer(terminal, found, scenario, folder)
    if found.failed:
        click.get_current_context().exit(FAULT)


def _with_targets(terminal: Terminal, study: Study, only: Sequence[int]) -> Study:
    """The study with the city's targets that are planned for: those named, else the official ones."""
    from simulation.scenario import study as study_of

    words, targets = terminal.words, study.targets
    if not targets:
        raise Refused(words("explain.no_targets"))
    wrong = [one for one in only if one > len(targets)]
    if wrong:
        raise Refused(words("plan.target", k=wrong[0], n=len(targets)))
    asked = (
        [targets[one - 1] for one in sorted(set(only))]
        or [one for one in targets if one.official]
        or list(targets)
    )
    names = {(one.scope, one.measure, one.basis, one.at_least, one.by) for one in asked}
    kept = tuple(
        one
        for one in study.scenario.targets or ()
        if (one.scope, one.measure, one.basis, one.at_least, one.by) in names
    )
    return study_of(study.scenario) if len(kept) == len(targets) else _with_fewer(study, kept)


def _with_fewer(study: Study, kept: tuple[Any, ...]) -> Study:
    """The study with fewer targets; districts keep the tasks that all of them give."""
    from simulation.scenario import study as study_of

    tasks = study._all_tasks
    made = study.scenario.model_copy(update={"targets": kept, "annex": study.scenario.annex or "tasks"})
    made._annex = tuple(tasks)
    return study_of(made)


def _asked(
    study: Study,
    levers: Sequence[str],
    *,
    target_chance: float,
    budget: float | None,
    most: float,
    starts: bool,
    where_too: bool,
    population: int,
    generations: int,
    fresh: int | None,
    replicates: int,
    **_: Any,
) -> tuple[Space, Asked]:
    from simulation.projection.mixes import Space
    from simulation.projection.planning import Asked

    space = Space(study, tuple(levers), most, starts, where_too)
    return space, Asked(
        target_chance, budget, replicates, population, generations, 3 * replicates if fresh is None else fresh
    )


def _identity(study: Study, engine: str, seed: int) -> dict[str, Any]:
    """What must be equal for the kept futures to be those of this plan; a longer search goes on with them."""
    from simulation.source import source_hash

    return {
        "what": "plan",
        "scenario": study.scenario.digest(),
        "targets": [[*one[:5]] for one in study.targets],
        "engine": engine,
        "seed": seed,
        "source_hash": source_hash("projection"),
    }


def _planned(
    terminal: Terminal,
    space: Space,
    asked: Asked,
    kept: Kept,
    *,
    engine: str,
    seed: int,
    workers: int | None,
    **_: Any,
) -> Plan:
    from simulation.ensemble.pool import usable_cores
    from simulation.projection.evaluations import Evaluator
    from simulation.projection.planning import Planner

    def evaluator_of(luck: int) -> Evaluator:
        own = (seed + luck * 1_000_003) % LARGEST_SEED
        return Evaluator(engine, own, space.study.targets, kept, workers or usable_cores())

    with progress(terminal) as bar:
        return Planner(space, asked, evaluator_of, lambda _: bar).plan()


def _answer(terminal: Terminal, found: Plan, scenario: str, folder: Path) -> None:
    from simulation.reporting.city_names import names_of_city
    from simulation.reporting.plan_page import PlanPage, tables

    write_files(terminal, folder, tables(found, Path(scenario).name))
    names = names_of_city(found.space.study.city)
    terminal.answer(
        lambda: found.record() | {"out": str(folder)},
        lambda: PlanPage(terminal.words, found, names, str(folder)).lines(),
    )
