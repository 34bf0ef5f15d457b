"""The cheapest mix of levers that reaches the targets with a given chance, and the front of cost against chance.

Every mix meets the same luck. Levers are first tried one by one; mixes of the best by what they bring for their
cost are where an evolutionary search begins (NSGA-II, Deb et al. 2002, from optuna). The search follows from its
seed alone, and every future that it asks for is kept: after an interruption it is gone through again, what is kept
is not simulated again, and the answer is the same. What the search finds is judged anew on luck that it never met.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from simulation.projection.evaluations import F64, Evaluator, Progress
from simulation.projection.mixes import (
    OVER_BUDGET,
    STEPS,
    Dose,
    Judged,
    Mix,
    Space,
    dominant,
    hypervolume,
    judged,
    key_of,
    scales_of,
)
from simulation.projection.sweep import target_record
from simulation.quarters import quarter_name

FILES = ("front.csv", "mixes.csv", "plan.yaml", "needs.csv", "evaluations.jsonl")
_STILL = 0.005  # a front that grows by less than this share over _WATCHED generations has settled
_WATCHED = 3
_MOST_NEIGHBOURS = 40  # of a mix that are tried in a step of polishing
_CROSSED = 2.0  # how much wider than its prior an unknown is tried in "what would have to be true"


class Asked(NamedTuple):
    """How much is asked of a plan."""

    chance: float
    budget: float | None  # CNY
    replicates: int
    population: int
    generations: int
    fresh: int  # futures on which the front is judged anew


@dataclass
class Search:
    """What a search has tried: mixes by key with what they come to, in the order of trial."""

    mixes: dict[str, Mix] = field(default_factory=dict)
    judged: dict[str, Judged] = field(default_factory=dict)
    volumes: list[float] = field(default_factory=list)  # of the front after each generation
    settled: bool = False

    def front(self, budget: float | None) -> list[str]:
        """Keys of the mixes that none betters, cheapest first, within the budget."""
        keys = [key for key, one in self.judged.items() if budget is None or one.cost <= budget]
        return [
            keys[at] for at in dominant([(self.judged[key].cost, self.judged[key].reach) for key in keys])
        ]


class Option(NamedTuple):
    """A mix of the front, judged on fresh luck."""

    mix: Mix
    judged: Judged
    best_share: float  # share of futures in which no mix of the front does better for less
    all_met: float  # share of futures in which every target is met
    regret: float  # mean of targets that the best mix of a future meets beyond this one


class Need(NamedTuple):
    """What would have to be true for a target to be reached: an unknown at least (or at most) at a value."""

    target: int
    unknown: str | None  # None: no single unknown would do
    value: float | None
    low: float | None  # its prior
    high: float | None
    at_least: bool
    chance: float  # with it, or the highest that any unknown gives
    rise: float | None = None  # carriers a year, net, that a count must rise by from its published start


class LeastDose(NamedTuple):
    """How little of one lever of the chosen mix would do, and how late."""

    lever: str
    strength: float  # the least that still reaches the chance, all else as in the mix
    latest: int  # the latest start that still does


@dataclass(frozen=True)
class Plan:
    """The answer to: what is the cheapest way there?"""

    asked: Asked
    space: Space
    options: tuple[Option, ...]  # the front, cheapest first
    winner: Option | None
    final: Judged | None  # the winner on a third luck, which nothing was chosen by
    nearest: Option  # the mix that comes nearest: the winner, or what falls least short
    needs: tuple[Need, ...]
    doses: tuple[LeastDose, ...]
    tried: int
    volumes: tuple[float, ...]
    settled: bool
    failed: int
    deciding: tuple[str, float] | None = None  # the unknown that it would be worth most to know, in chance

    def record(self) -> dict[str, Any]:
        """The answer for other programs."""
        return {
            "scenario": self.space.study.scenario.name,
            "target_chance": self.asked.chance,
            "budget": self.asked.budget,
            "targets": [target_record(one) for one in self.space.study.targets],
            "mixes_tried": self.tried,
            "settled": self.settled,
            "hypervolume": list(self.volumes),
            "failed": self.failed,
            "reached": self.winner is not None,
            "winner": None if self.winner is None or self.final is None else _told(self.winner, self.final),
            "nearest": _told(self.nearest, self.nearest.judged),
            "front": [_told(one, one.judged) for one in self.options],
            "what_would_have_to_be_true": [one._asdict() for one in self.needs],
            "least_doses": [
                {"lever": one.lever, "strength": one.strength, "latest_start": quarter_name(one.latest)}
                for one in self.doses
            ],
            "worth_knowing": None
            if self.deciding is None
            else {"unknown": self.deciding[0], "chance": self.deciding[1]},
        }


def _told(one: Option, by: Judged) -> dict[str, Any]:
    return {
        "levers": [
            {
                "lever": name,
                "strength": dose.strength,
                "from": quarter_name(dose.start),
                "leading_districts": dose.leading,
            }
            for name, dose in one.mix.items()
            if dose.strength > 0.0
        ],
        "cost": by.cost if math.isfinite(by.cost) else None,
        "chances": list(by.chances),
        "chance_errors": list(by.errors),
        "margins": [margin if math.isfinite(margin) else None for margin in by.margins],
        "best_share": one.best_share,
        "all_met": one.all_met,
        "mean_regret": one.regret,
    }


class Planner:
    """Searches, judges anew, and says what it would take."""

    def __init__(
        self,
        space: Space,
        asked: Asked,
        evaluator_of: Callable[[int], Evaluator],
        progress: Callable[[str], Progress | None] = lambda _: None,
    ) -> None:
        """``evaluator_of`` gives the evaluator of a luck: 0 of the search, 1 and 2 fresh ones."""
        self.space, self.asked, self.progress = space, asked, progress
        self.evaluators = [evaluator_of(luck) for luck in range(3)]
        self.targets = self.evaluators[0].targets
        self.search = Search()
        self._k = space.study.scenario.seeds_per_draw
        self._scales: list[float] = [1.0] * len(self.targets)

    def plan(self) -> Plan:
        """Everything that is asked for."""
        if self._all_mixes() <= self.asked.population * self.asked.generations:
            self._exhaust()
        else:
            self._screen()
            self._evolve()
            self._polish()
        return self._answer()

    # --- searching ---

    def judge(self, mixes: Sequence[Mix]) -> list[Judged]:
        """What mixes come to on the luck of the search; each is simulated once."""
        new = {key_of(mix): mix for mix in mixes if key_of(mix) not in self.search.judged}
        studies = {key: self.space.study_of(mix) for key, mix in new.items()}
        values = self.evaluators[0].run(studies, range(self.asked.replicates), self.progress("search"))
        if not self.search.judged and values:
            self._scales = scales_of(next(iter(values.values())), self.targets)
        for key, mix in new.items():
            self.search.mixes[key] = mix
            self.search.judged[key] = self._judged(values[key])
        return [self.search.judged[key_of(mix)] for mix in mixes]

    def _judged(self, values: F64) -> Judged:
        return judged(values, self.targets, self.asked.chance, self._scales, self._k)

    def _reach(self, one: Judged) -> float:
        """The reach, set back for what is over the budget."""
        budget = self.asked.budget
        if budget is None or one.cost <= budget:
            return max(one.reach, -1e6)
        return max(one.reach, -1e6) - OVER_BUDGET - (one.cost - budget) / max(budget, 1.0)

    def _all_mixes(self) -> float:
        """How many mixes there are; starts and districts make too many to count."""
        if self.space.starts or self.space.districts:
            return math.inf
        return float((STEPS + 1) ** len(self.space.levers))

    def _exhaust(self) -> None:
        """Try every mix: for a few levers that is no more than a search would try."""
        doses = [step / STEPS * self.space.most for step in range(STEPS + 1)]
        every = itertools.product(doses, repeat=len(self.space.levers))
        self.judge([self.space.mix(dict(zip(self.space.levers, one, strict=True))) for one in every])
        self.search.settled = True

    def _screen(self) -> None:
        """Nothing, everything, and each lever alone; then the best by gain for their cost, one more at a time."""
        space, most = self.space, self.space.most
        alone = [space.mix({name: most}) for name in space.levers]
        nothing, *singles, _ = self.judge(
            [space.mix({}), *alone, space.mix(dict.fromkeys(space.levers, most))]
        )

        def gain(one: Judged) -> float:
            return sum(
                (margin - before) / scale
                for margin, before, scale in zip(one.margins, nothing.margins, self._scales, strict=True)
            )

        rated = []
        for name, one in zip(space.levers, singles, strict=True):
            extra = max(one.cost - nothing.cost, 1.0)
            if gain(one) > 0.0:
                rated.append((-gain(one) / extra, name))
        order = [name for _, name in sorted(rated)]
        self.prefixes = [space.mix(dict.fromkeys(order[: count + 1], most)) for count in range(len(order))]

    def _evolve(self) -> None:
        """The evolutionary search: a generation is asked for as a whole, so that it runs side by side."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        sampler = optuna.samplers.NSGAIISampler(
            population_size=self.asked.population, seed=self.evaluators[0].seed % 2**32
        )
        study = optuna.create_study(sampler=sampler, directions=["minimize", "maximize"])
        for mix in self._seeds():
            study.enqueue_trial(self._written(mix))
        self.judge(self.prefixes)
        corner = max(one.cost for one in self.search.judged.values()) * 1.01 + 1.0
        floor = min(self._reach(one) for one in self.search.judged.values() if one.cost < math.inf)
        for _ in range(self.asked.generations):
            trials = [study.ask() for _ in range(self.asked.population)]
            found = self.judge([self._suggested(trial) for trial in trials])
            for trial, one in zip(trials, found, strict=True):
                study.tell(trial, [min(one.cost, 1e18), self._reach(one)])
            points = [(one.cost, self._reach(one)) for one in self.search.judged.values()]
            self.search.volumes.append(hypervolume(points, corner, floor))
            if self._still():
                self.search.settled = True
                return

    def _polish(self) -> None:
        """Steps from the cheapest mix that reaches the chance to a cheaper one that does too, until there is none.

        A step takes a little off one lever, or moves it to another one.
        """
        while True:
            reaching = [key for key in self.search.judged if self._reach(self.search.judged[key]) >= 0.0]
            if not reaching:
                return
            best = min(reaching, key=lambda key: (self.search.judged[key].cost, key))
            near = [
                mix
                for mix in self._neighbours(self.search.mixes[best])
                if key_of(mix) not in self.search.judged
            ]
            if not near:
                return
            found = self.judge(near)
            cheaper = [
                one for one in found if self._reach(one) >= 0.0 and one.cost < self.search.judged[best].cost
            ]
            if not cheaper:
                return

    def _neighbours(self, mix: Mix) -> Sequence[Mix]:
        """A mix with one lever a step weaker, and such with another one a step stronger; not too many."""
        step = self.space.most / STEPS
        weaker = [name for name, dose in mix.items() if dose.strength >= step]
        stronger = [name for name, dose in mix.items() if dose.strength <= self.space.most - step]
        down = [{**mix, name: mix[name]._replace(strength=mix[name].strength - step)} for name in weaker]
        swaps = [
            {**one, other: one[other]._replace(strength=one[other].strength + step)}
            for name, one in zip(weaker, down, strict=True)
            for other in stronger
            if other != name
        ]
        spare = max(_MOST_NEIGHBOURS - len(down), 0)
        return [*down, *swaps[:: max(1, math.ceil(len(swaps) / max(spare, 1)))][:spare]]

    def _still(self) -> bool:
        volumes = self.search.volumes
        if len(volumes) <= _WATCHED:
            return False
        return volumes[-1] - volumes[-1 - _WATCHED] <= _STILL * max(volumes[-1], 1e-12)

    def _seeds(self) -> Sequence[Mix]:
        """Where the search begins: nothing, some of the mixes from screening, everything."""
        room = max(self.asked.population - 2, 1)
        step = max(1, math.ceil(len(self.prefixes) / room))
        everything = self.space.mix(dict.fromkeys(self.space.levers, self.space.most))
        return [self.space.mix({}), *self.prefixes[::step], everything][: self.asked.population]

    def _written(self, mix: Mix) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, dose in mix.items():
            made[name] = round(STEPS * dose.strength / self.space.most)
            if self.space.starts:
                made[f"{name} from"] = dose.start - self.space.earliest(name)
            if self.space.districts:
                made[f"{name} leading"] = int(dose.leading)
        return made

    def _suggested(self, trial: Any) -> Mix:
        made = {}
        space = self.space
        for name in space.levers:
            strength = trial.suggest_int(name, 0, STEPS) / STEPS * space.most
            start, leading = space.earliest(name), False
            if space.starts:
                start += trial.suggest_int(f"{name} from", 0, space.latest(name) - start)
            if space.districts:
                leading = bool(trial.suggest_int(f"{name} leading", 0, 1))
            made[name] = Dose(strength, start, leading)
        return made

    # --- judging anew ---

    def _fresh(self, mixes: Sequence[Mix], luck: int) -> list[F64]:
        studies = {f"luck {luck}|{key_of(mix)}": self.space.study_of(mix) for mix in mixes}
        values = self.evaluators[luck].run(studies, range(self.asked.fresh), self.progress("fresh"))
        return [values[f"luck {luck}|{key_of(mix)}"] for mix in mixes]

    def _answer(self) -> Plan:
        keys = self.search.front(self.asked.budget) or [key_of(self.space.mix({}))]
        mixes = [self.search.mixes[key] for key in _spread(keys, self.search)]
        values = self._fresh(mixes, 1)
        options = self._options(mixes, values)
        within = [
            one
            for one in options
            if one.judged.lowest >= self.asked.chance
            and (self.asked.budget is None or one.judged.cost <= self.asked.budget)
        ]
        winner = min(within, key=lambda one: one.judged.cost) if within else None
        nearest = winner or max(options, key=lambda one: (one.judged.reach, -one.judged.cost))
        final = None if winner is None else self._judged(self._fresh([winner.mix], 2)[0])
        needs = () if winner is not None else tuple(self._needs(nearest))
        doses = () if winner is None else tuple(self._doses(winner))
        failed = sum(len(one.kept.errors) for one in {id(one.kept): one for one in self.evaluators}.values())
        return Plan(
            self.asked,
            self.space,
            tuple(options),
            winner,
            final,
            nearest,
            needs,
            doses,
            len(self.search.judged),
            tuple(self.search.volumes),
            self.search.settled,
            failed,
            self._deciding(values),
        )

    def _options(self, mixes: Sequence[Mix], values: Sequence[F64]) -> list[Option]:
        """The mixes of the front with their regrets: what the best of them meets in a future beyond each."""
        asked = np.array([one.at_least for one in self.targets])
        reached = np.stack([(one[:, : len(asked)] >= asked).sum(axis=1) for one in values], axis=1)
        cost = np.stack([np.nan_to_num(one[:, -1]) for one in values], axis=1)
        score = reached - cost / (cost.max() * 2.0 + 1.0)  # of those that meet as many, the cheapest
        best = score.argmax(axis=1)
        most = reached.max(axis=1)
        return [
            Option(
                mix,
                self._judged(values[at]),
                float((best == at).mean()),
                float((reached[:, at] == len(asked)).mean()),
                float((most - reached[:, at]).mean()),
            )
            for at, mix in enumerate(mixes)
        ]

    def _deciding(self, values: Sequence[F64]) -> tuple[str, float] | None:
        """The unknown that it would be worth most to know before choosing within the front."""
        from simulation.projection.indices import value_of_learning

        if len(values) < 2:
            return None
        asked = np.array([one.at_least for one in self.targets])
        useful = np.stack([(one[:, : len(asked)] >= asked).mean(axis=1) for one in values], axis=1)
        seed = self.evaluators[1].seed
        draws = [self.space.study.unknown_values(seed, at // self._k) for at in range(len(useful))]
        worth = {name: value_of_learning(np.array([one[name] for one in draws]), useful) for name in draws[0]}
        if not worth:
            return None
        name = max(worth, key=lambda one: worth[one])
        return (name, worth[name]) if worth[name] > 0.0 else None

    # --- what it would take ---

    def _doses(self, winner: Option) -> list[LeastDose]:
        """For each lever of the winner: the least strength and the latest start that still reach the chance."""
        found = []
        for name, dose in winner.mix.items():
            if dose.strength <= 0.0:
                continue

            def reaches(changed: Dose, name: str = name) -> bool:
                return self.judge([{**winner.mix, name: changed}])[0].reach >= 0.0

            if not reaches(dose):
                continue  # on the luck of the search the winner itself falls short by luck
            steps = round(STEPS * dose.strength / self.space.most)
            least = next(
                step
                for step in range(steps + 1)
                if step == steps or reaches(dose._replace(strength=step / STEPS * self.space.most))
            )
            low, high = dose.start, self.space.latest(name) + 1
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if reaches(dose._replace(start=middle)) else (low, middle)
            found.append(LeastDose(name, least / STEPS * self.space.most, low))
        return found

    def _needs(self, nearest: Option) -> list[Need]:
        """For each target that falls short: which unknown, how far, would bring it to the chance."""
        study = self.space.study_of(nearest.mix)
        found = []
        for at in range(len(self.targets)):
            if nearest.judged.chances[at] < self.asked.chance:
                found.append(self._need(study, at)._replace(rise=self._rise(at)))
        return found

    def _rise(self, at: int) -> float | None:
        """By how many carriers a year a count must rise, net, from the published start to its target."""
        target, study = self.targets[at], self.space.study
        start = study.baseline_numbers.get(target.scope)
        years = (target.by - study.city.baseline_quarter) / 4.0
        if target.measure != "count" or start is None or study.scenario.register is not None or years <= 0.0:
            return None
        return (target.at_least - start) / years

    def _need(self, study: Any, at: int) -> Need:
        from simulation.scenario import study as study_of
        from simulation.scenario.variants import varied

        units = {one.name: one.unit for one in (*study.city.parameters, *study.city.baseline)}

        def chances(pinned: Mapping[str, float]) -> dict[str, tuple[float, float]]:
            """By name: chance and margin of the target with one unknown pinned."""
            studies = {
                f"unknown {name}={value:.6g}|{study.scenario.digest()[:12]}": study_of(
                    varied(study.scenario, {f"unknowns.{name.rstrip('+-')}": value})
                )
                for name, value in pinned.items()
            }
            values = self.evaluators[0].run(studies, range(self.asked.replicates), self.progress("needs"))
            told = [self._judged(one) for one in values.values()]
            return {name: (one.chances[at], one.margins[at]) for name, one in zip(pinned, told, strict=True)}

        open_ = {name: prior for name, prior in study.priors.items() if prior[0] < prior[2]}
        ends: dict[str, float] = {}
        for name, (low, _, high) in open_.items():
            ends[f"{name}-"], ends[f"{name}+"] = low, high
        if not ends:
            return Need(at, None, None, None, None, True, 0.0)
        told = chances(ends)
        best = max(told, key=lambda one: told[one])
        name, rising = best.rstrip("+-"), best.endswith("+")
        low, mid, high = open_[name]
        good, bad = (high, mid) if rising else (low, mid)
        if told[best][1] < 0.0:  # not even at the end of its prior: beyond it, where that means something
            bounded = units.get(name, "").startswith(("chance", "share"))
            beyond = min(_CROSSED * high, 1.0) if bounded else _CROSSED * high
            if not rising or beyond <= high or chances({f"{name}+": beyond})[f"{name}+"][1] < 0.0:
                return Need(at, None, None, None, None, rising, told[best][0])
            good, bad = beyond, high
        for _ in range(4):
            middle = (good + bad) / 2.0
            good, bad = (middle, bad) if chances({best: middle})[best][1] >= 0.0 else (good, middle)
        return Need(at, name, good, low, high, rising, chances({best: good})[best][0])


def _spread(keys: Sequence[str], search: Search, most: int = 12) -> list[str]:
    """At most so many mixes of a front, evenly spread, those on both sides of reach 0 among them."""
    if len(keys) <= most:
        return list(keys)
    crossing = next((at for at, key in enumerate(keys) if search.judged[key].reach >= 0.0), len(keys) - 1)
    near = set(range(max(crossing - 2, 0), min(crossing + 3, len(keys))))
    even = {round(at) for at in np.linspace(0, len(keys) - 1, most - len(near))}
    return [keys[at] for at in sorted(near | even)]
