"""Scenarios written for one test, and copies of the city's tables to change."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import simulation
from simulation.scenario import Fault, ScenarioErrors, Study, load, study

ROOT = Path(__file__).parents[2]
WUHAN = Path(simulation.__file__).parent / "cities" / "wuhan"
CASES = Path(__file__).parent / "cases"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a scenario into the test's own folder."""

    def write(text: str, name: str = "scenario.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def faults_of(write: Callable[..., Path]) -> Callable[..., list[Fault]]:
    """The faults of a scenario's text."""

    def faults_of(text: str, *settings: str) -> list[Fault]:
        with pytest.raises(ScenarioErrors) as caught:
            load(write(text), settings)
        return caught.value.faults

    return faults_of


@pytest.fixture
def copied_city(tmp_path: Path) -> Path:
    """A copy of Wuhan's tables that a test may change: a scenario beside it says ``city: copy``."""
    folder = tmp_path / "copy"
    shutil.copytree(WUHAN, folder, ignore=shutil.ignore_patterns("__*"))
    return folder


@pytest.fixture(scope="session")
def wuhan() -> Study:
    """The notice at its intent."""
    return study(load(ROOT / "scenarios" / "wuhan-2025.yaml"))
