"""A sponsor: commits, prepares, loses a project, rests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation import decisions
from simulation.engines import events
from simulation.engines.mesa.agents.member import Member
from simulation.engines.setting import founder_strength
from simulation.rules import codes, founding

if TYPE_CHECKING:
    from simulation.engines.mesa.agents.carrier import Carrier
    from simulation.engines.mesa.agents.district import District
    from simulation.engines.mesa.model import CarrierModel


class Sponsor(Member):
    """A potential founder of a carrier (建设主体)."""

    def __init__(self, model: CarrierModel, district: District, **columns: Any) -> None:
        super().__init__(model)
        self.district = district
        self.id: int = columns["id"]
        self.kind: int = columns["kind"]
        self.sector: int = columns["sector"]
        self.state: int = columns["state"]
        self.quarters_left: int = columns["quarters_left"]
        self.planned_type: int = columns["planned_type"]
        self.planned_area: int = columns["planned_area"]
        self.free_from: int = columns["free_from"]
        self.carrier: Carrier | None = None

    def strength(self, lever: int) -> float:
        """The strength of a lever for this sponsor."""
        strength, model = self.district.strengths[lever], self.model
        if strength == 0.0 or model.aimed_at_all[lever]:
            return strength
        return founder_strength(
            model.setting.levers, lever, model.index, self.district.place, self.sector, self.kind
        )

    def own_lever(self) -> float:
        """The strength of the lever that encourages founders of this kind."""
        lever = codes.LEVER_OF_KIND[self.kind]
        return 0.0 if lever < 0 else self.strength(lever)

    def commits(self, share_running: float) -> bool:
        """Whether it decides to found a carrier this quarter."""
        p = self.model.parameters.founding
        belts = self.district.belts() if self.kind == codes.UNIVERSITY else 0.0
        tilt = self.strength(codes.DISTRICT_SUPPORT_TILT)
        chance = founding.commitment_chance(
            self.kind,
            self.district.effort,
            share_running,
            self.strength(codes.ROLE_MODELS),
            founding.encouragement(self.own_lever(), belts, tilt, self.kind, p),
            p,
        )
        return self.draw(decisions.COMMIT) < chance

    def begin(self) -> None:
        """Begin to prepare, if the district has floor space for the carrier it has in mind."""
        p = self.model.parameters.founding
        planned_type = founding.carrier_type(self.draw(decisions.KIND_OF_CARRIER), p)
        area = founding.floor_area(self.draw(decisions.FLOOR_AREA), planned_type, p)
        if founding.needs_space(self.kind):
            if self.district.space < area:
                return
            self.district.space -= area
        idle_buildings = self.own_lever() if self.kind == codes.UNIVERSITY else 0.0
        self.state = codes.SPONSOR_PREPARING
        self.planned_type, self.planned_area = planned_type, area
        self.quarters_left = founding.preparation_quarters(
            self.draw(decisions.PREPARATION), self.kind, self.strength(codes.COORDINATION), idle_buildings, p
        )
        self.tell(events.COMMITTED, planned_type, self.quarters_left)

    def loses_project(self) -> bool:
        """Whether its project is lost this quarter."""
        chance = founding.loss_chance(self.strength(codes.COORDINATION), self.model.parameters.founding)
        return self.draw(decisions.PROJECT_LOST) < chance

    def lose_project(self) -> None:
        """Give the project up: the floor is free again, and it waits before it tries once more."""
        if founding.needs_space(self.kind):
            self.district.space += self.planned_area
        self.tell(events.LOST, self.planned_type)
        self.rest(self.model.parameters.founding.retry_after)

    def rest(self, quarters: float) -> None:
        """Be idle, and not commit again for a while."""
        self.state = codes.IDLE
        self.free_from = self.model.quarter_number + int(quarters)
        self.quarters_left = self.planned_type = self.planned_area = 0
        self.carrier = None
