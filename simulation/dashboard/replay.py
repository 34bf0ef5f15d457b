"""One future replayed quarter by quarter: the carriers at the end of each, and every event."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from simulation import api
from simulation.engines.books import Outcome
from simulation.engines.compiled import simulate
from simulation.ensemble.futures import joined, part
from simulation.ensemble.labels import address
from simulation.quarters import quarter_name
from simulation.reporting.story import Replicate
from simulation.reporting.text import Words
from simulation.rules import codes
from simulation.scenario import Study
from simulation.world import Carriers, World


class Replay(NamedTuple):
    """The worlds at the ends of the quarters, the opening one first, and the replicate as ``trace`` tells it."""

    worlds: tuple[World, ...]
    replicate: Replicate

    @property
    def quarters(self) -> tuple[str, ...]:
        """The quarters, that of the opening stock first."""
        return tuple(quarter_name(one.quarter) for one in self.worlds)


@lru_cache(maxsize=16)
def replay(study: Study, number: int, seed: int) -> Replay:
    """One replicate of a study, stopped at the end of every quarter: the same future as an unbroken one."""
    who = address(number, study.scenario.seeds_per_draw)
    setting = study.setting(seed, who.draw, who.seed)
    start = study.world(seed, who.draw, who.seed)
    worlds, outcome = [start], None
    for at in range(setting.quarters):
        made = simulate(part(setting, at, at + 1), worlds[-1], keep_events=True)
        worlds.append(made.world)
        outcome = made if outcome is None else joined(outcome, made)
    if not isinstance(outcome, Outcome):
        raise ValueError("a run of no quarters has no future")
    told = Replicate(start, outcome, api.names_of(study, start), number, seed)
    return Replay(tuple(worlds), told)


def marks(found: Replay, at: int, words: Words) -> pd.DataFrame:
    """A row a carrier that is on the list or in preparation at the end of a quarter, with its place in its district.

    ``x`` and ``y`` number the carriers of a district from the lowest level up, for a picture of marks.
    """
    world = found.worlds[at]
    carriers: Carriers = world.carriers
    there = np.flatnonzero(np.isin(carriers.status, (codes.OPERATING, codes.STOPPED)))
    names = found.replicate.names
    rows = pd.DataFrame(
        {
            "id": [str(one) for one in carriers.id[there].tolist()],
            "label": [names.label(one) for one in carriers.id[there].tolist()],
            "place": carriers.district[there],
            "level": carriers.level[there],
            "type": [words.named("type", codes.TYPES[one]) for one in carriers.type[there]],
            "mode": [words.named("mode", codes.MODES[one]) for one in carriers.mode[there]],
            "specialised": carriers.mode[there] == codes.MODES.index("specialised"),
            "level_name": [words.named("level", codes.LEVELS[one]) for one in carriers.level[there]],
            "status": [words.named("status", codes.STATUSES[one]) for one in carriers.status[there]],
        }
    )
    rows["district"] = [names.district(one, words) for one in rows["place"]]
    rows = rows.sort_values(["place", "level", "type", "id"], ascending=[True, False, True, True])
    rows["number"] = rows.groupby("place").cumcount()
    return rows.reset_index(drop=True)
