"""What a carrier decides: to run, improve, stop, convert, split, apply; and whether it is found."""

from __future__ import annotations

from simulation import decisions
from simulation.engines.mesa.agents.place import Place
from simulation.rules import codes, conversion, evaluation, inspection, operations, rounds


class Carrier(Place):
    """An incubation carrier (科技众创孵化载体): makerspace, incubator or accelerator."""

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
        chance = operations.platform_chance(
            self.strength(codes.PLATFORM_SHARING), self.model.parameters.operations
        )
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
        return max(
            self.model.city.sectors_of_field[field], key=lambda sector: (self.by_sector[sector], -sector)
        )

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
