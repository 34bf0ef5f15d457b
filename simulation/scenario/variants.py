"""Variants of a scenario that has been read: single settings of levers changed, unknowns pinned, by their path.

Paths are those of ``--set``: ``levers.clean_up.strength``, ``unknowns.rounds.apply_municipal``.
"""

from collections.abc import Mapping
from typing import Any

from simulation.scenario.loading import Scenario
from simulation.scenario.schema import Prior

LEVERS, UNKNOWNS = "levers", "unknowns"
SETTINGS = (
    "strength",
    "from",
    "until",
    "ramp",
    "cost",
)  # of a lever, each a number; quarters by their number


def varied(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """The scenario with other values at some paths, which must be valid: nothing is checked here."""
    levers, unknowns = dict(scenario.levers), dict(scenario.unknowns)
    for path, value in values.items():
        section, _, rest = path.partition(".")
        if section == UNKNOWNS:
            unknowns[rest] = Prior(value=float(value))
        else:
            name, _, setting = rest.partition(".")
            field = "from_" if setting == "from" else setting
            levers[name] = levers[name].model_copy(update={field: value})
    return scenario.model_copy(update={LEVERS: levers, UNKNOWNS: dict(sorted(unknowns.items()))})
