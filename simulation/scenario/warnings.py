"""What a scenario may say but may not mean: strengths above the notice's intent, levers that never act."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulation.faults import Fault, quoted, say
from simulation.quarters import quarter_name
from simulation.scenario.document import Document
from simulation.scenario.feasibility import out_of_reach

if TYPE_CHECKING:
    from simulation.scenario.loading import Scenario


# Scopes to which the carriers of a scope belong as well.
_WITHIN = {"national": ("recognised", "listed"), "recognised": ("listed",), "operating": ("listed",)}


def warnings_of(scenario: "Scenario", document: Document) -> Iterator[Fault]:
    """All warnings of a scenario, each with its place."""
    yield from _of_levers(scenario, document)
    for name, value in scenario.rules.items():
        number = next(one for one in scenario.tables.parameters if one.name == name)
        if not number.low <= value <= number.high:
            bounds = say(
                "{low:g} to {high:g} {unit} is the range of the city's table",
                low=number.low,
                high=number.high,
                unit=number.unit,
            )
            yield Fault.at(
                document.place(("rules", name)), quoted(value), bounds, say("a result rests on it")
            )
    yield from _of_nested_targets(scenario, document)
    yield from _of_annex(scenario, document)
    yield from out_of_reach(scenario, document)
    for row, target in enumerate(scenario.targets or ()):
        if not scenario.opening_quarter < target.by <= scenario.until:
            place, found = (
                document.place(("targets", row)),
                say("a target by {by}", by=quarter_name(target.by)),
            )
            run = say(
                "{first} to {last} is simulated",
                first=quarter_name(scenario.opening_quarter + 1),
                last=quarter_name(scenario.until),
            )
            yield Fault.at(place, found, run, say("this target gets no answer"))


def _of_nested_targets(scenario: "Scenario", document: Document) -> Iterator[Fault]:
    """A target for a part that asks for more than the target for the whole: the latter is met whenever it is."""
    counts = [(row, one) for row, one in enumerate(scenario.targets or ()) if one.measure == "count"]
    for row, inner in counts:
        for _, outer in counts:
            within = outer.scope in _WITHIN.get(inner.scope, ())
            if within and inner.by <= outer.by and inner.at_least > outer.at_least:
                place = document.place(("targets", row, "at_least"))
                found = say("{n:g} of scope `{scope}`", n=inner.at_least, scope=inner.scope)
                allowed = say(
                    "up to the {n:g} of scope `{scope}`, to which they belong",
                    n=outer.at_least,
                    scope=outer.scope,
                )
                yield Fault.at(place, found, allowed, say("do the targets contradict each other?"))


def _of_annex(scenario: "Scenario", document: Document) -> Iterator[Fault]:
    """Tasks of districts that do not add up to the city's target of the same scope and quarter."""
    for target in scenario.targets or ():
        tasks = [
            one
            for one in scenario.annex_tasks
            if (one.scope, one.measure, one.by) == (target.scope, target.measure, target.by)
        ]
        if target.measure != "count" or not tasks:
            continue
        total = sum(one.at_least for one in tasks)
        if total != target.at_least:
            yield Fault.at(
                document.place(("annex",)),
                say("tasks that add up to {sum:g} of scope `{scope}`", sum=total, scope=target.scope),
                say("{n:g}, the city's target", n=target.at_least),
                say("correct the lines that have changed"),
            )


def _of_levers(scenario: "Scenario", document: Document) -> Iterator[Fault]:
    first, last = scenario.opening_quarter + 1, scenario.until
    for name, lever in scenario.levers.items():
        place = document.place(("levers", name))
        if lever.strength > 1.0:
            where = document.place(("levers", name, "strength"))
            intent = say("1 is the notice's intent")
            yield Fault.at(
                where,
                say("strength {strength:g}", strength=lever.strength),
                intent,
                say("what lies above is extrapolated"),
            )
        end = last if lever.until is None else min(lever.until, last)
        full = lever.from_ + max(lever.ramp - 1, 0)
        if lever.active(first, last) and full > end:
            where = document.place(("levers", name, "ramp"))
            found = say("a ramp of {n} quarters, full in {quarter}", n=lever.ramp, quarter=quarter_name(full))
            allowed = say("full by {quarter}, its last quarter in the run", quarter=quarter_name(end))
            yield Fault.at(where, found, allowed, say("it never reaches its strength"))
        if lever.strength > 0.0 and not lever.active(first, last):
            run = say("{first} to {last} is simulated", first=quarter_name(first), last=quarter_name(last))
            yield Fault.at(
                place, say("{name} is never active", name=quoted(name)), run, say("see `from` and `until`")
            )
