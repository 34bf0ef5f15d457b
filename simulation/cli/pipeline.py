"""``carriersim pipeline``: whom to call, from a registry alone."""

from datetime import UTC, date, datetime

import click

from simulation.cli.help import Helped, Option
from simulation.cli.registries import city_of, entries_of
from simulation.cli.scenarios import Day
from simulation.cli.terminal import Terminal, answering

ORDERS = ("list", "district")


class _Pipeline(Helped):
    example = "carriersim pipeline registry.xlsx --by district"


@click.command("pipeline", cls=_Pipeline)
@click.argument("registry", type=click.Path())
@click.option(
    "--by", "grouped_by", type=click.Choice(ORDERS), default=ORDERS[0], show_default=True, cls=Option
)
@click.option("--as-of", "stands_on", type=Day(), metavar="DATE", cls=Option)
@click.option("--city", metavar="CITY", default="wuhan", show_default=True, cls=Option)
@answering
def command(terminal: Terminal, registry: str, grouped_by: str, stands_on: date | None, city: str) -> None:
    """List carriers by what could be done."""
    day = datetime.now(UTC).date() if stands_on is None else stands_on
    tables = city_of(terminal, city, day)
    entries = entries_of(terminal, registry, tables)
    from simulation.registry.pipeline import pipeline
    from simulation.reporting.pipeline_page import PipelinePage

    page = PipelinePage(
        terminal.words, tables, registry, day.isoformat(), pipeline(entries, tables), grouped_by
    )
    terminal.answer(page.record, page.lines)
