"""A tile map: one square a district, roughly where it lies, coloured by the chance of its task."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.quarters import quarter
from simulation.reporting import figures
from simulation.reporting.city_names import CityNames
from simulation.reporting.phrases import Phrases
from simulation.reporting.text import Words
from simulation.reporting.width import columns, shortened, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulation.ensemble.manifest import Manifest
    from simulation.projection import TargetAnswer

TABLE = "tiles.csv"
_PER_ROW = 5  # where a city has no table of tiles: districts in official order
_NAME_COLUMNS = 14
# Cividis-like steps from unlikely to likely, told apart by the colour-blind and by lightness; text stands on them.
_STEPS = (
    (0.2, "#8C510A", "white"),
    (0.4, "#D8B365", "black"),
    (0.6, "#F0EFEA", "black"),
    (0.8, "#7FC4BB", "black"),
    (1.0, "#01665E", "white"),
)
HIDDEN = "#E4E4E4"


def step_of(chance: float) -> tuple[str, str]:
    """The colour of a chance, and that of text on it."""
    return next(((fill, ink) for upper, fill, ink in _STEPS if chance < upper), _STEPS[-1][1:])


def places(manifest: Manifest) -> dict[str, tuple[int, int]]:
    """Row and column of each district's tile: from the city's table of tiles, else in official order."""
    given = _drawn(manifest)
    if given is not None:
        return given
    return {code: divmod(place, _PER_ROW) for place, code in enumerate(manifest.districts)}


def in_official_order(manifest: Manifest) -> bool:
    """Whether tiles stand in official order, because the city has no table that says where districts lie."""
    return _drawn(manifest) is None


def _drawn(manifest: Manifest) -> dict[str, tuple[int, int]] | None:
    """The places that the city's table of tiles gives to every district; ``None`` where it does not."""
    from simulation.scenario.reading import find_city

    found = find_city(_city_of(manifest), Path(manifest.scenario_folder))
    table = None if found is None else found[0] / TABLE
    if table is None or not table.is_file():
        return None
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    given = {row["code"]: (int(row["row"]) - 1, int(row["column"]) - 1) for row in rows}
    if not set(manifest.districts) <= set(given) or len(set(given.values())) < len(given):
        return None
    return {code: given[code] for code in manifest.districts}


def _city_of(manifest: Manifest) -> str:
    try:
        return str(json.loads(manifest.scenario_text).get("city", ""))
    except (json.JSONDecodeError, AttributeError):  # a text that is no resolved scenario names no city
        return ""


def draw(
    answers: Sequence[TargetAnswer],
    tiles: Mapping[str, tuple[int, int]],
    names: CityNames,
    words: Words,
    note: str,
    hidden: frozenset[str] = frozenset(),
    axes: Axes | None = None,
) -> Axes:
    """Draw the tasks of districts, one answer each; ``hidden`` districts are shown without numbers."""
    from matplotlib.patches import Rectangle

    high = 1 + max((row for row, _ in tiles.values()), default=0)
    wide = 1 + max((column for _, column in tiles.values()), default=0)
    axes = figures.blank((1.45 * wide + 1.6, 0.92 * high + 0.8)) if axes is None else axes
    found = {one.district: one for one in answers}
    for code, (row, column) in tiles.items():
        answer = found.get(code)
        fill, ink = (HIDDEN, "black")
        if answer is not None and code not in hidden:
            fill, ink = step_of(answer.chance)
        axes.add_patch(
            Rectangle((column, row), 0.96, 0.94, facecolor=fill, edgecolor="#777777", linewidth=0.6)
        )
        _label(axes, (row, column), names.short_district(code, words), 0.3, 8, ink)
        text = _number(answer, code in hidden, words)
        axes.text(
            column + 0.48,
            row + 0.72,
            text,
            ha="center",
            va="center",
            color=ink,
            fontproperties=figures.font(9),
        )
    _dress(axes, answers, words, note, high, wide)
    return axes


def _number(answer: TargetAnswer | None, hidden: bool, words: Words) -> str:
    if answer is None:
        return words("report.tile.no_task")
    return words("report.suppressed") if hidden else Phrases(words, 1).chance(answer).partition("±")[0]


def _label(axes: Axes, place: tuple[int, int], name: str, below: float, size: float, ink: str) -> None:
    row, column = place
    lines = wrap(shortened(name, 2 * _NAME_COLUMNS - 1), _NAME_COLUMNS)
    if columns(name) > 2 * _NAME_COLUMNS or len(lines) > 2:
        lines = wrap(name, _NAME_COLUMNS + 4)[:3]
        size -= 1.5
    axes.text(
        column + 0.48,
        row + below,
        "\n".join(lines),
        ha="center",
        va="center",
        color=ink,
        fontproperties=figures.font(size),
        parse_math=False,
        linespacing=1.0,
    )


def _dress(
    axes: Axes, answers: Sequence[TargetAnswer], words: Words, note: str, high: int, wide: int
) -> None:
    from matplotlib.patches import Patch

    axes.set_xlim(0, wide)
    axes.set_ylim(high, 0)
    axes.axis("off")
    marks = [
        Patch(
            facecolor=fill,
            edgecolor="#777777",
            label=words("report.tile.step", low=f"{upper - _STEPS[0][0]:.1f}", high=f"{upper:.1f}"),
        )
        for upper, fill, _ in reversed(_STEPS)
    ]
    axes.legend(
        handles=marks,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        frameon=False,
        prop=figures.font(8),
        title=words("report.tile.legend"),
        title_fontproperties=figures.font(8),
    )
    if answers:
        one = answers[0]
        what = Phrases(words, 1).what(one.scope, one.measure)
        text = words("report.tile.title", what=what, end=words.end_of(quarter(one.by)))
        figures.title(axes, text[:1].upper() + text[1:], note)
