"""A registry with its safe repairs made: spaces, full-width digits, declared spellings, merged cells, misspellings.

What is wrong otherwise stays as it is. Columns that are not read are left out, and rows that are no carriers.
"""

import csv
from collections import Counter
from pathlib import Path
from typing import IO, TYPE_CHECKING

from simulation.registry.cells import Cells
from simulation.registry.columns import COLUMNS
from simulation.registry.reading import Reading, read
from simulation.registry.rows import Row

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """A text that a table program will not take for a formula; a reader of registries takes the mark off again."""
    return f"'{text}" if text.startswith(_FORMULA) else text


class _Writer:
    def __init__(self, file: IO[str]) -> None:
        self._out = csv.writer(file)
        self._names: list[str] = []
        self.repairs: Counter[str] = Counter()

    def take(self, cells: Cells, _: Row) -> None:
        """Write a row, after the titles when it is the first."""
        if not self._names:
            self._names = [one.name for one in COLUMNS if cells.has(one.name)]
            self._out.writerow(cells.sheet.title(name) for name in self._names)
        row = []
        for name in self._names:
            text = cells.repaired.get(name) or cells.text(name) or cells.raw(name).strip()
            if text != cells.raw(name):
                self.repairs[name] += 1
            row.append(guarded(text))
        self._out.writerow(row)


def fix(path: Path, out: Path, city: "CityTables") -> tuple[Reading, Counter[str]]:
    """Write a registry with its repairs to ``out``, in UTF-8; its reading, and the repairs by column.

    Nothing is written when no row could be read. Raises ``FileExistsError`` rather than replace a file.
    """
    try:
        with out.open("x", encoding="utf-8-sig", newline="") as file:
            writer = _Writer(file)
            reading = read(path, city, writer.take)
    except FileExistsError:
        raise
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    if not reading.report.rows:
        out.unlink(missing_ok=True)
    return reading, writer.repairs
