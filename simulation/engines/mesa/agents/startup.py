"""A startup: what it weighs when it chooses a place, and what may become of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation import decisions
from simulation.engines.mesa.agents.member import Member
from simulation.rules import admission, incubation

if TYPE_CHECKING:
    from simulation.engines.mesa.agents.carrier import Carrier
    from simulation.engines.mesa.agents.district import District
    from simulation.engines.mesa.model import CarrierModel


class Startup(Member):
    """A startup: a tenant, or one that looks for a place."""

    def __init__(
        self,
        model: CarrierModel,
        district: District,
        id: int,
        sector: int,
        age: int,
        stay: int = 0,
        funded: int = 0,
        waiting: int = 0,
        upward: int = 0,
    ) -> None:
        super().__init__(model)
        self.district = district
        self.id = id
        self.sector = sector
        self.field = model.city.field_of[sector]
        self.age = age
        self.stay = stay
        self.funded = funded
        self.waiting = waiting
        self.upward = upward
        self.carrier: Carrier | None = None

    def fit(self, carrier: Carrier) -> float:
        """How well a carrier's focus fits it."""
        return self.model.city.match[carrier.sector][self.sector]

    def attraction(self, carrier: Carrier) -> float:
        """How much a place in a carrier appeals to it, personal taste included."""
        p = self.model.parameters.admission
        return admission.attraction(
            self.fit(carrier),
            carrier.capability,
            1.0 - carrier.occupancy,
            admission.rent(carrier.kind, carrier.district.rent, p),
            carrier.type,
            self.age,
            self.model.luck.draw(self.id ^ carrier.id, decisions.TASTE),
            p,
        )

    def gives_up_looking(self) -> bool:
        """Whether it has looked in vain for too long."""
        return admission.gives_up(self.waiting, self.model.parameters.admission)

    def failure_chance(self, fit: float, capability: float, bank_loans: float) -> float:
        """Its chance to fail this quarter."""
        return incubation.failure_chance(
            self.age, fit, capability, self.funded > 0, bank_loans, self.model.parameters.incubation
        )

    def graduation_chance(self, fit: float, capability: float) -> float:
        """Its chance to graduate this quarter."""
        return incubation.graduation_chance(
            self.stay, fit, capability, self.funded > 0, self.model.parameters.incubation
        )
