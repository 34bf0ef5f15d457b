"""Lines and tables for a terminal of 80 columns, as plain text: Chinese is measured right, nothing is cut."""

from collections.abc import Iterable, Sequence
from io import StringIO

from simulation.reporting.width import wrap

WIDTH = 80


def said(text: str, indent: str = "  ") -> list[str]:
    """A sentence as lines."""
    return wrap(text, WIDTH, indent)


def page(blocks: Iterable[Sequence[str]]) -> list[str]:
    """Blocks of lines with an empty line between them; empty blocks are left out."""
    return [line for block in blocks if block for line in (*block, "")][:-1]


def table(
    heads: Sequence[str] | None,
    widths: Sequence[int],
    rows: Iterable[Sequence[str]],
    justify: str = "",
) -> list[str]:
    """A table without lines; a cell wider than its column goes on below.

    ``justify`` has a letter a column: l or r. Texts are shown as they are: rich's marks in them mean nothing.
    """
    from rich.console import Console
    from rich.table import Table

    drawn = Table(
        box=None, show_header=heads is not None, padding=(0, 1, 0, 0), pad_edge=False, collapse_padding=True
    )
    for place, width in enumerate(widths):
        drawn.add_column(
            heads[place] if heads is not None else "",
            width=width,
            justify="right" if justify[place : place + 1] == "r" else "left",
            overflow="fold",
        )
    for row in rows:
        # Folded here: rich breaks between any two Chinese characters, a bracket or comma first on a line.
        drawn.add_row(*(_folded(cell, width) for cell, width in zip(row, widths, strict=True)))
    shown = StringIO()
    console = Console(
        file=shown,
        width=WIDTH,
        color_system=None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )
    console.print(drawn)
    return [line.rstrip() for line in shown.getvalue().splitlines()]


def _folded(cell: str, width: int) -> str:
    """A cell on as many lines as it takes, each set in as far as the first."""
    indent = cell[: len(cell) - len(cell.lstrip(" "))]
    return "\n".join(wrap(cell, width, indent, indent))
