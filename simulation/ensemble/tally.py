"""How far the runs of a command have come, told to whoever wants to know."""

from __future__ import annotations

import time
from collections.abc import Callable

from simulation.ensemble.blocks import Span

# done, of them failed, total, seconds left (None while nobody can tell)
ProgressCallback = Callable[[int, int, int, float | None], None]


class Tally:
    """Counts the replicates of several runs as they are done."""

    def __init__(self, total: int, progress: ProgressCallback | None) -> None:
        self._total, self._progress = total, progress
        self._before, self._failed_before = 0, 0  # not of this command, or not simulated
        self._now: dict[tuple[Span, int], tuple[int, int]] = {}  # done and failed, of each block simulated
        self._started = time.monotonic()

    def held(self, replicates: int, failed: int) -> None:
        """Some replicates need not be simulated: the folder holds them, or they were reused."""
        self._before += replicates
        self._failed_before += failed

    def told(self, span: Span, place: int, good: bool) -> None:
        """One more replicate of a block is done."""
        done, failed = self._now.get((span, place), (0, 0))
        self._now[span, place] = done + 1, failed + (not good)
        self.say()

    def died(self, span: Span, place: int, again: bool) -> None:
        """The worker of a block died; the block is tried again or given up."""
        size = span.stop - span.first
        self._now[span, place] = (0, 0) if again else (size, size)
        self.say()

    def say(self) -> None:
        """Tell how far it is."""
        if self._progress is None:
            return
        now = sum(done for done, _ in self._now.values())
        failed = self._failed_before + sum(failed for _, failed in self._now.values())
        done = self._before + now
        seconds_left = (time.monotonic() - self._started) / now * (self._total - done) if now else None
        self._progress(done, failed, self._total, seconds_left)
