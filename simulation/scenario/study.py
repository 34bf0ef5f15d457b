"""A study: a scenario made ready to run, which gives every replicate its setting and its world."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from simulation.draws import name_id, replicate_key, uniform, unknowns_key
from simulation.engines import setting as engines
from simulation.quarters import year_of
from simulation.scenario import parameters, rounds
from simulation.scenario.city import CityTables
from simulation.scenario.ledger import LedgerRow, ledger
from simulation.scenario.levers import lever_arrays
from simulation.scenario.loading import Scenario
from simulation.scenario.numbers import triangular
from simulation.scenario.tasks import Target, default_tasks, milestone_array, yearly_milestones
from simulation.world import F64, I32, World


@dataclass(frozen=True, eq=False)
class Study:
    """A scenario with its city, resolved as far as no luck is needed. It can be pickled and sent to a worker."""

    scenario: Scenario
    city: CityTables  # its baseline quarter is that of the run

    @property
    def first_quarter(self) -> int:
        """The first quarter simulated."""
        return self.city.baseline_quarter + 1

    @property
    def quarters(self) -> int:
        """How many quarters are simulated."""
        return self.scenario.until - self.city.baseline_quarter

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """The city's targets that fall into the run."""
        return tuple(one for one in self._all_targets if self._in_run(one))

    @cached_property
    def tasks(self) -> tuple[Target, ...]:
        """The tasks of the districts that fall into the run: the annex, or the targets shared out (assumed)."""
        return tuple(one for one in self._all_tasks if self._in_run(one))

    def _in_run(self, target: Target) -> bool:
        return self.first_quarter <= target.by <= self.scenario.until

    @cached_property
    def _all_targets(self) -> tuple[Target, ...]:
        """The city's targets, in the run or not; one that the city's table holds keeps its grade."""
        grade = {
            (one.scope, one.measure, one.at_least, one.by): one.row["grade"] for one in self.city.targets
        }
        return tuple(
            Target(
                **dict(one),
                district=None,
                grade=grade.get((one.scope, one.measure, one.at_least, one.by), "scenario"),
            )
            for one in self.scenario.targets or ()
        )

    @cached_property
    def _all_tasks(self) -> tuple[Target, ...]:
        """The tasks of the districts, in the run or not: milestones must not depend on where a run ends."""
        if self.scenario.annex is not None:
            return self.scenario.annex_tasks
        return tuple(default_tasks(self._all_targets, self.city))

    @cached_property
    def milestones(self) -> I32:
        """(years, d) Recognised carriers that each district is to have at each year's end, from the first year.

        The years are those of the city's published baseline on, whatever quarter the run starts from.
        """
        counts = [one for one in self._all_tasks if one.measure == "count" and one.scope == "recognised"]
        official = [one for one in counts if one.official] or counts
        return yearly_milestones(
            int(self.baseline_numbers["recognised"]), self.first_milestone_year, official, self.city
        )

    @property
    def first_milestone_year(self) -> int:
        """The year of the first row of ``milestones``."""
        return year_of(self.scenario.tables.baseline_quarter + 1)

    @cached_property
    def baseline_numbers(self) -> dict[str, float]:
        """The margins of the start population by name, those that are drawn left out."""
        return {one.name: one.value for one in self.scenario.tables.baseline if one.kind == "fixed"}

    @cached_property
    def priors(self) -> dict[str, tuple[float, float, float]]:
        """Low, mid and high of each unknown number, sorted by name; all three equal where it is pinned.

        Of a number that a posterior holds, its 5 % quantile, median and 95 % quantile.
        """
        found = {}
        for one in sorted((*self.city.parameters, *self.city.baseline)):
            if one.kind != "unknown":
                continue
            low, mid, high = one.low, one.value, one.high
            prior = self.scenario.unknowns.get(one.name)
            learned = self.scenario.learned
            if prior is None and learned is not None and one.name in learned.names:
                low, mid, high = learned.triangle(one.name)
            elif prior is not None and prior.value is not None:
                low = mid = high = prior.value
            elif prior is not None:
                low = low if prior.low is None else prior.low
                mid = mid if prior.mid is None else prior.mid
                high = high if prior.high is None else prior.high
            found[one.name] = (low, mid, high)
        return found

    def unknown_values(self, seed: int, draw: int) -> dict[str, float]:
        """The unknown numbers of one draw; each at an address of its own, so that one more moves no other."""
        key = unknowns_key(seed, draw)
        drawn = {
            name: triangular(low, mid, high, uniform(key, name_id("unknown", name), 0, 0))
            for name, (low, mid, high) in self.priors.items()
        }
        if self.scenario.learned is not None:
            point = self.scenario.learned.point(uniform(key, name_id("unknown", "posterior"), 0, 0))
            drawn |= {name: value for name, value in point.items() if name not in self.scenario.unknowns}
        return drawn

    def parameters(self, seed: int, draw: int) -> engines.Parameters:
        """The numbers of the rulebook of one draw."""
        drawn = self.unknown_values(seed, draw)
        values = {one.name: one.value for one in self.city.parameters} | self.scenario.rules
        values |= {name: value for name, value in drawn.items() if name in values}
        return parameters.assemble(values, self._units)

    def setting(self, seed: int, draw: int, seed_in_draw: int) -> engines.Setting:
        """All that one replicate is given besides its world."""
        key = replicate_key(seed, draw, seed_in_draw)
        numbers = self.parameters(seed, draw)
        calendar, first, quarters = self.city.calendar, self.first_quarter, self.quarters
        held = rounds.national_rounds(calendar, first, quarters, key, self._city_id, numbers.rounds)
        return engines.Setting(
            key=key,
            first_quarter=first,
            quarters=quarters,
            fields=len(self.city.fields),
            city=self._engine_city._replace(seeker_share=self._seeker_share(seed, draw)),
            levers=self._levers,
            calendar=rounds.calendar_arrays(calendar, first, quarters, held),
            thresholds=self._thresholds,
            milestones=self._milestones_by_quarter,
            parameters=numbers,
        )

    def world(self, seed: int, draw: int, seed_in_draw: int) -> World:
        """The world that a replicate starts from: the same for all seeds of a draw."""
        del seed_in_draw  # the start is drawn once a draw: seeds differ in what happens afterwards
        unknowns, numbers = self.unknown_values(seed, draw), self.parameters(seed, draw)
        shares, key = district_shares(self, seed, draw), unknowns_key(seed, draw)
        register = self.scenario.register
        if register is None:
            from simulation.registry import synthesis

            return synthesis.synthesise(self.city, self.baseline_numbers, unknowns, numbers, shares, key)
        if self.scenario.covers is not None:
            from simulation.registry import partial

            covered = [self.city.index(code) for code in self.scenario.covers]
            return partial.world(
                register, covered, self.city, self.baseline_numbers, unknowns, numbers, shares, key
            )
        from simulation.registry import worlds

        return worlds.world(register, self.city, self.baseline_numbers, unknowns, numbers, shares, key)

    @cached_property
    def start(self) -> str:
        """What decides ``world`` besides seed and draw, as one text: two studies with the same start alike."""
        data = (
            self.city.digest,
            self.city.baseline_quarter,
            self.scenario.registry_digest,
            self.scenario.as_of,
        )
        learned = "" if self.scenario.learned is None else self.scenario.learned.digest
        numbers = sorted(self.scenario.rules.items()), self.priors, self.baseline_numbers, learned
        return repr((data, numbers))

    def ledger(self) -> list[LedgerRow]:
        """The assumptions ledger: every number that a run rests on, with its range, grade and source."""
        return ledger(self.scenario, self.priors, self.targets, self.tasks)

    @cached_property
    def _units(self) -> dict[str, str]:
        return {one.name: one.unit for one in self.city.parameters}

    @property
    def _city_id(self) -> int:
        return name_id("city", self.city.name)

    @cached_property
    def _levers(self) -> engines.Levers:
        return lever_arrays(self.scenario.levers, self.city, self.first_quarter, self.quarters)

    @cached_property
    def _thresholds(self) -> F64:
        return rounds.threshold_array(
            self.city.recognition,
            self.first_quarter,
            self.quarters,
            self.baseline_numbers["desks_per_place"],
            self.scenario.switches.accelerators_recognised,
        )

    @cached_property
    def _milestones_by_quarter(self) -> I32:
        return milestone_array(
            self.milestones,
            self.first_milestone_year,
            self.first_quarter,
            self.quarters,
            len(self.city.districts),
        )

    @cached_property
    def _engine_city(self) -> engines.City:
        """What the engines know of the city; the shares of seekers, which are drawn, are still 0."""
        city = self.city
        ahead = [one for one in city.transfers if one.quarter >= self.first_quarter]
        return engines.City(
            id=self._city_id,
            usual_effort=city.usual_effort,
            university=city.university,
            park=city.park,
            rent=city.rent,
            seekers_since=self.scenario.tables.baseline_quarter + 1,
            seeker_share=np.zeros((self.quarters, len(city.districts))),
            sector_cumulative=city.sector_cumulative,
            field=city.field,
            long_term=city.long_term,
            space_growth=np.array([one.space_growth for one in city.districts], np.int64),
            space_by_lever=np.array([one.space_by_lever for one in city.districts], np.int64),
            transfer_quarter=np.array([one.quarter for one in ahead], np.int32),
            transfer_from=np.array([city.index(one.old) for one in ahead], np.int8),
            transfer_to=np.array([city.index(one.new) for one in ahead], np.int8),
            transfer_share=np.array([one.share for one in ahead], np.float64),
        )

    def _seeker_share(self, seed: int, draw: int) -> F64:
        """(q, d) The districts' shares of seekers: those of the baseline, moved by each transfer from its quarter."""
        share = district_shares(self, seed, draw).copy()
        made = np.empty((self.quarters, len(share)))
        pending = list(self.city.transfers)
        for row in range(self.quarters):
            while pending and pending[0].quarter <= self.first_quarter + row:
                transfer = pending.pop(0)
                old, new = self.city.index(transfer.old), self.city.index(transfer.new)
                moved = share[old] * transfer.share
                share[old], share[new] = share[old] - moved, share[new] + moved
            made[row] = share
        return made


def district_shares(study: Study, seed: int, draw: int) -> F64:
    """(d) The districts' shares of the baseline, drawn once a draw from a triangle each; they add up to 1."""
    key = unknowns_key(seed, draw)
    shares = np.array(
        [
            triangular(
                one.share_low, one.share, one.share_high, uniform(key, name_id("share", one.code), 0, 0)
            )
            for one in study.city.districts
        ]
    )
    return np.asarray(shares / shares.sum(), np.float64)


def study(scenario: Scenario) -> Study:
    """The study of a scenario."""
    city = replace(scenario.tables, baseline_quarter=scenario.opening_quarter)
    return Study(scenario, city)
