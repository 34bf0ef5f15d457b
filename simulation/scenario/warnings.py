"""What a scenario may say but may not mean: strengths above the notice's intent, levers that never act."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulation.faults import Fault, quoted
from simulation.quarters import quarter_name
from simulation.scenario.document import Document

if TYPE_CHECKING:
    from simulation.scenario.loading import Scenario


def warnings_of(scenario: "Scenario", document: Document) -> Iterator[Fault]:
    """All warnings of a scenario, each with its place."""
    yield from _of_levers(scenario, document)
    for name, value in scenario.rules.items():
        number = next(one for one in scenario.tables.parameters if one.name == name)
        if not number.low <= value <= number.high:
            bounds = f"{number.low:g} to {number.high:g} {number.unit} is the range of the city's table"
            yield Fault.at(document.place(("rules", name)), quoted(value), bounds, "a result rests on it")
    for row, target in enumerate(scenario.targets or ()):
        if not scenario.opening_quarter < target.by <= scenario.until:
            place, found = document.place(("targets", row)), f"a target by {quarter_name(target.by)}"
            run = (
                f"{quarter_name(scenario.opening_quarter + 1)} to {quarter_name(scenario.until)} is simulated"
            )
            yield Fault.at(place, found, run, "this target gets no answer")


def _of_levers(scenario: "Scenario", document: Document) -> Iterator[Fault]:
    first, last = scenario.opening_quarter + 1, scenario.until
    for name, lever in scenario.levers.items():
        place = document.place(("levers", name))
        if lever.strength > 1.0:
            where = document.place(("levers", name, "strength"))
            intent = "1 is the notice's intent"
            yield Fault.at(where, f"strength {lever.strength:g}", intent, "what lies above is extrapolated")
        if lever.strength > 0.0 and not lever.active(first, last):
            run = f"{quarter_name(first)} to {quarter_name(last)} is simulated"
            yield Fault.at(place, f"{quoted(name)} is never active", run, "see `from` and `until`")
