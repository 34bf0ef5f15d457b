"""Fan charts of a run: for each official target one, or of any measure on axes of one's own."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.ensemble import Result
from simulation.ensemble.store import FIGURES
from simulation.projection import TargetAnswer, bands, summarise
from simulation.quarters import quarter
from simulation.reporting import figures
from simulation.reporting.phrases import SHARE, Phrases, kind_of
from simulation.reporting.text import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ENDS = {0.95: ("q025", "q975"), 0.8: ("q10", "q90"), 0.5: ("q25", "q75")}


def fan(
    result: Result,
    words: Words,
    scope: str,
    *,
    measure: str = "count",
    basis: str = "label",
    district: str | None = None,
    name: str | None = None,
    answers: Sequence[TargetAnswer] | None = None,
    axes: "Axes | None" = None,
    note: str | None = None,
) -> "Axes":
    """Draw how a measure spreads over the futures, with the target that asks for it, if one does.

    ``name`` is what the district is called; its code without it. ``answers`` save summarising again. ``note`` takes
    the place of the line that names scenario, chance and n.
    """
    answers = summarise(result) if answers is None else answers
    wanted = (scope, measure, district)
    found = [one for one in answers if (one.scope, one.measure, one.district) == wanted and one.asked]
    answer = next((one for one in found if measure != SHARE or one.basis == basis), None)
    chart = _chart(result, words, scope, measure, basis, district, answer)
    if district is not None:
        chart = chart._replace(
            title=words("figure.of_district", title=chart.title, district=name or district)
        )
    if note is not None:
        chart = chart._replace(note=note)
    return figures.draw(chart._replace(title=chart.title[:1].upper() + chart.title[1:]), words, axes)


def _chart(
    result: Result,
    words: Words,
    scope: str,
    measure: str,
    basis: str,
    district: str | None,
    answer: TargetAnswer | None,
) -> figures.Fan:
    phrases = Phrases(words, result.n_used)
    scale = 100.0 if measure == SHARE else 1.0
    paths = bands(result, measure, scope, basis, district) * scale
    start = float(paths["median"].iloc[0])
    quarters = [quarter(name) for name in result.quarters]
    kind = kind_of(measure)
    unknown_start = not math.isclose(paths["q10"].iloc[0], paths["q90"].iloc[0])
    baseline = "figure.baseline.median" if unknown_start else "figure.baseline"
    told = {"scenario": result.manifest.scenario, "n": result.n_used}
    note = words("figure.note", **told)
    if answer is not None:
        note = words("figure.note.chance", **told, chance=phrases.chance(answer))
    return figures.Fan(
        title=words(
            f"figure.title.{kind}", what=phrases.what(scope, measure), basis=words.named("basis", basis)
        ),
        unit=words(f"figure.axis.{kind}"),
        quarters=quarters,
        median=paths["median"].tolist(),
        ranges={share: (paths[low].tolist(), paths[high].tolist()) for share, (low, high) in _ENDS.items()},
        target=None if answer is None else answer.at_least * scale,
        target_text=""
        if answer is None
        else words(f"figure.target.{kind}", at_least=phrases.asked(answer.at_least, measure)),
        by=quarters[-1] if answer is None else quarter(answer.by),
        baseline_text=words(
            baseline, value=phrases.number(start / scale, measure), end=words.end_of(quarters[0])
        ),
        note=note,
    )


def write(result: Result, answers: Sequence[TargetAnswer], words: Words) -> list[Path]:
    """Write a fan chart for each official target of the city into the folder of the run; gives the files."""
    official = [one for one in answers if one.official and one.district is None]
    folder = result.folder / FIGURES
    if official:
        folder.mkdir(exist_ok=True)
    written = []
    for one in official:
        axes = fan(result, words, one.scope, measure=one.measure, basis=one.basis, answers=answers)
        basis = f"-{one.basis}" if one.measure == SHARE else ""
        path = folder / f"{one.scope}-{one.measure.replace('_', '-')}{basis}.png"
        figures.save(axes, path)
        written.append(path)
    return written
