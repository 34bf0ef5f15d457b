"""Step 10, inspection: stopped carriers are found and taken off the list; a stocktake corrects labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation import decisions
from simulation.engines import events
from simulation.rules import codes
from simulation.rules import inspection as rules

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import Carrier
    from simulation.engines.mesa.model import CarrierModel


def inspection(model: CarrierModel) -> None:
    """Look at every carrier on the list."""
    for carrier in model.listed():
        if carrier.status == codes.STOPPED:
            _inspect(model, carrier)
        elif carrier.level >= codes.MUNICIPAL:
            _correct_label(model, carrier)


def _inspect(model: CarrierModel, carrier: Carrier) -> None:
    if (
        not carrier.deregistered
        and carrier.draw(decisions.DEREGISTERED) < model.parameters.inspection.deregistered
    ):
        carrier.deregistered = 1
        carrier.tell(events.DEREGISTERED)
    if carrier.reported or not carrier.is_found():
        return
    if rules.ends_at_review(carrier.level):
        carrier.reported = 1
        carrier.tell(events.REPORTED, carrier.level)
    else:
        model.delist(carrier)


def _correct_label(model: CarrierModel, carrier: Carrier) -> None:
    """Give the label that the facts call for (重新归类), where a stocktake finds the wrong one."""
    if not rules.label_is_wrong(carrier.mode, carrier.mode_in_fact):
        return
    chance = rules.relabelling_chance(carrier.strength(codes.STOCKTAKE), model.parameters.inspection)
    if carrier.draw(decisions.RELABELLED) < chance:
        carrier.change(codes.RELABELLING, mode=carrier.mode_in_fact)
        carrier.applied_label = 0
        carrier.tell(events.RELABELLED, carrier.mode)
