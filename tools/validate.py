"""Write docs/validation.md: with all levers at 0, what the model gives beside the published figures.

Fails (exit code 1) when a figure lies outside its range and docs/validation-exceptions.csv does not list it with
a reason, when an exception is no longer needed, or when more than five are listed.

Run by ``make validate``.
"""

import argparse
import csv
import os
import sys
from pathlib import Path

from simulation.calibration.validation import Measured, Published, measure, published
from simulation.scenario import load, study

ROOT = Path(__file__).parent.parent
SCENARIO = ROOT / "scenarios" / "no-notice.yaml"
FIGURES = ROOT / "simulation" / "cities" / "wuhan" / "validation.csv"
EXCEPTIONS = ROOT / "docs" / "validation-exceptions.csv"
PAGE = ROOT / "docs" / "validation.md"
MOST_EXCEPTIONS = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200, help="draws of the unknowns (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    figures = published(FIGURES)
    given = measure(study(load(SCENARIO)), arguments.draws, arguments.seed, os.cpu_count() or 1)
    reasons = exceptions()
    faults = judge(figures, given, reasons)
    PAGE.write_text(page(figures, given, reasons, arguments.draws, arguments.seed), encoding="utf-8")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(
        f"{PAGE.relative_to(ROOT)}: {len(figures)} figures, {len(reasons)} exceptions, {len(faults)} faults"
    )
    return 1 if faults else 0


def exceptions() -> dict[str, str]:
    with EXCEPTIONS.open(encoding="utf-8", newline="") as file:
        return {row["figure"]: row["reason"] for row in csv.DictReader(file)}


def judge(figures: list[Published], given: dict[str, Measured], reasons: dict[str, str]) -> list[str]:
    """What is wrong: figures outside their range without a reason, and exceptions without a need."""
    outside = {one.figure for one in figures if not one.low <= given[one.figure].mean <= one.high}
    faults = [
        f"{one.figure}: {given[one.figure].mean:.3g} is outside {one.low:g} to {one.high:g}; "
        f"change the model, or list it in {EXCEPTIONS.relative_to(ROOT)} with a reason"
        for one in figures
        if one.figure in outside and not reasons.get(one.figure)
    ]
    faults += [
        f"{name}: listed as an exception but within its range" for name in reasons if name not in outside
    ]
    if len(reasons) > MOST_EXCEPTIONS:
        faults.append(f"{len(reasons)} exceptions: at most {MOST_EXCEPTIONS} may be listed")
    return faults


def page(
    figures: list[Published], given: dict[str, Measured], reasons: dict[str, str], draws: int, seed: int
) -> str:
    lines = [
        "# Validation",
        "",
        f"Written by `make validate`: {draws} draws of the unknowns, seed {seed}, all levers at 0, 2021Q1 to 2025Q4,",
        "scenario `scenarios/no-notice.yaml`, compiled engine. *Model* is the mean over draws, with",
        "the 10 % and 90 % quantiles. *Range* is low / mid / high with its grade of evidence and source",
        "(`simulation/cities/wuhan/sources.csv`). Priors were tuned by hand to several of these ranges, so agreement",
        "is a check that the parts fit together, not evidence that the model is right; back-tests are.",
        "What these figures say of which unknown number, and of which none does: [calibration.md](calibration.md).",
        "",
        "| figure | unit | model | range | grade | source | verdict |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in figures:
        got = given[one.figure]
        verdict = "within" if one.low <= got.mean <= one.high else "**outside**"
        lines.append(
            f"| {one.meaning} | {one.unit} | {_number(got.mean)} [{_number(got.low)}, {_number(got.high)}] | "
            f"{one.low:g} / {one.mid:g} / {one.high:g} | {one.grade} | {one.source.replace(';', ', ')} | {verdict} |"
        )
    if reasons:
        lines += ["", "## Exceptions", "", *(f"- **{name}**: {reason}" for name, reason in reasons.items())]
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main())
