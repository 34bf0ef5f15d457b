"""``carriersim movements``: what moved between two registries."""

from datetime import UTC, date, datetime

import click

from simulation.cli.help import Helped, Option
from simulation.cli.registries import city_of, entries_of
from simulation.cli.scenarios import Day
from simulation.cli.terminal import Terminal, answering


class _Movements(Helped):
    example = "carriersim movements 2023Q1.xlsx 2023Q2.xlsx --last-on 2023-03-31 --as-of 2023-06-30"


@click.command("movements", cls=_Movements)
@click.argument("earlier", metavar="LAST", type=click.Path())
@click.argument("later", metavar="THIS", type=click.Path())
@click.option("--last-on", type=Day(), metavar="DATE", cls=Option)
@click.option("--as-of", "stands_on", type=Day(), metavar="DATE", cls=Option)
@click.option("--city", metavar="CITY", default="wuhan", show_default=True, cls=Option)
@answering
def command(
    terminal: Terminal, earlier: str, later: str, last_on: date | None, stands_on: date | None, city: str
) -> None:
    """Compare two registries."""
    day = datetime.now(UTC).date() if stands_on is None else stands_on
    before = _quarter_before(day) if last_on is None else last_on
    tables = city_of(terminal, city, day)
    old = entries_of(terminal, earlier, city_of(terminal, city, before))
    new = entries_of(terminal, later, tables)
    from simulation.registry.movements import movements
    from simulation.reporting.movements_page import MovementsPage

    page = MovementsPage(
        terminal.words,
        tables,
        (earlier, before.isoformat()),
        (later, day.isoformat()),
        movements(old, new, tables),
    )
    terminal.answer(page.record, page.lines)


def _quarter_before(day: date) -> date:
    """The last day of the quarter before that of a day."""
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return date.fromordinal(first.toordinal() - 1)
