"""Titles of columns as bureaus write them: which column is meant, in which unit, and what to be careful about."""

import csv
import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from simulation.registry.columns import BY_NAME, PERSONAL_WORDS, UNITS

_NUMBERING = re.compile(r"^[(（]?\d{1,2}[).、．)]\s*")
_UNIT = re.compile(r"(?:[(\[【_:,、]|单位:?)+([^()\[\]【】_:,、]{1,8})[)\]】]*$")


class Title(NamedTuple):
    """What a title means."""

    column: str  # the name of a column; empty for one that is known and not read
    factor: float | None  # what a number under it is worth in m², CNY or pieces; None: it names no unit
    share: bool  # whether it is a share in per cent
    caution: str  # what to be careful about: founded, moved_in, yes_no, this_year, running_number


def folded(text: str) -> str:
    """A title as it is compared: half width, no spaces or stars, small letters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _NUMBERING.sub("", plain.strip())
    return re.sub(r"[\s*﻿​]+|\(必填\)|\(选填\)", "", plain)


@lru_cache(4096)
def understood(text: str) -> Title | None:
    """What a title means; ``None`` when it is not known."""
    key = folded(text)
    if not key:
        return None
    whole = _known().get(key.replace("_", ""))
    base, unit = _parted(key)
    found = whole or _known().get(base.replace("_", ""))
    if found is None:
        return None
    column, caution = found
    kind = BY_NAME[column].unit if column else ""
    units = UNITS.get(kind, {})
    if unit and unit != "%" and kind and unit not in units:
        return None  # a unit that cannot be: `面积（家）`
    factor = units.get(unit) if unit else 1.0 if kind == "count" else None
    return Title(column, factor, unit == "%", caution)


def unit_of(text: str) -> str:
    """The unit that a title names; empty where it names none."""
    return _parted(folded(text))[1]


def is_personal(text: str) -> bool:
    """Whether a title is that of a column about persons."""
    key = folded(text).replace("_", "")
    return any(word in key for word in PERSONAL_WORDS)


def known_titles() -> list[str]:
    """Every title that is known, as it is written."""
    return [title for title, _, _ in _rows()]


def _parted(key: str) -> tuple[str, str]:
    """A folded title without its unit, and the unit; the unit is empty where the title names none."""
    match = _UNIT.search(key)
    if match is not None and (match[1] == "%" or any(match[1] in units for units in UNITS.values())):
        return key[: match.start()], match[1]
    return key, ""


@cache
def _rows() -> list[tuple[str, str, str]]:
    text = files("simulation.registry").joinpath("titles.csv").read_text(encoding="utf-8")
    return [(row["title"], row["column"], row["caution"]) for row in csv.DictReader(text.splitlines())]


@cache
def _known() -> dict[str, tuple[str, str]]:
    return {folded(title).replace("_", ""): (column, caution) for title, column, caution in _rows()}
