"""``carriersim diff``: what differs between two scenarios."""

import click

from simulation.cli.help import Helped
from simulation.cli.scenarios import load
from simulation.cli.terminal import Terminal, answering


class _Diff(Helped):
    example = "carriersim diff scenarios/no-notice.yaml scenarios/wuhan-2025.yaml"


@click.command("diff", cls=_Diff)
@click.argument("first", metavar="A", type=click.Path())
@click.argument("second", metavar="B", type=click.Path())
@answering
def command(terminal: Terminal, first: str, second: str) -> None:
    """Compare two scenarios."""
    a, b = load(terminal, first, (), None), load(terminal, second, (), None)
    from simulation.reporting.diff_page import DiffPage
    from simulation.scenario.difference import differences

    page = DiffPage(terminal.words, first, second, differences(a, b))
    terminal.answer(page.record, page.lines)
