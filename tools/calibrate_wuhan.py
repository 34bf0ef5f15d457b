"""Write docs/calibration.md: what the figures known by 2021-08-31 say of Wuhan's unknown numbers.

No count of Wuhan was announced between the baseline (2021-02-05) and that day, so there is nothing to hold a run
against; what there is are rates and levels published before (``validation.csv``). Draws of the priors are weighed
by how well the model, with all levers at 0, gives them. This reports; it changes no prior.
"""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np

from simulation.calibration.updating import effective_size, normalised, weighted_quantiles
from simulation.calibration.validation import FIGURES, Published, Replicate, published
from simulation.engines import compiled
from simulation.scenario import Study, load, study
from simulation.world import F64
from tools.validate import FIGURES as TABLE
from tools.validate import SCENARIO

PAGE = Path(__file__).parent.parent / "docs" / "calibration.md"
AS_OF = date(2021, 8, 31)
GRADES = ("published", "derived")  # what is assumed is no evidence
_RANGE = 4.0  # a figure's low to high is taken as so many standard deviations (assumption)
_LEVELS = (0.05, 0.5, 0.95)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    given = study(load(SCENARIO, as_of=AS_OF))
    figures = [one for one in published(TABLE) if one.grade in GRADES]
    names, unknowns, values = simulated(given, figures, arguments.draws, arguments.seed)
    PAGE.write_text(page(figures, names, unknowns, values, arguments.seed), encoding="utf-8")
    print(PAGE)
    return 0


def simulated(given: Study, figures: list[Published], draws: int, seed: int) -> tuple[list[str], F64, F64]:
    """Names, (draws, unknowns) drawn values, (draws, figures) simulated figures."""
    names = [name for name, (low, _, high) in given.priors.items() if low < high]

    def one(draw: int) -> tuple[list[float], list[float]]:
        setting = given.setting(seed, draw, 0)
        outcome = compiled.simulate(setting, given.world(seed, draw, 0), keep_events=True)
        made = Replicate(setting, outcome)
        drawn = given.unknown_values(seed, draw)
        found = [FIGURES[row.figure](made) for row in figures]
        return [drawn[name] for name in names], found

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        rows = list(pool.map(one, range(draws)))
    return names, np.array([row[0] for row in rows]), np.array([row[1] for row in rows])


def page(figures: list[Published], names: list[str], unknowns: F64, values: F64, seed: int) -> str:
    sds = np.array([(one.high - one.low) / _RANGE for one in figures])
    mids = np.array([one.mid for one in figures])
    errors = np.where(
        np.isfinite(values), (values - mids) / sds, 0.0
    )  # a figure that is not there says nothing
    weights = normalised(-0.5 * (errors * errors).sum(axis=1))
    effective = effective_size(weights)
    noise = 2.0 * float(np.sqrt(0.8 / effective))
    rows = []
    for place, name in enumerate(names):
        column = unknowns[:, place]
        mean = weights @ column
        fall = 1.0 - float(weights @ (column - mean) ** 2) / float(column.var())
        before = np.quantile(column, _LEVELS)
        after = weighted_quantiles(column, weights, _LEVELS)
        shift = (mean - column.mean()) / column.std()
        rows.append((fall, name, before, after, shift))
    informed = [name for fall, name, *_ in rows if fall > noise]
    lines = [
        "# What was known of Wuhan on 2021-08-31",
        "",
        f"Written by `tools/calibrate_wuhan.py`: {len(unknowns)} draws of the priors, seed {seed}, all levers at 0,",
        "weighed by the published and derived figures of `simulation/cities/wuhan/validation.csv` known by that day",
        f"(range taken as {_RANGE:g} standard deviations, an assumption). Effective sample size {effective:.0f}.",
        "",
        "No count of Wuhan was announced between the baseline of 2021-02-05 and that day, so no run can be held",
        "against what followed. Priors were tuned by hand to several of the same figures: weighing by them anew",
        "shows what they can inform, and is no second confirmation. **The projections use the priors as they are.**",
        "",
        f"Told from chance (variance down by more than {100 * noise:.0f} %): {', '.join(informed) or 'none'}.",
        "Of the other unknown numbers these figures say too little to be told from chance with so many draws.",
        "",
        "| unknown number | prior 5 / 50 / 95 % | weighed 5 / 50 / 95 % | mean moved (sd) | variance down |",
        "|---|---|---|---|---|",
    ]
    for fall, name, before, after, shift in sorted(rows, key=lambda row: -row[0]):
        spans = [" / ".join(f"{value:.3g}" for value in one) for one in (before, after)]
        lines.append(f"| {name} | {spans[0]} | {spans[1]} | {shift:+.2f} | {100 * max(0.0, fall):.0f} % |")
    lines += ["", "| figure | range | prior mean | weighed mean |", "|---|---|---|---|"]
    for place, one in enumerate(figures):
        known = np.isfinite(values[:, place])
        before = values[known, place].mean()
        after = float(weights[known] @ values[known, place] / max(weights[known].sum(), 1e-300))
        lines.append(
            f"| {one.meaning} | {one.low:g} / {one.mid:g} / {one.high:g} | {before:.3g} | {after:.3g} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
