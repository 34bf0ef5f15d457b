"""What ``compare`` and its kin are given: scenario files, which are run on matched luck, or folders of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.cli.options import (
    as_of_option,
    engine_option,
    overwrite_option,
    resume_option,
    seed_option,
    set_option,
    together,
    workers_option,
)
from simulation.cli.progress import progress
from simulation.cli.refusing import refusing, running
from simulation.cli.scenarios import load, tell_warnings
from simulation.cli.terminal import Refused, Terminal
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.ensemble import Interrupted, Result
    from simulation.scenario import Study

MANIFEST = "manifest.json"


# The options of ``run`` that also hold for several scenarios.
pair_options = together(
    [
        seed_option,
        workers_option,
        engine_option,
        set_option,
        as_of_option,
        resume_option,
        overwrite_option,
    ]
)


@dataclass(frozen=True)
class Source:
    """One thing to compare: a scenario to run, or the result of a run."""

    path: str
    study: Study | None
    result: Result | None

    @property
    def stem(self) -> str:
        """The name of its file or folder."""
        return Path(self.path).stem if self.study is not None else Path(self.path).resolve().name


def sources(
    terminal: Terminal, paths: Sequence[str], settings: Sequence[str], as_of: date | None
) -> list[Source]:
    """Read everything that is given. Raises ``Refused`` with the faults, before anything is run or written."""
    found: list[Source] = []
    faults: list[str] = []
    for path in paths:
        try:
            found.append(_source(terminal, path, settings, as_of))
        except Refused as refused:
            faults.append(refused.message)
    if faults:
        raise Refused("\n".join(dict.fromkeys(faults)))
    return found


def _source(terminal: Terminal, path: str, settings: Sequence[str], as_of: date | None) -> Source:
    if (Path(path) / MANIFEST).is_file():
        return Source(path, None, open_result(terminal, path))
    resolved = load(terminal, path, settings, as_of)
    from simulation.scenario import study

    return Source(path, study(resolved), None)


def open_result(terminal: Terminal, path: str) -> Result:
    """The result in a folder. Raises ``Refused`` when it holds none, or nothing finished."""
    from simulation import ensemble

    words = terminal.words
    try:
        result = ensemble.open(path)
    except ensemble.FolderRefused as refused:
        key = f"error.result.{refused.reason}"
        text = words(key, folder=visible(path)) if words.has(key) else visible(str(refused))
        raise Refused(text) from None
    if not result.n_used:
        raise Refused(words("error.result.nothing", folder=visible(path)))
    return result


def refuse_foreign(
    terminal: Terminal, folder: Path, files: Sequence[str], *, resume: bool, overwrite: bool
) -> None:
    """Refuse a folder that holds other files, or an answer that may not be replaced, before anything is run."""
    from simulation.ensemble.answers import refuse_foreign_answers

    with refusing(terminal, folder):
        refuse_foreign_answers(folder, files, resume or overwrite)


def results_of(terminal: Terminal, given: Sequence[Source], folder: Path, **options: Any) -> list[Result]:
    """The result of each source: those that are scenarios are run on the same draws and seeds, in rounds."""
    studies = [one.study for one in given if one.study is not None]
    if not studies:
        return [one.result for one in given if one.result is not None]
    _refuse_other_luck(terminal, given, options["seed"], studies[0])
    folders = _folders(given, folder)
    _tell_plan(terminal, studies, **options)
    ran = iter(_run(terminal, studies, [folders[id(one)] for one in given if one.study], folder, **options))
    return [one.result if one.result is not None else next(ran) for one in given]


def _refuse_other_luck(terminal: Terminal, given: Sequence[Source], seed: int, study: Study) -> None:
    """Refuse before anything is run when a folder's luck is not that which the scenarios would meet."""
    for one in given:
        if one.result is None:
            continue
        manifest = one.result.manifest
        if manifest.seed != seed or manifest.seeds_per_draw != study.scenario.seeds_per_draw:
            told = {"folder": visible(one.path), "seed": manifest.seed, "k": manifest.seeds_per_draw}
            raise Refused(terminal.words("compare.other_luck", **told))


def _folders(given: Sequence[Source], folder: Path) -> dict[int, Path]:
    """A folder a scenario, named after its file; the same scenario twice is run once."""
    made: dict[int, Path] = {}
    taken: dict[str, str] = {}
    for one in given:
        if one.study is None:
            continue
        number, name, digest = 1, one.stem, one.study.scenario.digest()
        while taken.get(name, digest) != digest:
            number += 1
            name = f"{one.stem}-{number}"
        taken[name] = digest
        made[id(one)] = folder / name
    return made


def _tell_plan(
    terminal: Terminal,
    studies: Sequence[Study],
    replicates: int,
    seed: int,
    engine: str,
    workers: int | None,
    **_: Any,
) -> None:
    if terminal.quiet:
        return
    from simulation.ensemble.pool import usable_cores

    words, first = terminal.words, studies[0]
    terminal.note(
        words(
            "compare.plan",
            scenarios=len(studies),
            replicates=words.whole(replicates),
            quarters=first.quarters,
            first=words.quarter(first.first_quarter),
            last=words.quarter(first.first_quarter + first.quarters - 1),
            engine=engine,
            seed=seed,
            workers=workers or usable_cores(),
        )
    )
    tell_warnings(terminal, [fault for study in studies for fault in study.scenario.warnings])
    if first.scenario.as_of is not None:
        terminal.note(words("run.as_of", date=first.scenario.as_of.isoformat()))


def _run(
    terminal: Terminal, studies: Sequence[Study], folders: Sequence[Path], folder: Path, **options: Any
) -> list[Result]:
    from simulation.ensemble.together import run_together

    words = terminal.words
    replicates, seed = options.pop("replicates"), options.pop("seed")
    if options["resume"] and options["overwrite"]:
        raise Refused(words("error.resume_overwrite"))

    def stopped(_: Interrupted) -> str:
        return words("compare.stopped", out=visible(str(folder)))

    with running(terminal, folder, stopped), progress(terminal) as told:
        return run_together(studies, folders, replicates, seed, progress=told, **options)
