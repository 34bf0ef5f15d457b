"""Step 8, evaluation: the yearly evaluation of municipal carriers and above, and the reviews above it."""

from typing import Any

import numpy as np

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.compiled.changes import delist, enter, listed, pay, strength_for, tell
from simulation.engines.compiled.columns import carrier as c
from simulation.engines.compiled.state import CARRIERS
from simulation.engines.compiled.steps.operations import receive
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import conversion as conversion_rules
from simulation.rules import evaluation as rules
from simulation.rules.places import winners


@kernel
def evaluation(r: Any, p: Any, conversion: Any, operations: Any, founding: Any) -> None:
    """Hold what the calendar says: the municipal evaluation, the provincial and the national review."""
    if r.calendar.evaluation[r.index]:
        _evaluate(r, p, conversion, operations)
    if r.calendar.provincial_review[r.index]:
        _review(r, codes.PROVINCIAL, p, founding)
    if r.calendar.national_review[r.index]:
        _review(r, codes.NATIONAL, p, founding)


@kernel
def score_of(r: Any, carrier: int, noise: int, p: Any) -> float:
    """The score of a carrier this quarter, luck included."""
    carriers = r.carriers
    tenants = max(1, r.carriers[carrier, c.TENANTS])
    merit = rules.score(
        r.measures[carrier, c.CAPABILITY],
        r.carriers[carrier, c.TENANTS] / carriers[carrier, c.PLACES],
        carriers[carrier, c.MODE_IN_FACT] == codes.SPECIALISED,
        carriers[carrier, c.PLATFORM] > 0,
        r.carriers[carrier, c.FUNDED] / tenants,
        carriers[carrier, c.FUND] > 0,
        carriers[carrier, c.GRADUATES_LAST_YEAR] / tenants,
        p,
    )
    return merit + rules.score_noise(uniform(r.key, carriers[carrier, c.ID], r.now, noise), p)


@kernel
def _sends_nothing(r: Any, carrier: int, p: Any) -> bool:
    """Whether a carrier fails an evaluation because it has stopped and sends nothing."""
    if r.carriers[carrier, c.STATUS] != codes.STOPPED:
        return False
    return uniform(r.key, r.carriers[carrier, c.ID], r.now, decisions.STOPPED_FAILS) < p.stopped_fails


@kernel
def _evaluate(r: Any, p: Any, conversion: Any, operations: Any) -> None:
    carriers = r.carriers
    qualified = np.empty(r.used[CARRIERS], np.int64)
    scores, ties = np.empty(len(qualified)), np.empty(len(qualified))
    found = 0
    for carrier in range(r.used[CARRIERS]):
        if not listed(carriers, carrier) or carriers[carrier, c.LEVEL] < codes.MUNICIPAL:
            continue
        score = score_of(r, carrier, decisions.SCORE_NOISE, p)
        specialised = carriers[carrier, c.MODE] == codes.SPECIALISED
        tilt = strength_for(r, codes.EVALUATION_TILT, carrier)
        if specialised:
            pay(r, carriers[carrier, c.DISTRICT], codes.EVALUATION_TILT, tilt, 1)
        score = rules.tilted(score, specialised, tilt, p)
        _check_label(r, carrier, p, conversion)
        operating = carriers[carrier, c.STATUS] == codes.OPERATING
        if _sends_nothing(r, carrier, p) or (
            operating and rules.unqualified(score, carriers[carrier, c.TYPE], p)
        ):
            _fail(r, carrier, p)
        else:
            _grade(r, carrier, codes.QUALIFIED)
            carriers[carrier, c.UNQUALIFIED_YEARS] = 0
            if operating:
                qualified[found], scores[found] = carrier, score
                ties[found] = uniform(r.key, carriers[carrier, c.ID], r.now, decisions.TIE)
                found += 1
    places = rules.excellent_places(found, p)
    for row in winners(scores[:found], ties[:found], places):
        _distinguish(r, qualified[row], operations)


@kernel
def _fail(r: Any, carrier: int, p: Any) -> None:
    """Grade it unqualified; two years in a row end the municipal title, and no other."""
    carriers = r.carriers
    if carriers[carrier, c.LEVEL] > codes.MUNICIPAL:
        _grade(r, carrier, codes.QUALIFIED)  # higher levels are only judged excellent or not
        return
    _grade(r, carrier, codes.UNQUALIFIED)
    carriers[carrier, c.UNQUALIFIED_YEARS] += 1
    if rules.title_falls(carriers[carrier, c.UNQUALIFIED_YEARS], p):
        carriers[carrier, c.UNQUALIFIED_YEARS] = 0
        enter(r, carrier, codes.WITHDRAWAL, -1)
        carriers[carrier, c.LEVEL] = codes.DISTRICT
        carriers[carrier, c.LEVEL_SINCE] = r.now
        carriers[carrier, c.MODE] = codes.COMPREHENSIVE
        enter(r, carrier, codes.WITHDRAWAL, 1)
        carriers[carrier, c.APPLIED_LEVEL] = codes.NONE
        carriers[carrier, c.APPLIED_LABEL] = 0
        tell(r, events.WITHDRAWN, carriers[carrier, c.ID], 0, 0)


@kernel
def _grade(r: Any, carrier: int, grade: int) -> None:
    r.carriers[carrier, c.GRADE] = grade
    tell(r, events.GRADED, r.carriers[carrier, c.ID], grade, 0)


@kernel
def _distinguish(r: Any, carrier: int, operations: Any) -> None:
    """Grade a carrier excellent, and pay it what the lever gives if it is specialised."""
    _grade(r, carrier, codes.EXCELLENT)
    subsidy = strength_for(r, codes.EXCELLENCE_SUBSIDY, carrier)
    if r.carriers[carrier, c.MODE] == codes.SPECIALISED and subsidy > 0.0:
        district = r.carriers[carrier, c.DISTRICT]
        pay(r, district, codes.EXCELLENCE_SUBSIDY, subsidy, 1)
        receive(r, carrier, subsidy * r.lever_cost[codes.EXCELLENCE_SUBSIDY], operations)


@kernel
def _check_label(r: Any, carrier: int, p: Any, conversion: Any) -> None:
    """Two years in a row below the share that keeps it end the label of specialisation."""
    carriers = r.carriers
    if carriers[carrier, c.MODE] != codes.SPECIALISED:
        return
    sector = carriers[carrier, c.SECTOR]
    by_field = r.by_field[carrier]
    in_field = by_field[r.field_of[sector]] if sector >= 0 else by_field.max()
    kept = conversion_rules.specialised_in_fact(
        True, r.carriers[carrier, c.TENANTS], in_field, True, conversion
    )
    carriers[carrier, c.UNSPECIALISED_YEARS] = 0 if kept else carriers[carrier, c.UNSPECIALISED_YEARS] + 1
    if rules.label_falls(carriers[carrier, c.UNSPECIALISED_YEARS], p):
        carriers[carrier, c.UNSPECIALISED_YEARS] = 0
        enter(r, carrier, codes.LABEL_LOSS, -1)
        carriers[carrier, c.MODE] = codes.COMPREHENSIVE
        enter(r, carrier, codes.LABEL_LOSS, 1)
        tell(r, events.LABEL_LOST, carriers[carrier, c.ID], 0, 0)


@kernel
def _review(r: Any, level: int, p: Any, founding: Any) -> None:
    """The review of a level: titles reported as stopped end; two failed years in a row cost one level."""
    carriers = r.carriers
    for carrier in range(r.used[CARRIERS]):
        if not listed(carriers, carrier) or carriers[carrier, c.LEVEL] != level:
            continue
        if carriers[carrier, c.REPORTED]:
            delist(r, founding, carrier, codes.DELISTING)
            continue
        score = score_of(r, carrier, decisions.REVIEW_NOISE, p)
        failed = _sends_nothing(r, carrier, p) or (
            carriers[carrier, c.STATUS] == codes.OPERATING
            and rules.fails_review(score, carriers[carrier, c.TYPE], p)
        )
        carriers[carrier, c.FAILED_REVIEWS] = carriers[carrier, c.FAILED_REVIEWS] + 1 if failed else 0
        if failed:
            years = carriers[carrier, c.FAILED_REVIEWS]
            tell(r, events.FAILED_REVIEW, carriers[carrier, c.ID], level, years)
        if rules.title_falls(carriers[carrier, c.FAILED_REVIEWS], p):
            carriers[carrier, c.FAILED_REVIEWS] = 0
            carriers[carrier, c.APPLIED_LEVEL] = codes.NONE
            enter(r, carrier, codes.DEMOTION, -1)
            carriers[carrier, c.LEVEL] = level - 1
            carriers[carrier, c.LEVEL_SINCE] = r.now
            enter(r, carrier, codes.DEMOTION, 1)
            tell(r, events.DEMOTED, carriers[carrier, c.ID], level - 1, 0)
