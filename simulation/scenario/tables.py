"""The data tables of a city: plain CSV files, read with every fault reported, in an order of their own.

A run as of a date drops the rows known later before anything else looks at them. Of several rows with one key
the one known latest counts. Rows are then sorted by their keys, so that the order of rows in a file cannot
matter, and deleting rows known later gives the same tables as a run as of the date.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from simulation.faults import Fault, Place, did_you_mean, one_of, quoted, say
from simulation.files import read_csv
from simulation.quarters import quarter

GRADES = ("published", "derived", "assumed")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


class Table(NamedTuple):
    """Which columns a table has, and which of them name a row."""

    columns: tuple[str, ...]
    key: tuple[str, ...]


def _table(columns: str, key: str) -> Table:
    return Table(tuple(columns.split()), tuple(key.split()))


_BASIS = "grade source known_on"
TABLES: dict[str, Table] = {
    "city.csv": _table("code name_zh name_en source known_on", "code"),
    "districts.csv": _table(
        "order code name_zh name_en valid_from valid_to task_2021 university park usual_effort rent share_low "
        f"share share_high space_m2 space_growth_m2 space_by_lever_m2 {_BASIS}",
        "code",
    ),
    "aliases.csv": _table(
        "alias code language valid_from valid_to ruling candidates note source known_on",
        "alias ruling valid_from",
    ),
    "transfers.csv": _table(f"quarter from to low share high {_BASIS}", "quarter from to"),
    "fields.csv": _table(f"order code name_zh name_en {_BASIS}", "code"),
    "sectors.csv": _table(
        f"order code name_zh name_en group965 field long_term share aliases {_BASIS}", "code"
    ),
    "sector_mix.csv": _table(f"district sector factor {_BASIS}", "district sector"),
    "baseline.csv": _table(f"name value unit low high kind {_BASIS} meaning", "name"),
    "parameters.csv": _table(f"name meaning unit low value high kind {_BASIS}", "name"),
    "recognition_rules.csv": _table(
        "type level mode valid_from quarters_open quarters_registered statistics_years area used_share desks "
        "tenants density graduates fund funded_tenants funded_share field_share platform admitted events "
        f"{_BASIS} note",
        "type level mode valid_from",
    ),
    "calendar.csv": _table(f"event opens announces years_later {_BASIS} note", "event opens"),
    "levers.csv": _table(
        "lever clause name_zh name_en mechanism unit unit_cost_low unit_cost unit_cost_high payer "
        f"payment_lag_years first_event direction for_whom must_not_touch {_BASIS}",
        "lever",
    ),
    "targets.csv": _table(
        f"scope basis measure at_least by official {_BASIS} note", "scope basis measure by"
    ),
    "sources.csv": _table("key title_zh title_en issuer where known_on", "key"),
}


@dataclass(frozen=True)
class Row:
    """One row of a table, with its place in the file."""

    file: str
    line: int
    cells: dict[str, str]

    @property
    def place(self) -> Place:
        """Where the row stands."""
        return Place(self.file, self.line)

    def __getitem__(self, column: str) -> str:
        """The text of one cell."""
        return self.cells[column]


class Cells:
    """Reads typed cells of rows and collects a fault for each that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        """Collect into ``faults``."""
        self.faults = faults

    def fault(self, row: Row, column: str, allowed: str, advice: str = "") -> None:
        """Note that a cell is wrong."""
        self.faults.append(
            Fault.at(
                row.place,
                say("{text} as `{title}`", text=quoted(row[column]), title=column),
                allowed,
                advice,
            )
        )

    def number(self, row: Row, column: str, low: float | None = None, high: float | None = None) -> float:
        """A finite number between bounds; 0 when it is none."""
        if _NUMBER.fullmatch(row[column]) is None:
            self.fault(row, column, say("a number such as 0.25"))
            return 0.0
        value = float(row[column])
        if (low is not None and value < low) or (high is not None and value > high):
            least, most = (
                "" if low is None else say(" from {low:g}", low=low),
                "" if high is None else say(" up to {high:g}", high=high),
            )
            self.fault(row, column, say("a number{least}{most}", least=least, most=most))
        return value

    def whole(self, row: Row, column: str, low: int | None = None, high: int | None = None) -> int:
        """A whole number between bounds; 0 when it is none."""
        value = self.number(row, column, low, high)
        if value != int(value):
            self.fault(row, column, say("a whole number"))
        return int(value)

    def quarter(self, row: Row, column: str) -> int:
        """A quarter; 0 when it is none."""
        try:
            return quarter(row[column])
        except ValueError:
            self.fault(row, column, say("a quarter such as 2021Q4"))
            return 0

    def word(self, row: Row, column: str, allowed: Iterable[str]) -> str:
        """One of a list of words; the first of them when it is none."""
        words = list(allowed)
        if row[column] not in words:
            self.fault(row, column, one_of(words), did_you_mean(row[column], words))
            return words[0] if words else ""
        return row[column]


def read_tables(
    folder: Path, label: str, as_of: date | None, faults: list[Fault]
) -> tuple[dict[str, list[Row]], str]:
    """All tables of a city as known by a date, each sorted by its key; and a digest of what is used.

    ``label`` is how messages name the folder. Faults are added to ``faults``; a table that cannot be read is
    empty.
    """
    tables, digest = {}, hashlib.sha256()
    for name, table in TABLES.items():
        rows = _read(folder / name, f"{label}/{name}", table, faults)
        rows = _latest(_known(rows, as_of, faults), table, faults)
        tables[name] = sorted(rows, key=lambda row: tuple(row[column] for column in table.key))
        digest.update(f"{name}\n".encode())
        for row in tables[name]:
            digest.update(("\x1f".join(row[column] for column in table.columns) + "\n").encode())
    return tables, digest.hexdigest()


def _read(path: Path, label: str, table: Table, faults: list[Fault]) -> list[Row]:
    header, lines = read_csv(path, label, faults)
    if not header:
        return []
    for column in header:
        if column not in table.columns:
            advice = did_you_mean(column, table.columns)
            faults.append(
                Fault(
                    label,
                    1,
                    0,
                    say("the column {column}", column=quoted(column)),
                    one_of(table.columns, 30),
                    advice,
                )
            )
    missing = [column for column in table.columns if column not in header]
    if missing:
        faults.append(
            Fault(
                label, 1, 0, say("a header without {names}", names=tuple(missing)), one_of(table.columns, 30)
            )
        )
        return []
    rows = []
    for line, cells in lines:
        if len(cells) != len(header):
            faults.append(
                Fault(
                    label,
                    line,
                    0,
                    say("{n} cells", n=len(cells)),
                    say("{width} cells, as in the header", width=len(header)),
                )
            )
        else:
            rows.append(Row(label, line, dict(zip(header, cells, strict=True))))
    return rows


def _known(rows: list[Row], as_of: date | None, faults: list[Fault]) -> list[Row]:
    """The rows known by a date; a row without a date of its own is a fault."""
    known = []
    for row in rows:
        try:
            since = date.fromisoformat(row["known_on"])
        except ValueError:
            faults.append(
                Fault.at(
                    row.place,
                    say("{known_on} as `known_on`", known_on=quoted(row["known_on"])),
                    say("a date such as 2021-08-25"),
                )
            )
            continue
        if as_of is None or since <= as_of:
            known.append(row)
    return known


def _latest(rows: list[Row], table: Table, faults: list[Fault]) -> list[Row]:
    """Of the rows with one key the one known latest; two known on one day are a fault."""
    latest: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = tuple(row[column] for column in table.key)
        before = latest.get(key)
        if before is not None and before["known_on"] == row["known_on"]:
            name = " ".join(key)
            found = say("{name} again, first in line {line}", name=quoted(name), line=before.line)
            faults.append(Fault.at(row.place, found, say("one row for each key and date"), say("delete one")))
        elif before is None or before["known_on"] < row["known_on"]:
            latest[key] = row
    return list(latest.values())
