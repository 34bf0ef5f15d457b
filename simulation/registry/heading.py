"""Where the titles of a table stand: below lines of a heading, in one row or in two with merged cells."""

from collections.abc import Sequence
from typing import NamedTuple

from simulation.registry.grid import Line, Merged
from simulation.registry.titles import Title, understood, unit_of

LOOKED_AT = 40  # rows at the top in which titles are looked for
_LEAST_KNOWN = 3  # titles that a header has at least


class Titled(NamedTuple):
    """One column of a file: its title as shown, and what it means (``None``: not known)."""

    shown: str
    meaning: Title | None


class Heading(NamedTuple):
    """The header of a table."""

    first: int  # place of its first row among the lines, from 0
    last: int  # place of its last row
    columns: tuple[Titled, ...]


def find_heading(lines: Sequence[Line], merged: Sequence[Merged] = ()) -> Heading | None:
    """The header among the first lines of a table, the one with most known titles; ``None`` when there is none."""
    best, most = None, _LEAST_KNOWN - 1
    for place, line in enumerate(lines):
        options = [Heading(place, place, _one_row(line))]
        if place + 1 < len(lines) and lines[place + 1].number == line.number + 1:
            options.append(Heading(place, place + 1, _two_rows(line, lines[place + 1], merged)))
        for heading in options:
            known = _known(heading)
            if known > most:
                best, most = heading, known
    return best


def _known(heading: Heading) -> int:
    names = {one.meaning.column or one.shown for one in heading.columns if one.meaning is not None}
    return len(names) if names & {"id", "name", "district"} else 0


def _shown(text: str) -> str:
    return " ".join(text.split())


def _one_row(line: Line) -> tuple[Titled, ...]:
    return tuple(Titled(_shown(text), understood(text)) for text in line.values)


def _two_rows(upper: Line, lower: Line, merged: Sequence[Merged]) -> tuple[Titled, ...]:
    """Titles of which some stand over several columns: `日期` over `成立` and `关闭`."""
    width = max(len(upper.values), len(lower.values))
    above = [*upper.values, *[""] * (width - len(upper.values))]
    below = [*lower.values, *[""] * (width - len(lower.values))]
    wide = {
        column: one.left
        for one in merged
        if one.top == upper.row and one.left < one.right
        for column in range(one.left + 1, min(one.right, width) + 1)
    }
    for place in range(1, width):
        spread = place + 1 in wide if merged else bool(below[place].strip())
        if not above[place].strip() and spread:
            above[place] = above[wide[place + 1] - 1] if merged else above[place - 1]
    return tuple(_joined(over.strip(), under.strip()) for over, under in zip(above, below, strict=True))


def _joined(over: str, under: str) -> Titled:
    if not under or not over:
        text = under or over
        return Titled(_shown(text), understood(text))
    shown = _shown(f"{over} {under}")
    for text in (under, over + under, under + over):
        meaning = understood(text)
        if meaning is not None:
            unit = unit_of(over)
            in_unit = understood(f"{text}({unit})") if unit and meaning.factor is None else None
            return Titled(_shown(under if text == under else shown), in_unit or meaning)
    return Titled(shown, None)
