"""``carriersim check``: whether registries and scenarios can be used, with every fault of each."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulation.cli.help import Helped, Option
from simulation.cli.scenarios import Day
from simulation.cli.terminal import WRONG_INPUT, Refused, Terminal, answering
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.registry.report import Report
    from simulation.scenario import CityTables


class _Check(Helped):
    example = "carriersim check registry.xlsx --as-of 2023-06-30"


@click.command("check", cls=_Check)
@click.argument("files", type=click.Path(), nargs=-1, required=True)
@click.option("--as-of", "stands_on", type=Day(), metavar="DATE", cls=Option)
@click.option("--city", metavar="CITY", default="wuhan", show_default=True, cls=Option)
@click.option("--fix", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT.csv", cls=Option)
@answering
def command(
    terminal: Terminal, files: Sequence[str], stands_on: date | None, city: str, fix: Path | None
) -> None:
    """Check files and answer with every fault."""
    from simulation.faults import ScenarioErrors
    from simulation.reporting import fault_text
    from simulation.reporting.check_page import CheckPage
    from simulation.scenario import checking

    words = terminal.words
    day = datetime.now(UTC).date() if stands_on is None else stands_on
    try:
        tables = checking.city_on(city, day)
    except ScenarioErrors as wrong:
        raise Refused("\n".join(fault_text.sentence(fault, words) for fault in wrong.faults)) from None
    registries = [file for file in files if Path(file).suffix.lower() not in checking.SCENARIO_ENDINGS]
    if registries:
        terminal.note(words("check.as_of", city=tables.name, date=day.isoformat()))
    if fix is None:
        reports = [report for file in files for report in checking.check(Path(file), tables)]
    else:
        reports = [_fix(terminal, files, registries, tables, fix)]
    page = CheckPage(words, reports)
    terminal.answer(page.record, page.lines)
    if page.refused:
        click.get_current_context().exit(WRONG_INPUT)


def _fix(
    terminal: Terminal, files: Sequence[str], registries: Sequence[str], city: "CityTables", out: Path
) -> "Report":
    """Write one registry with its repairs, and tell of them."""
    from simulation.registry import fixing

    words = terminal.words
    if len(files) != 1 or len(registries) != 1:
        raise Refused(words("check.fix.single"))
    if out.suffix.lower() != ".csv":
        raise Refused(words("check.fix.csv", out=visible(str(out))))
    try:
        reading, repairs = fixing.fix(Path(registries[0]), out, city)
    except FileExistsError:
        raise Refused(words("check.fix.exists", out=visible(str(out)))) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Refused(words("error.write", path=visible(str(out)), reason=reason)) from None
    if reading.report.rows:
        cells = words.count("check.fix.cells", sum(repairs.values()))
        terminal.note(
            words.count("check.fix.written", reading.report.rows, out=visible(str(out)), cells=cells)
        )
    else:
        terminal.warn(words("check.fix.nothing"))
    return reading.report
