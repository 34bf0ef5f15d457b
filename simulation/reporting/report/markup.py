"""HTML that cannot be broken out of: text is escaped when it goes in, and only elements made here are not."""

from __future__ import annotations

import base64
from html import escape
from typing import NamedTuple

from simulation.reporting.width import visible

_VOID = frozenset({"meta", "img", "br", "col", "hr"})


class Element(NamedTuple):
    """A piece of finished HTML."""

    html: str


Child = str | Element | None


def element(name: str, /, *children: Child, **attributes: str | None) -> Element:
    """An element. Texts become visible and escaped; an attribute of ``None`` is left out, ``class_`` is ``class``."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(visible(value), quote=True)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Element(f"<{name}{told}>")
    inner = "".join(_html(child) for child in children)
    return Element(f"<{name}{told}>{inner}</{name}>")


def together(*children: Child) -> Element:
    """Elements and texts in a row."""
    return Element("".join(_html(child) for child in children))


def _html(child: Child) -> str:
    if child is None:
        return ""
    return child.html if isinstance(child, Element) else escape(visible(child), quote=True)


def picture(svg: bytes, alternative: str) -> Element:
    """An SVG as an image of its own: nothing in it can run or be fetched, whatever its text says."""
    encoded = base64.b64encode(svg).decode("ascii")
    return element("img", src=f"data:image/svg+xml;base64,{encoded}", alt=alternative)
