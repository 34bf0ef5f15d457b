"""Answers for other programs, in the shapes that are promised to them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.ensemble import Result
from simulation.projection import TargetAnswer

if TYPE_CHECKING:
    from simulation.ensemble.verifying import Verification


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


def of_verification(found: "Verification", folder: Path) -> dict[str, Any]:
    """The answer of verifying a run."""
    return {
        "scenario": found.manifest.scenario,
        "out": str(folder),
        "matches": found.matches,
        "n_held": found.held,
        "n_checked": len(found.checked),
        "checked": list(found.checked),
        "damaged": [
            {"first": one.span.first, "last": one.span.stop - 1, "what": one.what} for one in found.damaged
        ],
        "unequal": [{"replicate": one.replicate, "tables": list(one.tables)} for one in found.unequal],
    }
