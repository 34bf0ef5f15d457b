"""Ensembles: many replicates of one study, kept in a folder of Parquet tables.

Names are imported when they are first used: a worker process needs few of them, and should start fast.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.ensemble.blocks import Failure
    from simulation.ensemble.errors import ClusterError
    from simulation.ensemble.manifest import Manifest
    from simulation.ensemble.pool import WorkerError, usable_cores
    from simulation.ensemble.result import Result
    from simulation.ensemble.result import open_result as open  # noqa: A004 - the promised name, sim.open(DIR)
    from simulation.ensemble.running import Interrupted, ProgressCallback, WriteError, run
    from simulation.ensemble.store import FolderRefused

__all__ = [
    "ClusterError",
    "Failure",
    "FolderRefused",
    "Interrupted",
    "Manifest",
    "ProgressCallback",
    "Result",
    "WorkerError",
    "WriteError",
    "open",
    "run",
    "usable_cores",
]

_HOMES = {
    "ClusterError": ("errors", "ClusterError"),
    "Failure": ("blocks", "Failure"),
    "FolderRefused": ("store", "FolderRefused"),
    "Interrupted": ("running", "Interrupted"),
    "Manifest": ("manifest", "Manifest"),
    "ProgressCallback": ("running", "ProgressCallback"),
    "Result": ("result", "Result"),
    "WorkerError": ("pool", "WorkerError"),
    "WriteError": ("running", "WriteError"),
    "open": ("result", "open_result"),
    "run": ("running", "run"),
    "usable_cores": ("pool", "usable_cores"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, its_name = _HOMES[name]
    return getattr(importlib.import_module(f"{__name__}.{module}"), its_name)
