"""``carriersim schema``: the JSON Schema of scenario files, for editors."""

import json
from datetime import UTC, datetime

import click

from simulation.cli.help import Helped, Option
from simulation.cli.terminal import Refused, Terminal, answering


class _Schema(Helped):
    example = "carriersim schema > scenario.schema.json"


@click.command("schema", cls=_Schema)
@click.option("--city", metavar="CITY", default="wuhan", show_default=True, cls=Option)
@answering
def command(terminal: Terminal, city: str) -> None:
    """Print the schema."""
    from simulation.faults import ScenarioErrors
    from simulation.reporting import fault_text
    from simulation.reporting.json_schema import ScenarioSchema
    from simulation.scenario import checking

    try:
        tables = checking.city_on(city, datetime.now(UTC).date())
    except ScenarioErrors as wrong:
        told = (fault_text.sentence(fault, terminal.words) for fault in wrong.faults)
        raise Refused("\n".join(told)) from None
    schema = ScenarioSchema(terminal.words, tables).document()
    terminal.answer(lambda: schema, lambda: json.dumps(schema, ensure_ascii=False, indent=2).splitlines())
