"""Where each value of a resolved scenario comes from: its unit, its grade of evidence, its source, its place."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from simulation.quarters import quarter_name
from simulation.rules import codes
from simulation.scenario.document import Path_
from simulation.scenario.numbers import Number
from simulation.scenario.schema import LeverSetting, Prior, ScenarioFields, Switches, TargetSetting, keys

if TYPE_CHECKING:
    from simulation.scenario.loading import Scenario

Value = str | float | int | bool | None
DEFAULT = "default of the product"
_UNITS = {
    "strength": "strength",
    "ramp": "quarters",
    "cost": "CNY a unit",
    "from": "quarter",
    "until": "quarter",
}
_QUARTERS = ("from", "until", "start", "by")


class Origin(NamedTuple):
    """One value of a resolved scenario."""

    value: Value
    unit: str
    grade: str  # published, derived, assumed, scenario
    source: str  # keys of the city's sources, `scenario`, or the default of the product
    where: str  # file and line, empty for a default of the product


def origins(scenario: "Scenario") -> dict[str, Origin]:
    """By path in the file (``levers.clean_up.strength``), every value that a run uses, in canonical order."""
    found = dict(_top(scenario))
    found.update(_levers(scenario))
    for number in (*scenario.tables.baseline, *scenario.tables.parameters):
        if number.kind == "unknown":
            found.update(_unknown(scenario, number))
    for number in scenario.tables.parameters:
        if number.kind == "fixed":
            found[f"rules.{number.name}"] = _rule(scenario, number)
    for number in scenario.tables.baseline:
        if number.kind == "fixed":
            found[f"baseline.{number.name}"] = _of_table(number, _readable(number))
    for row, target in enumerate(scenario.targets or ()):
        found.update(_target(scenario, row, target))
    return found


def _said(scenario: "Scenario", path: Path_) -> str:
    """Where a file or setting says a value, empty when none does."""
    place = scenario.places.get(path)
    return "" if place is None else f"{place.file}:{place.line}" if place.line else place.file


def _own(scenario: "Scenario", path: Path_, value: object, unit: str = "") -> Origin:
    """A value of the scenario itself: said in a file, or the product's default."""
    where = _said(scenario, path)
    shown = quarter_name(value) if path[-1] in _QUARTERS and isinstance(value, int) else _plain(value)
    return Origin(shown, unit, "scenario", "scenario" if where else DEFAULT, where)


def _plain(value: object) -> Value:
    if value is None or isinstance(value, str | float | int | bool):
        return value
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _top(scenario: "Scenario") -> Iterator[tuple[str, Origin]]:
    for key in keys(ScenarioFields):
        if key in ("levers", "unknowns", "rules", "targets", "switches"):
            continue
        value = quarter_name(scenario.until) if key == "until" else getattr(scenario, key)
        yield key, _own(scenario, (key,), value)
    for key in keys(Switches):
        yield f"switches.{key}", _own(scenario, ("switches", key), getattr(scenario.switches, key))


def _levers(scenario: "Scenario") -> Iterator[tuple[str, Origin]]:
    known = {one.name: one for one in scenario.tables.levers}
    for name in codes.LEVERS:
        setting = scenario.levers[name]
        for field, info in LeverSetting.model_fields.items():
            key = info.alias or field
            path, value = ("levers", name, key), getattr(setting, field)
            row = known[name].row
            if key == "cost" and value is None and row is not None:
                where = f"{row.file}:{row.line}"
                unit = f"CNY a {known[name].unit}"
                yield ".".join(path), Origin(known[name].unit_cost, unit, row["grade"], row["source"], where)
            elif value is not None:
                yield ".".join(path), _own(scenario, path, value, _UNITS.get(key, ""))


def _unknown(scenario: "Scenario", number: Number) -> Iterator[tuple[str, Origin]]:
    """The three corners of a triangle, or the value that pins it."""
    name, prior = f"unknowns.{number.name}", scenario.unknowns.get(number.name, Prior())
    if prior.value is not None:
        path: Path_ = ("unknowns", number.name)
        where = _said(scenario, (*path, "value")) or _said(scenario, path)
        yield name, Origin(prior.value, number.unit, "scenario", "scenario", where)
        return
    learned = scenario.learned
    if number.name not in scenario.unknowns and learned is not None and number.name in learned.names:
        where = _said(scenario, ("posterior",))
        for key, value in zip(("low", "mid", "high"), learned.triangle(number.name), strict=True):
            yield f"{name}.{key}", Origin(value, number.unit, "derived", str(scenario.posterior), where)
        return
    for key, value in (("low", number.low), ("mid", number.value), ("high", number.high)):
        given = getattr(prior, key)
        if given is None:
            yield f"{name}.{key}", _of_table(number, value)
        else:
            where = _said(scenario, ("unknowns", number.name, key))
            yield f"{name}.{key}", Origin(given, number.unit, "scenario", "scenario", where)


def _rule(scenario: "Scenario", number: Number) -> Origin:
    if number.name not in scenario.rules:
        return _of_table(number, number.value)
    where = _said(scenario, ("rules", number.name))
    return Origin(scenario.rules[number.name], number.unit, "scenario", "scenario", where)


def _of_table(number: Number, value: Value) -> Origin:
    return Origin(value, number.unit, number.grade, number.source, f"{number.row.file}:{number.row.line}")


def _readable(number: Number) -> Value:
    return quarter_name(int(number.value)) if number.unit == "quarter" else number.value


def _target(scenario: "Scenario", row: int, target: TargetSetting) -> Iterator[tuple[str, Origin]]:
    """A target of the scenario, or of the city's table where the scenario names none."""
    said = bool(_said(scenario, ("targets",)))
    for key in keys(TargetSetting):
        path: Path_ = ("targets", row, key)
        value = getattr(target, key)
        value = quarter_name(value) if key == "by" else value
        if said:
            yield f"targets.{row}.{key}", _own(scenario, path, value)
        else:
            own = scenario.tables.targets[row].row
            where = f"{own.file}:{own.line}"
            yield f"targets.{row}.{key}", Origin(_plain(value), "", own["grade"], own["source"], where)
