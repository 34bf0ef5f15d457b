"""Figures, one call each: they draw on ``axes`` or on a figure of their own, and give the axes.

    sim.figures.fan(result)                      a measure over time, with its target
    sim.figures.tiles(result)                    the chance of each district's task, a tile a district
    sim.figures.bridge(result)                   from the opening stock to the closing one, cause by cause
    sim.figures.difference(comparison)           paired differences over time
    sim.figures.districts(comparison)            the same by district at the end

``lang`` is ``zh`` or ``en``, by default that of the locale. ``save`` writes PNG or SVG, by the name of the file.
Letters are those of the font that is shipped, so that no Chinese character is missing on any machine.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulation.ensemble import Result
from simulation.projection.targets import summarise
from simulation.quarters import quarter
from simulation.reporting import bridge_figure, charts, compare_figures, tile_figure
from simulation.reporting import figures as drawing
from simulation.reporting.city_names import city_names
from simulation.reporting.text import Words, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulation.projection.comparison import Comparison

__all__ = ["bridge", "difference", "districts", "fan", "save", "tiles"]


def fan(
    result: Result,
    scope: str = "recognised",
    *,
    measure: str = "count",
    basis: str = "label",
    district: str | None = None,
    axes: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw how a measure spreads over the futures, quarter by quarter, with its target."""
    words = _words(lang)
    return charts.fan(result, words, scope, measure=measure, basis=basis, district=district, axes=axes)


def tiles(
    result: Result,
    scope: str = "recognised",
    *,
    measure: str = "count",
    basis: str = "label",
    axes: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw the chance of each district's task, a tile a district. Raises ``LookupError`` without such tasks."""
    words = _words(lang)
    found = [
        one
        for one in summarise(result)
        if one.district is not None
        and one.asked
        and (one.scope, one.measure, one.basis) == (scope, measure, basis)
    ]
    if not found:
        raise LookupError(f"no district has a task for {scope} {measure} {basis}")
    names, where = city_names(result.manifest), tile_figure.places(result.manifest)
    return tile_figure.draw(found, where, names, words, note_of(result, words), axes=axes)


def bridge(
    result: Result,
    scope: str = "recognised",
    *,
    until: str | None = None,
    district: str | None = None,
    axes: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw the mean bridge from the opening stock to the end of a quarter, by default the last, by cause."""
    from simulation.projection.stored import bridge_rows

    words, last = _words(lang), until or result.quarters[-1]
    rows = bridge_rows(result, last)
    row = next((one for one in rows if (one.scope, one.district) == (scope, district)), None)
    if row is None:
        raise LookupError(f"no scope {scope!r} or no district {district!r}")
    return bridge_figure.draw(row, words, words.end_of(quarter(last)), note_of(result, words), axes)


def difference(
    comparison: Comparison,
    scope: str = "recognised",
    *,
    measure: str = "count",
    basis: str = "label",
    axes: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw the mean paired difference of each variant, quarter by quarter, with its 95 % interval."""
    return compare_figures.over_time(comparison, _words(lang), scope, measure, basis, axes)


def districts(
    comparison: Comparison,
    scope: str = "recognised",
    *,
    measure: str = "count",
    basis: str = "label",
    axes: Axes | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw the paired differences of each district at the end, with their 95 % intervals."""
    names = city_names(comparison.matched.base.manifest)
    return compare_figures.by_district(comparison, _words(lang), names, scope, measure, basis, axes)


def save(axes: Axes, path: str | Path) -> None:
    """Write the figure of some axes as PNG or SVG, by the ending of the file's name; same figure, same bytes."""
    path = Path(path)
    if path.suffix.lower() == ".svg":
        path.write_bytes(drawing.svg(axes))
    elif path.suffix.lower() == ".png":
        drawing.save(axes, path)
    else:
        raise ValueError(f"a figure is written as .png or .svg, not {path.suffix or 'without an ending'}")


def note_of(result: Result, words: Words) -> str:
    """Which run a figure is of, and how many futures."""
    return words("figure.note", scenario=result.manifest.scenario, n=result.n_used)


def _words(lang: str | None) -> Words:
    return Words(lang or language_of())
