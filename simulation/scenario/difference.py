"""What differs between two scenarios: every value that a run uses, compared."""

from typing import NamedTuple

from simulation.scenario.loading import Scenario
from simulation.scenario.origins import Origin, Value


class Difference(NamedTuple):
    """A value that two scenarios do not share; an ``Origin`` is ``None`` where a scenario has no such value."""

    path: str
    a: Origin | None
    b: Origin | None


def differences(a: Scenario, b: Scenario) -> list[Difference]:
    """Every difference between two scenarios, in the order of their files; where a value stands does not matter."""
    of_a, of_b = a.sources, b.sources
    paths = [*of_a, *(path for path in of_b if path not in of_a)]
    return [
        Difference(path, of_a.get(path), of_b.get(path))
        for path in paths
        if path not in ("name", "description") and _value(of_a.get(path)) != _value(of_b.get(path))
    ]


def _value(origin: Origin | None) -> tuple[bool, Value]:
    return (origin is None, None if origin is None else origin.value)
