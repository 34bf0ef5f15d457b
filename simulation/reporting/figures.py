"""Figures. matplotlib is imported when one is drawn: nothing else needs it, and it is slow to come.

Every letter is drawn with the font that is shipped, so that a figure looks the same on every machine and no
Chinese character is missing. The same numbers give the same bytes.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from simulation.quarters import quarter_name
from simulation.reporting.text import Words
from simulation.reporting.width import shortened, visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

FONT = "NotoSansCJKsc-GBK-subset.otf"
_DOTS_PER_INCH = 150
_ROOM = 0.08  # of the height
_SIZE = (8.0, 4.5)  # inches
_TITLE_COLUMNS, _NOTE_COLUMNS = 80, 135  # of text fit above the axes
# Okabe and Ito's colours, told apart by the colour-blind; the bands also differ in lightness, for a grey print.
_FUTURE, _TARGET, PAST = "#0072B2", "#D55E00", "#555555"
_TINTS = {0.95: "#D2E4F0", 0.8: "#A0C8E0", 0.5: "#66A9CE"}  # of the colour of the future, opaque


class Fan(NamedTuple):
    """What a fan chart shows: the spread of a measure over the futures, quarter by quarter."""

    title: str
    unit: str
    quarters: Sequence[int]  # the opening stock's first
    median: Sequence[float]
    ranges: dict[float, tuple[Sequence[float], Sequence[float]]]  # 0.5, 0.8, 0.95: lower and upper path
    target: float | None
    target_text: str
    by: int  # quarter at whose end the target counts
    baseline_text: str
    note: str


@cache
def font_path() -> Path:
    """The font that is shipped."""
    return Path(str(files("simulation").joinpath("assets", FONT)))


@cache
def font(size: float) -> "FontProperties":
    """The shipped font in a size, points."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_path()), size=size)


def draw(fan: Fan, words: Words, axes: "Axes | None" = None) -> "Axes":
    """Draw a fan chart, on a figure of its own when no axes are given."""
    axes = blank() if axes is None else axes
    places = range(len(fan.quarters))
    for share in sorted(fan.ranges, reverse=True):
        lower, upper = fan.ranges[share]
        axes.fill_between(
            places,
            lower,
            upper,
            color=_TINTS[share],
            linewidth=0,
            label=words("figure.band", share=f"{100 * share:g}"),
        )
    axes.plot(places, fan.median, color=_FUTURE, linewidth=2, label=words("figure.median"))
    _reference(axes, fan)
    _dress(axes, fan)
    return axes


def blank(size: tuple[float, float] = _SIZE) -> "Axes":
    """Axes on a figure of their own, without a window; the size in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, dpi=_DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def _reference(axes: "Axes", fan: Fan) -> None:
    """The target up to the quarter in which it counts, and where the city stood."""
    start = fan.median[0]
    axes.axhline(start, color=PAST, linewidth=1, linestyle=":")
    axes.annotate(
        fan.baseline_text,
        (len(fan.quarters) - 1, start),
        xytext=(-4, -4),
        textcoords="offset points",
        ha="right",
        va="top",
        color=PAST,
        fontproperties=font(8),
    )
    if fan.target is None:
        return
    low, high = axes.get_ylim()
    low, high = min(low, fan.target), max(high, fan.target)
    room = _ROOM * (high - low)  # for what is written above its line
    axes.set_ylim(min(low, fan.target - room), max(high, fan.target + room))
    due = fan.by - fan.quarters[0]
    axes.plot([0, due], [fan.target, fan.target], color=_TARGET, linewidth=1.5, linestyle="--")
    axes.plot([due], [fan.target], color=_TARGET, marker="D", markersize=6, clip_on=False, zorder=5)
    axes.annotate(
        fan.target_text,
        (0, fan.target),
        xytext=(4, 4),
        textcoords="offset points",
        color=_TARGET,
        fontproperties=font(9),
    )


def _dress(axes: "Axes", fan: Fan) -> None:
    """Title, note, axes and legend, all in the shipped font; a name with a dollar sign is no formula."""
    year_ends = [place for place, quarter in enumerate(fan.quarters) if quarter % 4 == 3]
    axes.set_xticks(year_ends, [quarter_name(fan.quarters[place]) for place in year_ends])
    axes.set_xlim(0, len(fan.quarters) - 1)
    title(axes, fan.title, fan.note)
    axes.set_ylabel(fan.unit, fontproperties=font(9))
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    tidy(axes)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, prop=font(8))


def tidy(axes: "Axes") -> None:
    """Leave out the lines above and at the right, and set the ticks in the shipped font, as text."""
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(font(8))
        label.set_parse_math(False)


def title(axes: "Axes", text: str, note: str) -> None:
    """Put a title and a note above axes, as text and never as a formula."""
    axes.set_title(
        shortened(visible(text), _TITLE_COLUMNS),
        loc="left",
        fontproperties=font(12),
        parse_math=False,
        pad=22,
    )
    axes.text(
        0,
        1.02,
        shortened(visible(note), _NOTE_COLUMNS),
        transform=axes.transAxes,
        color=PAST,
        fontproperties=font(8),
        parse_math=False,
    )


def save(axes: "Axes", path: Path) -> None:
    """Write the figure of some axes as PNG; the bytes depend on what is drawn alone."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(png(axes))
    part.replace(path)


def png(axes: "Axes") -> bytes:
    """The figure of some axes as PNG."""
    import io

    image = io.BytesIO()
    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes belong to no figure")
    figure.savefig(image, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None})
    return image.getvalue()


def svg(axes: "Axes") -> bytes:
    """The figure of some axes as SVG, letters as outlines; the bytes depend on what is drawn alone."""
    import io

    import matplotlib

    figure = axes.get_figure(root=True)
    if figure is None:
        raise ValueError("the axes belong to no figure")
    image = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "carriersim", "svg.fonttype": "path"}):
        figure.savefig(image, format="svg", metadata={"Date": None, "Creator": None})
    # The comments repeat each text, and every point stands on a line of its own.
    told = re.sub(rb"<!--.*?-->|<metadata>.*?</metadata>", b"", image.getvalue(), flags=re.DOTALL)
    return re.sub(rb"\s*\n\s*", b" ", told)
