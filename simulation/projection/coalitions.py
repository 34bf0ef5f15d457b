"""Coalitions of levers: what a replicate comes to when some levers are set as in the variant, the rest as in the base.

All coalitions of a replicate meet the same draw and the same luck. The quarters before any lever differs are
simulated once. Nothing is written but what is asked for: totals at the ends of a few quarters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.engines.books import Outcome
from simulation.engines.setting import Calendar, Levers, Setting
from simulation.ensemble.blocks import find_engine
from simulation.ensemble.futures import Engine
from simulation.ensemble.labels import address
from simulation.ensemble.scopes import scope_totals
from simulation.quarters import quarter_name
from simulation.rules import codes
from simulation.scenario import Study
from simulation.world import World

I64 = NDArray[np.int64]

# What a coalition is asked for: the carriers of each scope, all of them and those specialised on either basis.
COLUMNS = tuple(f"{scope}{which}" for scope in codes.SCOPES for which in ("", "_label", "_fact"))
REST = "everything_else"  # the player that stands for all inputs that are no levers


class NotComparableError(ValueError):
    """Scenarios between which no lever can be switched: other cities, quarters or draws."""


@dataclass(frozen=True)
class Game:
    """Two scenarios, and the players by which they differ: levers, and everything else as one more."""

    base: Study
    variant: Study
    engine: str
    seed: int
    ends: tuple[int, ...]  # quarters at whose ends totals are wanted, in order

    def __post_init__(self) -> None:
        """Refuse scenarios that cannot be mixed."""
        base, variant = self.base, self.variant
        for what, ours, theirs in (
            ("cities", base.city.codes, variant.city.codes),
            ("sectors", base.city.sector_codes, variant.city.sector_codes),
            ("first quarters", base.first_quarter, variant.first_quarter),
            ("last quarters", base.quarters, variant.quarters),
            ("seeds per draw", base.scenario.seeds_per_draw, variant.scenario.seeds_per_draw),
        ):
            if ours != theirs:
                raise NotComparableError(
                    f"the scenarios have other {what}, so no lever can be switched alone"
                )

    @cached_property
    def players(self) -> tuple[str, ...]:
        """The levers that are set differently, in the order of the notice, then the rest if that differs."""
        ours, theirs = self.levers
        different = [
            name
            for row, name in enumerate(codes.LEVERS)
            if any(
                not np.array_equal(getattr(ours, one)[row], getattr(theirs, one)[row])
                for one in Levers._fields
            )
        ]
        return (*different, REST) if self._rest_differs else tuple(different)

    @cached_property
    def levers(self) -> tuple[Levers, Levers]:
        """The settings of all levers in the base and in the variant."""
        return self.base.setting(self.seed, 0, 0).levers, self.variant.setting(self.seed, 0, 0).levers

    @cached_property
    def _rest_differs(self) -> bool:
        """Whether anything differs besides levers that a simulation depends on: unknowns, rules, data, tasks."""
        a, b = self.base, self.variant
        same_numbers = a.priors == b.priors and a.scenario.rules == b.scenario.rules
        same_data = (
            a.city.digest == b.city.digest and a.scenario.registry_digest == b.scenario.registry_digest
        )
        same_tasks = bool(np.array_equal(a.milestones, b.milestones))
        return not (same_numbers and same_data and same_tasks and a.scenario.switches == b.scenario.switches)

    @cached_property
    def shared_quarters(self) -> int:
        """How many quarters pass before any lever differs in any district."""
        if self._rest_differs:
            return 0
        ours, theirs = self.levers
        for quarter in range(self.base.quarters):
            if not np.array_equal(ours.strength[:, quarter], theirs.strength[:, quarter]):
                return quarter
        return self.base.quarters

    def mixed(self, coalition: int) -> Levers:
        """The levers of a coalition: bit i says that player i is set as in the variant."""
        ours, theirs = self.levers
        rows = [
            codes.LEVERS.index(name) for at, name in enumerate(self._lever_players) if coalition >> at & 1
        ]
        made = {}
        for name in Levers._fields:
            values = getattr(ours, name).copy()
            values[rows] = getattr(theirs, name)[rows]
            made[name] = values
        return Levers(**made)

    @property
    def _lever_players(self) -> Sequence[str]:
        return [name for name in self.players if name != REST]

    @property
    def everyone(self) -> int:
        """The coalition of all players: the variant itself."""
        return (1 << len(self.players)) - 1

    def replicate(self, number: int) -> Replicate:
        """One replicate, to be asked for its coalitions."""
        return Replicate(self, number)


class Replicate:
    """One replicate of a game: its settings and its world, made when they are first needed, and what it has told."""

    def __init__(self, game: Game, number: int) -> None:
        self.game = game
        self.who = address(number, game.base.scenario.seeds_per_draw)
        self.known: dict[int, I64] = {}
        self._engine: Engine = find_engine(game.engine)

    def totals(self, coalition: int) -> I64:
        """(ends, columns, districts) What a coalition comes to; each is simulated once."""
        if coalition not in self.known:
            setting, world = self._begun(coalition)
            outcome = self._engine(setting, world)
            self.known[coalition] = self._wanted(outcome, setting.first_quarter - 1)
        return self.known[coalition]

    def whole(self, coalition: int, events: bool = False) -> tuple[Setting, World, Outcome]:
        """A coalition from the first quarter to the last, with all that the engine records."""
        setting = self._setting(coalition)
        world = self._world(coalition)
        engine: Any = self._engine
        outcome = engine(setting, world, keep_events=True) if events else engine(setting, world)
        self.known.setdefault(coalition, self._wanted(outcome, setting.first_quarter - 1))
        return setting, world, outcome

    def _wanted(self, outcome: Outcome, opening: int) -> I64:
        rows = [end - opening for end in self.game.ends]
        sums = scope_totals(outcome.stocks)
        return np.stack([sums[name][rows] for name in COLUMNS], axis=1)

    def _begun(self, coalition: int) -> tuple[Setting, World]:
        """The setting and world from the quarter on in which levers begin to differ."""
        game = self.game
        shared = min(game.shared_quarters, min(game.ends) - game.base.first_quarter)
        if shared <= 0:
            return cut(self._setting(coalition), 0, self._length), self._world(coalition)
        return cut(self._setting(coalition), shared, self._length), self._fork(shared)

    @property
    def _length(self) -> int:
        return max(self.game.ends) - self.game.base.first_quarter + 1

    def _fork(self, shared: int) -> World:
        if not hasattr(self, "_forked"):
            self._forked = self._engine(cut(self._setting(0), 0, shared), self._world(0)).world
        return self._forked

    def _study(self, coalition: int) -> Study:
        """Whose settings besides levers hold: the variant's when the rest is in the coalition."""
        game = self.game
        rest = REST in game.players and coalition >> (len(game.players) - 1) & 1
        return game.variant if rest else game.base

    @cached_property
    def _settings(self) -> dict[int, Setting]:
        return {}

    @cached_property
    def _worlds(self) -> dict[int, World]:
        return {}

    def _setting(self, coalition: int) -> Setting:
        study, (_, draw, seed) = self._study(coalition), self.who
        if id(study) not in self._settings:
            self._settings[id(study)] = study.setting(self.game.seed, draw, seed)
        return self._settings[id(study)]._replace(levers=self.game.mixed(coalition))

    def _world(self, coalition: int) -> World:
        study, (_, draw, seed) = self._study(coalition), self.who
        if id(study) not in self._worlds:
            self._worlds[id(study)] = study.world(self.game.seed, draw, seed)
        return self._worlds[id(study)]

    def forget(self) -> None:
        """Let go of settings and worlds; what has been told stays."""
        self._settings.clear()
        self._worlds.clear()
        self.__dict__.pop("_forked", None)


def cut(setting: Setting, first: int, stop: int) -> Setting:
    """The setting of the quarters from place ``first`` up to, but not including, ``stop``."""
    if first == 0 and stop == setting.quarters:
        return setting

    def rows(values: Any) -> Any:
        return np.ascontiguousarray(values[first:stop])

    city, levers = setting.city, setting.levers
    return setting._replace(
        first_quarter=setting.first_quarter + first,
        quarters=stop - first,
        city=city._replace(seeker_share=rows(city.seeker_share)),
        levers=levers._replace(strength=np.ascontiguousarray(levers.strength[:, first:stop])),
        calendar=Calendar(*(rows(flags) for flags in setting.calendar)),
        thresholds=rows(setting.thresholds),
        milestones=rows(setting.milestones),
    )


def end_names(game: Game) -> list[str]:
    """The quarters at whose ends totals are wanted, by name."""
    return [quarter_name(end) for end in game.ends]
