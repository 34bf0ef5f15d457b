"""``carriersim new``: a folder to start a city of one's own."""

import re
from pathlib import Path

import click

from simulation.cli.help import Helped, Option
from simulation.cli.terminal import WIDTH, Refused, Terminal, answering
from simulation.reporting.width import visible, wrap

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")


class _New(Helped):
    example = "carriersim new my-city --carriers 120"


@click.command("new", cls=_New)
@click.argument("new_city", metavar="CITY")
@click.option(
    "--carriers", type=click.IntRange(30, 5000), metavar="N", default=150, show_default=True, cls=Option
)
@click.option(
    "--start",
    "start_year",
    type=click.IntRange(2015, 2090),
    metavar="YEAR",
    default=2024,
    show_default=True,
    cls=Option,
)
@answering
def command(terminal: Terminal, new_city: str, carriers: int, start_year: int) -> None:
    """Write a folder with a scenario, tables and a registry template."""
    words = terminal.words
    if _NAME.fullmatch(new_city) is None:
        raise Refused(words("new.name", name=visible(new_city)))
    folder = Path(new_city)
    if folder.exists():
        raise Refused(words("new.exists", folder=visible(new_city)))
    try:
        _write(terminal, folder, new_city, carriers, start_year)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refused(words("error.write", path=visible(new_city), reason=visible(reason))) from None
    files = ["scenario.yaml", "registry-template.xlsx", "tables"]
    record = {"folder": str(folder), "files": files, "carriers": carriers, "start": f"{start_year}Q4"}
    steps = words("new.next", folder=new_city).split("|")
    lines = [*wrap(words("new.written", folder=new_city), WIDTH, "  "), ""]
    lines += [line for step in steps for line in wrap(step, WIDTH, "   ")]
    terminal.answer(lambda: record, lambda: lines)


def _write(terminal: Terminal, folder: Path, name: str, carriers: int, year: int) -> None:
    from simulation.reporting.registry_template import write_template
    from simulation.scenario import load
    from simulation.scenario.new_city import Unit, new_tables, write_tables

    words = terminal.words
    units = [
        Unit("east", "东区", "East District", 0.45, university=True),
        Unit("west", "西区", "West District", 0.35),
        Unit("south", "南区", "South District", 0.2),
    ]
    code = re.sub(r"[^a-z0-9]", "_", name.lower())
    (folder / "tables").mkdir(parents=True)
    write_tables(folder / "tables", new_tables(code, name, name, units, carriers, f"{year}Q4"))
    lines = words("new.scenario", name=name, year=year, first=year + 1, last=year + 5).split("|")
    scenario = folder / "scenario.yaml"
    scenario.write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_template(folder / "registry-template.xlsx", words, load(scenario).tables)
