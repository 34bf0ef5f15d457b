"""Ensembles: many replicates of one study, kept in a folder of Parquet tables."""

from simulation.ensemble.blocks import BLOCK_SIZE, Failure
from simulation.ensemble.manifest import Manifest
from simulation.ensemble.pool import WorkerError, usable_cores
from simulation.ensemble.result import Result
from simulation.ensemble.result import open_result as open  # noqa: A004 - the promised name, sim.open(DIR)
from simulation.ensemble.running import Interrupted, ProgressCallback, run
from simulation.ensemble.store import FolderRefused

__all__ = [
    "BLOCK_SIZE",
    "Failure",
    "FolderRefused",
    "Interrupted",
    "Manifest",
    "ProgressCallback",
    "Result",
    "WorkerError",
    "open",
    "run",
    "usable_cores",
]
