"""Step 9, rounds: districts register, rounds announce what was applied for, and new ones open."""

from typing import Any

import numpy as np

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.compiled.changes import enter, pay, strength_for, tell
from simulation.engines.compiled.state import CARRIERS
from simulation.engines.compiled.steps.evaluation import score_of
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import rounds as rules
from simulation.rules.chance import whole
from simulation.rules.places import winners
from simulation.rules.rounds import Standing, Thresholds


@kernel
def rounds(
    state: Any,
    key: int,
    index: int,
    quarter: int,
    city: Any,
    levers: Any,
    calendar: Any,
    thresholds: Any,
    p: Any,
    evaluation: Any,
) -> None:
    """Hold the rounds that the calendar gives this quarter."""
    if calendar.national_announces[index]:
        _announce_national(state, key, index, quarter, city, p, evaluation)
    if calendar.provincial_announces[index]:
        _announce_provincial(state, key, index, quarter, levers, p, evaluation)
    if calendar.municipal_announces[index]:
        _announce_municipal(state, key, index, quarter, levers, p, evaluation)
    _register(state, index, quarter, city, levers, thresholds, p)
    if calendar.national_opens[index]:
        _open(state, key, index, quarter, city, levers, thresholds, codes.NATIONAL, p)
    if calendar.provincial_opens[index]:
        _open(state, key, index, quarter, city, levers, thresholds, codes.PROVINCIAL, p)
    if calendar.municipal_opens[index]:
        _open(state, key, index, quarter, city, levers, thresholds, codes.MUNICIPAL, p)
        _open_labels(state, key, quarter, p)


@kernel
def _is_specialised(state: Any, carrier: int) -> bool:
    return state.carriers.mode_in_fact[carrier] == codes.SPECIALISED


@kernel
def _eligible(
    state: Any,
    index: int,
    quarter: int,
    city: Any,
    levers: Any,
    thresholds: Any,
    carrier: int,
    level: int,
    p: Any,
) -> bool:
    """Whether a carrier meets every threshold of a level."""
    carriers, links = state.carriers, state.links
    tenants, sector = links.tenants[carrier], carriers.sector[carrier]
    registered = carriers.registered[carrier]
    in_field = links.by_field[carrier, city.field[sector]] if sector >= 0 else links.by_field[carrier].max()
    standing = Standing(
        quarter - carriers.opened[carrier],
        quarter - registered if registered else 0,
        carriers.area[carrier],
        rules.used_area(carriers.area[carrier], tenants, carriers.places[carrier], p),
        carriers.places[carrier],
        tenants,
        links.funded[carrier],
        in_field,
        carriers.graduates[carrier],
        carriers.fund[carrier],
        carriers.platform[carrier] > 0,
        max(carriers.admitted_this_year[carrier], carriers.admitted_last_year[carrier]),
        rules.events_held(
            carriers.capability[carrier], strength_for(state, levers, codes.EVENTS, index, carrier), p
        ),
    )
    t = thresholds[index, carriers.type[carrier], level, carriers.mode_in_fact[carrier]]
    asked = Thresholds(
        t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10], t[11], t[12], t[13], t[14], t[15]
    )
    return rules.eligible(standing, asked, p.density_counts)


@kernel
def _register(state: Any, index: int, quarter: int, city: Any, levers: Any, thresholds: Any, p: Any) -> None:
    """Districts register the new carriers that meet the thresholds, in any quarter."""
    carriers = state.carriers
    for carrier in range(state.used[CARRIERS]):
        if carriers.status[carrier] != codes.OPERATING or carriers.level[carrier] != codes.NONE:
            continue
        if _eligible(state, index, quarter, city, levers, thresholds, carrier, codes.DISTRICT, p):
            carriers.level[carrier] = codes.DISTRICT
            carriers.registered[carrier] = quarter
            carriers.level_since[carrier] = quarter
            enter(state, index, carrier, codes.REGISTRATION + carriers.kind[carrier], 1)
            tell(state, quarter, events.REGISTERED, carriers.id[carrier], carriers.kind[carrier], 0)


@kernel
def _open(
    state: Any,
    key: int,
    index: int,
    quarter: int,
    city: Any,
    levers: Any,
    thresholds: Any,
    level: int,
    p: Any,
) -> None:
    """Carriers one rung below that meet the thresholds may apply."""
    carriers = state.carriers
    for carrier in range(state.used[CARRIERS]):
        may_apply = carriers.level[carrier] == level - 1 and carriers.applied_level[carrier] == codes.NONE
        if carriers.status[carrier] != codes.OPERATING or not may_apply:
            continue
        if not _eligible(state, index, quarter, city, levers, thresholds, carrier, level, p):
            continue
        if _applies(state, key, index, quarter, levers, carrier, level, p):
            carriers.applied_level[carrier] = level
            tell(state, quarter, events.APPLIED, carriers.id[carrier], level, 0)


@kernel
def _applies(
    state: Any, key: int, index: int, quarter: int, levers: Any, carrier: int, level: int, p: Any
) -> bool:
    """Whether a carrier applies for a level this round, being eligible."""
    who = state.carriers.id[carrier]
    if level == codes.MUNICIPAL:
        effort = state.effort[state.carriers.district[carrier]]
        support = strength_for(state, levers, codes.MUNICIPAL_SUPPORT, index, carrier)
        chance = rules.municipal_application_chance(effort, _is_specialised(state, carrier), support, p)
        return uniform(key, who, quarter, decisions.APPLY_MUNICIPAL) < chance
    if level == codes.PROVINCIAL:
        return uniform(key, who, quarter, decisions.APPLY_PROVINCIAL) < p.apply_provincial
    return uniform(key, who, quarter, decisions.APPLY_NATIONAL) < p.apply_national


@kernel
def _open_labels(state: Any, key: int, quarter: int, p: Any) -> None:
    """Recognised carriers that are specialised in fact but not by label may apply for the label."""
    carriers = state.carriers
    for carrier in range(state.used[CARRIERS]):
        if carriers.status[carrier] != codes.OPERATING or carriers.level[carrier] < codes.MUNICIPAL:
            continue
        if not _is_specialised(state, carrier) or carriers.mode[carrier] != codes.COMPREHENSIVE:
            continue
        if carriers.applied_label[carrier]:
            continue
        if uniform(key, carriers.id[carrier], quarter, decisions.APPLY_LABEL) < p.apply_label:
            carriers.applied_label[carrier] = 1
            tell(state, quarter, events.APPLIED_LABEL, carriers.id[carrier], 0, 0)


@kernel
def _applicants(state: Any, level: int) -> Any:
    """The rows of those who have applied for a level; their applications are used up."""
    carriers = state.carriers
    rows = np.empty(state.used[CARRIERS], np.int64)
    found = 0
    for carrier in range(state.used[CARRIERS]):
        if carriers.status[carrier] == codes.OPERATING and carriers.applied_level[carrier] == level:
            carriers.applied_level[carrier] = codes.NONE
            if carriers.level[carrier] == level - 1:
                rows[found] = carrier
                found += 1
    return rows[:found]


@kernel
def _scores(state: Any, key: int, quarter: int, rows: Any, evaluation: Any) -> Any:
    scores = np.empty(len(rows))
    for place in range(len(rows)):
        scores[place] = score_of(state, key, quarter, rows[place], decisions.SCORE_NOISE, evaluation)
    return scores


@kernel
def _best(state: Any, key: int, quarter: int, rows: Any, scores: Any, places: int) -> Any:
    """The places of the best within ``rows``, best first."""
    ties = np.empty(len(rows))
    for place in range(len(rows)):
        ties[place] = uniform(key, state.carriers.id[rows[place]], quarter, decisions.TIE)
    return winners(scores, ties, places)


@kernel
def _announce_municipal(
    state: Any, key: int, index: int, quarter: int, levers: Any, p: Any, evaluation: Any
) -> None:
    """Recognise the applicants, as specialised those who are so in fact; give the labels applied for."""
    carriers = state.carriers
    rows = _applicants(state, codes.MUNICIPAL)
    scores = _scores(state, key, quarter, rows, evaluation)
    for place in range(len(rows)):
        support = strength_for(state, levers, codes.MUNICIPAL_SUPPORT, index, rows[place])
        specialised = _is_specialised(state, rows[place])
        scores[place] = rules.municipal_score(scores[place], specialised, support, p)
    for place in _best(state, key, quarter, rows, scores, int(p.municipal_places)):
        carrier = rows[place]
        mode = codes.SPECIALISED if _is_specialised(state, carrier) else codes.COMPREHENSIVE
        if mode == codes.SPECIALISED:
            support = strength_for(state, levers, codes.MUNICIPAL_SUPPORT, index, carrier)
            pay(state, levers, index, carriers.district[carrier], codes.MUNICIPAL_SUPPORT, support, 1)
        enter(state, index, carrier, codes.RECOGNITION, -1)
        carriers.level[carrier] = codes.MUNICIPAL
        carriers.level_since[carrier] = quarter
        carriers.mode[carrier] = mode
        enter(state, index, carrier, codes.RECOGNITION, 1)
        tell(state, quarter, events.RECOGNISED, carriers.id[carrier], codes.MUNICIPAL, mode)
    _give_labels(state, index, quarter)


@kernel
def _give_labels(state: Any, index: int, quarter: int) -> None:
    carriers = state.carriers
    for carrier in range(state.used[CARRIERS]):
        if carriers.status[carrier] != codes.OPERATING or not carriers.applied_label[carrier]:
            continue
        carriers.applied_label[carrier] = 0
        if _is_specialised(state, carrier) and carriers.mode[carrier] == codes.COMPREHENSIVE:
            cause = codes.CONVERSION if carriers.converted[carrier] else codes.LABELLING
            enter(state, index, carrier, cause, -1)
            carriers.mode[carrier] = codes.SPECIALISED
            enter(state, index, carrier, cause, 1)
            tell(state, quarter, events.LABELLED, carriers.id[carrier], carriers.converted[carrier], 0)


@kernel
def _announce_provincial(
    state: Any, key: int, index: int, quarter: int, levers: Any, p: Any, evaluation: Any
) -> None:
    """The municipality recommends, in its own order; the province takes the best of those by its score."""
    rows = _applicants(state, codes.PROVINCIAL)
    scores = _scores(state, key, quarter, rows, evaluation)
    order = np.empty(len(rows))
    for place in range(len(rows)):
        priority = strength_for(state, levers, codes.PROVINCIAL_RECOMMENDATION, index, rows[place])
        order[place] = rules.recommendation_score(
            scores[place], _is_specialised(state, rows[place]), priority, p
        )
    recommended = _best(state, key, quarter, rows, order, int(p.recommendations))
    rows, scores = rows[recommended], scores[recommended]
    for carrier in rows:
        if _is_specialised(state, carrier):
            priority = strength_for(state, levers, codes.PROVINCIAL_RECOMMENDATION, index, carrier)
            district = state.carriers.district[carrier]
            pay(state, levers, index, district, codes.PROVINCIAL_RECOMMENDATION, priority, 1)
    best = _best(state, key, quarter, rows, scores, int(p.provincial_places))
    _promote(state, index, quarter, rows[best], codes.PROVINCIAL, codes.PROMOTION_PROVINCIAL)


@kernel
def _announce_national(
    state: Any, key: int, index: int, quarter: int, city: Any, p: Any, evaluation: Any
) -> None:
    """The best by score get the year's places, makerspaces and incubators apart; no city lever touches this."""
    applicants = _applicants(state, codes.NATIONAL)
    scores = _scores(state, key, quarter, applicants, evaluation)
    luck = rules.year_luck(uniform(key, city.id, quarter, decisions.ROUND_LUCK), p)
    for carrier_type in (codes.MAKERSPACE, codes.INCUBATOR):
        share = p.national_incubator_share
        if carrier_type == codes.MAKERSPACE:
            share = 1.0 - share
        of_type = np.empty(len(applicants), np.bool_)
        for place in range(len(applicants)):
            of_type[place] = min(state.carriers.type[applicants[place]], codes.INCUBATOR) == carrier_type
        expected = rules.national_places(luck, len(applicants), share, p)
        draw = uniform(key, city.id, quarter, decisions.ROUND_PLACES_BY_TYPE + carrier_type)
        rows = applicants[of_type]
        best = _best(state, key, quarter, rows, scores[of_type], whole(expected, draw))
        _promote(state, index, quarter, rows[best], codes.NATIONAL, codes.PROMOTION_NATIONAL)


@kernel
def _promote(state: Any, index: int, quarter: int, rows: Any, level: int, cause: int) -> None:
    carriers = state.carriers
    for carrier in rows:
        enter(state, index, carrier, cause, -1)
        carriers.level[carrier] = level
        carriers.level_since[carrier] = quarter
        enter(state, index, carrier, cause, 1)
        tell(state, quarter, events.PROMOTED, carriers.id[carrier], level, 0)
