"""``carriersim trace``: the life of one carrier."""

from collections.abc import Sequence
from datetime import date

import click

from simulation.cli.help import Helped, Option
from simulation.cli.options import as_of_option, seed_option, set_option
from simulation.cli.scenarios import load
from simulation.cli.terminal import Refused, Terminal, answering
from simulation.reporting.width import visible


class _Trace(Helped):
    example = "carriersim trace scenarios/wuhan-2025.yaml --carrier S0001 --replicate 3"


@click.command("trace", cls=_Trace)
@click.argument("scenario", type=click.Path())
@click.option("--carrier", metavar="ID", cls=Option)
@click.option("--replicate", type=click.IntRange(0), metavar="R", default=0, show_default=True, cls=Option)
@seed_option
@set_option
@as_of_option
@answering
def command(
    terminal: Terminal,
    scenario: str,
    carrier: str | None,
    replicate: int,
    seed: int,
    settings: Sequence[str],
    as_of: date | None,
) -> None:
    """Tell the life of a carrier, or list some worth reading."""
    resolved = load(terminal, scenario, settings, as_of)
    from simulation import api
    from simulation.reporting import lives
    from simulation.reporting.story import UnknownCarrierError
    from simulation.scenario import study

    words, prepared = terminal.words, study(resolved)
    terminal.note(
        words(
            "trace.plan",
            scenario=visible(resolved.name),
            replicate=replicate,
            seed=seed,
            quarters=prepared.quarters,
        )
    )
    told = api.replay(prepared, replicate, seed)
    if carrier is None:
        terminal.answer(lambda: lives.record(told, words), lambda: lives.lines(told, words))
        return
    try:
        life = told.life(told.find(carrier))
    except UnknownCarrierError as unknown:
        key = "trace.ambiguous" if unknown.ambiguous else "trace.unknown"
        raise Refused(words(key, id=visible(carrier), near=words.listing(unknown.near))) from None
    terminal.answer(lambda: life.record(words), lambda: lives.story(life, words))
