"""``carriersim score``: archived forecasts against what happened, beside the peers of their day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulation.cli.help import Helped, Option
from simulation.cli.terminal import Refused, Terminal, answering
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables


class _Score(Helped):
    example = "carriersim score archive actuals.csv"


@click.command("score", cls=_Score)
@click.argument("archives", nargs=-1, required=True, type=click.Path())
@click.argument("actuals", type=click.Path())
@click.option("--city", default="wuhan", show_default=True, metavar="NAME", cls=Option)
@answering
def command(terminal: Terminal, archives: tuple[str, ...], actuals: str, city: str) -> None:
    """Score archived forecasts whose outcome is known by now."""
    from simulation.calibration import archive
    from simulation.calibration.scoring import score_archives
    from simulation.faults import ScenarioErrors
    from simulation.reporting import fault_text
    from simulation.reporting.score_page import ScorePage

    words = terminal.words
    tables = _city(terminal, city)
    try:
        found = score_archives(archive.read(_files(terminal, archives)), Path(actuals), tables)
    except ScenarioErrors as wrong:
        faults = [fault_text.sentence(fault, words) for fault in wrong.faults]
        raise Refused("\n".join([words.count("error.score", len(faults)), *faults])) from None
    terminal.answer(found.record, lambda: ScorePage(words, found).lines())


def _files(terminal: Terminal, paths: tuple[str, ...]) -> list[Path]:
    """The files named, and those in the folders named."""
    found: list[Path] = []
    for path in map(Path, paths):
        inside = sorted(path.glob("*.csv")) if path.is_dir() else [path]
        if not inside:
            raise Refused(terminal.words("error.score.empty", folder=visible(str(path))))
        found += inside
    return list(dict.fromkeys(found))


def _city(terminal: Terminal, name: str) -> CityTables:
    """The tables of a city, for the spellings of its districts."""
    from simulation.faults import Fault
    from simulation.reporting import fault_text
    from simulation.scenario.reading import find_city, packaged_cities, read_city

    words = terminal.words
    place = find_city(name, Path())
    faults: list[Fault] = []
    tables = None if place is None else read_city(*place, None, faults)
    if tables is None or faults:
        told = [fault_text.sentence(fault, words) for fault in faults]
        cities = words.listing(list(packaged_cities()))
        raise Refused("\n".join([words("error.score.city", city=visible(name), cities=cities), *told]))
    return tables
