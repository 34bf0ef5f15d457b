"""A district: effort, floor, task, and what its levers do there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation import decisions
from simulation.engines.mesa.agents.member import Member
from simulation.rules import codes, formation, policy
from simulation.rules.chance import whole

if TYPE_CHECKING:
    from simulation.engines.mesa.model import CarrierModel


class District(Member):
    """A district or zone (planning unit) with its floor space, effort and task."""

    def __init__(self, model: CarrierModel, place: int, id: int, space: int) -> None:
        super().__init__(model)
        city = model.setting.city
        self.place = place
        self.id = id
        self.space = space
        self.university = bool(city.university[place])
        self.park = int(city.park[place])
        self.rent = float(city.rent[place])
        self.effort = float(city.usual_effort[place])
        self.cumulative: list[float] = city.sector_cumulative[place].tolist()
        self.strengths: list[float] = []

    @property
    def seeker_share(self) -> float:
        """Its share of the city's seekers this quarter; 0 before it exists."""
        return float(self.model.setting.city.seeker_share[self.model.index, self.place])

    def read_levers(self) -> None:
        """Take in this quarter's lever strengths."""
        self.strengths = self.model.setting.levers.strength[:, self.model.index, self.place].tolist()

    def belts(self) -> float:
        """The strength of the belts around universities: only where universities are."""
        return self.strengths[codes.UNIVERSITY_BELTS] if self.university else 0.0

    def parks(self) -> float:
        """The strength of full-chain parks: only where there is a park."""
        return self.strengths[codes.FULL_CHAIN_PARKS] if self.park >= 0 else 0.0

    def set_effort(self, recognised: int) -> None:
        """Raise the effort when held to a task and behind it."""
        model = self.model
        milestone = int(model.setting.milestones[model.index, self.place])
        self.effort = policy.district_effort(
            float(model.setting.city.usual_effort[self.place]),
            self.strengths[codes.ACCOUNTABILITY],
            self.strengths[codes.DISTRICT_NEW_BUILD],
            policy.shortfall(recognised, milestone),
            policy.urgency(model.quarter_number % 4),
            model.parameters.policy,
        )

    def seekers(self) -> int:
        """How many startups begin to look for a carrier here this quarter."""
        strengths, p = self.strengths, self.model.parameters.formation
        demanded = formation.demand(
            strengths[codes.LEAD_ENTERPRISES],
            strengths[codes.UNIVERSITIES],
            self.belts(),
            strengths[codes.NEW_RD_INSTITUTIONS],
            strengths[codes.SCI_TECH_FINANCE],
            self.parks(),
            strengths[codes.EVENTS],
            p,
        )
        years = 0.25 * (self.model.quarter_number - self.model.setting.city.seekers_since)
        expected = formation.expected_seekers(self.seeker_share, years, demanded, p)
        return whole(expected, self.draw(decisions.SEEKERS))

    def pay(self, lever: int, strength: float, units: int = 1) -> None:
        """Enter the cost of a lever in the books of this district."""
        if strength == 0.0:
            return
        model = self.model
        cost = policy.cost(strength, int(model.setting.levers.unit_cost[lever]), units)
        model.ledger.money[model.index, self.place, lever] += cost
