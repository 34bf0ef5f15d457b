"""The manifest: what a folder of results is of, and how it came to be. ``manifest.json``, for people and programs.

It is written when a run starts, so that an interrupted folder says what it is, and again as the last file when
the run ends. Times and the machine stand here and nowhere else.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from simulation import __version__
from simulation.ensemble.blocks import BLOCK_SIZE, Failure, Job
from simulation.ensemble.labels import Labels, labels_of
from simulation.ensemble.settling import Stopped, Until
from simulation.ensemble.store import FolderRefused, write_whole
from simulation.quarters import quarter, quarter_name, year_of
from simulation.source import source_hash

SCHEMA_VERSION = 2

# What version 1 did not say yet, and what was so in its time.
_NEW_IN_2: dict[str, Any] = {"scenario_folder": "", "n_reused": 0, "blocks": {}}
_NEW_IN_2 |= {"until": None, "stopped_by": None}

# What decides the bytes of a result. A run goes on in a folder only when all of these are equal.
_IDENTITY = {
    "schema_version": "version of the result format",
    "scenario_digest": "scenario or the data it uses",
    "as_of": "--as-of date",
    "seed": "seed",
    "seeds_per_draw": "seeds per draw",
    "engine": "engine",
    "block_size": "block size",
    "source_hash": "source code of the program",
}


Status = Literal["running", "finished", "interrupted"]


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a folder of results is of. Quarters are names, districts and sectors codes."""

    schema_version: int
    scenario: str  # its name
    scenario_text: str  # resolved
    scenario_folder: str  # from which the paths in it start
    scenario_digest: str  # of the resolved scenario and all data it uses
    city_digest: str  # of the city's tables
    registry_digest: str  # of the registry that the run starts from; empty without one
    as_of: str | None  # date
    seed: int
    seeds_per_draw: int
    engine: str
    block_size: int
    source_hash: str
    version: str
    git: str | None  # description of the checkout, none outside one
    quarters: tuple[str, ...]  # that of the opening stock first
    districts: tuple[str, ...]
    sectors: tuple[str, ...]
    payers: tuple[str, ...]  # of each lever
    targets: tuple[dict[str, Any], ...]  # of the city, then the tasks of its districts
    n_requested: int
    n_used: int
    n_reused: int  # of them, taken over from an earlier run with the same scenario, data, seed and code
    failures: tuple[Failure, ...]
    blocks: dict[str, str]  # of each block the digest of its files, as they were when the run ended
    status: Status  # running also when it was killed
    until: str | None  # the condition that replicates are added for
    stopped_by: Stopped | None  # what ended it, when there was one
    started_at: str  # UTC
    ended_at: str | None
    seconds: float | None  # that the command took; of the last one when the run was resumed
    workers: int
    machine: dict[str, Any]
    versions: dict[str, str]

    def labels(self) -> Labels:
        """The words that the tables use."""
        years = tuple(year_of(quarter(name)) for name in self.quarters)
        return Labels(self.quarters, years, self.districts, self.sectors, self.payers, payment_lags=())

    def extended(self, n_requested: int) -> Manifest:
        """The manifest when the run goes on to so many replicates."""
        return replace(self, n_requested=n_requested)

    def ended(
        self,
        status: Status,
        *,
        n_used: int,
        n_reused: int,
        failures: Sequence[Failure],
        blocks: dict[str, str],
        seconds: float,
        stopped_by: Stopped | None,
    ) -> Manifest:
        """The manifest when the run has come to an end, or was interrupted."""
        return replace(
            self,
            status=status,
            n_used=n_used,
            n_reused=n_reused,
            failures=tuple(failures),
            blocks=blocks,
            seconds=round(seconds, 1),
            stopped_by=stopped_by,
            ended_at=_now(),
        )

    def write(self, path: Path) -> None:
        """Write the manifest, whole or not at all."""
        content = asdict(self) | {"failures": [one._asdict() for one in self.failures]}
        text = json.dumps(content, ensure_ascii=False, indent=1)
        write_whole(path, f"{text}\n".encode())


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises ``FolderRefused`` when there is none, or one that this program cannot read.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise FolderRefused(
            "empty", f"{path.parent} holds no results of a run: there is no {path.name}"
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise FolderRefused("damaged", f"{path} is damaged: {error}") from error
    found = content.get("schema_version") if isinstance(content, dict) else None
    if found == 1:
        content = _NEW_IN_2 | content | {"schema_version": SCHEMA_VERSION}
    elif found != SCHEMA_VERSION:
        raise FolderRefused(
            "version", f"{path} is of version {found}; this program reads up to {SCHEMA_VERSION}"
        )
    known = {field.name for field in fields(Manifest)}
    if set(content) != known:
        wrong = ", ".join(sorted(set(content) ^ known))
        raise FolderRefused("damaged", f"{path} is damaged: missing or unknown entries {wrong}")
    listed: dict[str, Any]
    listed = {name: tuple(value) if isinstance(value, list) else value for name, value in content.items()}
    return Manifest(**{**listed, "failures": tuple(Failure(**one) for one in content["failures"])})


def begin(job: Job, n_requested: int, workers: int, until: Until | None = None) -> Manifest:
    """The manifest of a run that starts now."""
    labels, scenario = labels_of(job.study), job.study.scenario
    return Manifest(
        schema_version=SCHEMA_VERSION,
        scenario=scenario.name,
        scenario_text=scenario.text(),
        scenario_folder=str(Path(scenario.folder).resolve()),
        scenario_digest=scenario.digest(),
        city_digest=job.study.city.digest,
        registry_digest=scenario.registry_digest,
        as_of=None if scenario.as_of is None else str(scenario.as_of),
        seed=job.seed,
        seeds_per_draw=job.seeds_per_draw,
        engine=job.engine,
        block_size=BLOCK_SIZE,
        source_hash=source_hash(),
        version=__version__,
        git=_git_description(),
        quarters=labels.quarters,
        districts=labels.districts,
        sectors=labels.sectors,
        payers=labels.payers,
        targets=tuple(
            one._asdict() | {"by": quarter_name(one.by)} for one in (*job.study.targets, *job.study.tasks)
        ),
        n_requested=n_requested,
        n_used=0,
        n_reused=0,
        failures=(),
        blocks={},
        status="running",
        until=None if until is None else f"{until.text}, at most {until.limit}",
        stopped_by=None,
        started_at=_now(),
        ended_at=None,
        seconds=None,
        workers=workers,
        machine=_machine(),
        versions={"python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "pandas", "pyarrow", "numba", "mesa")},
    )


def differences(old: Manifest, new: Manifest) -> list[str]:
    """In what two runs differ that decides their numbers; empty when one can go on in the other's folder."""
    return [word for name, word in _IDENTITY.items() if getattr(old, name) != getattr(new, name)]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _machine() -> dict[str, Any]:
    return {"system": platform.platform(), "processor": platform.machine(), "cores": os.cpu_count()}


def _git_description() -> str | None:
    """``git describe`` of the checkout that this package lies in, if it lies in one and git is there."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():  # installed: git would describe whatever lies around the environment
        return None
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--tags"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return told.stdout.strip()
