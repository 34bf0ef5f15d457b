"""Stopping when settled: replicates are added in rounds until a condition holds or a limit is met.

How many replicates a round adds follows from the results of the rounds before and nothing else, so the same
inputs stop at the same number whatever the machine, the workers and the interruptions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from simulation.ensemble.blocks import BLOCK_SIZE

if TYPE_CHECKING:
    from simulation.ensemble.result import Result

Stopped = Literal["settled", "limit"]


class Until(Protocol):
    """A condition on a result, and how far to go for it."""

    @property
    def text(self) -> str:
        """The condition in words that a program reads, the same for the same condition."""

    @property
    def limit(self) -> int:
        """The most replicates."""

    def met(self, result: Result) -> bool:
        """Whether the condition holds."""

    def needed(self, result: Result) -> int:
        """How many replicates it will take, as far as one can tell."""


def stopped(until: Until, result: Result, number: int) -> Stopped | None:
    """Why the run ends at this number of replicates; ``None`` when it goes on."""
    if until.met(result):
        return "settled"
    return "limit" if number >= until.limit else None


def next_number(until: Until, result: Result, number: int) -> int:
    """To how many replicates the next round goes: what it takes, but no more than twice as many as now."""
    wanted = min(max(until.needed(result), number + 1), 2 * number)
    return min(whole_blocks(wanted), until.limit)


def whole_blocks(number: int) -> int:
    """The number, rounded up to whole blocks."""
    return -(-number // BLOCK_SIZE) * BLOCK_SIZE
