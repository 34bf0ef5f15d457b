"""Figures of an explanation: what each lever contributes, and the bridge from the opening to the closing stock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simulation.ensemble.store import FIGURES
from simulation.quarters import quarter
from simulation.reporting import bridge_figure, figures
from simulation.reporting.city_names import CityNames
from simulation.reporting.explain_page import REST
from simulation.reporting.phrases import SHARE, Phrases, kind_of
from simulation.reporting.text import Words
from simulation.reporting.width import shortened, visible, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulation.projection.explanation import Explanation, Share

_UP, _DOWN, _STOCK = "#0072B2", "#D55E00", "#555555"  # told apart by the colour-blind and by their direction
_NAME_COLUMNS, _SCENARIO_COLUMNS = 34, 34
_LEAST_DRAWN = 0.05  # carriers: less is 0.0 as it is written beside the bar


def levers(
    share: Share, found: Explanation, words: Words, names: CityNames, axes: Axes | None = None
) -> Axes:
    """Draw what each lever contributes to one quantity, with twice its error, the largest on top."""
    one = share.quantity
    scale = 100.0 if one.outcome == "chance" or one.measure == SHARE else 1.0
    order = sorted(share.levers, key=lambda lever: (-abs(lever.share), lever.lever))
    if axes is None:
        axes = figures.blank((8.0, 1.5 + 0.24 * max(4, len(order))))
    for place, lever in enumerate(order):
        colour = _UP if lever.share >= 0 else _DOWN
        axes.barh(place, scale * lever.share, color=colour, height=0.65)
        reach = 2.0 * scale * lever.error
        at = scale * lever.share
        axes.plot([at - reach, at + reach], [place, place], color="black", linewidth=1)
    named = [words("explain.rest") if one.lever == REST else names.lever(one.lever, words) for one in order]
    axes.set_yticks(range(len(order)), ["\n".join(wrap(name, _NAME_COLUMNS)) for name in named])
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.axvline(0.0, color=figures.PAST, linewidth=1)
    unit = "explain.figure.points" if scale == 100.0 else "explain.figure.carriers"
    axes.set_xlabel(words(unit), fontproperties=figures.font(9))
    phrases = Phrases(words, found.n)
    what = phrases.what(one.scope, one.measure)
    told = {
        "what": what,
        "end": words.end_of(one.by),
        "at_least": phrases.asked(one.at_least or 0.0, one.measure),
    }
    title = words(f"explain.figure.{one.outcome}.{kind_of(one.measure)}", **told)
    _dress(axes, title, _note(found, words))
    return axes


def bridge(found: Explanation, words: Words, scope: str = "recognised", axes: Axes | None = None) -> Axes:
    """Draw the city's bridge of the variant as steps from the opening to the closing stock."""
    row = next(one for one in found.bridge if (one.scope, one.district, one.basis) == (scope, None, None))
    return bridge_figure.draw(row, words, words.end_of(quarter(found.last)), _note(found, words), axes)


def _note(found: Explanation, words: Words) -> str:
    base, variant = (shortened(visible(name), _SCENARIO_COLUMNS) for name in (found.base, found.variant))
    return words("explain.figure.note", base=base, variant=variant, n=found.n)


def _dress(axes: Axes, title: str, note: str) -> None:
    figures.title(axes, title[:1].upper() + title[1:], note)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    figures.tidy(axes)


def write(found: Explanation, words: Words, names: CityNames, folder: Path) -> list[Path]:
    """Write the figures of each official target, and the bridge of each official count; gives the files."""
    if not found.n:
        return []
    into = folder / FIGURES
    into.mkdir(parents=True, exist_ok=True)
    drawn: dict[str, Axes] = {}
    for share in found.shares:
        one = share.quantity
        if one.official and found.players:
            name = f"{one.outcome}-{one.scope}-{one.measure.replace('_', '-')}"
            drawn[f"levers-{name}"] = levers(share, found, words, names)
        if one.official and one.measure == "count":
            drawn[f"bridge-{one.scope}"] = bridge(found, words, one.scope)
    written = []
    for name, axes in drawn.items():
        path = into / f"{name}.png"
        figures.save(axes, path)
        written.append(path)
    return written
