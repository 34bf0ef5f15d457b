"""Step 9, rounds: districts register, rounds announce what was applied for, and new ones open."""

from typing import Any

import numpy as np

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.compiled.changes import enter, pay, strength_for, tell
from simulation.engines.compiled.columns import carrier as c
from simulation.engines.compiled.state import CARRIERS
from simulation.engines.compiled.steps.evaluation import score_of
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import rounds as rules
from simulation.rules.chance import whole
from simulation.rules.places import winners
from simulation.rules.rounds import Standing, Thresholds


@kernel
def rounds(r: Any, p: Any, evaluation: Any) -> None:
    """Hold the rounds that the calendar gives this quarter."""
    if r.calendar.national_announces[r.index]:
        _announce_national(r, p, evaluation)
    if r.calendar.provincial_announces[r.index]:
        _announce_provincial(r, p, evaluation)
    if r.calendar.municipal_announces[r.index]:
        _announce_municipal(r, p, evaluation)
    _register(r, p)
    if r.calendar.national_opens[r.index]:
        _open(r, codes.NATIONAL, p)
    if r.calendar.provincial_opens[r.index]:
        _open(r, codes.PROVINCIAL, p)
    if r.calendar.municipal_opens[r.index]:
        _open(r, codes.MUNICIPAL, p)
        _open_labels(r, p)


@kernel
def _is_specialised(r: Any, carrier: int) -> bool:
    return r.carriers[carrier, c.MODE_IN_FACT] == codes.SPECIALISED


@kernel
def _eligible(r: Any, carrier: int, level: int, p: Any) -> bool:
    """Whether a carrier meets every threshold of a level."""
    carriers = r.carriers
    tenants, sector = r.carriers[carrier, c.TENANTS], carriers[carrier, c.SECTOR]
    registered = carriers[carrier, c.REGISTERED]
    in_field = r.by_field[carrier, r.field_of[sector]] if sector >= 0 else r.by_field[carrier].max()
    standing = Standing(
        r.now - carriers[carrier, c.OPENED],
        r.now - registered if registered else 0,
        carriers[carrier, c.AREA],
        rules.used_area(carriers[carrier, c.AREA], tenants, carriers[carrier, c.PLACES], p),
        carriers[carrier, c.PLACES],
        tenants,
        r.carriers[carrier, c.FUNDED],
        in_field,
        carriers[carrier, c.GRADUATES],
        carriers[carrier, c.FUND],
        carriers[carrier, c.PLATFORM] > 0,
        max(carriers[carrier, c.ADMITTED_THIS_YEAR], carriers[carrier, c.ADMITTED_LAST_YEAR]),
        rules.events_held(
            r.measures[carrier, c.CAPABILITY],
            strength_for(r, codes.EVENTS, carrier),
            p,
        ),
    )
    t = r.thresholds[r.index, carriers[carrier, c.TYPE], level, carriers[carrier, c.MODE_IN_FACT]]
    asked = Thresholds(
        t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10], t[11], t[12], t[13], t[14], t[15]
    )
    return rules.eligible(standing, asked, p.density_counts)


@kernel
def _register(r: Any, p: Any) -> None:
    """Districts register the new carriers that meet the thresholds, in any quarter."""
    carriers = r.carriers
    for carrier in range(r.used[CARRIERS]):
        if carriers[carrier, c.STATUS] != codes.OPERATING or carriers[carrier, c.LEVEL] != codes.NONE:
            continue
        if _eligible(r, carrier, codes.DISTRICT, p):
            carriers[carrier, c.LEVEL] = codes.DISTRICT
            carriers[carrier, c.REGISTERED] = r.now
            carriers[carrier, c.LEVEL_SINCE] = r.now
            enter(r, carrier, codes.REGISTRATION + carriers[carrier, c.KIND], 1)
            tell(r, events.REGISTERED, carriers[carrier, c.ID], carriers[carrier, c.KIND], 0)


@kernel
def _open(r: Any, level: int, p: Any) -> None:
    """Carriers one rung below that meet the thresholds may apply."""
    carriers = r.carriers
    for carrier in range(r.used[CARRIERS]):
        may_apply = (
            carriers[carrier, c.LEVEL] == level - 1 and carriers[carrier, c.APPLIED_LEVEL] == codes.NONE
        )
        if carriers[carrier, c.STATUS] != codes.OPERATING or not may_apply:
            continue
        if not _eligible(r, carrier, level, p):
            continue
        if _applies(r, carrier, level, p):
            carriers[carrier, c.APPLIED_LEVEL] = level
            tell(r, events.APPLIED, carriers[carrier, c.ID], level, 0)


@kernel
def _applies(r: Any, carrier: int, level: int, p: Any) -> bool:
    """Whether a carrier applies for a level this round, being eligible."""
    who = r.carriers[carrier, c.ID]
    if level == codes.MUNICIPAL:
        effort = r.effort[r.carriers[carrier, c.DISTRICT]]
        support = strength_for(r, codes.MUNICIPAL_SUPPORT, carrier)
        chance = rules.municipal_application_chance(effort, _is_specialised(r, carrier), support, p)
        return uniform(r.key, who, r.now, decisions.APPLY_MUNICIPAL) < chance
    if level == codes.PROVINCIAL:
        return uniform(r.key, who, r.now, decisions.APPLY_PROVINCIAL) < p.apply_provincial
    return uniform(r.key, who, r.now, decisions.APPLY_NATIONAL) < p.apply_national


@kernel
def _open_labels(r: Any, p: Any) -> None:
    """Recognised carriers that are specialised in fact but not by label may apply for the label."""
    carriers = r.carriers
    for carrier in range(r.used[CARRIERS]):
        if carriers[carrier, c.STATUS] != codes.OPERATING or carriers[carrier, c.LEVEL] < codes.MUNICIPAL:
            continue
        if not _is_specialised(r, carrier) or carriers[carrier, c.MODE] != codes.COMPREHENSIVE:
            continue
        if carriers[carrier, c.APPLIED_LABEL]:
            continue
        if uniform(r.key, carriers[carrier, c.ID], r.now, decisions.APPLY_LABEL) < p.apply_label:
            carriers[carrier, c.APPLIED_LABEL] = 1
            tell(r, events.APPLIED_LABEL, carriers[carrier, c.ID], 0, 0)


@kernel
def _applicants(r: Any, level: int) -> Any:
    """The rows of those who have applied for a level; their applications are used up."""
    carriers = r.carriers
    rows = np.empty(r.used[CARRIERS], np.int64)
    found = 0
    for carrier in range(r.used[CARRIERS]):
        if carriers[carrier, c.STATUS] == codes.OPERATING and carriers[carrier, c.APPLIED_LEVEL] == level:
            carriers[carrier, c.APPLIED_LEVEL] = codes.NONE
            if carriers[carrier, c.LEVEL] == level - 1:
                rows[found] = carrier
                found += 1
    return rows[:found]


@kernel
def _scores(r: Any, rows: Any, evaluation: Any) -> Any:
    scores = np.empty(len(rows))
    for place in range(len(rows)):
        scores[place] = score_of(r, rows[place], decisions.SCORE_NOISE, evaluation)
    return scores


@kernel
def _best(r: Any, rows: Any, scores: Any, places: int) -> Any:
    """The places of the best within ``rows``, best first."""
    ties = np.empty(len(rows))
    for place in range(len(rows)):
        ties[place] = uniform(r.key, r.carriers[rows[place], c.ID], r.now, decisions.TIE)
    return winners(scores, ties, places)


@kernel
def _announce_municipal(r: Any, p: Any, evaluation: Any) -> None:
    """Recognise the applicants, as specialised those who are so in fact; give the labels applied for."""
    carriers = r.carriers
    rows = _applicants(r, codes.MUNICIPAL)
    scores = _scores(r, rows, evaluation)
    for place in range(len(rows)):
        support = strength_for(r, codes.MUNICIPAL_SUPPORT, rows[place])
        specialised = _is_specialised(r, rows[place])
        scores[place] = rules.municipal_score(scores[place], specialised, support, p)
    for place in _best(r, rows, scores, int(p.municipal_places)):
        carrier = rows[place]
        mode = codes.SPECIALISED if _is_specialised(r, carrier) else codes.COMPREHENSIVE
        if mode == codes.SPECIALISED:
            support = strength_for(r, codes.MUNICIPAL_SUPPORT, carrier)
            pay(r, carriers[carrier, c.DISTRICT], codes.MUNICIPAL_SUPPORT, support, 1)
        enter(r, carrier, codes.RECOGNITION, -1)
        carriers[carrier, c.LEVEL] = codes.MUNICIPAL
        carriers[carrier, c.LEVEL_SINCE] = r.now
        carriers[carrier, c.MODE] = mode
        enter(r, carrier, codes.RECOGNITION, 1)
        tell(r, events.RECOGNISED, carriers[carrier, c.ID], codes.MUNICIPAL, mode)
    _give_labels(r)


@kernel
def _give_labels(r: Any) -> None:
    carriers = r.carriers
    for carrier in range(r.used[CARRIERS]):
        if carriers[carrier, c.STATUS] != codes.OPERATING or not carriers[carrier, c.APPLIED_LABEL]:
            continue
        carriers[carrier, c.APPLIED_LABEL] = 0
        if _is_specialised(r, carrier) and carriers[carrier, c.MODE] == codes.COMPREHENSIVE:
            cause = codes.CONVERSION if carriers[carrier, c.CONVERTED] else codes.LABELLING
            enter(r, carrier, cause, -1)
            carriers[carrier, c.MODE] = codes.SPECIALISED
            enter(r, carrier, cause, 1)
            tell(r, events.LABELLED, carriers[carrier, c.ID], carriers[carrier, c.CONVERTED], 0)


@kernel
def _announce_provincial(r: Any, p: Any, evaluation: Any) -> None:
    """The municipality recommends, in its own order; the province takes the best of those by its score."""
    rows = _applicants(r, codes.PROVINCIAL)
    scores = _scores(r, rows, evaluation)
    order = np.empty(len(rows))
    for place in range(len(rows)):
        priority = strength_for(r, codes.PROVINCIAL_RECOMMENDATION, rows[place])
        order[place] = rules.recommendation_score(scores[place], _is_specialised(r, rows[place]), priority, p)
    recommended = _best(r, rows, order, int(p.recommendations))
    rows, scores = rows[recommended], scores[recommended]
    for carrier in rows:
        if _is_specialised(r, carrier):
            priority = strength_for(r, codes.PROVINCIAL_RECOMMENDATION, carrier)
            district = r.carriers[carrier, c.DISTRICT]
            pay(r, district, codes.PROVINCIAL_RECOMMENDATION, priority, 1)
    best = _best(r, rows, scores, int(p.provincial_places))
    _promote(r, rows[best], codes.PROVINCIAL, codes.PROMOTION_PROVINCIAL)


@kernel
def _announce_national(r: Any, p: Any, evaluation: Any) -> None:
    """The best by score get the year's places, makerspaces and incubators apart; no city lever touches this."""
    applicants = _applicants(r, codes.NATIONAL)
    scores = _scores(r, applicants, evaluation)
    luck = rules.year_luck(uniform(r.key, r.city_id, r.now, decisions.ROUND_LUCK), p)
    for carrier_type in (codes.MAKERSPACE, codes.INCUBATOR):
        share = p.national_incubator_share
        if carrier_type == codes.MAKERSPACE:
            share = 1.0 - share
        of_type = np.empty(len(applicants), np.bool_)
        for place in range(len(applicants)):
            of_type[place] = min(r.carriers[applicants[place], c.TYPE], codes.INCUBATOR) == carrier_type
        expected = rules.national_places(luck, len(applicants), share, p)
        draw = uniform(r.key, r.city_id, r.now, decisions.ROUND_PLACES_BY_TYPE + carrier_type)
        rows = applicants[of_type]
        best = _best(r, rows, scores[of_type], whole(expected, draw))
        _promote(r, rows[best], codes.NATIONAL, codes.PROMOTION_NATIONAL)


@kernel
def _promote(r: Any, rows: Any, level: int, cause: int) -> None:
    carriers = r.carriers
    for carrier in rows:
        enter(r, carrier, cause, -1)
        carriers[carrier, c.LEVEL] = level
        carriers[carrier, c.LEVEL_SINCE] = r.now
        enter(r, carrier, cause, 1)
        tell(r, events.PROMOTED, carriers[carrier, c.ID], level, 0)
