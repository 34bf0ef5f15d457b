"""What is wrong in a scenario or in the data it names: where, what was found, what was allowed, what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

_LONGEST = 80  # characters of somebody's text that a message repeats

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (
    ERROR,
    WARNING,
    NOTE,
)  # an error refuses the file, a warning says how it was read, a note informs


class Said(str):
    """A text in English that knows the template it was made from, so that it can be said in another language."""

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, /, **values: object) -> "Said":
        """Fill a template; a value that is a tuple is listed."""
        text = super().__new__(cls, template.format(**{name: _plain(one) for name, one in values.items()}))
        text.template, text.values = template, values
        return text

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """What a copy or a pickle is made from again."""
        return (self.template,), dict(self.values)


def _plain(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


def say(template: str, /, **values: object) -> str:
    """A text that can be said in another language: ``say("at most {most} bytes", most=5)``."""
    return Said(template, **values)


@dataclass(frozen=True, order=True)
class Place:
    """A place in a file: line and column count from 1, and are 0 where there is none."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Write it as editors understand it: ``file:line:column``."""
        parts = [self.file, *(str(number) for number in (self.line, self.column) if number)]
        return ":".join(parts)


@dataclass(frozen=True, order=True)
class Fault:
    """One fault: where it is, what was found there, what is allowed, and what to do about it.

    In a workbook ``line`` is the row of the sheet. ``row`` is the row as a table program shows it, 0 in a file
    that is no table. ``kind`` names faults of the same cause by one word.
    """

    file: str
    line: int
    column: int
    found: str
    allowed: str
    advice: str = ""
    kind: str = "scenario"
    severity: str = ERROR
    sheet: str = ""
    row: int = 0

    @classmethod
    def at(cls, place: Place, found: str, allowed: str, advice: str = "") -> "Fault":
        """A fault at a place."""
        return cls(place.file, place.line, place.column, found, allowed, advice)

    def __str__(self) -> str:
        """Say it in one readable line."""
        advice = f"; {self.advice}" if self.advice else ""
        return f"{self.place}: found {self.found}; allowed: {self.allowed}{advice}"

    @property
    def place(self) -> str:
        """Where it is: ``file:line:column``, or ``file [sheet] F4`` in a workbook."""
        if not self.sheet:
            return str(Place(self.file, self.line, self.column))
        cell = f"{column_letters(self.column)}{self.line or ''}"
        return f"{self.file} [{self.sheet}]{' ' if cell else ''}{cell}"

    @property
    def in_order(self) -> tuple[Any, ...]:
        """What faults are sorted by: file, sheet, line, column."""
        return (self.file, self.sheet, self.line, self.column, self.found, self.allowed, self.kind)


def column_letters(column: int) -> str:
    """The name of a column of a sheet, counted from 1: A, Z, AA; empty for 0."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class ScenarioErrors(Exception):  # noqa: N818 # the name is promised to callers: it holds all faults at once
    """A scenario, or data that it names, cannot be used. ``faults`` holds all that is wrong, in file order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep each fault once, sorted by file, line and column."""
        self.faults: list[Fault] = sorted(set(faults), key=lambda one: one.in_order)
        super().__init__(self.faults)

    def __str__(self) -> str:
        """Say every fault, one a line."""
        return "\n".join(str(fault) for fault in self.faults)


def quoted(value: object) -> str:
    """Somebody's text as a message may repeat it: shortened, control characters made visible."""
    text = str(value)
    shown = "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text[:_LONGEST])
    return f"`{shown}{'…' if len(text) > _LONGEST else ''}`"


def nearest(name: str, valid: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The valid name most like a given one: the same but for case, the same last part, or close in spelling."""
    names = sorted(set(valid))
    folded = {one.casefold(): one for one in reversed(names)}
    if name.casefold() in folded:
        return folded[name.casefold()]
    ending = [one for one in names if one.rpartition(".")[2] == name.rpartition(".")[2]]
    if len(ending) == 1:
        return ending[0]
    close = get_close_matches(name.casefold(), folded, n=1, cutoff=cutoff)
    return folded[close[0]] if close else None


def one_of(names: Iterable[str], most: int = 12) -> str:
    """A list of what is allowed, in one readable line."""
    listed = tuple(names)
    if len(listed) > most:
        return say("{names} and {n} more", names=listed[:most], n=len(listed) - most)
    return say("{names}", names=listed)


def did_you_mean(name: str, valid: Iterable[str], cutoff: float = 0.6) -> str:
    """Advice that names the nearest valid name, empty when none is near."""
    near = nearest(name, valid, cutoff)
    return say("did you mean `{near}`?", near=near) if near is not None else ""
