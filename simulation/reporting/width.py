"""Text measured in columns of a terminal: a Chinese character takes two, and must not be torn from its comma.

Kept to the standard library: the help of the command line is set with it and must come at once.
"""

import re
import unicodedata

_NEVER_FIRST = "，。；：、！？）》」』】”’…％%家次个年"  # closing marks, and what counts the number before it
_NEVER_LAST = "（《「『【“‘"
# Characters that move the cursor, hide text or turn it round: shown by their code, never sent to a terminal.
_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(text: str) -> str:
    """The text on one line with control characters made visible: ``\\x1b`` for escape, ``\\u202e`` for a turn."""
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character) in _UNSAFE
        else character
        for character in text
    )


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(_columns_of(character) for character in text)


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, width: int) -> str:
    """The text with blanks behind it up to a width in columns."""
    return text + " " * max(0, width - columns(text))


def shortened(text: str, width: int) -> str:
    """The text, or as much of its beginning as fits a width, with a mark that some is missing."""
    if columns(text) <= width:
        return text
    return _cut(text, width - 1)[0] + "…"


def wrap(text: str, width: int = 80, indent: str = "", first: str = "") -> list[str]:
    """The lines of a text, none wider than ``width`` columns; the first begins with ``first``, others ``indent``.

    Lines break at blanks and between Chinese characters, never before a closing mark or after an opening
    one; a word wider than a line (a path) is cut.
    """
    lines, line, begin = [], first, first
    for blank, unit in _units(text):
        for piece in _cut(unit, width - max(columns(indent), columns(first))):
            if line != begin and columns(line) + len(blank) + columns(piece) > width:
                lines.append(line)
                line = begin = indent
                blank = ""
            line += ("" if line == begin else blank) + piece
            blank = ""
    return [*lines, line]


def _units(text: str) -> list[tuple[str, str]]:
    """Pieces that stay together, each with the blank before it (or none)."""
    units: list[tuple[str, str]] = []
    for blank, piece in re.findall(
        r"(\s*)([\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+)",
        text,
    ):
        gap = " " if blank else ""
        before = units[-1][1] if units else ""
        if units and not gap and (piece[0] in _NEVER_FIRST or before[-1] in _NEVER_LAST):
            units[-1] = (units[-1][0], before + piece)
        else:
            units.append((gap, piece))
    return units


def _cut(unit: str, width: int) -> list[str]:
    pieces, piece = [], ""
    for character in unit:
        if columns(piece) + _columns_of(character) > width:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]
