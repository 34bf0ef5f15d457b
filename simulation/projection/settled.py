"""When the chances of the targets are known well enough: the condition that ``--until`` names."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from simulation.ensemble import Result
from simulation.projection.targets import TargetAnswer, summarise, targets_of

LIMIT = 10_000  # replicates, when no other limit is given
_Z_95 = 1.959963984540054  # as in ``chances``

# The condition in English and in Chinese: "chance error < 0.01", "达标概率误差 < 0.01".
_WRITTEN = re.compile(r"\s*(?:chance[ _]error|达标概率误差)\s*[<＜]\s*(\d*\.?\d+)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class ChanceError:
    """The Monte-Carlo error of every official chance of the city is below ``below``.

    A chance of 0 or 1 has no standard error, yet few futures say little of it; so the error of each target is
    the larger of its standard error and that by which Wilson's 95 % interval reaches to both sides.
    """

    below: float
    limit: int = LIMIT

    @property
    def text(self) -> str:
        """The condition as it is written."""
        return f"chance error < {self.below:g}"

    def met(self, result: Result) -> bool:
        """Whether it holds."""
        return self.error(result) < self.below

    def needed(self, result: Result) -> int:
        """How many replicates it will take: errors shrink with the root of their number."""
        error = self.error(result)
        if not math.isfinite(error):  # no replicate gave a result
            return self.limit
        return math.floor(result.n_requested * (error / self.below) ** 2) + 1

    def error(self, result: Result) -> float:
        """The largest error of an official chance of the city; of every one asked for when none is official."""
        targets = [one for one in targets_of(result) if one.district is None]
        answers = [one for one in summarise(result, targets) if one.asked]
        official = [one for one in answers if one.official] or answers
        return max(map(_error, official), default=math.inf if targets else 0.0)


def parse(text: str, limit: int = LIMIT) -> ChanceError:
    """The condition that a text names. Raises ``ValueError`` for any other text."""
    written = _WRITTEN.fullmatch(text)
    if written is None or not 0.0 < float(written[1]) < 1.0:
        raise ValueError(f'{text!r} is not a condition such as "chance error < 0.01"')
    return ChanceError(float(written[1]), limit)


def _error(answer: TargetAnswer) -> float:
    return max(answer.chance_error, (answer.chance_high - answer.chance_low) / (2.0 * _Z_95))
