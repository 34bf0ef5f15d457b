"""How likely a city is to reach its targets for incubators and makerspaces, and what moves the chance.

    import simulation as sim
    result = sim.run("scenarios/wuhan-2025.yaml", replicates=100)

Names are imported when they are first used: the help of the command line must not wait for numpy.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation import figures
    from simulation.api import compare, explain, fan, load, open, run, since, summarise, trace, update  # noqa: A004 - sim.open is promised
    from simulation.calibration.updating import TooFewError, Update
    from simulation.ensemble import Result
    from simulation.projection.comparison import Comparison
    from simulation.projection.explanation import Explanation
    from simulation.projection.pairing import UnmatchedError
    from simulation.projection.since import NotSeparableError, Since
    from simulation.reporting.exchange import hub_rows, to_xarray
    from simulation.reporting.story import Life
    from simulation.scenario import Scenario, ScenarioErrors

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "Explanation",
    "Life",
    "NotSeparableError",
    "Result",
    "Scenario",
    "ScenarioErrors",
    "Since",
    "TooFewError",
    "UnmatchedError",
    "Update",
    "__version__",
    "compare",
    "explain",
    "fan",
    "figures",
    "hub_rows",
    "load",
    "open",
    "run",
    "since",
    "summarise",
    "to_xarray",
    "trace",
    "update",
]

_HOMES = {
    "Comparison": "simulation.projection.comparison",
    "Explanation": "simulation.projection.explanation",
    "Life": "simulation.reporting.story",
    "NotSeparableError": "simulation.projection.since",
    "Result": "simulation.ensemble",
    "Scenario": "simulation.scenario",
    "ScenarioErrors": "simulation.scenario",
    "Since": "simulation.projection.since",
    "TooFewError": "simulation.calibration.updating",
    "UnmatchedError": "simulation.projection.pairing",
    "Update": "simulation.calibration.updating",
    "compare": "simulation.api",
    "explain": "simulation.api",
    "fan": "simulation.api",
    "hub_rows": "simulation.reporting.exchange",
    "to_xarray": "simulation.reporting.exchange",
    "figures": "simulation.api",
    "load": "simulation.api",
    "open": "simulation.api",
    "run": "simulation.api",
    "since": "simulation.api",
    "summarise": "simulation.api",
    "trace": "simulation.api",
    "update": "simulation.api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
