"""The bridge as a waterfall: from the opening stock, cause by cause, to the closing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.reporting import figures
from simulation.reporting.compare_page import adding_up
from simulation.reporting.explain_page import cause_name
from simulation.reporting.phrases import Phrases
from simulation.reporting.text import Words
from simulation.reporting.width import wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulation.projection.bridge import BridgeRow

_STOCK, _GAIN, _LOSS = "#555555", "#0072B2", "#D55E00"
_LABEL_COLUMNS = 26


def parts(row: BridgeRow, words: Words) -> list[tuple[str, float]]:
    """Opening, each cause, closing: what they are called, and numbers of one digit that add up as shown."""
    causes = [(cause_name(str(flow["cause"]), words), float(flow["count"])) for flow in row.flows]
    shown = adding_up([row.opening, *(count for _, count in causes)])
    named = [words("explain.bridge.opening"), *(name for name, _ in causes)]
    told = [
        (name, value)
        for place, (name, value) in enumerate(zip(named, shown, strict=True))
        if value or not place
    ]
    return [*told, (words("explain.bridge.closing"), round(sum(shown), 1))]


def draw(row: BridgeRow, words: Words, end: str, note: str, axes: Axes | None = None) -> Axes:
    """Draw a bridge, one horizontal bar a line."""
    told = parts(row, words)
    axes = figures.blank((8.0, 1.3 + 0.32 * len(told))) if axes is None else axes
    level = 0.0
    for place, (_, value) in enumerate(told):
        stock = place in (0, len(told) - 1)
        begin = 0.0 if stock else level
        level = value if stock else level + value
        colour = _STOCK if stock else _GAIN if value > 0 else _LOSS
        axes.barh(place, value, left=begin, color=colour, height=0.7)
        right = max(begin, begin + value)
        text = f"{value:.1f}" if stock else f"{value:+.1f}".replace("-", "−")
        axes.annotate(
            text,
            (right, place),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontproperties=figures.font(8),
        )
        if place < len(told) - 1:
            axes.plot([level, level], [place, place + 1], color="#999999", linewidth=0.6)
    axes.set_yticks(
        range(len(told)), ["\n".join(wrap(name, _LABEL_COLUMNS)) for name, _ in told], linespacing=0.9
    )
    axes.set_ylim(len(told) - 0.4, -0.6)
    axes.margins(x=0.12)
    axes.set_xlim(left=0.0)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.xaxis.set_major_formatter("{x:g}")
    figures.tidy(axes)
    what = Phrases(words, 1).what(row.scope, "count")
    figures.title(axes, words("explain.bridge.title", what=what, end=end), note)
    return axes
