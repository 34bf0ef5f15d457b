"""A number never stands alone: value, unit, low and high, kind, grade of evidence, source, date."""

from collections.abc import Iterable
from typing import NamedTuple

from simulation.faults import say
from simulation.scenario.tables import Cells, Row

KINDS = ("fixed", "unknown")


class Number(NamedTuple):
    """A number of a city's tables, in the unit of its row."""

    name: str
    meaning: str
    unit: str
    low: float
    value: float
    high: float
    kind: str  # fixed, or unknown: drawn once a draw from a triangle
    grade: str
    source: str
    known_on: str
    row: Row


def read_numbers(rows: Iterable[Row], cells: Cells) -> tuple[Number, ...]:
    """The numbers of a table; low ≤ value ≤ high, or a fault says where not."""
    return tuple(_read(row, cells) for row in rows)


def _read(row: Row, cells: Cells) -> Number:
    low, value, high = (_value(row, column, cells) for column in ("low", "value", "high"))
    if not low <= value <= high:
        cells.fault(
            row, "value", say("a value from low ({low}) to high ({high})", low=row["low"], high=row["high"])
        )
    return Number(
        name=row["name"],
        meaning=row["meaning"],
        unit=row["unit"],
        low=low,
        value=value,
        high=high,
        kind=cells.word(row, "kind", KINDS),
        grade=row["grade"],
        source=row["source"],
        known_on=row["known_on"],
        row=row,
    )


def _value(row: Row, column: str, cells: Cells) -> float:
    """A number; a quarter's number where the unit says that the cell names a quarter."""
    return float(cells.quarter(row, column)) if row["unit"] == "quarter" else cells.number(row, column)


def to_chance_a_quarter(chance_a_year: float) -> float:
    """The chance a quarter that adds up to a chance a year over four quarters: 1 - (1 - a)^(1/4)."""
    return float(1.0 - (1.0 - chance_a_year) ** 0.25)


def triangular(low: float, mode: float, high: float, probability: float) -> float:
    """The number below which a triangular distribution has a probability (its inverse).

    ``low`` and ``high`` are its bounds, ``mode`` its peak; all three equal give that number.
    """
    span = high - low
    if span <= 0.0:
        return mode
    rise = mode - low
    if probability * span < rise:
        return float(low + (probability * span * rise) ** 0.5)
    return float(high - ((1.0 - probability) * span * (high - mode)) ** 0.5)
