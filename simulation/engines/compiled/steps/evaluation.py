"""Step 8, evaluation: the yearly evaluation of municipal carriers and above, and the reviews above it."""

from typing import Any

import numpy as np

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.compiled.changes import delist, enter, listed, pay, strength_for, tell
from simulation.engines.compiled.state import CARRIERS
from simulation.engines.compiled.steps.operations import receive
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import conversion as conversion_rules
from simulation.rules import evaluation as rules
from simulation.rules.places import winners


@kernel
def evaluation(
    state: Any,
    key: int,
    index: int,
    quarter: int,
    city: Any,
    levers: Any,
    calendar: Any,
    p: Any,
    conversion: Any,
    operations: Any,
    founding: Any,
) -> None:
    """Hold what the calendar says: the municipal evaluation, the provincial and the national review."""
    if calendar.evaluation[index]:
        _evaluate(state, key, index, quarter, city, levers, p, conversion, operations)
    if calendar.provincial_review[index]:
        _review(state, key, index, quarter, codes.PROVINCIAL, p, founding)
    if calendar.national_review[index]:
        _review(state, key, index, quarter, codes.NATIONAL, p, founding)


@kernel
def score_of(state: Any, key: int, quarter: int, carrier: int, noise: int, p: Any) -> float:
    """The score of a carrier this quarter, luck included."""
    carriers = state.carriers
    tenants = max(1, state.links.tenants[carrier])
    merit = rules.score(
        carriers.capability[carrier],
        state.links.tenants[carrier] / carriers.places[carrier],
        carriers.mode_in_fact[carrier] == codes.SPECIALISED,
        carriers.platform[carrier] > 0,
        state.links.funded[carrier] / tenants,
        carriers.fund[carrier] > 0,
        carriers.graduates_last_year[carrier] / tenants,
        p,
    )
    return merit + rules.score_noise(uniform(key, carriers.id[carrier], quarter, noise), p)


@kernel
def _sends_nothing(state: Any, key: int, quarter: int, carrier: int, p: Any) -> bool:
    """Whether a carrier fails an evaluation because it has stopped and sends nothing."""
    if state.carriers.status[carrier] != codes.STOPPED:
        return False
    return uniform(key, state.carriers.id[carrier], quarter, decisions.STOPPED_FAILS) < p.stopped_fails


@kernel
def _evaluate(
    state: Any,
    key: int,
    index: int,
    quarter: int,
    city: Any,
    levers: Any,
    p: Any,
    conversion: Any,
    operations: Any,
) -> None:
    carriers = state.carriers
    qualified = np.empty(state.used[CARRIERS], np.int64)
    scores, ties = np.empty(len(qualified)), np.empty(len(qualified))
    found = 0
    for carrier in range(state.used[CARRIERS]):
        if not listed(carriers, carrier) or carriers.level[carrier] < codes.MUNICIPAL:
            continue
        score = score_of(state, key, quarter, carrier, decisions.SCORE_NOISE, p)
        specialised = carriers.mode[carrier] == codes.SPECIALISED
        tilt = strength_for(state, levers, codes.EVALUATION_TILT, index, carrier)
        if specialised:
            pay(state, levers, index, carriers.district[carrier], codes.EVALUATION_TILT, tilt, 1)
        score = rules.tilted(score, specialised, tilt, p)
        _check_label(state, index, quarter, city, carrier, p, conversion)
        operating = carriers.status[carrier] == codes.OPERATING
        if _sends_nothing(state, key, quarter, carrier, p) or (
            operating and rules.unqualified(score, carriers.type[carrier], p)
        ):
            _fail(state, index, quarter, carrier, p)
        else:
            _grade(state, quarter, carrier, codes.QUALIFIED)
            carriers.unqualified_years[carrier] = 0
            if operating:
                qualified[found], scores[found] = carrier, score
                ties[found] = uniform(key, carriers.id[carrier], quarter, decisions.TIE)
                found += 1
    places = rules.excellent_places(found, p)
    for row in winners(scores[:found], ties[:found], places):
        _distinguish(state, index, quarter, levers, qualified[row], operations)


@kernel
def _fail(state: Any, index: int, quarter: int, carrier: int, p: Any) -> None:
    """Grade it unqualified; two years in a row end the municipal title, and no other."""
    carriers = state.carriers
    if carriers.level[carrier] > codes.MUNICIPAL:
        _grade(state, quarter, carrier, codes.QUALIFIED)  # higher levels are only judged excellent or not
        return
    _grade(state, quarter, carrier, codes.UNQUALIFIED)
    carriers.unqualified_years[carrier] += 1
    if rules.title_falls(carriers.unqualified_years[carrier], p):
        carriers.unqualified_years[carrier] = 0
        enter(state, index, carrier, codes.WITHDRAWAL, -1)
        carriers.level[carrier] = codes.DISTRICT
        carriers.level_since[carrier] = quarter
        carriers.mode[carrier] = codes.COMPREHENSIVE
        enter(state, index, carrier, codes.WITHDRAWAL, 1)
        carriers.applied_level[carrier] = codes.NONE
        carriers.applied_label[carrier] = 0
        tell(state, quarter, events.WITHDRAWN, carriers.id[carrier], 0, 0)


@kernel
def _grade(state: Any, quarter: int, carrier: int, grade: int) -> None:
    state.carriers.grade[carrier] = grade
    tell(state, quarter, events.GRADED, state.carriers.id[carrier], grade, 0)


@kernel
def _distinguish(state: Any, index: int, quarter: int, levers: Any, carrier: int, operations: Any) -> None:
    """Grade a carrier excellent, and pay it what the lever gives if it is specialised."""
    _grade(state, quarter, carrier, codes.EXCELLENT)
    subsidy = strength_for(state, levers, codes.EXCELLENCE_SUBSIDY, index, carrier)
    if state.carriers.mode[carrier] == codes.SPECIALISED and subsidy > 0.0:
        district = state.carriers.district[carrier]
        pay(state, levers, index, district, codes.EXCELLENCE_SUBSIDY, subsidy, 1)
        receive(state, carrier, subsidy * levers.unit_cost[codes.EXCELLENCE_SUBSIDY], operations)


@kernel
def _check_label(
    state: Any, index: int, quarter: int, city: Any, carrier: int, p: Any, conversion: Any
) -> None:
    """Two years in a row below the share that keeps it end the label of specialisation."""
    carriers = state.carriers
    if carriers.mode[carrier] != codes.SPECIALISED:
        return
    sector = carriers.sector[carrier]
    by_field = state.links.by_field[carrier]
    in_field = by_field[city.field[sector]] if sector >= 0 else by_field.max()
    kept = conversion_rules.specialised_in_fact(
        True, state.links.tenants[carrier], in_field, True, conversion
    )
    carriers.unspecialised_years[carrier] = 0 if kept else carriers.unspecialised_years[carrier] + 1
    if rules.label_falls(carriers.unspecialised_years[carrier], p):
        carriers.unspecialised_years[carrier] = 0
        enter(state, index, carrier, codes.LABEL_LOSS, -1)
        carriers.mode[carrier] = codes.COMPREHENSIVE
        enter(state, index, carrier, codes.LABEL_LOSS, 1)
        tell(state, quarter, events.LABEL_LOST, carriers.id[carrier], 0, 0)


@kernel
def _review(state: Any, key: int, index: int, quarter: int, level: int, p: Any, founding: Any) -> None:
    """The review of a level: titles reported as stopped end; two failed years in a row cost one level."""
    carriers = state.carriers
    for carrier in range(state.used[CARRIERS]):
        if not listed(carriers, carrier) or carriers.level[carrier] != level:
            continue
        if carriers.reported[carrier]:
            delist(state, founding, index, quarter, carrier, codes.DELISTING)
            continue
        score = score_of(state, key, quarter, carrier, decisions.REVIEW_NOISE, p)
        failed = _sends_nothing(state, key, quarter, carrier, p) or (
            carriers.status[carrier] == codes.OPERATING
            and rules.fails_review(score, carriers.type[carrier], p)
        )
        carriers.failed_reviews[carrier] = carriers.failed_reviews[carrier] + 1 if failed else 0
        if failed:
            years = carriers.failed_reviews[carrier]
            tell(state, quarter, events.FAILED_REVIEW, carriers.id[carrier], level, years)
        if rules.title_falls(carriers.failed_reviews[carrier], p):
            carriers.failed_reviews[carrier] = 0
            carriers.applied_level[carrier] = codes.NONE
            enter(state, index, carrier, codes.DEMOTION, -1)
            carriers.level[carrier] = level - 1
            carriers.level_since[carrier] = quarter
            enter(state, index, carrier, codes.DEMOTION, 1)
            tell(state, quarter, events.DEMOTED, carriers.id[carrier], level - 1, 0)
