"""What is wrong in a scenario or in the data it names: where, what was found, what was allowed, what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

_LONGEST = 80  # characters of somebody's text that a message repeats


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
    """One fault: where it is, what was found there, what is allowed, and what to do about it."""

    file: str
    line: int
    column: int
    found: str
    allowed: str
    advice: str = ""

    @classmethod
    def at(cls, place: Place, found: str, allowed: str, advice: str = "") -> "Fault":
        """A fault at a place."""
        return cls(place.file, place.line, place.column, found, allowed, advice)

    def __str__(self) -> str:
        """Say it in one readable line."""
        place = Place(self.file, self.line, self.column)
        advice = f"; {self.advice}" if self.advice else ""
        return f"{place}: found {self.found}; allowed: {self.allowed}{advice}"


class ScenarioErrors(Exception):  # noqa: N818 # the name is promised to callers: it holds all faults at once
    """A scenario, or data that it names, cannot be used. ``faults`` holds all that is wrong, in file order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep each fault once, sorted by file, line and column."""
        self.faults: list[Fault] = sorted(set(faults))
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
    listed = list(names)
    shown = ", ".join(listed[:most])
    return f"{shown} and {len(listed) - most} more" if len(listed) > most else shown


def did_you_mean(name: str, valid: Iterable[str], cutoff: float = 0.6) -> str:
    """Advice that names the nearest valid name, empty when none is near."""
    near = nearest(name, valid, cutoff)
    return f"did you mean `{near}`?" if near is not None else ""
