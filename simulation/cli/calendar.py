"""``carriersim calendar``: rounds and evaluations, and until when each lever can still move each target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from simulation.cli.folders import kept_in, write_files
from simulation.cli.fresh import fresh_options
from simulation.cli.help import Helped, Option
from simulation.cli.options import overwrite_option, resume_option
from simulation.cli.progress import progress
from simulation.cli.run import RESULTS
from simulation.cli.terminal import FAULT, Refused, Terminal, answering
from simulation.reporting.width import visible


class _Calendar(Helped):
    example = "carriersim calendar scenarios/wuhan-2025.yaml --lever clean_up --lever municipal_support"


@click.command("calendar", cls=_Calendar)
@click.argument("scenario", type=click.Path())
@click.option("--lever", "levers", multiple=True, metavar="NAME", cls=Option)
@click.option("--from", "from_quarter", metavar="QUARTER", cls=Option)
@click.option(
    "--out", "out_calendar", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", cls=Option
)
@resume_option
@overwrite_option
@fresh_options(10)
@answering
def command(
    terminal: Terminal,
    scenario: str,
    levers: Sequence[str],
    from_quarter: str | None,
    out_calendar: Path | None,
    settings: Sequence[str],
    as_of: date | None,
    replicates: int,
    seed: int,
    engine: str,
    workers: int | None,
    **options: Any,
) -> None:
    """Say until when each lever still counts."""
    from simulation.cli.recovered import study_of
    from simulation.ensemble.pool import usable_cores
    from simulation.projection import last_quarters as projection
    from simulation.source import source_hash

    words = terminal.words
    base = study_of(terminal, scenario, settings, as_of)
    if not base.targets:
        raise Refused(words("explain.no_targets"))
    known = [one.name for one in base.city.levers if one.row is not None]
    chosen = chosen_levers(terminal, levers, known)
    first = _first(terminal, from_quarter, base.first_quarter, min(one.by for one in base.targets))
    terminal.note(
        words("calendar.plan", levers=len(chosen), n=replicates, engine=engine, targets=len(base.targets))
    )
    folder = out_calendar or RESULTS / "calendar" / Path(scenario).stem
    identity = {
        "what": "calendar",
        "scenario": base.scenario.digest(),
        "engine": engine,
        "seed": seed,
        "from": first,
        "source_hash": source_hash("projection"),
    }
    with kept_in(terminal, folder, projection.FILES, identity, **options) as kept:
        prober = projection.Prober(engine, seed, base.targets, kept, workers or usable_cores())
        prober.first = first
        with progress(terminal) as bar:
            found = projection.last_quarters(base, chosen, prober, replicates, bar)
    from simulation.reporting.calendar_page import CalendarPage, tables
    from simulation.reporting.city_names import names_of_city

    write_files(terminal, folder, tables(found))
    names = names_of_city(base.city)
    terminal.answer(
        lambda: found.record() | {"out": str(folder)},
        lambda: CalendarPage(words, found, base, names, str(folder)).lines(),
    )
    if found.failed:
        click.get_current_context().exit(FAULT)


def chosen_levers(terminal: Terminal, asked: Sequence[str], known: Sequence[str]) -> list[str]:
    """The levers asked for in the order of the notice; all where none is named."""
    from simulation.faults import did_you_mean
    from simulation.reporting.fault_text import said

    words = terminal.words
    wrong = [
        words(
            "calendar.lever",
            name=visible(one),
            advice=said(did_you_mean(one, known), words) or words.listing(list(known)),
        )
        for one in asked
        if one not in known
    ]
    if wrong:
        raise Refused("\n".join(wrong))
    return [one for one in known if one in asked or not asked]


def _first(terminal: Terminal, given: str | None, first: int, last: int) -> int:
    from simulation.quarters import quarter, quarter_name

    if given is None:
        return first
    try:
        number = quarter(given)
    except ValueError:
        number = -1
    if not first <= number <= last:
        bounds = {"first": quarter_name(first), "last": quarter_name(last)}
        raise Refused(terminal.words("calendar.from", given=visible(given), **bounds))
    return number
