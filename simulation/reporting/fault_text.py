"""Faults in the user's language: where, what was found, what is allowed, what to do."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from simulation.faults import ERROR, Fault, Said
from simulation.reporting.text import Words
from simulation.reporting.width import visible


@cache
def messages() -> Mapping[str, str]:
    """What each template of a fault is in Chinese."""
    text = files("simulation.reporting").joinpath("messages.csv").read_text(encoding="utf-8")
    return {row["en"]: row["zh"] for row in csv.DictReader(text.splitlines())}


def said(text: str, words: Words) -> str:
    """A text of a fault in the language of ``words``; as it stands where it has no template."""
    if words.language == "en" or not isinstance(text, Said):
        return text
    template = messages().get(text.template, text.template)
    return template.format(**{name: _value(one, words) for name, one in text.values.items()})


def _value(value: Any, words: Words) -> Any:
    if isinstance(value, tuple):
        return words.listing([said(str(one) if not isinstance(one, str) else one, words) for one in value])
    return said(value, words) if isinstance(value, str) else value


def sentence(fault: Fault, words: Words, place: str | None = None) -> str:
    """A fault in one sentence, safe to print; ``place`` stands for where it is."""
    advice = said(fault.advice, words)
    return visible(
        words(
            "fault.line" if fault.severity == ERROR else "fault.line.told",
            place=fault.place if place is None else place,
            found=said(fault.found, words),
            allowed=said(fault.allowed, words),
            advice=words("fault.advice", text=advice) if advice else "",
        )
    )


def record(fault: Fault, words: Words) -> dict[str, Any]:
    """A fault as other programs are told of it; ``None`` for what a file of its format has not."""
    table = fault.row > 0 or bool(fault.sheet)
    return {
        "kind": fault.kind,
        "sheet": fault.sheet or None,
        "row": (fault.row or fault.line or None) if table else None,
        "column": fault.column or None,
        "line": None if fault.sheet else fault.line or None,
        "found": said(fault.found, words),
        "allowed": said(fault.allowed, words),
        "advice": said(fault.advice, words),
        "severity": fault.severity,
    }
