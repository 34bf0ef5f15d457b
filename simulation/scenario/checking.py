"""Whether the files that a planner has can be used: registries and scenarios, every fault of each."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from simulation.faults import Fault, ScenarioErrors, did_you_mean, quoted, say
from simulation.quarters import quarter_of_date
from simulation.registry.report import Report
from simulation.scenario.city import CityTables
from simulation.scenario.feasibility import findings
from simulation.scenario.kinds import of_kind
from simulation.scenario.loading import load
from simulation.scenario.reading import find_city, packaged_cities, read_city
from simulation.scenario.study import study

SCENARIO_ENDINGS = (".yaml", ".yml")


def city_on(name: str, day: date) -> CityTables:
    """A city by its name or folder, for reading a registry that stands on a day. Raises ``ScenarioErrors``."""
    found = find_city(name, Path())
    faults: list[Fault] = []
    if found is None:
        allowed = say("a city of the package ({names}) or a folder of tables", names=tuple(packaged_cities()))
        raise ScenarioErrors(
            [Fault(name, 0, 0, quoted(name), allowed, did_you_mean(name, packaged_cities()), "city")]
        )
    city = read_city(*found, None, faults)
    if city is None:
        raise ScenarioErrors(faults)
    return replace(city, baseline_quarter=quarter_of_date(day.year, day.month))


def check(path: Path, city: CityTables) -> list[Report]:
    """The reports of a file: one, and one more for each other file in which it has faults."""
    if path.suffix.lower() in SCENARIO_ENDINGS:
        return check_scenario(path)
    from simulation.registry import reading  # here: a scenario may need none

    return [reading.read(path, city).report]


def check_scenario(path: Path) -> list[Report]:
    """The reports of a scenario and of the files that it draws on."""
    try:
        scenario = load(path)
        faults = [*scenario.warnings, *findings(study(scenario))]
    except ScenarioErrors as wrong:
        faults = wrong.faults
    reports = {path.name: Report(path.as_posix(), "utf-8")}
    for fault in faults:
        own = fault.file == path.name
        report = reports.setdefault(fault.file, Report(fault.file))
        report.add(of_kind(replace(fault, file=report.file) if own else fault))
    for report in reports.values():
        report.sort()
    return list(reports.values())
