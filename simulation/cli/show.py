"""``carriersim show``: the scenario as it will be run, with the source of every value."""

from collections.abc import Sequence
from datetime import date

import click

from simulation.cli.help import Helped
from simulation.cli.options import as_of_option, set_option
from simulation.cli.scenarios import load
from simulation.cli.terminal import Terminal, answering


class _Show(Helped):
    example = "carriersim show scenarios/clean-up-first.yaml --set levers.clean_up.strength=0.5"


@click.command("show", cls=_Show)
@click.argument("scenario", type=click.Path())
@set_option
@as_of_option
@answering
def command(terminal: Terminal, scenario: str, settings: Sequence[str], as_of: date | None) -> None:
    """Show a resolved scenario."""
    resolved = load(terminal, scenario, settings, as_of)
    from simulation.reporting.scenario_page import ScenarioPage

    shown = ScenarioPage(terminal.words, resolved)
    terminal.answer(shown.record, shown.lines)
