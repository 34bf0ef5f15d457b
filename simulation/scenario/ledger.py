"""The assumptions ledger: every number that a run rests on, what it means, its range, and how good it is."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from simulation.quarters import quarter_name
from simulation.scenario.city import CityTables
from simulation.scenario.numbers import Number

if TYPE_CHECKING:
    from simulation.scenario.loading import Scenario
    from simulation.scenario.tasks import Target


class LedgerRow(NamedTuple):
    """One number of a run."""

    name: str
    meaning: str
    value: float
    low: float
    high: float
    unit: str
    kind: str  # fixed, unknown (drawn), lever (set by the scenario), published
    grade: str  # published, derived, assumed, scenario
    source: str
    known_on: str


def ledger(
    scenario: "Scenario",
    priors: Mapping[str, tuple[float, float, float]],
    targets: Iterable["Target"],
    tasks: Iterable["Target"],
) -> list[LedgerRow]:
    """All numbers of a study: unknowns first, then what is fixed, levers, targets and tasks."""
    city = scenario.tables
    numbers = (*city.baseline, *city.parameters)
    return [
        *(_unknown(one, priors, scenario) for one in numbers if one.name in priors),
        *(_fixed(one, scenario.rules.get(one.name)) for one in numbers if one.name not in priors),
        *_of_districts(city),
        *_of_levers(scenario, city),
        *(_target(one, city, "target") for one in targets),
        *(_target(one, city, "task") for one in tasks),
    ]


def _unknown(
    one: Number, priors: Mapping[str, tuple[float, float, float]], scenario: "Scenario"
) -> LedgerRow:
    low, mid, high = priors[one.name]
    basis = (one.grade, one.source, one.known_on)
    if one.name in scenario.unknowns:
        basis = ("scenario", "scenario", "")
    elif scenario.learned is not None and one.name in scenario.learned.names:
        basis = ("derived", "posterior", scenario.learned.known_on.isoformat())
    return LedgerRow(one.name, one.meaning, mid, low, high, one.unit, "unknown", *basis)


def _fixed(one: Number, changed: float | None) -> LedgerRow:
    value, kind = one.value, "published" if one.grade == "published" else "fixed"
    basis = (kind, one.grade, one.source, one.known_on)
    if changed is not None:
        value, basis = changed, ("fixed", "scenario", "scenario", "")
    return LedgerRow(one.name, one.meaning, value, one.low, one.high, one.unit, *basis)


def _of_districts(city: CityTables) -> list[LedgerRow]:
    rows = []
    for one in city.districts:
        basis = city.rows[f"districts.{one.code}"]
        rows.append(
            LedgerRow(
                f"share[{one.code}]",
                f"share of the city's carriers, sponsors and seekers at the start: {one.name_en}",
                one.share,
                one.share_low,
                one.share_high,
                "share",
                "unknown",
                basis["grade"],
                basis["source"],
                basis["known_on"],
            )
        )
    for transfer in city.transfers:
        rows.append(
            LedgerRow(
                f"transfer[{transfer.old}]",
                f"share that goes over to {transfer.new} in {quarter_name(transfer.quarter)}",
                transfer.share,
                transfer.low,
                transfer.high,
                "share",
                "fixed",
                transfer.row["grade"],
                transfer.row["source"],
                transfer.row["known_on"],
            )
        )
    return rows


def _of_levers(scenario: "Scenario", city: CityTables) -> list[LedgerRow]:
    rows = []
    for one in city.levers:
        if one.row is None:
            continue
        setting = scenario.levers[one.name]
        rows.append(
            LedgerRow(
                f"levers.{one.name}.strength",
                one.mechanism,
                setting.strength,
                0.0,
                2.0,
                "strength",
                "lever",
                "scenario",
                "scenario",
                "",
            )
        )
        own = setting.cost is not None
        rows.append(
            LedgerRow(
                f"levers.{one.name}.cost",
                f"cost of a {one.unit}, paid by the {one.payer}",
                float(one.unit_cost if setting.cost is None else setting.cost),
                float(one.unit_cost_low),
                float(one.unit_cost_high),
                "CNY",
                "lever",
                "scenario" if own else one.row["grade"],
                "scenario" if own else one.row["source"],
                "" if own else one.row["known_on"],
            )
        )
    return rows


def _target(one: "Target", city: CityTables, what: str) -> LedgerRow:
    same = (own.row for own in city.targets if (own.scope, own.measure) == (one.scope, one.measure))
    row = next(same, None)
    published = one.grade == "published" and row is not None
    sources = {"published": row["source"] if row else "", "assumed": "judgement", "scenario": "scenario"}
    where = f"[{one.district}]" if one.district else ""
    unit = "carriers" if one.measure == "count" else "share"
    return LedgerRow(
        f"{what}.{one.scope}.{one.measure}{where}.{quarter_name(one.by)}",
        f"at least so many or such a share by the end of {quarter_name(one.by)}",
        one.at_least,
        one.at_least,
        one.at_least,
        unit,
        "published" if published else "fixed",
        one.grade,
        sources[one.grade],
        row["known_on"] if published and row is not None else "",
    )
