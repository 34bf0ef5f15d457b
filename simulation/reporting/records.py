"""Answers for other programs, in the shapes that are promised to them."""

from collections.abc import Sequence
from typing import Any

from simulation.ensemble import Result
from simulation.projection import TargetAnswer


def of_run(result: Result, answers: Sequence[TargetAnswer]) -> dict[str, Any]:
    """The answer of a run."""
    return {
        "scenario": result.manifest.scenario,
        "n_requested": result.n_requested,
        "n_used": result.n_used,
        "out": str(result.folder),
        "reused": result.manifest.n_reused,
        "stopped_by": result.manifest.stopped_by,
        "targets": [answer.record() for answer in answers],
    }
