"""A city of one district built from a series, for the engine itself: founding, operations and inspection run.

A series says nothing of tenants, levels, modes or money, so whatever rests on them is closed: no startups, one
rung (district registration, asking nothing), no rounds, no conversion. What is left is what a register shows:
idle sponsors commit and open, operating carriers stop, and stopped ones are found and taken off the list.

What differs from year to year comes in by levers, quarter by quarter, as any policy does: years of many or few
founders by ``district_support_tilt`` (times every sponsor's chance), good and bad years of survival by
``tailored_service`` (share of stopping averted), purges of the list by ``clean_up`` (chance to be found).
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from simulation.draws import identities, name_id, uniforms
from simulation.engines import books
from simulation.engines import setting as engines
from simulation.rules import codes
from simulation.rules.rounds import Thresholds
from simulation.scenario.parameters import assemble, names
from simulation.world import F64, I64, Carriers, Districts, Sponsors, Startups, World, build, dtypes, empty

MOST_AGENTS = (
    4000  # listed carriers that are simulated one by one; in a larger register one stands for several
)
MOST_CHANCE = 0.5  # a quarter: the rule of stopping allows no more
_AREA = 1000
_FLOOR = 1 << 40  # m² free: a series does not say where floor is short
_PIPELINE = 0  # the decision under which the first quarter's openings are drawn


class Conditions(NamedTuple):
    """What a register is and what its future quarters are like. Shapes: q quarters. Chances are by quarter."""

    listed: int  # carriers on the list at the start
    stopped: int  # of these, stopped and not yet found
    sponsors: int  # who run a carrier or may found one
    example: float  # share of founding that comes by example (imitation), at the start
    founding: F64  # (q) expected openings a quarter, were the list to stay as at the start
    stopping: F64  # (q) chance of an operating carrier to stop
    finding: F64  # (q) chance of a stopped one to be found


class Register(NamedTuple):
    """What the engine is given, and how many carriers each of its agents stands for."""

    setting: engines.Setting
    world: World


def register(conditions: Conditions, first_quarter: int, key: int) -> Register:
    """The setting and world of a register under given conditions."""
    quarters = len(conditions.founding)
    # A project takes a quarter to open, so what opens in a quarter commits in the one before: the first
    # quarter's openings are in preparation at the start.
    committing = np.append(conditions.founding[1:], conditions.founding[-1])
    least = float(committing.min())
    idle = max(1, conditions.sponsors - conditions.listed)
    levers = engines.no_levers(quarters, 1, 1)
    levers.strength[codes.DISTRICT_SUPPORT_TILT, :, 0] = committing / least - 1.0 if least > 0.0 else 0.0
    worst = float(conditions.stopping.max())
    levers.strength[codes.TAILORED_SERVICE, :, 0] = 1.0 - conditions.stopping / worst if worst > 0.0 else 0.0
    usual = float(conditions.finding.min())
    levers.strength[codes.CLEAN_UP, :, 0] = conditions.finding - usual
    running = (conditions.listed - conditions.stopped) / (idle + conditions.listed)
    chance = least / idle
    setting = engines.Setting(
        key=key,
        first_quarter=first_quarter,
        quarters=quarters,
        fields=1,
        city=_city(quarters),
        levers=levers,
        calendar=engines.Calendar(*(np.zeros(quarters, np.int8) for _ in engines.Calendar._fields)),
        thresholds=_thresholds(quarters),
        milestones=np.zeros((quarters, 1), np.int32),
        parameters=_parameters(
            chance * (1.0 - conditions.example),
            chance * conditions.example / running if running > 0.0 else 0.0,
            worst,
            usual,
        ),
    )
    return Register(setting, _world(conditions, idle, first_quarter, key))


def counts(outcome: books.Outcome) -> tuple[I64, I64]:
    """(q) Entries to the list and exits from it in each quarter."""
    flows = outcome.flows.sum(axis=tuple(range(1, outcome.flows.ndim - 1)))
    entries = flows[:, codes.REGISTRATION : codes.SPLIT].sum(axis=1)
    return np.asarray(entries, np.int64), np.asarray(-flows[:, codes.DELISTING], np.int64)


@cache
def _closed() -> engines.Parameters:
    """The rulebook with everything closed that a series does not inform, and neutral where a rule divides."""
    values = dict.fromkeys(names(), 0.0)
    for name in ("usual_occupancy", "usual_capability", "easy_reserve", "stop_normaliser", "stop_factor"):
        values[f"operations.{name}"] = 1.0
    values |= {name: 1.0 for name in names() if name.startswith("founding.innovation_factor")}
    values |= {name: _AREA for name in names() if name.startswith("founding.median_area")}
    values |= {
        name: 1.0 for name in names() if name.startswith(("founding.most_places", "founding.least_area"))
    }
    values |= {
        "policy.most_effort": 1.0,
        "founding.lever_scale": 1.0,
        "founding.tilt_gain": 1.0,
        "founding.most_area": _AREA,
        "founding.places_at_least": 1.0,
        "operations.service_cut": 1.0,
        "operations.most_reserve": 1.0,
        "operations.topped_up_reserve": 1.0,
        "conversion.least_tenants": 1.0,
        "evaluation.funded_full": 1.0,
        "evaluation.graduates_full": 1.0,
        "rounds.events_usual_capability": 1.0,
        "rounds.national_usual_applicants": 1.0,
        "inspection.clean_up_gain": 1.0,
    }
    return assemble(values, dict.fromkeys(values, ""))


def _parameters(innovation: float, imitation: float, stopping: float, found: float) -> engines.Parameters:
    closed = _closed()
    return closed._replace(
        founding=closed.founding._replace(innovation=innovation, imitation=imitation),
        operations=closed.operations._replace(
            stop_incubator=(stopping,) * len(codes.LEVELS), stop_makerspace=(stopping,) * len(codes.LEVELS)
        ),
        inspection=closed.inspection._replace(found=found),
    )


def _thresholds(quarters: int) -> F64:
    """District registration asks nothing; every other level more than anybody has."""
    shape = (quarters, len(codes.TYPES), len(codes.LEVELS), len(codes.MODES), len(Thresholds._fields))
    asked = np.zeros(shape)
    asked[..., Thresholds._fields.index("quarters_open")] = np.inf
    asked[:, :, codes.DISTRICT] = 0.0
    return asked


def _city(quarters: int) -> engines.City:
    none = np.zeros(0, np.int8)
    return engines.City(
        id=name_id("city", "one district"),
        usual_effort=np.ones(1),
        university=np.zeros(1, np.int8),
        park=np.full(1, -1, np.int8),
        rent=np.ones(1),
        seekers_since=0,
        seeker_share=np.zeros((quarters, 1)),
        sector_cumulative=np.ones((1, 1)),
        field=np.zeros(1, np.int8),
        long_term=np.zeros(1, np.int8),
        space_growth=np.zeros(1, np.int64),
        space_by_lever=np.zeros(1, np.int64),
        transfer_quarter=np.zeros(0, np.int32),
        transfer_from=none,
        transfer_to=none,
        transfer_share=np.zeros(0),
    )


def _world(conditions: Conditions, idle: int, first_quarter: int, key: int) -> World:
    """Listed carriers with the sponsors that run them, idle sponsors, and what opens in the first quarter."""
    listed = conditions.listed
    carrier_ids = _ids("carrier", listed)
    sponsor_ids = _ids("sponsor", listed + idle)
    # Those in preparation come on top of the idle ones, who are as many as the chance to commit is based on.
    ready = _ids("ready", int(np.ceil(4.0 * conditions.founding[0])) + 4)
    opens = uniforms(key, ready, first_quarter, _PIPELINE) < conditions.founding[0] / len(ready)
    ready = ready[opens]
    count = listed + idle + len(ready)
    preparing = np.arange(count) >= listed + idle
    runs = np.zeros(count, np.int64)
    runs[:listed] = carrier_ids
    sponsors = {name: np.zeros(count, dtype) for name, dtype in dtypes(Sponsors).items()} | {
        "id": np.concatenate((sponsor_ids, ready)),
        "kind": np.full(count, codes.OTHER),
        "state": np.where(runs != 0, codes.RUNNING, np.where(preparing, codes.SPONSOR_PREPARING, codes.IDLE)),
        "quarters_left": np.where(preparing, 1, 0),
        "planned_type": np.where(preparing, codes.INCUBATOR, 0),
        "planned_area": np.where(preparing, _AREA, 0),
        "carrier": runs,
    }
    last = first_quarter - 1
    stopped = np.arange(listed) < conditions.stopped
    carriers = {name: np.zeros(listed, dtype) for name, dtype in dtypes(Carriers).items()} | {
        "id": carrier_ids,
        "sponsor": sponsor_ids[:listed],
        "kind": np.full(listed, codes.OTHER),
        "type": np.full(listed, codes.INCUBATOR),
        "sector": np.full(listed, -1),
        "level": np.full(listed, codes.DISTRICT),
        "status": np.where(stopped, codes.STOPPED, codes.OPERATING),
        "opened": np.full(listed, last),
        "registered": np.full(listed, last),
        "level_since": np.full(listed, last),
        "stopped": np.where(stopped, last, 0),
        "area": np.full(listed, _AREA),
        "places": np.ones(listed),
        "capability": np.ones(listed),
        "reserve": np.ones(listed),
        "park": np.full(listed, -1),
    }
    return World(
        last,
        build(Districts, id=[name_id("district", "one")], space=[_FLOOR]),
        build(Sponsors, **sponsors),
        build(Carriers, **carriers),
        empty(Startups),
    )


def _ids(kind: str, count: int) -> I64:
    causes = np.arange(count, dtype=np.int64)
    return identities(causes, np.full(count, name_id("register", kind) % (1 << 30)), 0)
