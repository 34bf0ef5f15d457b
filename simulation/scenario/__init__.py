"""Scenarios and city data: from a file that a planner writes to what the engines are given."""

from simulation.faults import Fault, ScenarioErrors
from simulation.scenario.city import CityTables
from simulation.scenario.ledger import LedgerRow
from simulation.scenario.loading import Scenario, load
from simulation.scenario.study import Study, district_shares, study
from simulation.scenario.tasks import Target

__all__ = [
    "CityTables",
    "Fault",
    "LedgerRow",
    "Scenario",
    "ScenarioErrors",
    "Study",
    "Target",
    "district_shares",
    "load",
    "study",
]
