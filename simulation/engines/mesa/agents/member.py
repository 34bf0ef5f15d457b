"""What all agents share: an id, draws at its address, and a voice in the events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa import Agent

if TYPE_CHECKING:
    from simulation.engines.mesa.model import CarrierModel


class Member(Agent):
    """An agent with an id of its own, at whose address its luck is drawn."""

    model: CarrierModel
    id: int

    def remove(self) -> None:
        """Leave the model; once is enough."""
        self.model.deregister_agent(self)

    def draw(self, decision: int) -> float:
        """This agent's uniform draw for a decision of this quarter."""
        return self.model.luck.draw(self.id, decision)

    def tell(self, kind: int, first: int = 0, second: int = 0) -> None:
        """Record an event of this agent, if anybody wants events."""
        model = self.model
        if model.ledger.keep_events:
            model.ledger.events.append((model.quarter_number, kind, self.id, first, second))
