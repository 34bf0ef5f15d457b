"""Registries written for one test, read against Wuhan's tables as of a quarter."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from simulation.faults import Fault, ScenarioErrors
from simulation.quarters import quarter
from simulation.registry import reading, worlds
from simulation.registry.register import Register
from simulation.scenario import CityTables, Study, district_shares, load, study
from simulation.world import World
from tests.registry.registries import text

ROOT = Path(__file__).parents[2]
AS_OF = "2022Q4"

Rows = Iterable[dict[str, str]]


@pytest.fixture(scope="session")
def wuhan() -> Study:
    """The notice at its intent, from the synthetic baseline."""
    return study(load(ROOT / "scenarios" / "wuhan-2025.yaml"))


@pytest.fixture(scope="session")
def city(wuhan: Study) -> CityTables:
    """Wuhan as of the end of 2022."""
    return replace(wuhan.city, baseline_quarter=quarter(AS_OF))


@pytest.fixture
def register_of(tmp_path: Path, city: CityTables) -> Callable[..., Register]:
    """The register of rows, or of a file's text."""

    def register_of(rows: Rows | str, city: CityTables = city) -> Register:
        path = tmp_path / "registry.csv"
        path.write_text(rows if isinstance(rows, str) else text(rows), encoding="utf-8")
        return reading.register(path, city)

    return register_of


@pytest.fixture
def faults_of(register_of: Callable[..., Register]) -> Callable[..., list[Fault]]:
    """All that is wrong with rows, or with a file's text."""

    def faults_of(rows: Rows | str) -> list[Fault]:
        with pytest.raises(ScenarioErrors) as caught:
            register_of(rows)
        return caught.value.faults

    return faults_of


@pytest.fixture
def world_of(tmp_path: Path, city: CityTables, wuhan: Study) -> Callable[..., World]:
    """The world of rows, for one draw."""

    def world_of(rows: Rows | str, draw: int = 0, city: CityTables = city) -> World:
        path = tmp_path / "registry.csv"
        path.write_text(rows if isinstance(rows, str) else text(rows), encoding="utf-8")
        return worlds.world(
            reading.register(path, city),
            city,
            wuhan.baseline_numbers,
            wuhan.unknown_values(1, draw),
            wuhan.parameters(1, draw),
            district_shares(wuhan, 1, draw),
            draw,
        )

    return world_of
