"""Names of districts: every spelling that is accepted stands in the city's table, and no other is guessed."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from simulation.faults import say
from simulation.quarters import quarter_of_date
from simulation.scenario.tables import Cells, Row

RULINGS = ("accept", "warn", "misspelt", "refuse")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class Alias(NamedTuple):
    """One spelling of a district, and what to do with it in which time."""

    text: str
    code: str  # of the district, empty when it names none
    language: str  # zh or en
    valid_from: int  # quarter, 0 for always
    valid_to: int  # last quarter, 0 for always
    ruling: str  # accept, warn (a question of the date), misspelt (--fix mends it) or refuse
    candidates: tuple[str, ...]  # what may be meant, when refused
    note: str


class Naming(NamedTuple):
    """What a spelling means: a district's code, or none and what may be meant."""

    code: str | None
    ruling: str
    candidates: tuple[str, ...]
    note: str


def month_quarter(text: str) -> int:
    """The quarter of a month written ``2022-03``; 0 for an empty text. Raises ``ValueError`` for others."""
    if not text:
        return 0
    match = _MONTH.fullmatch(text)
    if match is None:
        raise ValueError(f"a month is written like 2022-03, not {text!r}")
    return quarter_of_date(int(match[1]), int(match[2]))


def folded(text: str) -> str:
    """A spelling as it is compared: full width as half width, one kind of apostrophe, case and spaces aside."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    return " ".join(plain.split())


def read_month(row: Row, column: str, cells: Cells) -> int:
    """A cell that holds a month or nothing, as a quarter."""
    try:
        return month_quarter(row[column])
    except ValueError:
        cells.fault(row, column, say("a month such as 2022-03, or nothing"))
        return 0


def read_aliases(rows: Iterable[Row], codes: Iterable[str], cells: Cells) -> tuple[Alias, ...]:
    """The spellings of a city's table."""
    known = ("", *codes)
    return tuple(
        Alias(
            text=row["alias"],
            code=cells.word(row, "code", known),
            language=cells.word(row, "language", ("zh", "en")),
            valid_from=read_month(row, "valid_from", cells),
            valid_to=read_month(row, "valid_to", cells),
            ruling=cells.word(row, "ruling", RULINGS),
            candidates=tuple(filter(None, row["candidates"].split("|"))),
            note=row["note"],
        )
        for row in rows
    )


def resolve(text: str, aliases: Iterable[Alias], on: int | None = None) -> Naming:
    """What a spelling means in a quarter (``None``: at any time, accepted spellings first).

    A spelling that the table does not hold means nothing: ``code`` is ``None`` and there are no candidates.
    """
    spelling = folded(text)
    found = [alias for alias in aliases if folded(alias.text) == spelling]
    if on is not None:
        found = [one for one in found if one.valid_from <= on and (not one.valid_to or on <= one.valid_to)]
    for ruling in RULINGS:
        for alias in found:
            if alias.ruling == ruling:
                code = alias.code if ruling == "accept" else None
                return Naming(code or None, ruling, alias.candidates, alias.note)
    return Naming(None, "refuse", (), "")
