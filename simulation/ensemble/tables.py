"""The tables of a run as they are stored: what an outcome's arrays become, one row a cell that is not 0.

Stocks and flows are stored wide: ``count`` is of every listed carrier of a cell, ``operating`` of those that
operate; ``frames`` makes the rows by scope from them. ``totals`` repeats the stocks as dense sums by quarter
and district, so that a projection reads a few numbers instead of millions of rows.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from simulation.engines import books
from simulation.ensemble.labels import Address, Labels
from simulation.ensemble.scopes import scope_totals
from simulation.rules import codes

Columns = dict[str, NDArray[Any]]

_ADDRESS = {"replicate": "int32", "draw": "int32", "seed": "int32"}
_CELL = {"quarter": "quarter", "district": "district", "type": "type"}
_CELL |= {"mode": "mode", "mode_in_fact": "mode", "level": "listed_level"}
_TOTALS = tuple(f"{scope}{which}" for scope in codes.SCOPES for which in ("", "_label", "_fact"))

# Of each stored table its columns in order: a numpy type, or the code list whose words stand in the column.
TABLES: dict[str, dict[str, str]] = {
    "stocks": _ADDRESS | _CELL | {"count": "int32", "operating": "int32"},
    "flows": _ADDRESS | _CELL | {"cause": "cause", "count": "int32", "operating": "int32"},
    "startups": {"replicate": "int32", "quarter": "quarter", "district": "district", "sector": "sector"}
    | dict.fromkeys(books.STARTUP_COUNTS, "int64"),
    "money": {"replicate": "int32", "quarter": "quarter", "payment_year": "int16", "district": "district"}
    | {"payer": "payer", "purpose": "lever", "CNY": "int64"},
    "capacity": {"replicate": "int32", "quarter": "quarter", "type": "type", "level": "level"}
    | dict.fromkeys(books.CAPACITY, "int64"),
    "unknowns": {"draw": "int32", "name": "text", "value": "float64"},
    "totals": {"replicate": "int32", "quarter": "quarter", "district": "district"}
    | dict.fromkeys(_TOTALS, "int32"),
    "replicates": _ADDRESS | {"error": "text"},  # the error is empty when there was none
}
ORDERED = ("quarter", "level", "listed_level")  # code lists whose words have an order


def code_lists(labels: Labels) -> dict[str, tuple[str, ...]]:
    """The words of each code list that a column can name."""
    return {
        "quarter": labels.quarters,
        "district": labels.districts,
        "sector": labels.sectors,
        "type": codes.TYPES,
        "mode": codes.MODES,
        "level": codes.LEVELS,
        "listed_level": codes.LISTED_LEVELS,
        "cause": codes.CAUSES,
        "lever": codes.LEVERS,
        "payer": tuple(sorted(set(labels.payers))),
    }


class Rows:
    """The rows of some replicates, table by table, until they are written."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._words = code_lists(labels)
        self._parts: dict[str, list[Columns]] = {name: [] for name in TABLES}

    def add_outcome(self, who: Address, outcome: books.Outcome) -> None:
        """Add what happened in one replicate. Adds all of it or, when it raises, nothing."""
        found = {
            "stocks": _stocks(outcome.stocks),
            "flows": _flows(outcome.flows),
            "startups": _startups(outcome.startups),
            "money": money_columns(outcome.money, self._labels),
            "capacity": _capacity(outcome.capacity),
            "totals": _totals(outcome.stocks),
        }
        for name, columns in found.items():
            self._parts[name].append(_with_address(who, columns, TABLES[name]))

    def add_unknowns(self, draw: int, values: Mapping[str, float]) -> None:
        """Add the unknown numbers of a draw, by name."""
        names = sorted(values)
        self._parts["unknowns"].append(
            {
                "draw": np.full(len(names), draw),
                "name": np.array(names, object),
                "value": np.array([values[name] for name in names], np.float64),
            }
        )

    def add_replicate(self, who: Address, error: str) -> None:
        """Add that a replicate was tried, and its error (empty for none)."""
        self._parts["replicates"].append(_with_address(who, {"error": np.array([error], object)}, _ADDRESS))

    def parquet(self) -> dict[str, bytes]:
        """Each table as the bytes of a Parquet file. They depend on the rows alone."""
        return {name: self._file(name, parts) for name, parts in self._parts.items()}

    def _file(self, name: str, parts: list[Columns]) -> bytes:
        arrays = {column: self._array(column, kind, parts) for column, kind in TABLES[name].items()}
        sink = io.BytesIO()
        pq.write_table(pa.Table.from_arrays(list(arrays.values()), list(arrays)), sink, compression="zstd")
        return sink.getvalue()

    def _array(self, column: str, kind: str, parts: list[Columns]) -> pa.Array:
        given = np.concatenate([part[column] for part in parts]) if parts else np.empty(0)
        if kind == "text":
            return _texts(given.tolist())
        if kind not in self._words:
            return _numbers(_exact(given, np.dtype(kind), column))
        places = _numbers(_exact(given, np.dtype(np.int16), column))
        return pa.DictionaryArray.from_arrays(places, _texts(self._words[kind]), ordered=kind in ORDERED)


# Arrow arrays are made from buffers, for pa.array imports pandas: a second for every worker process.


def _numbers(values: NDArray[Any]) -> pa.Array:
    buffer = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, buffer])


def _texts(values: Sequence[str]) -> pa.Array:
    encoded = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(values), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))


class Stored(NamedTuple):
    """A stored table read back: each column as numbers or texts, code columns as places in their code list."""

    columns: Columns
    rows: int


def read(source: Path | BinaryIO, name: str, only: Iterable[str] | None = None) -> Stored:
    """Read one Parquet file of a table: all its columns or ``only`` some."""
    wanted = list(TABLES[name] if only is None else only)
    with pq.ParquetFile(source) as file:
        table = file.read(columns=wanted)
    return Stored({column: _values(table[column]) for column in wanted}, table.num_rows)


def nothing(name: str) -> Stored:
    """A table without rows."""
    kinds = {"text": "object"} | {kind: kind for kind in ("int16", "int32", "int64", "float64")}
    return Stored({column: np.empty(0, kinds.get(kind, "int16")) for column, kind in TABLES[name].items()}, 0)


def _values(column: pa.ChunkedArray) -> NDArray[Any]:
    array = column.combine_chunks()
    if isinstance(array, pa.DictionaryArray):
        array = array.indices
    numbers: NDArray[Any] = array.to_numpy(zero_copy_only=False)
    return numbers


def _exact(given: NDArray[Any], dtype: np.dtype[Any], column: str) -> NDArray[Any]:
    cast = given.astype(dtype)
    if not np.array_equal(cast, given):
        raise OverflowError(f"a number in column {column} is too large for {dtype}")
    return cast


def _with_address(who: Address, columns: Columns, wanted: Iterable[str]) -> Columns:
    rows = len(next(iter(columns.values())))
    named = who._asdict()
    return {name: np.full(rows, named[name]) for name in wanted if name in named} | columns


def _cells(counted: Any, axes: tuple[str, ...]) -> Columns:
    return dict(zip(axes, np.nonzero(counted), strict=True))


def _stocks(stocks: NDArray[np.int32]) -> Columns:
    operating = stocks[..., 1]
    count = stocks[..., 0] + operating
    cells = _cells(count != 0, tuple(_CELL))
    place = tuple(cells.values())
    return cells | {"count": count[place], "operating": operating[place]}


def _flows(flows: NDArray[np.int32]) -> Columns:
    operating = flows[..., 1, :]
    count = flows[..., 0, :] + operating
    cells = _cells((count != 0) | (operating != 0), (*_CELL, "cause"))
    place = tuple(cells.values())
    cells["quarter"] = cells["quarter"] + 1  # the words of quarters start with that of the opening stock
    return cells | {"count": count[place], "operating": operating[place]}


def _startups(startups: NDArray[np.int64]) -> Columns:
    cells = _cells(startups.any(axis=-1), ("quarter", "district", "sector"))
    rows = startups[tuple(cells.values())]
    return cells | dict(zip(books.STARTUP_COUNTS, rows.T, strict=True))


def money_columns(money: NDArray[np.int64], labels: Labels) -> Columns:
    """(quarters, districts, levers) What the levers cost, as the columns of the table, a row where it is not 0."""
    quarter, district, lever = np.nonzero(money)
    payers = code_lists(labels)["payer"]
    payer = np.array([payers.index(name) for name in labels.payers])
    years = np.array(labels.years[1:])
    return {
        "quarter": quarter + 1,
        "payment_year": years[quarter] + np.array(labels.payment_lags)[lever],
        "district": district,
        "payer": payer[lever],
        "purpose": lever,
        "CNY": money[quarter, district, lever],
    }


def _capacity(capacity: NDArray[np.int64]) -> Columns:
    cells = _cells(capacity.any(axis=-1), ("quarter", "type", "level"))
    rows = capacity[tuple(cells.values())]
    return cells | dict(zip(books.CAPACITY, rows.T, strict=True))


def _totals(stocks: NDArray[np.int32]) -> Columns:
    quarters, districts = stocks.shape[:2]
    quarter, district = np.indices((quarters, districts)).reshape(2, -1)
    sums = scope_totals(stocks)
    return {"quarter": quarter, "district": district} | {name: sums[name].ravel() for name in _TOTALS}
