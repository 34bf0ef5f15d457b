"""Pasts: futures stopped at a quarter, from which settings that agree until then go on to the same numbers."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import NamedTuple

import numpy as np

from simulation.dashboard.held import Kept
from simulation.engines.setting import Setting
from simulation.ensemble.futures import common_quarters
from simulation.scenario import Study
from simulation.world import World

_MOST_PASTS = 400  # some 1 MB each
_MOST_WORLDS = 250  # 0.6 MB each
_STOPS = 2  # of a replicate: where the policy begins, and where the last move parted from the one before


class Past(NamedTuple):
    """A replicate stopped at the end of some quarters."""

    quarters: int
    setting: Setting  # the whole one that it was stopped under
    kept: Kept
    world: World


class Pasts:
    """Worlds that replicates start from and pasts that they share; the oldest are let go. For several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worlds: OrderedDict[Hashable, World] = OrderedDict()
        self._pasts: OrderedDict[Hashable, tuple[Past, ...]] = OrderedDict()

    def world(self, study: Study, seed: int, draw: int) -> World:
        """The world of a draw, made once for all studies that start alike."""
        key = study.start, seed, draw
        with self._lock:
            if key in self._worlds:
                self._worlds.move_to_end(key)
                return self._worlds[key]
        made = study.world(seed, draw, 0)
        with self._lock:
            self._worlds[key] = made
            while len(self._worlds) > _MOST_WORLDS:
                self._worlds.popitem(last=False)
        return made

    def best(self, key: Hashable, setting: Setting) -> tuple[Past | None, list[int]]:
        """The longest past of a replicate that a setting shares, and the quarters at which to stop for later ones.

        Those are where the policy begins, and where this setting parts from the one before.
        """
        with self._lock:
            known = self._pasts.get(key, ())
        shared = [(min(common_quarters(one.setting, setting), one.quarters), one) for one in known]
        usable = [one for quarters, one in shared if quarters == one.quarters < setting.quarters]
        found = max(usable, key=lambda one: one.quarters, default=None)
        stops = {begins(setting), *(common_quarters(one.setting, setting) for one in known[:1])}
        done = 0 if found is None else found.quarters
        return found, sorted(stop for stop in stops if done < stop < setting.quarters)

    def add(self, key: Hashable, past: Past) -> None:
        """Keep a past of a replicate, the newest first."""
        with self._lock:
            others = tuple(one for one in self._pasts.pop(key, ()) if one.quarters != past.quarters)
            self._pasts[key] = (past, *others)[:_STOPS]
            while sum(map(len, self._pasts.values())) > _MOST_PASTS:
                self._pasts.popitem(last=False)


def begins(setting: Setting) -> int:
    """How many quarters pass before any lever acts."""
    acting = np.flatnonzero(setting.levers.strength.any(axis=(0, 2)))
    return int(acting[0]) if len(acting) else setting.quarters
