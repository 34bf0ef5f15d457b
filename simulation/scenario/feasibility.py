"""What no lever can bring about, told before anything is run: targets beyond the places that the rounds have.

A title is given in a round alone, so a count of titles cannot grow by more than the places of the rounds that are
announced up to the target's date. This is counting, no simulation: what passes it may still be out of reach.
"""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulation.faults import Fault, say
from simulation.quarters import quarter_name
from simulation.scenario.document import Document
from simulation.scenario.rounds import dated

if TYPE_CHECKING:
    from simulation.scenario.loading import Scenario

# Which event of the calendar gives the titles that a scope counts, and which number says how many places it has.
_GIVEN_IN = {
    "recognised": ("municipal", "rounds.municipal_places"),
    "national": ("national", "rounds.national_places"),
}
_SPREADS = (
    2.0  # standard deviations of a year's luck that national places are allowed above their highest prior
)


def out_of_reach(scenario: "Scenario", document: Document) -> Iterator[Fault]:
    """A fault for each target that asks for more titles than there are at the start and in the rounds."""
    if scenario.register is not None or scenario.start is not None or scenario.baseline != "synthetic":
        return  # the start is counted when it is read
    first = scenario.opening_quarter + 1
    starts = {one.name: one.value for one in scenario.tables.baseline if one.kind == "fixed"}
    for row, target in enumerate(scenario.targets or ()):
        if target.measure != "count" or target.scope not in _GIVEN_IN or target.scope not in starts:
            continue
        event, number = _GIVEN_IN[target.scope]
        gates = dated(scenario.tables.calendar, first, max(target.by - first + 1, 0))
        rounds = sum(one.event == event and one.announces <= target.by for one in gates)
        places = rounds * _most_places(scenario, number) if rounds else 0.0
        most = starts[target.scope] + places
        if target.at_least > most:
            yield Fault.at(
                document.place(("targets", row, "at_least")),
                say(
                    "{n:g} of scope `{scope}` by {by}",
                    n=target.at_least,
                    scope=target.scope,
                    by=quarter_name(target.by),
                ),
                say(
                    "at most {most:.0f}: {start:g} at the start, {places:.0f} places in the {rounds} rounds until then",
                    most=most,
                    start=starts[target.scope],
                    places=places,
                    rounds=rounds,
                ),
                say("no lever adds places: it needs a lower target or a later date"),
            )


def _most_places(scenario: "Scenario", name: str) -> float:
    """The most places that a round can have under the scenario's numbers, luck included."""
    numbers = {one.name: one for one in scenario.tables.parameters}

    def value(of: str) -> float:
        if of in scenario.rules:
            return scenario.rules[of]
        prior = scenario.unknowns.get(of)
        if prior is not None and prior.value is not None:
            return prior.value
        if numbers[of].kind != "unknown":
            return numbers[of].value
        return numbers[of].high if prior is None or prior.high is None else prior.high

    if name != "rounds.national_places":
        return value(name)
    if value("rounds.national_elasticity") > 0.0:
        return math.inf  # places grow with applicants: counting sets no bound
    return value(name) * math.exp(_SPREADS * value("rounds.national_spread"))
