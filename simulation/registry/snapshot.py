"""A registry as a list of carriers with all that its rows say, those off the list included."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from simulation.registry.cells import Cells
from simulation.registry.reading import read
from simulation.registry.report import Report
from simulation.registry.rows import Row
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables


class Entry(NamedTuple):
    """One carrier of a registry: its row as read, and texts that a run has no use for."""

    row: Row
    operator: str
    note: str
    desks: int  # as the cell says it, UNKNOWN where it does not
    line: int  # of the file, or row of the sheet

    @property
    def id(self) -> str:
        """Its number in the registry."""
        return self.row.label

    @property
    def name(self) -> str:
        """Its name in the registry."""
        return self.row.name

    @property
    def listed(self) -> bool:
        """Whether it is on the list: neither in preparation nor taken off, and registered as far as the row says."""
        return self.row.status in (codes.OPERATING, codes.STOPPED) and self.row.level != codes.NONE


def snapshot(path: Path, city: "CityTables") -> tuple[Report, list[Entry]]:
    """The report on a registry, and its carriers in the order of the file. ``city`` says the day at which it stands."""
    entries: list[Entry] = []

    def take(cells: Cells, row: Row) -> None:
        desks = cells.whole("desks", 100_000)
        entries.append(Entry(row, cells.text("operator"), cells.text("note"), desks, cells.line.number))

    return read(path, city, take).report, entries
