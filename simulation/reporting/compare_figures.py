"""Figures of a comparison: paired differences over time, and a dot plot by district."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.ensemble.store import FIGURES
from simulation.quarters import quarter, quarter_name
from simulation.reporting import figures
from simulation.reporting.city_names import CityNames
from simulation.reporting.phrases import SHARE, Phrases, kind_of
from simulation.reporting.text import Words
from simulation.reporting.width import shortened, visible, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulation.projection.comparison import Comparison
    from simulation.projection.effects import Effect

# Okabe and Ito's colours; lines also differ in their marks, for a grey print.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_MARKS = ("o", "s", "^", "D", "v", "P")
_MOST_VARIANTS = len(_COLOURS)
_LEGEND_COLUMNS, _NAME_COLUMNS = 44, 26


def over_time(
    comparison: Comparison,
    words: Words,
    scope: str = "recognised",
    measure: str = "count",
    basis: str = "label",
    axes: Axes | None = None,
) -> Axes:
    """Draw the city's mean paired difference of each variant, quarter by quarter, with its 95 % interval."""
    axes = figures.blank() if axes is None else axes
    scale = 100.0 if measure == SHARE else 1.0
    names = comparison.matched.base.quarters
    for place, variant in enumerate(comparison.variants[:_MOST_VARIANTS]):
        found = [
            one
            for one in _of(comparison, variant, scope, measure, basis)
            if one.district is None and one.mean is not None
        ]
        x = [names.index(one.quarter) for one in found]
        colour = _COLOURS[place]
        if all(one.low is not None and one.high is not None for one in found):
            lower = [scale * (one.low or 0.0) for one in found]
            upper = [scale * (one.high or 0.0) for one in found]
            axes.fill_between(x, lower, upper, color=colour, alpha=0.25, linewidth=0)
        axes.plot(
            x,
            [scale * (one.mean or 0.0) for one in found],
            color=colour,
            marker=_MARKS[place],
            markersize=3.5,
            linewidth=1.8,
            label=shortened(visible(variant), _LEGEND_COLUMNS),
        )
    axes.axhline(0.0, color=figures.PAST, linewidth=1)
    quarters = [quarter(name) for name in names]
    ends = [place for place, number in enumerate(quarters) if number % 4 == 3]
    axes.set_xticks(ends, [quarter_name(quarters[place]) for place in ends])
    axes.set_xlim(0, len(names) - 1)
    axes.set_ylabel(words(f"compare.figure.axis.{kind_of(measure)}"), fontproperties=figures.font(9))
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    _dress(axes, comparison, words, "compare.figure.over_time", scope, measure, basis)
    _legend(axes)
    return axes


def by_district(
    comparison: Comparison,
    words: Words,
    names: CityNames,
    scope: str = "recognised",
    measure: str = "count",
    basis: str = "label",
    axes: Axes | None = None,
) -> Axes:
    """Draw a dot for each district and variant: the mean paired difference at the end, with its 95 % interval.

    A filled dot is told apart from 0, an empty one is not.
    """
    variants = comparison.variants[:_MOST_VARIANTS]
    last, scale = comparison.last, 100.0 if measure == SHARE else 1.0
    effects = {
        (one.variant, one.district): one
        for variant in variants
        for one in _of(comparison, variant, scope, measure, basis)
        if one.quarter == last and one.district is not None and one.mean is not None
    }
    present = {district for _, district in effects}
    districts = [code for code in comparison.matched.base.districts if code in present]
    if axes is None:
        axes = figures.blank((8.0, 1.6 + 0.13 * len(districts) * (1 + len(variants))))
    for place, variant in enumerate(variants):
        colour, shift = _COLOURS[place], (place - (len(variants) - 1) / 2) * 0.8 / max(len(variants), 2)
        for row, code in enumerate(districts):
            one = effects.get((variant, code))
            if one is None or one.mean is None:
                continue
            _dot(axes, one, row + shift, colour, _MARKS[place], scale)
        axes.plot(
            [], [], color=colour, marker=_MARKS[place], label=shortened(visible(variant), _LEGEND_COLUMNS)
        )
    axes.axvline(0.0, color=figures.PAST, linewidth=1)
    axes.set_yticks(range(len(districts)), [_folded(names.short_district(code, words)) for code in districts])
    axes.set_ylim(len(districts) - 0.4, -0.6)
    axes.set_xlabel(words(f"compare.figure.axis.{kind_of(measure)}"), fontproperties=figures.font(9))
    axes.grid(axis="both", color="#dddddd", linewidth=0.6)
    _dress(axes, comparison, words, "compare.figure.by_district", scope, measure, basis)
    _legend(axes)
    return axes


def _folded(name: str) -> str:
    return "\n".join(wrap(name, _NAME_COLUMNS))


def _legend(axes: Axes) -> None:
    """The names of the variants below everything, wherever the labels of the axis end."""
    figure = axes.get_figure(root=True)
    handles, labels = axes.get_legend_handles_labels()
    if figure is not None and figure.get_layout_engine() is not None:
        figure.legend(
            handles, labels, loc="outside lower center", frameon=False, prop=figures.font(8), ncols=2
        )
    else:
        axes.legend(handles, labels, frameon=False, prop=figures.font(8))


def _dot(axes: Axes, one: Effect, height: float, colour: str, mark: str, scale: float) -> None:
    told = one.verdict in ("better", "worse")
    if one.low is not None and one.high is not None:
        axes.plot([scale * one.low, scale * one.high], [height, height], color=colour, linewidth=1.3)
    axes.plot(
        [scale * (one.mean or 0.0)],
        [height],
        color=colour,
        marker=mark,
        markersize=5,
        markerfacecolor=colour if told else "white",
    )


def _of(comparison: Comparison, variant: str, scope: str, measure: str, basis: str) -> Sequence[Effect]:
    wanted = (variant, scope, measure, basis)
    return [one for one in comparison.effects if (one.variant, one.scope, one.measure, one.basis) == wanted]


def _dress(
    axes: Axes, comparison: Comparison, words: Words, key: str, scope: str, measure: str, basis: str
) -> None:
    what = Phrases(words, comparison.n).what(scope, measure)
    if measure == SHARE:
        what = words("figure.title.share", what=what, basis=words.named("basis", basis))
    title = words(key, what=what, end=words.end_of(quarter(comparison.last)))
    note = words(
        "compare.figure.note", base=shortened(visible(comparison.base), _LEGEND_COLUMNS), n=comparison.n
    )
    figures.title(axes, title[:1].upper() + title[1:], note)
    figures.tidy(axes)


def write(comparison: Comparison, words: Words, names: CityNames, folder: Path) -> list[Path]:
    """Write both figures for each official target of the city; gives the files."""
    official = [one for one in comparison.chances if one.official and one.district is None]
    wanted = dict.fromkeys((one.scope, one.measure, one.basis) for one in official)
    into = folder / FIGURES
    if wanted:
        into.mkdir(parents=True, exist_ok=True)
    written = []
    for scope, measure, basis in wanted:
        name = f"{scope}-{measure.replace('_', '-')}" + (f"-{basis}" if measure == SHARE else "")
        for kind, axes in (
            ("difference", over_time(comparison, words, scope, measure, basis)),
            ("districts", by_district(comparison, words, names, scope, measure, basis)),
        ):
            path = into / f"{kind}-{name}.png"
            figures.save(axes, path)
            written.append(path)
    return written
