"""The agents of the Mesa model: what each knows and each decision it takes.

A decision is a short method that hands its draw, its facts and the parameters to one rule; subclass an agent
and override the method to try another behaviour. An agent's attributes are the columns of its table in
``simulation.world``, with agents in place of ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mesa import Agent

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import books, events
from simulation.engines.mesa.books import Cell, tell
from simulation.engines.mesa.rings import points_of
from simulation.engines.setting import aimed_strength, founder_strength
from simulation.rules import (
    admission,
    codes,
    conversion,
    evaluation,
    formation,
    founding,
    incubation,
    inspection,
    operations,
    policy,
    rounds,
)
from simulation.rules.chance import whole

if TYPE_CHECKING:
    from simulation.engines.mesa.model import CarrierModel


class Member(Agent):  # type: ignore[misc] # mesa has no types
    """An agent with an id of its own, at whose address its luck is drawn."""

    model: CarrierModel
    id: int

    def draw(self, decision: int) -> float:
        """This agent's uniform draw for a decision of this quarter."""
        return uniform(self.model.key, self.id, self.model.quarter_number, decision)

    def tell(self, kind: int, first: int = 0, second: int = 0) -> None:
        """Record an event of this agent."""
        tell(self.model, kind, self.id, first, second)


class City(Member):
    """The city: its calendar, the luck of its rounds, and the money it spends."""

    def __init__(self, model: CarrierModel) -> None:
        super().__init__(model)
        self.id = model.setting.city.id
        self.field_of: list[int] = model.setting.city.field.tolist()
        self.long_term: list[int] = model.setting.city.long_term.tolist()
        self.sectors_of_field = [
            [sector for sector, field in enumerate(self.field_of) if field == wanted]
            for wanted in range(model.setting.fields)
        ]

    def happens(self, event: str) -> bool:
        """Whether an event of the calendar falls in this quarter."""
        return bool(getattr(self.model.setting.calendar, event)[self.model.index])

    def national_places(self, carrier_type: int, share: float, applicants: int) -> int:
        """The national places of this year's round for one type."""
        p = self.model.parameters.rounds
        luck = rounds.year_luck(self.draw(decisions.ROUND_LUCK), p)
        expected = rounds.national_places(luck, applicants, share, p)
        return whole(expected, self.draw(decisions.ROUND_PLACES_BY_TYPE + carrier_type))


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
        expected = formation.expected_seekers(self.seeker_share, 0.25 * self.model.index, demanded, p)
        return whole(expected, self.draw(decisions.SEEKERS))

    def pay(self, lever: int, strength: float, units: int = 1) -> None:
        """Enter the cost of a lever in the books of this district."""
        model = self.model
        cost = policy.cost(strength, int(model.setting.levers.unit_cost[lever]), units)
        model.ledger.money[model.index, self.place, lever] += cost


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
        model = self.model
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


class Carrier(Member):
    """An incubation carrier (科技众创孵化载体): makerspace, incubator or accelerator."""

    def __init__(self, model: CarrierModel, district: District, sponsor: Sponsor | None, **columns: Any) -> None:
        super().__init__(model)
        self.district = district
        self.sponsor = sponsor
        self.tenants: dict[int, Startup] = {}
        self.by_sector = [0] * len(model.city.field_of)
        self.by_field = [0] * model.setting.fields
        self.funded_tenants = 0
        for name, value in columns.items():
            setattr(self, name, value)
        self.points = points_of(self.id, self.places)

    if TYPE_CHECKING:
        kind: int
        type: int
        sector: int
        mode: int
        mode_in_fact: int
        converting_since: int
        converted: int
        level: int
        status: int
        opened: int
        registered: int
        level_since: int
        stopped: int
        area: int
        places: int
        platform: int
        fund: int
        capability: float
        reserve: float
        shock: float
        graduates: int
        graduates_this_year: int
        graduates_last_year: int
        admitted_this_year: int
        admitted_last_year: int
        grade: int
        unqualified_years: int
        failed_reviews: int
        unspecialised_years: int
        park: int
        parent: int
        deregistered: int
        reported: int
        applied_level: int
        applied_label: int

    # --- what it is ---

    @property
    def listed(self) -> bool:
        """Whether it is on the list: registered at least with its district, and not taken off."""
        return self.level >= codes.DISTRICT and self.status in (codes.OPERATING, codes.STOPPED)

    @property
    def focused(self) -> bool:
        """Whether it has a field of specialisation: specialised, or converting to it."""
        return self.sector >= 0

    @property
    def field(self) -> int:
        """The field of its specialisation; -1 without."""
        return self.model.city.field_of[self.sector] if self.sector >= 0 else -1

    @property
    def field_tenants(self) -> int:
        """Its tenants in its own field, or in its largest one when it has no focus."""
        return self.by_field[self.field] if self.sector >= 0 else max(self.by_field)

    @property
    def occupancy(self) -> float:
        """The share of its places that are taken."""
        return len(self.tenants) / self.places

    @property
    def large(self) -> bool:
        """Whether it counts as a large carrier."""
        return len(self.tenants) >= self.model.parameters.conversion.large

    def cell(self) -> Cell | None:
        """The cell of the books in which it stands; none when it is not on the list."""
        if not self.listed:
            return None
        operating = 1 if self.status == codes.OPERATING else 0
        return (self.district.place, self.type, self.mode, self.mode_in_fact, self.level - 1, operating)

    def strength(self, lever: int) -> float:
        """The strength of a lever for this carrier."""
        if self.district.strengths[lever] == 0.0:
            return 0.0
        model = self.model
        return aimed_strength(
            model.setting.levers,
            lever,
            model.index,
            self.district.place,
            self.type,
            self.level,
            self.mode,
            self.sector,
            self.kind,
        )

    def change(self, cause: int, **changes: Any) -> None:
        """Change what it is, for a cause, and enter the move in the books."""
        before = self.cell()
        for name, value in changes.items():
            setattr(self, name, value)
        self.model.ledger.move(self.model.index, before, self.cell(), cause)

    # --- tenants ---

    def take(self, startup: Startup) -> None:
        """Take a startup in as a tenant."""
        self.tenants[startup.id] = startup
        self.by_sector[startup.sector] += 1
        self.by_field[startup.field] += 1
        self.funded_tenants += startup.funded
        startup.carrier = self

    def admit(self, startup: Startup) -> None:
        """Take a startup in, and enter it in the books."""
        self.take(startup)
        startup.stay = startup.waiting = startup.upward = 0
        self.admitted_this_year += 1
        self.model.ledger.startups[self.model.index + 1, self.district.place, startup.sector, books.ADMITTED] += 1
        startup.tell(events.ADMITTED, self.id)

    def release(self, startup: Startup, count: int) -> None:
        """Let a tenant go, and enter it in the books under ``count``."""
        del self.tenants[startup.id]
        self.by_sector[startup.sector] -= 1
        self.by_field[startup.field] -= 1
        self.funded_tenants -= startup.funded
        startup.carrier = None
        self.model.ledger.startups[self.model.index + 1, self.district.place, startup.sector, count] += 1

    def takes(self, startup: Startup) -> bool:
        """Whether it has a free place for a startup, and takes its field."""
        if len(self.tenants) >= self.places or (startup.upward and self.type == codes.MAKERSPACE):
            return False
        if self.sector < 0:
            return True
        field = self.model.city.field_of[self.sector]
        return admission.takes(
            startup.field == field,
            True,
            self.converting_since > 0,
            len(self.tenants),
            self.by_field[field],
            self.model.parameters.admission,
        )

    # --- operations ---

    def running_cost(self) -> float:
        """What it costs in CNY a quarter."""
        return operations.running_cost(self.area, self.type, self.model.parameters.operations)

    def receive(self, amount: float) -> None:
        """Receive a subsidy of so many CNY."""
        self.reserve = operations.with_subsidy(
            self.reserve, amount / self.running_cost(), self.model.parameters.operations
        )

    def run(self) -> None:
        """Earn and spend for a quarter."""
        p = self.model.parameters.operations
        self.shock = operations.income_shock(self.shock, self.draw(decisions.INCOME), p)
        margin = operations.income_to_cost(self.type, self.occupancy, self.capability, p) + self.shock - 1.0
        topped_up = self.draw(decisions.TOP_UP) < p.top_up[self.kind]
        self.reserve = operations.next_reserve(self.reserve, margin, topped_up, p)

    def improve(self, outside_share: float) -> None:
        """Drift to the capability it tends to; ``outside_share``: carriers here run from other cities."""
        p = self.model.parameters.operations
        target = operations.capability_target(
            self.kind,
            self.level,
            self.mode_in_fact == codes.SPECIALISED,
            bool(self.platform),
            self.strength(codes.TAILORED_SERVICE),
            self.district.strengths[codes.OUTSIDE_OPERATORS] * outside_share,
            self.strength(codes.PLATFORM_SHARING),
            p,
        )
        self.capability = operations.next_capability(self.capability, target, p)

    def gets_platform(self) -> bool:
        """Whether it gets a technical platform of its own this quarter."""
        chance = operations.platform_chance(self.strength(codes.PLATFORM_SHARING), self.model.parameters.operations)
        return self.draw(decisions.PLATFORM) < chance

    def sets_up_fund(self) -> bool:
        """Whether it sets up an incubation fund this quarter."""
        chance = operations.fund_chance(
            self.type,
            self.mode_in_fact == codes.SPECIALISED,
            self.strength(codes.SCI_TECH_FINANCE),
            self.model.parameters.operations,
        )
        return self.draw(decisions.SEED_FUND) < chance

    def stops(self) -> bool:
        """Whether it stops operating this quarter."""
        chance = operations.stopping_chance(
            self.type,
            self.level,
            self.occupancy,
            self.reserve,
            self.strength(codes.TAILORED_SERVICE),
            self.model.parameters.operations,
        )
        return self.draw(decisions.STOPPING) < chance

    # --- conversion ---

    def largest_field(self) -> int:
        """The field of most of its tenants; of equals the first of the list."""
        return self.by_field.index(max(self.by_field))

    def leading_sector(self, field: int) -> int:
        """The sector of most of its tenants within a field; of equals the first of the list."""
        return max(self.model.city.sectors_of_field[field], key=lambda sector: (self.by_sector[sector], -sector))

    def starts_converting(self) -> bool:
        """Whether it qualifies and starts to become specialised this quarter."""
        p = self.model.parameters.conversion
        if not self.tenants:
            return False
        share = self.by_field[self.largest_field()] / len(self.tenants)
        if not conversion.qualifies(len(self.tenants), share, self.capability, self.reserve, p):
            return False
        chance = conversion.starting_chance(
            share,
            self.capability,
            self.strength(codes.CONVERT_LARGE if self.large else codes.REPOSITION_SMALL),
            self.strength(codes.ROLE_MODELS),
            self.district.belts(),
            p,
        )
        return self.draw(decisions.START_CONVERTING) < chance

    def gets_platform_by_converting(self) -> bool:
        """Whether it gets a platform this quarter as part of its conversion."""
        partner = self.strength(codes.CONVERT_LARGE) if self.large else 0.0
        chance = conversion.platform_chance(
            self.strength(codes.PLATFORM_SHARING), partner, self.model.parameters.conversion
        )
        return self.draw(decisions.PLATFORM_BY_CONVERTING) < chance

    def specialised_now(self) -> bool:
        """Whether it is specialised in fact, given its tenants and platform."""
        return self.focused and conversion.specialised_in_fact(
            self.mode_in_fact == codes.SPECIALISED,
            len(self.tenants),
            self.field_tenants,
            bool(self.platform),
            self.model.parameters.conversion,
        )

    def gives_up_converting(self) -> bool:
        """Whether it gives its conversion up this quarter."""
        p = self.model.parameters.conversion
        if not conversion.may_give_up(self.model.quarter_number - self.converting_since, p):
            return False
        return self.draw(decisions.GIVE_UP) < p.give_up

    def splits(self) -> bool:
        """Whether it splits this quarter."""
        chance = conversion.splitting_chance(
            len(self.tenants), self.strength(codes.CONVERT_LARGE), self.model.parameters.conversion
        )
        return self.draw(decisions.SPLIT) < chance

    # --- evaluation and rounds ---

    def score(self, noise: int = decisions.SCORE_NOISE) -> float:
        """Its score this quarter, luck included."""
        p = self.model.parameters.evaluation
        tenants = max(1, len(self.tenants))
        merit = evaluation.score(
            self.capability,
            self.occupancy,
            self.mode_in_fact == codes.SPECIALISED,
            bool(self.platform),
            self.funded_tenants / tenants,
            self.fund > 0,
            self.graduates_last_year / tenants,
            p,
        )
        return merit + evaluation.score_noise(self.draw(noise), p)

    def sends_nothing(self) -> bool:
        """Whether it fails an evaluation because it has stopped and sends nothing."""
        if self.status != codes.STOPPED:
            return False
        return self.draw(decisions.STOPPED_FAILS) < self.model.parameters.evaluation.stopped_fails

    def standing(self) -> rounds.Standing:
        """What it has to show for a level."""
        p = self.model.parameters.rounds
        now = self.model.quarter_number
        return rounds.Standing(
            quarters_open=now - self.opened,
            quarters_registered=now - self.registered if self.registered else 0,
            area=self.area,
            used_area=rounds.used_area(self.area, len(self.tenants), self.places, p),
            places=self.places,
            tenants=len(self.tenants),
            funded_tenants=self.funded_tenants,
            field_tenants=self.field_tenants,
            graduates=self.graduates,
            fund=self.fund,
            platform=bool(self.platform),
            admitted=max(self.admitted_this_year, self.admitted_last_year),
            events=rounds.events_held(self.capability, self.strength(codes.EVENTS), p),
        )

    def eligible(self, level: int) -> bool:
        """Whether it meets every threshold of a level."""
        asked = self.model.thresholds(self.type, level, self.mode_in_fact)
        return rounds.eligible(self.standing(), asked, self.model.parameters.rounds.density_counts)

    def applies(self, level: int) -> bool:
        """Whether it applies for a level this round, being eligible."""
        p = self.model.parameters.rounds
        if level == codes.MUNICIPAL:
            chance = rounds.municipal_application_chance(
                self.district.effort,
                self.mode_in_fact == codes.SPECIALISED,
                self.strength(codes.MUNICIPAL_SUPPORT),
                p,
            )
            return self.draw(decisions.APPLY_MUNICIPAL) < chance
        if level == codes.PROVINCIAL:
            return self.draw(decisions.APPLY_PROVINCIAL) < p.apply_provincial
        return self.draw(decisions.APPLY_NATIONAL) < p.apply_national

    # --- inspection ---

    def is_found(self) -> bool:
        """Whether it is found to have stopped this quarter."""
        p = self.model.parameters.inspection
        clean_up = self.strength(codes.CLEAN_UP)
        if not inspection.past_grace(self.model.quarter_number - self.stopped, clean_up, p):
            return False
        chance = inspection.finding_chance(
            self.strength(codes.STOCKTAKE), clean_up, bool(self.deregistered), p
        )
        return self.draw(decisions.INSPECTED) < chance


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
        return admission.match(
            carrier.sector >= 0,
            carrier.sector == self.sector,
            carrier.field == self.field,
            self.model.parameters.admission,
        )

    def attraction(self, carrier: Carrier) -> float:
        """How much a place in a carrier appeals to it, personal taste included."""
        model = self.model
        p = model.parameters.admission
        return admission.attraction(
            self.fit(carrier),
            carrier.capability,
            1.0 - carrier.occupancy,
            admission.rent(carrier.kind, carrier.district.rent, p),
            carrier.type,
            self.age,
            uniform(model.key, self.id ^ carrier.id, model.quarter_number, decisions.TASTE),
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
