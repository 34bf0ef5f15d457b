"""Step 8, evaluation: the yearly evaluation of municipal carriers and above, and the reviews above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation import decisions
from simulation.engines import events
from simulation.rules import codes, conversion
from simulation.rules import evaluation as rules
from simulation.rules.places import winners

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier
    from simulation.engines.mesa.model import CarrierModel


def evaluation(model: CarrierModel) -> None:
    """Hold what the calendar says: the municipal evaluation, the provincial and the national review."""
    if model.city.happens("evaluation"):
        _evaluate(model)
    if model.city.happens("provincial_review"):
        _review(model, codes.PROVINCIAL)
    if model.city.happens("national_review"):
        _review(model, codes.NATIONAL)


def _evaluate(model: CarrierModel) -> None:
    p = model.parameters.evaluation
    qualified: list[Carrier] = []
    scores: list[float] = []
    for carrier in model.listed():
        if carrier.level < codes.MUNICIPAL:
            continue
        score = carrier.score()
        specialised = carrier.mode == codes.SPECIALISED
        tilt = carrier.strength(codes.EVALUATION_TILT)
        if specialised:
            carrier.district.pay(codes.EVALUATION_TILT, tilt)
        score = rules.tilted(score, specialised, tilt, p)
        _check_label(carrier)
        if carrier.sends_nothing() or (
            carrier.status == codes.OPERATING and rules.unqualified(score, carrier.type, p)
        ):
            _fail(carrier)
        else:
            _grade(carrier, codes.QUALIFIED)
            carrier.unqualified_years = 0
            if carrier.status == codes.OPERATING:
                qualified.append(carrier)
                scores.append(score)
    _distinguish(model, qualified, scores)


def _fail(carrier: Carrier) -> None:
    """Grade it unqualified; two years in a row end the municipal title, and no other."""
    if carrier.level > codes.MUNICIPAL:
        _grade(carrier, codes.QUALIFIED)  # higher levels are only judged excellent or not
        return
    _grade(carrier, codes.UNQUALIFIED)
    carrier.unqualified_years += 1
    if rules.title_falls(carrier.unqualified_years, carrier.model.parameters.evaluation):
        carrier.unqualified_years = 0
        carrier.change(
            codes.WITHDRAWAL,
            level=codes.DISTRICT,
            level_since=carrier.model.quarter_number,
            mode=codes.COMPREHENSIVE,
        )
        carrier.applied_level = carrier.applied_label = 0
        carrier.tell(events.WITHDRAWN)


def _grade(carrier: Carrier, grade: int) -> None:
    carrier.grade = grade
    carrier.tell(events.GRADED, grade)


def _distinguish(model: CarrierModel, qualified: list[Carrier], scores: list[float]) -> None:
    """Grade the best of the city excellent, and pay the excellent specialised ones what the lever gives."""
    places = rules.excellent_places(len(qualified), model.parameters.evaluation)
    ties = np.array([carrier.draw(decisions.TIE) for carrier in qualified])
    unit_cost = float(model.setting.levers.unit_cost[codes.EXCELLENCE_SUBSIDY])
    for row in winners(np.array(scores), ties, places).tolist():
        carrier = qualified[row]
        _grade(carrier, codes.EXCELLENT)
        subsidy = carrier.strength(codes.EXCELLENCE_SUBSIDY)
        if carrier.mode == codes.SPECIALISED and subsidy > 0.0:
            carrier.district.pay(codes.EXCELLENCE_SUBSIDY, subsidy)
            carrier.receive(subsidy * unit_cost)


def _check_label(carrier: Carrier) -> None:
    """Two years in a row below the share that keeps it end the label of specialisation."""
    if carrier.mode != codes.SPECIALISED:
        return
    parameters = carrier.model.parameters
    kept = conversion.specialised_in_fact(
        True, len(carrier.tenants), carrier.field_tenants, True, parameters.conversion
    )
    carrier.unspecialised_years = 0 if kept else carrier.unspecialised_years + 1
    if rules.label_falls(carrier.unspecialised_years, parameters.evaluation):
        carrier.unspecialised_years = 0
        carrier.change(codes.LABEL_LOSS, mode=codes.COMPREHENSIVE)
        carrier.tell(events.LABEL_LOST)


def _review(model: CarrierModel, level: int) -> None:
    """The review of a level: titles reported as stopped end; two failed years in a row cost one level."""
    p = model.parameters.evaluation
    for carrier in model.listed():
        if carrier.level != level:
            continue
        if carrier.reported:
            model.delist(carrier)
            continue
        score = carrier.score(decisions.REVIEW_NOISE)
        failed = carrier.sends_nothing() or (
            carrier.status == codes.OPERATING and rules.fails_review(score, carrier.type, p)
        )
        carrier.failed_reviews = carrier.failed_reviews + 1 if failed else 0
        if failed:
            carrier.tell(events.FAILED_REVIEW, level, carrier.failed_reviews)
        if rules.title_falls(carrier.failed_reviews, p):
            carrier.failed_reviews = 0
            carrier.applied_level = codes.NONE
            carrier.change(codes.DEMOTION, level=level - 1, level_since=model.quarter_number)
            carrier.tell(events.DEMOTED, level - 1)
