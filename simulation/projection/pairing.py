"""Pairs of futures: the replicates of two or more runs that met the same draw and the same luck."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulation.ensemble import Result
from simulation.projection.intervals import Clusters
from simulation.rules import codes

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

# What must be equal for the futures of two runs to be pairs: attribute of the manifest, and its name.
_SAME = {
    "seed": "the seed",
    "seeds_per_draw": "the seeds per draw",
    "quarters": "the quarters simulated",
    "districts": "the districts",
}


class UnmatchedError(ValueError):
    """Runs whose futures are no pairs: says what differs. ``reason`` is one word for programs."""

    def __init__(self, reason: str, message: str, **told: object) -> None:
        super().__init__(message)
        self.reason, self.told = reason, told


class Matched:
    """Runs side by side: the replicates that gave a result in every one of them, paired on draw and seed."""

    def __init__(self, results: Sequence[Result]) -> None:
        self.results = tuple(results)
        base = self.results[0]
        for other in self.results[1:]:
            _refuse_other(base, other)
        self._rows = _common([_addresses(one) for one in self.results])
        if not len(self._rows[0]):
            raise UnmatchedError("none", "the runs have no replicate in common that gave a result in each")
        self._totals: dict[int, dict[str, NDArray[np.int32]]] = {}

    @property
    def base(self) -> Result:
        """The run that the others are compared with."""
        return self.results[0]

    @property
    def n(self) -> int:
        """How many futures are compared."""
        return len(self._rows[0])

    @property
    def left_out(self) -> int:
        """Replicates of any run that have no partner in every other."""
        return max(len(one.used) for one in self.results) - self.n

    @cached_property
    def clusters(self) -> Clusters:
        """Which pairs share a draw."""
        draw = self.base.used["draw"].to_numpy()[self._rows[0]]
        return Clusters.of(draw)

    def identical(self, place: int) -> bool:
        """Whether a run has the same inputs as the base: then its futures are the base's, to the last bit."""
        names = ("scenario_digest", "as_of", "seed", "seeds_per_draw", "engine", "source_hash")
        base, other = self.base.manifest, self.results[place].manifest
        return all(getattr(base, name) == getattr(other, name) for name in names)

    def totals(self, place: int, column: str) -> NDArray[np.int32]:
        """(pairs, quarters, districts) A column of ``totals`` of a run, its replicates in the order of the pairs."""
        if place not in self._totals:
            self._totals[place] = self._read(place)
        return self._totals[place][column]

    def _read(self, place: int) -> dict[str, NDArray[np.int32]]:
        result = self.results[place]
        wanted = [f"{scope}{which}" for scope in codes.SCOPES for which in ("", "_label", "_fact")]
        parts = list(result.columns("totals", wanted))
        shape = -1, len(result.quarters), len(result.districts)
        return {
            name: np.concatenate([part[name] for part in parts]).reshape(shape)[self._rows[place]]
            for name in wanted
        }

    def rows(self, place: int) -> NDArray[np.intp]:
        """Where the pairs stand in ``used`` of a run."""
        return self._rows[place]


def _addresses(result: Result) -> NDArray[np.int64]:
    """(used, 2) Draw and seed of each replicate that gave a result."""
    return result.used[["draw", "seed"]].to_numpy(dtype=np.int64)


def _common(addresses: Sequence[NDArray[np.int64]]) -> list[NDArray[np.intp]]:
    """Where the addresses that all runs share stand in each of them, in the order of the first."""
    places = [{tuple(one): row for row, one in enumerate(given.tolist())} for given in addresses]
    shared = [one for one in places[0] if all(one in other for other in places[1:])]
    return [np.array([place[one] for one in shared], np.intp) for place in places]


def _refuse_other(base: Result, other: Result) -> None:
    for name, said in _SAME.items():
        ours, theirs = getattr(base.manifest, name), getattr(other.manifest, name)
        if ours != theirs:
            raise UnmatchedError(
                name,
                f"futures can only be compared in pairs, and {said} differ: {_short(ours)} in {base.folder}, "
                f"{_short(theirs)} in {other.folder}",
                base=_short(ours),
                other=_short(theirs),
                base_folder=str(base.folder),
                other_folder=str(other.folder),
            )


def _short(value: object) -> str:
    if isinstance(value, tuple) and value:
        return f"{value[0]} … {value[-1]} ({len(value)})"
    return str(value)
