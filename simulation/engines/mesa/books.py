"""The books of the Mesa model while it runs: where carriers stand, every move and its cause, events."""

import numpy as np

from simulation.engines import books, events
from simulation.engines.setting import Setting
from simulation.rules import codes
from simulation.world import World

Cell = tuple[int, int, int, int, int, int]


class Ledger:
    """Collects what an ``Outcome`` holds. Quarters are indexed from the first simulated one."""

    def __init__(self, setting: Setting, keep_events: bool) -> None:
        quarters, districts = setting.quarters, len(setting.city.usual_effort)
        self.stocks = books.blank_stocks(quarters, districts)
        self.flows = books.blank_flows(quarters, districts)
        self.startups = books.blank_startups(quarters, districts, len(setting.city.field))
        self.money = np.zeros((quarters, districts, len(codes.LEVERS)), np.int64)
        self.capacity = books.blank_capacity(quarters)
        self.counts = self._new_page()
        self.keep_events = keep_events
        self.events: list[tuple[int, int, int, int, int]] = []

    def _new_page(self) -> list[list[list[int]]]:
        """An empty page for a quarter's startups by district, sector and count: plain lists, quick to count in."""
        _, districts, sectors, counts = self.startups.shape
        return [[[0] * counts for _ in range(sectors)] for _ in range(districts)]

    def close_page(self, row: int) -> None:
        """Enter what was counted of startups as a row of the books."""
        self.startups[row] += np.array(self.counts)
        self.counts = self._new_page()

    def move(self, quarter: int, before: Cell | None, after: Cell | None, cause: int) -> None:
        """A carrier moves between cells of the list; ``None`` is off the list."""
        if before == after:
            return
        if before is not None:
            self.flows[(quarter, *before, cause)] -= 1
        if after is not None:
            self.flows[(quarter, *after, cause)] += 1

    def outcome(self, world: World) -> books.Outcome:
        """What has been collected, with the world at the end."""
        log = np.array(self.events, np.int64).reshape(-1, 5)
        return books.Outcome(
            self.stocks, self.flows, self.startups, self.money, self.capacity, world, events.in_order(log)
        )
