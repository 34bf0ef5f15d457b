"""A study and engines without a model: outcomes made by hand or by a small random generator, books balanced.

Worker processes import this file, so it imports nothing slow.
"""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from simulation.engines import books
from simulation.engines.books import Outcome
from simulation.quarters import quarter
from simulation.rules import codes

FIRST_QUARTER = quarter("2021Q1")
DISTRICTS = ("north", "east", "south")
SECTORS = ("optics", "health")
RANDOM = "tests.ensemble.fakes:simulate"
SCRIPTED = "tests.ensemble.fakes:simulate_script"


class Lever(NamedTuple):
    name: str
    payer: str
    payment_lag_years: int


class Target(NamedTuple):
    """The fields of the scenario's own."""

    scope: str
    basis: str
    measure: str
    at_least: float
    by: int
    official: bool = False
    district: str | None = None
    grade: str = "assumed"


class Assumption(NamedTuple):
    name: str
    value: float
    source: str


# In another order than the code list: who reads the table must go by name.
LEVERS = tuple(
    Lever(name, "district" if name == "events" else "city", 1 if name == "excellence_subsidy" else 0)
    for name in reversed(codes.LEVERS)
)


class FakeCity:
    codes = DISTRICTS
    sector_codes = SECTORS
    levers = LEVERS
    digest = "digest of the city"


@dataclass(frozen=True)
class FakeScenario:
    name: str = "fake"
    as_of: None = None
    seeds_per_draw: int = 1
    registry_digest: str = ""
    folder: str = "."

    def text(self) -> str:
        return f"name: {self.name}\n"

    def digest(self) -> str:
        return f"digest of {self.name}"


class FakeSetting(NamedTuple):
    """What the fake engines are given: the address, and what is to go wrong."""

    seed: int
    draw: int
    seed_in_draw: int
    quarters: int
    fault: str
    stocks: np.ndarray | None
    once: Path | None


@dataclass(frozen=True)
class FakeStudy:
    """Replicates named in ``faults`` (by draw) go wrong as it says; ``script`` holds stocks by replicate."""

    scenario: FakeScenario = FakeScenario()
    quarters: int = 4
    faults: dict[int, str] = field(default_factory=dict)
    script: tuple[np.ndarray, ...] = ()
    targets: tuple[Target, ...] = ()
    tasks: tuple[Target, ...] = ()
    once: Path | None = None  # a fault ``dies once`` happens until this file is there
    first_quarter: int = FIRST_QUARTER
    city: type[FakeCity] = FakeCity
    start: str = "the same start"

    def unknown_values(self, seed: int, draw: int) -> dict[str, float]:
        return {"stopping": seed + draw / 8, "founding": -draw / 4}

    def setting(self, seed: int, draw: int, seed_in_draw: int) -> FakeSetting:
        stocks = self.script[draw * self.scenario.seeds_per_draw + seed_in_draw] if self.script else None
        fault = self.faults.get(draw, "")
        if fault == "setting":
            raise KeyError("no such number")
        return FakeSetting(seed, draw, seed_in_draw, self.quarters, fault, stocks, self.once)

    def world(self, seed: int, draw: int, seed_in_draw: int) -> None:
        return None

    def ledger(self) -> list[Assumption]:
        return [Assumption("stopping", 0.25, "a book, page 3"), Assumption("开办", 2.0, "assumed")]


def simulate(setting: FakeSetting, world: None) -> Outcome:
    """Random stocks and matching flows; whatever the address."""
    _go_wrong(setting)
    rng = np.random.default_rng([setting.seed, setting.draw, setting.seed_in_draw])
    shape = books.blank_stocks(setting.quarters, len(DISTRICTS)).shape
    outcome = outcome_of(rng.poisson(0.3, shape).astype(np.int32), rng)
    if setting.fault == "unbalanced":
        outcome.flows[1, 0, 0, 0, 0, 0, 1, codes.STOP] += 1
    return outcome


def simulate_script(setting: FakeSetting, world: None) -> Outcome:
    """The stocks that the study's script gives for the replicate."""
    _go_wrong(setting)
    return outcome_of(setting.stocks, np.random.default_rng(setting.draw))


def outcome_of(stocks: np.ndarray, rng: np.random.Generator) -> Outcome:
    """An outcome with these stocks: what changes is split over two causes, startups and money are random."""
    quarters, districts = stocks.shape[0] - 1, stocks.shape[1]
    flows = books.blank_flows(quarters, districts)
    change = np.diff(stocks, axis=0)
    part = rng.integers(-1, 2, change.shape) * (rng.random(change.shape) < 0.05)
    flows[..., codes.RECOGNITION] = change - part
    flows[..., codes.STOP] = part
    startups = books.blank_startups(quarters, districts, len(SECTORS))
    startups[..., books.TENANTS] = rng.poisson(9, startups.shape[:-1])
    grown = np.diff(startups[..., books.TENANTS], axis=0)
    startups[1:, :, :, books.ADMITTED] = np.maximum(grown, 0) + 3
    startups[1:, :, :, books.LEFT] = np.maximum(-grown, 0) + 2
    startups[1:, :, :, books.MOVED] = -1
    money = rng.poisson(0.2, (quarters, districts, len(codes.LEVERS))) * 1_000_000_000_000
    capacity = books.blank_capacity(quarters)
    capacity[:, codes.INCUBATOR, codes.NATIONAL] = [7, 300, 210, 65_000]
    return Outcome(stocks, flows, startups, money, capacity, None, np.empty((0, 5), np.int64))


def _go_wrong(setting: FakeSetting) -> None:
    if setting.fault == "raises":
        raise ValueError(f"draw {setting.draw} has no luck, says {object()}")
    if setting.fault == "dies" or (setting.fault == "dies once" and not setting.once.exists()):
        if setting.once is not None:
            setting.once.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def cells(quarters: int, **places: list[int]) -> np.ndarray:
    """Stocks with operating municipal incubators: ``north=[5, 6, 7]`` comprehensive ones in each quarter;
    ``north_label``, ``north_fact``, ``north_both`` those specialised by label, in fact, on both bases."""
    stocks = books.blank_stocks(quarters, len(DISTRICTS))
    modes = {"": (0, 0), "label": (1, 0), "fact": (0, 1), "both": (1, 1)}
    for name, numbers in places.items():
        district, _, which = name.partition("_")
        label, fact = modes[which]
        municipal = codes.MUNICIPAL - codes.DISTRICT
        stocks[:, DISTRICTS.index(district), codes.INCUBATOR, label, fact, municipal, 1] = numbers
    return stocks
