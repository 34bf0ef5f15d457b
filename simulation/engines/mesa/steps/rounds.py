"""Step 9, rounds: districts register, rounds announce what was applied for, and new ones open.

A round announces before the next opens. Registration comes first, then municipal, provincial and national:
no rung is skipped, because one application is pending at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation import decisions
from simulation.engines import events
from simulation.rules import codes
from simulation.rules import rounds as rules
from simulation.rules.places import winners

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier
    from simulation.engines.mesa.model import CarrierModel


def rounds(model: CarrierModel) -> None:
    """Hold the rounds that the calendar gives this quarter."""
    if model.city.happens("national_announces"):
        _announce_national(model)
    if model.city.happens("provincial_announces"):
        _announce_provincial(model)
    if model.city.happens("municipal_announces"):
        _announce_municipal(model)
    _register(model)
    if model.city.happens("national_opens"):
        _open(model, codes.NATIONAL)
    if model.city.happens("provincial_opens"):
        _open(model, codes.PROVINCIAL)
    if model.city.happens("municipal_opens"):
        _open(model, codes.MUNICIPAL)
        _open_labels(model)


def _register(model: CarrierModel) -> None:
    """Districts register the new carriers that meet the thresholds, in any quarter."""
    now = model.quarter_number
    for carrier in model.operating():
        if carrier.level == codes.NONE and carrier.eligible(codes.DISTRICT):
            carrier.change(
                codes.REGISTRATION + carrier.kind, level=codes.DISTRICT, registered=now, level_since=now
            )
            carrier.tell(events.REGISTERED, carrier.kind)


def _open(model: CarrierModel, level: int) -> None:
    """Carriers one rung below that meet the thresholds may apply."""
    for carrier in model.operating():
        may_apply = carrier.level == level - 1 and carrier.applied_level == codes.NONE
        if may_apply and carrier.eligible(level) and carrier.applies(level):
            carrier.applied_level = level
            carrier.tell(events.APPLIED, level)


def _open_labels(model: CarrierModel) -> None:
    """Recognised carriers that are specialised in fact but not by label may apply for the label."""
    chance = model.parameters.rounds.apply_label
    for carrier in model.operating():
        lacks_label = carrier.mode_in_fact == codes.SPECIALISED and carrier.mode == codes.COMPREHENSIVE
        if carrier.level >= codes.MUNICIPAL and lacks_label and not carrier.applied_label:
            if carrier.draw(decisions.APPLY_LABEL) < chance:
                carrier.applied_label = 1
                carrier.tell(events.APPLIED_LABEL)


def _applicants(model: CarrierModel, level: int) -> list[Carrier]:
    """Those who have applied for a level; their applications are used up."""
    applicants = [carrier for carrier in model.operating() if carrier.applied_level == level]
    for carrier in applicants:
        carrier.applied_level = codes.NONE
    return [carrier for carrier in applicants if carrier.level == level - 1]


def _best(applicants: list[Carrier], scores: list[float], places: int) -> list[Carrier]:
    ties = np.array([carrier.draw(decisions.TIE) for carrier in applicants])
    return [applicants[row] for row in winners(np.array(scores), ties, places).tolist()]


def _is_specialised(carrier: Carrier) -> bool:
    return carrier.mode_in_fact == codes.SPECIALISED


def _announce_municipal(model: CarrierModel) -> None:
    """Recognise the applicants, as specialised those who are so in fact; give the labels applied for."""
    p = model.parameters.rounds
    applicants = _applicants(model, codes.MUNICIPAL)
    scores = [
        rules.municipal_score(
            carrier.score(), _is_specialised(carrier), carrier.strength(codes.MUNICIPAL_SUPPORT), p
        )
        for carrier in applicants
    ]
    for carrier in _best(applicants, scores, int(p.municipal_places)):
        mode = codes.SPECIALISED if _is_specialised(carrier) else codes.COMPREHENSIVE
        if mode == codes.SPECIALISED:
            carrier.district.pay(codes.MUNICIPAL_SUPPORT, carrier.strength(codes.MUNICIPAL_SUPPORT))
        carrier.change(codes.RECOGNITION, level=codes.MUNICIPAL, level_since=model.quarter_number, mode=mode)
        carrier.tell(events.RECOGNISED, codes.MUNICIPAL, mode)
    _give_labels(model)


def _give_labels(model: CarrierModel) -> None:
    for carrier in model.operating():
        if not carrier.applied_label:
            continue
        carrier.applied_label = 0
        if _is_specialised(carrier) and carrier.mode == codes.COMPREHENSIVE:
            cause = codes.CONVERSION if carrier.converted else codes.LABELLING
            carrier.change(cause, mode=codes.SPECIALISED)
            carrier.tell(events.LABELLED, carrier.converted)


def _announce_provincial(model: CarrierModel) -> None:
    """The municipality recommends, in its own order; the province takes the best of those by its score."""
    p = model.parameters.rounds
    applicants = _applicants(model, codes.PROVINCIAL)
    scores = {carrier.id: carrier.score() for carrier in applicants}
    order = [
        rules.recommendation_score(
            scores[carrier.id],
            _is_specialised(carrier),
            carrier.strength(codes.PROVINCIAL_RECOMMENDATION),
            p,
        )
        for carrier in applicants
    ]
    recommended = _best(applicants, order, int(p.recommendations))
    for carrier in recommended:
        if _is_specialised(carrier):
            priority = carrier.strength(codes.PROVINCIAL_RECOMMENDATION)
            carrier.district.pay(codes.PROVINCIAL_RECOMMENDATION, priority)
    _promote(
        model,
        _best(recommended, [scores[carrier.id] for carrier in recommended], int(p.provincial_places)),
        codes.PROVINCIAL,
    )


def _announce_national(model: CarrierModel) -> None:
    """The best by score get the year's places, makerspaces and incubators apart; no city lever touches this."""
    p = model.parameters.rounds
    applicants = _applicants(model, codes.NATIONAL)
    for carrier_type, share in (
        (codes.MAKERSPACE, 1.0 - p.national_incubator_share),
        (codes.INCUBATOR, p.national_incubator_share),
    ):
        of_type = [carrier for carrier in applicants if min(carrier.type, codes.INCUBATOR) == carrier_type]
        places = model.city.national_places(carrier_type, share, len(applicants))
        _promote(model, _best(of_type, [carrier.score() for carrier in of_type], places), codes.NATIONAL)


def _promote(model: CarrierModel, carriers: list[Carrier], level: int) -> None:
    cause = codes.PROMOTION_PROVINCIAL if level == codes.PROVINCIAL else codes.PROMOTION_NATIONAL
    for carrier in carriers:
        carrier.change(cause, level=level, level_since=model.quarter_number)
        carrier.tell(events.PROMOTED, level)
