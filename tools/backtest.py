"""Write docs/backtests.md: every real series shipped, every possible origin, every method.

Run by ``make backtest``. With ``--quick``, fewer futures: for a look, not for the page.
"""

import argparse
import csv
import os
import sys
from pathlib import Path

import numpy as np

from simulation.calibration import backtest as tests
from simulation.calibration.backtest import OURS, Forecast
from simulation.calibration.scores import coverage_test
from simulation.calibration.series import MEASURES, read_series
from simulation.engines import compiled

ROOT = Path(__file__).parent.parent
SERIES = ROOT / "simulation" / "calibration" / "series"
PAGE = ROOT / "docs" / "backtests.md"
HORIZON = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--futures", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=PAGE)
    arguments = parser.parse_args()
    sources, made, without = read_sources(), [], []
    for row in sources:
        if row["overlaps"]:
            continue
        series = read_series(SERIES / f"{row['series']}.csv")
        origins = series.origins(HORIZON)
        print(f"{row['name']}: {len(origins)} origins", file=sys.stderr)
        if not origins:
            without.append(row["name"])
        made += tests.backtest(
            series, origins, HORIZON, simulate=compiled.simulate, seed=arguments.seed,
            replicates=arguments.futures, workers=os.cpu_count() or 1, told=_told,
        )  # fmt: skip
    arguments.out.write_text(
        page(sources, made, without, arguments.futures, arguments.seed), encoding="utf-8"
    )
    print(arguments.out)
    return 0


def _told(done: int, origins: int) -> None:
    print(f"  origin {done + 1} of {origins}", file=sys.stderr, flush=True)


def read_sources() -> list[dict[str, str]]:
    with (SERIES / "sources.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page(
    sources: list[dict[str, str]], made: list[Forecast], without: list[str], futures: int, seed: int
) -> str:
    known = [one for one in made if np.isfinite(one.actual)]
    growing = [one for one in known if not one.series.startswith("business_survival")]
    lines = [
        "# Back-tests",
        "",
        f"Written by `make backtest`: {futures} futures of the compiled engine from every origin, seed {seed},",
        f"up to {HORIZON} years ahead. An origin is a year with a known stock and at least two before it; from there",
        "every method sees the rows up to the origin and no other. Series and sources:",
        "`simulation/calibration/series/`.",
        "",
        "**How to read it.** *Loss* is the mean pinball loss of seven quantiles (2.5, 10, 25, 50, 75, 90, 97.5 %),",
        "divided by the stock at the origin; for entries and exits by their past mean. *WIS* is the weighted interval",
        "score in units of the series, *error* the absolute percentage error of the median, *50, 80, 95 %* the share",
        "of outcomes inside those intervals. *p* tests whether the 80 % interval covers 80 %, counting origins, not",
        "points: small means it does not. *Skill* is how much lower our loss is than that peer's. Peers' intervals are",
        "their own past errors, with either sign.",
        "",
        "The years after the ends of these series are kept back: nothing in the model was fitted to them.",
        "",
        "## All series",
        "",
        *verdict(known),
        "",
        *table(known, None),
    ]
    for measure in MEASURES:
        lines += ["", f"### {measure.capitalize()}", "", *table(known, measure)]
    lines += [
        "",
        "## Registers that grow (without the closed cohorts)",
        "",
        "Most origins above are of cohorts of firms that only shrink. Without them:",
        "",
        *verdict(growing),
        "",
        *table(growing, None),
    ]
    for row in sources:
        of_series = [one for one in known if one.series == row["series"]]
        if of_series:
            lines += ["", *about(row, of_series)]
    lines += ["", "## Not scored", ""]
    lines += [f"- {name}: too short for an origin with an outcome after it." for name in without]
    lines += [f"- {row['name']}: holds `{row['overlaps']}` within it." for row in sources if row["overlaps"]]
    return "\n".join(lines) + "\n"


def about(row: dict[str, str], made: list[Forecast]) -> list[str]:
    origins = list(dict.fromkeys(one.origin for one in made))
    series = read_series(SERIES / f"{row['series']}.csv")
    residuals = series.residuals[np.isfinite(series.residuals)]
    missed = int((residuals != 0).sum())
    books = (
        f"The books miss by up to {np.abs(residuals).max():.0f} in {missed} of {len(residuals)} years."
        if missed
        else ""
    )
    lines = [
        f"## {row['name']}",
        "",
        f"{row['title']}. Unit: {row['unit']}. Origins ({len(origins)}): {', '.join(origins)}. {books}".rstrip(),
        "",
        f"Source: {row['source']}. Licence: {row['licence']}.",
    ]
    for measure in MEASURES:
        if any(one.measure == measure for one in made):
            lines += ["", f"**{measure.capitalize()}**", "", *table(made, measure)]
    return lines


def verdict(made: list[Forecast]) -> list[str]:
    """A sentence: ours against the best single peer, and coverage."""
    losses = {method: loss(made, method, None) for method in methods(made)}
    best = min((method for method in losses if method != OURS), key=lambda one: losses[one])
    shares = tests.coverage_by_origin(made, OURS)
    inside = tests.scored([one for one in made if one.method == OURS]).coverage_80
    p = coverage_test(shares, 0.8)
    word = "no worse than" if losses[OURS] <= losses[best] else "worse than"
    return [
        f"Our mean loss is {losses[OURS]:.4f}, {word} the best single peer's ({named(best)}, {losses[best]:.4f}).",
        f"The 80 % interval holds {inside:.0%} of outcomes over {len(shares)} origins (p = {p:.2f}: "
        + ("rejected at 5 %)." if p < 0.05 else "not rejected at 5 %)."),
    ]


def methods(made: list[Forecast]) -> list[str]:
    return list(dict.fromkeys(one.method for one in made))


def loss(made: list[Forecast], method: str, measure: str | None) -> float:
    return tests.scored([one for one in made if one.method == method and measure in (None, one.measure)]).crps


def table(made: list[Forecast], measure: str | None) -> list[str]:
    """The scores of every method, lowest loss first."""
    scores = {
        method: tests.scored([one for one in made if one.method == method and measure in (None, one.measure)])
        for method in methods(made)
        if any(one.method == method and measure in (None, one.measure) for one in made)
    }
    ours = scores[OURS].crps
    lines = [
        "| method | loss | skill | WIS | error | 50 % | 80 % | 95 % | p | n |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for method, one in sorted(
        scores.items(), key=lambda item: (np.isnan(item[1].crps), item[1].crps, item[1].wis)
    ):
        skill = "" if method == OURS or np.isnan(ours) or one.crps <= 0 else f"{1 - ours / one.crps:+.0%}"
        p = coverage_test(tests.coverage_by_origin(made, method, measure), 0.8)
        name = f"**{named(method)}**" if method == OURS else named(method)
        lines.append(
            f"| {name} | {number(one.crps, '.4f')} | {skill} | {one.wis:,.1f} | {number(one.mape, '.0%')} | "
            f"{one.coverage_50:.0%} | {one.coverage_80:.0%} | {one.coverage_95:.0%} | {p:.2f} | {one.n} |"
        )
    return lines


def number(value: float, form: str) -> str:
    return "" if np.isnan(value) else format(value, form)


def named(method: str) -> str:
    from simulation.reporting.text import Words

    return Words("en").named("method", method)


if __name__ == "__main__":
    sys.exit(main())
