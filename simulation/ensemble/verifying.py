"""Verifying: replicates of a run are simulated again from its manifest alone and compared with what it holds."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from simulation.ensemble import tables
from simulation.ensemble.blocks import Block, Done, Job, Span, Task, Told, find_engine
from simulation.ensemble.manifest import Manifest, read_manifest
from simulation.ensemble.pool import Here, Pool, usable_cores
from simulation.ensemble.store import Store
from simulation.ensemble.tally import ProgressCallback, Tally
from simulation.scenario import ScenarioErrors, Study, load, study
from simulation.source import source_hash

SAMPLE = 5  # replicates that are simulated again when not all are asked for
_BY_DRAW = "unknowns"  # the table whose rows belong to a draw, not to a replicate

Damage = Literal["changed", "missing", "unknown"]


class CannotVerify(Exception):  # noqa: N818 - it is no error of the program
    """A run cannot be simulated again. ``reason`` is ``inputs`` or ``code``: what is no longer what it was."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Damaged(NamedTuple):
    """A block whose files are not those that the run wrote."""

    span: Span
    what: Damage


class Unequal(NamedTuple):
    """A replicate that gave other numbers when it was simulated again, and the tables that hold them."""

    replicate: int
    tables: tuple[str, ...]


class Verification(NamedTuple):
    """What came of verifying a run."""

    manifest: Manifest
    held: int  # replicates in the folder
    checked: tuple[int, ...]  # replicates simulated again
    damaged: tuple[Damaged, ...]
    unequal: tuple[Unequal, ...]

    @property
    def matches(self) -> bool:
        """Whether everything is as the run left it and comes out the same again."""
        return not (self.damaged or self.unequal)


def verify(
    folder: Path | str,
    sample: int | None = SAMPLE,
    *,
    inputs: Path | None = None,
    workers: int | None = None,
    progress: ProgressCallback | None = None,
) -> Verification:
    """Simulate ``sample`` replicates of a run again, evenly spread over it; ``None`` for all.

    ``inputs`` is the folder of the scenario's data, by default where it was. Raises ``FolderRefused`` when the
    folder holds no run, and ``CannotVerify`` when its inputs or the program have changed.
    """
    store = Store(Path(folder))
    manifest = read_manifest(store.manifest)
    job = _job(manifest, inputs)
    spans = store.blocks()
    damaged = _damaged(store, manifest, spans)
    readable = [span for span in spans if Damaged(span, "missing") not in damaged]
    held = [number for span in readable for number in range(*span)]
    if sample is None or sample >= len(held):
        tasks = readable
    else:
        chosen = sorted({held[place] for place in np.linspace(0, len(held) - 1, sample).round().astype(int)})
        tasks = [Span(number, number + 1) for number in chosen]
    unequal = _simulated_again(store, job, readable, tasks, workers, progress)
    checked = tuple(number for span in tasks for number in range(*span))
    return Verification(manifest, len(held), checked, tuple(damaged), tuple(sorted(unequal)))


def _job(manifest: Manifest, inputs: Path | None) -> Job:
    """The job of a manifest. Raises ``CannotVerify`` when it is not what it was."""
    if source_hash() != manifest.source_hash:
        made = f"{manifest.version} ({manifest.git})" if manifest.git else manifest.version
        raise CannotVerify(
            "code",
            f"it was made by version {made} with source {manifest.source_hash[:12]}, this is "
            f"{source_hash()[:12]}; check out that version",
        )
    try:
        find_engine(manifest.engine)
    except ValueError as error:
        raise CannotVerify("code", str(error)) from None
    again = _study(manifest, inputs)
    if again.scenario.digest() != manifest.scenario_digest:
        raise CannotVerify("inputs", _what_changed(again, manifest))
    return Job(again, manifest.engine, manifest.seed, manifest.seeds_per_draw)


def _study(manifest: Manifest, inputs: Path | None) -> Study:
    """The study that the scenario in a manifest gives with today's data."""
    folder = Path(manifest.scenario_folder or ".") if inputs is None else inputs
    with tempfile.TemporaryDirectory() as held:
        file = Path(held) / "manifest.yaml"
        file.write_text(manifest.scenario_text, encoding="utf-8")
        try:
            return study(load(file, folder=folder))
        except ScenarioErrors as wrong:
            raise CannotVerify("inputs", "; ".join(str(fault) for fault in wrong.faults[:3])) from None


def _what_changed(again: Study, manifest: Manifest) -> str:
    if again.city.digest != manifest.city_digest:
        return "the city's tables have changed"
    if again.scenario.registry_digest != manifest.registry_digest:
        return f"the registry {again.scenario.registry} has changed"
    return "the scenario or its annex has changed"


def _damaged(store: Store, manifest: Manifest, spans: Sequence[Span]) -> list[Damaged]:
    """The blocks that are not as they were when the run ended; those of a run that was killed are not known."""
    found = []
    known = dict(manifest.blocks)
    for span in spans:
        written = known.pop(store.name(span), None)
        try:
            for table in tables.TABLES:
                tables.read(store.file(table, span), table)
            digest = store.digest(span)
        except (OSError, ValueError, KeyError):  # pyarrow's errors are OSError and ValueError
            found.append(Damaged(span, "missing"))
            continue
        if written is None and manifest.blocks:
            found.append(Damaged(span, "unknown"))
        elif written is not None and written != digest:
            found.append(Damaged(span, "changed"))
    lost = [store.span(name) for name in known]
    return sorted(found + [Damaged(span, "missing") for span in lost if span is not None])


def _simulated_again(
    store: Store,
    job: Job,
    held: Sequence[Span],
    spans: Sequence[Span],
    workers: int | None,
    progress: ProgressCallback | None,
) -> list[Unequal]:
    tasks = [Task(span, (0,)) for span in spans]
    number = min(workers or usable_cores(), len(tasks))
    executor = Pool([job], number) if number > 1 else Here([job])
    tally = Tally(sum(stop - first for first, stop in spans), progress)
    unequal = []
    try:
        with closing(executor.news(tasks)) as news:
            for task, what in news:
                if isinstance(what, Told):
                    tally.told(task.span, what.place, what.good)
                elif isinstance(what, Done):
                    unequal += _compared(store, held, what.blocks[0], job.seeds_per_draw)
                elif not what.again:
                    unequal += [Unequal(one, tuple(tables.TABLES)) for one in range(*task.span)]
    finally:
        executor.end()
    return unequal


def _compared(store: Store, held: Sequence[Span], block: Block, seeds_per_draw: int) -> list[Unequal]:
    """The replicates of a block that differ from what the folder holds."""
    (kept,) = (one for one in held if one.first <= block.span.first < one.stop)
    wrong: dict[int, list[str]] = {}
    for name, content in block.files.items():
        stored, again = tables.read(store.file(name, kept), name), tables.read(io.BytesIO(content), name)
        for replicate in range(*block.span):
            if name == _BY_DRAW and replicate % seeds_per_draw:
                continue  # its rows were written with the first seed of the draw
            mine = replicate // seeds_per_draw if name == _BY_DRAW else replicate
            if not _same(_rows(stored, name, mine), _rows(again, name, mine)):
                wrong.setdefault(replicate, []).append(name)
    return [Unequal(replicate, tuple(names)) for replicate, names in wrong.items()]


def _rows(stored: tables.Stored, name: str, number: int) -> tables.Columns:
    """The rows of one replicate (or draw)."""
    mine = stored.columns["draw" if name == _BY_DRAW else "replicate"] == number
    return {column: values[mine] for column, values in stored.columns.items()}


def _same(one: tables.Columns, other: tables.Columns) -> bool:
    return all(np.array_equal(one[column], other[column]) for column in one)
