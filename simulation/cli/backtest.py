"""``carriersim backtest``: forecasts of a published series from its own past, scored beside a planner's methods."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulation.cli.help import Helped, Option
from simulation.cli.options import engine_option, seed_option
from simulation.cli.terminal import Refused, Terminal, answering
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.calibration.series import Series

ALL = "all"
_MOST_STEPS = 40


class _Backtest(Helped):
    example = "carriersim backtest register.csv --origin all --horizon 2"


@click.command("backtest", cls=_Backtest)
@click.argument("series", type=click.Path())
@click.option("--origin", metavar="DATE|all", default=ALL, show_default=True, cls=Option)
@click.option(
    "--horizon", type=click.IntRange(1, _MOST_STEPS), metavar="N", default=2, show_default=True, cls=Option
)
@click.option("--futures", type=click.IntRange(20), metavar="N", default=400, show_default=True, cls=Option)
@seed_option
@engine_option
@answering
def command(
    terminal: Terminal, series: str, origin: str, horizon: int, futures: int, seed: int, engine: str
) -> None:
    """Forecast a series from one origin or all, and score the forecasts where the outcome is known."""
    read = _read(terminal, series)
    rows = _origins(terminal, read, origin, horizon)
    words = terminal.words
    terminal.note(
        words.count("backtest.plan", len(rows), series=visible(read.name), futures=futures, steps=horizon)
    )
    from simulation.calibration.backtest import backtest
    from simulation.reporting.backtest_page import BacktestPage, record, recording

    for line in recording(words, read):
        terminal.note(line)
    made = backtest(read, rows, horizon, simulate=engine_of(engine), seed=seed, replicates=futures)
    asked = ALL if origin == ALL else read.dates[rows[0]]
    terminal.answer(
        lambda: record(asked, horizon, made), lambda: BacktestPage(words, read, rows, horizon, made).lines()
    )


def engine_of(name: str) -> Any:
    """What simulates a setting and a world: the engine of a name."""
    if name == "mesa":
        from simulation.engines import mesa

        return mesa.simulate
    from simulation.engines import compiled

    return compiled.simulate


def _read(terminal: Terminal, path: str) -> "Series":
    """The series of a file. Raises ``Refused`` with every fault of it."""
    from simulation.calibration.series import read_series
    from simulation.faults import ScenarioErrors

    try:
        return read_series(Path(path), visible(path))
    except ScenarioErrors as wrong:
        faults = [visible(str(fault)) for fault in wrong.faults]
        raise Refused("\n".join([terminal.words.count("error.series", len(faults)), *faults])) from None


def _origins(terminal: Terminal, series: "Series", asked: str, horizon: int) -> list[int]:
    """The rows of the origins asked for. Raises ``Refused`` with those that are possible."""
    words = terminal.words
    if asked == ALL:
        rows = series.origins(horizon)
        if not rows:
            raise Refused(words("error.origins.none", series=visible(series.name)))
        return rows
    possible = [row for row in range(len(series)) if series.is_origin(row)]
    found = [row for row in possible if asked in series.names_of(row)]
    if len(found) != 1:
        shown = words.listing([series.dates[row] for row in possible])
        raise Refused(words("error.origin", origin=visible(asked[:80]), possible=shown or "-"))
    return found
