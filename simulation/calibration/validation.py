"""Validation: what the model gives with all levers at 0, beside the published figures.

A figure is the mean over draws of a yearly rate or a level. The figures' ranges and sources stand in the city's
``validation.csv``; agreement with a figure that the priors were tuned to is a check, not evidence.
"""

import csv
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.engines import books, compiled, events
from simulation.engines.setting import Setting
from simulation.rules import codes
from simulation.scenario.study import Study
from simulation.world import F64

# Axes of stocks and flows once districts are summed: quarter, type, mode, mode in fact, level, operating.
_LISTED = {level: code - 1 for code, level in enumerate(codes.LEVELS) if code}


class Published(NamedTuple):
    """A figure to hold the model against."""

    figure: str
    meaning: str
    unit: str
    low: float
    mid: float
    high: float
    grade: str
    source: str


class Measured(NamedTuple):
    """What the model gives for a figure: the mean over draws and the 10 % and 90 % quantiles."""

    mean: float
    low: float
    high: float


class Replicate(NamedTuple):
    """What is measured of one replicate."""

    setting: Setting
    outcome: books.Outcome


def published(path: Path) -> list[Published]:
    """Read the figures of a city."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Published(
                row["figure"],
                row["meaning"],
                row["unit"],
                float(row["low"]),
                float(row["mid"]),
                float(row["high"]),
                row["grade"],
                row["source"],
            )
            for row in csv.DictReader(file)
        ]


def measure(study: Study, draws: int, seed: int, workers: int) -> dict[str, Measured]:
    """Every figure over so many draws of the unknowns; compiled replicates share the cores."""

    def one(draw: int) -> dict[str, float]:
        setting = study.setting(seed, draw, 0)
        outcome = compiled.simulate(setting, study.world(seed, draw, 0), keep_events=True)
        return {name: figure(Replicate(setting, outcome)) for name, figure in FIGURES.items()}

    with ThreadPoolExecutor(workers) as pool:
        rows = list(pool.map(one, range(draws)))
    return {name: _summary([row[name] for row in rows]) for name in FIGURES}


def _summary(values: Sequence[float]) -> Measured:
    known = np.array([value for value in values if not np.isnan(value)])
    low, high = np.quantile(known, [0.1, 0.9])
    return Measured(float(known.mean()), float(low), float(high))


# --- the figures, one function each -------------------------------------------------------------------


def _years(replicate: Replicate) -> float:
    return replicate.setting.quarters / 4.0


def _entries(replicate: Replicate, cause: int) -> int:
    """Carriers that came to a cell for a cause."""
    return int(replicate.outcome.flows[..., cause].clip(0).sum())


def _exit_rate(replicate: Replicate, levels: list[str], carrier_type: int | None = None) -> float:
    """Carriers a year that leave the list of these levels and above for good, by the mean stock on it."""
    at = [_LISTED[level] for level in levels]
    types = slice(None) if carrier_type is None else slice(carrier_type, carrier_type + 1)
    flows = replicate.outcome.flows[:, :, types]
    gone = -flows[..., at, :, codes.DELISTING].sum()
    lowest = _LISTED[levels[0]]
    for cause in (codes.DEMOTION, codes.WITHDRAWAL):
        # Only those that fall below the lowest of these levels leave the list.
        gone += flows[..., lowest - 1, :, cause].clip(0).sum() if lowest else 0
    stock = replicate.outcome.stocks[:, :, types][..., at, :].sum(axis=(1, 2, 3, 4, 5, 6)).mean()
    return float(gone / _years(replicate) / stock)


def _gross_entry(replicate: Replicate) -> float:
    return _entries(replicate, codes.RECOGNITION) / _years(replicate)


def _national_promotions(replicate: Replicate) -> float:
    rounds = int(replicate.setting.calendar.national_announces.sum())
    return _entries(replicate, codes.PROMOTION_NATIONAL) / rounds if rounds else float("nan")


def _conversions(replicate: Replicate) -> float:
    return _entries(replicate, codes.CONVERSION) / _years(replicate)


def _graduation(replicate: Replicate) -> float:
    counts = replicate.outcome.startups.sum(axis=(1, 2))
    tenants = counts[1:, books.TENANTS].mean()
    return float(counts[1:, books.GRADUATED].sum() / _years(replicate) / tenants)


def _graduates_stay(replicate: Replicate) -> float:
    """Years between a graduate's last admission and its graduation, of those admitted within the run."""
    log = replicate.outcome.events
    admitted = log[log[:, 1] == events.ADMITTED]
    graduated = log[log[:, 1] == events.GRADUATED]
    last = dict(zip(admitted[:, 2].tolist(), admitted[:, 0].tolist(), strict=True))
    late = graduated[graduated[:, 0] >= replicate.setting.first_quarter + 12]
    stays = [
        quarter - last[who]
        for quarter, who in zip(late[:, 0].tolist(), late[:, 2].tolist(), strict=True)
        if who in last
    ]
    return float(np.mean(stays) / 4.0) if stays else float("nan")


def _capacity(replicate: Replicate, carrier_type: int | None = None) -> F64:
    """Carriers, places, tenants and area of operating carriers, mean over the quarters."""
    capacity: NDArray[np.int64] = replicate.outcome.capacity.sum(axis=2)
    one = capacity.sum(axis=1) if carrier_type is None else capacity[:, carrier_type]
    return np.asarray(one.mean(axis=0), np.float64)


def _occupancy(replicate: Replicate) -> float:
    _, places, tenants, _ = _capacity(replicate)
    return float(tenants / places)


def _tenants_per(carrier_type: int) -> Callable[[Replicate], float]:
    def figure(replicate: Replicate) -> float:
        carriers, _, tenants, _ = _capacity(replicate, carrier_type)
        return float(tenants / carriers)

    return figure


def _failing(carrier_type: int) -> Callable[[Replicate], float]:
    """The share of municipal carriers of a type that an evaluation grades unqualified."""

    def figure(replicate: Replicate) -> float:
        outcome, years = replicate.outcome, int(replicate.setting.calendar.evaluation.sum())
        carriers = outcome.world.carriers
        of_type = set(carriers.id[carriers.type == carrier_type].tolist())
        graded = outcome.events[outcome.events[:, 1] == events.GRADED]
        failed = sum(who in of_type for who in graded[graded[:, 3] == codes.UNQUALIFIED][:, 2].tolist())
        stock = outcome.stocks[:, :, carrier_type, :, :, _LISTED["municipal"]].sum(axis=(1, 2, 3, 4)).mean()
        return float(failed / years / stock)

    return figure


def _failing_reviews(replicate: Replicate) -> float:
    outcome = replicate.outcome
    carriers = outcome.world.carriers
    incubators = set(carriers.id[carriers.type == codes.INCUBATOR].tolist())
    failed = outcome.events[
        (outcome.events[:, 1] == events.FAILED_REVIEW) & (outcome.events[:, 3] == codes.NATIONAL)
    ]
    count = sum(who in incubators for who in failed[:, 2].tolist())
    stock = outcome.stocks[:, :, codes.INCUBATOR, :, :, _LISTED["national"]].sum(axis=(1, 2, 3, 4)).mean()
    return float(count / _years(replicate) / stock)


def _tenants_at_start(replicate: Replicate) -> float:
    return float(replicate.outcome.startups[0, ..., books.TENANTS].sum())


FIGURES: dict[str, Callable[[Replicate], float]] = {
    "gross_entry": _gross_entry,
    "national_promotions": _national_promotions,
    "exit_all": lambda one: _exit_rate(one, ["municipal", "provincial", "national"]),
    "exit_national_incubator": lambda one: _exit_rate(one, ["national"], codes.INCUBATOR),
    "exit_provincial_incubator": lambda one: _exit_rate(one, ["provincial"], codes.INCUBATOR),
    "exit_national_makerspace": lambda one: _exit_rate(one, ["national"], codes.MAKERSPACE),
    "exit_municipal_makerspace": lambda one: _exit_rate(one, ["municipal"], codes.MAKERSPACE),
    "conversions": _conversions,
    "graduation": _graduation,
    "graduates_stay": _graduates_stay,
    "occupancy": _occupancy,
    "tenants_per_incubator": _tenants_per(codes.INCUBATOR),
    "tenants_per_makerspace": _tenants_per(codes.MAKERSPACE),
    "failing_incubators": _failing(codes.INCUBATOR),
    "failing_makerspaces": _failing(codes.MAKERSPACE),
    "failing_reviews": _failing_reviews,
    "tenants": _tenants_at_start,
}
