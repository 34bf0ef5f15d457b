"""What notebooks and the command line both call: load, run, open, summarise, draw, trace."""

import shutil
import tempfile
import weakref
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from simulation import ensemble, figures, scenario
from simulation.draws import name_id
from simulation.ensemble import Result
from simulation.ensemble.pool import usable_cores
from simulation.ensemble.together import run_together
from simulation.projection import explaining, settled
from simulation.projection.coalitions import Game
from simulation.projection.comparison import Comparison
from simulation.projection.comparison import compare as _compare
from simulation.projection.explanation import Explanation, Wanted
from simulation.projection.explanation import explain as _explain
from simulation.projection.journal import in_memory, open_journal
from simulation.projection.since import Since
from simulation.projection.since import since as _since
from simulation.projection.targets import TargetAnswer
from simulation.projection.targets import summarise as _summarise
from simulation.registry.synthesis import synthetic_labels
from simulation.reporting.names import Names
from simulation.reporting.story import Life, Replicate
from simulation.scenario import Scenario, Study
from simulation.world import World

if TYPE_CHECKING:
    from simulation.calibration.updating import Update

fan = figures.fan
Progress = Callable[[int, int, int, float | None], None]


def load(path: str | Path, settings: Sequence[str] = (), as_of: date | None = None) -> Scenario:
    """Read a scenario. ``settings`` change single values: ``levers.clean_up.strength=0.5``.

    Raises ``ScenarioErrors``, which lists every fault with its file, line and column.
    """
    return scenario.load(path, settings=tuple(settings), as_of=as_of)


def run(
    path: str | Path | Scenario,
    *,
    replicates: int = 100,
    seed: int = 1,
    out: str | Path | None = None,
    engine: str = "compiled",
    workers: int | None = None,
    set: Sequence[str] = (),  # noqa: A002 - the name of the option on the command line
    as_of: date | None = None,
    overwrite: bool = False,
    resume: bool = False,
    reuse: bool = True,
    until: str | None = None,
    limit: int = settled.LIMIT,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Result:
    """Simulate many replicates of a scenario, given by its file or as loaded.

    Results go to the folder ``out``; without one, to a temporary folder that lasts as long as the result.
    ``set`` and ``as_of`` are for a file; a loaded scenario has them already. ``until="chance error < 0.01"``
    adds replicates until that holds, at most ``limit``. What was simulated before with the same scenario, data,
    seed and code is taken from the cache, unless ``reuse=False``. ``scheduler`` is the address of a Dask cluster.
    """
    condition = None if until is None else settled.parse(until, limit)
    resolved = _resolved(path, set, as_of)
    folder = Path(tempfile.mkdtemp(prefix="carriersim-")) if out is None else Path(out)
    result = ensemble.run(
        scenario.study(resolved),
        replicates,
        seed,
        folder,
        workers,
        engine=engine,
        seeds_per_draw=resolved.seeds_per_draw,
        progress=progress,
        overwrite=overwrite,
        resume=resume,
        reuse=reuse,
        until=condition,
        scheduler=scheduler,
    )
    if out is None:
        weakref.finalize(result, shutil.rmtree, folder, ignore_errors=True)
    return result


def open(folder: str | Path) -> Result:  # noqa: A001 - sim.open(DIR) is a promised name
    """The results of an earlier run."""
    return ensemble.open(folder)


def summarise(result: Result) -> list[TargetAnswer]:
    """How likely each target is, under every scope and basis, for the city and its districts."""
    return _summarise(result)


def compare(
    base: str | Path | Scenario | Result,
    *variants: str | Path | Scenario | Result,
    replicates: int = 100,
    seed: int = 1,
    out: str | Path | None = None,
    engine: str = "compiled",
    workers: int | None = None,
    set: Sequence[str] = (),  # noqa: A002 - the name of the option on the command line
    as_of: date | None = None,
    overwrite: bool = False,
    resume: bool = False,
    progress: Progress | None = None,
) -> Comparison:
    """Compare variants with a base, in pairs of futures that met the same draws and the same luck.

    Each is a scenario (its file, or as loaded), which is run, or the result of a run (or its folder).
    ``effects``, ``chances``, ``costs`` and ``spillovers`` of what comes back are lists of named tuples; ``frame()``
    gives the effects as a table. Runs go to folders in ``out``; without it to a temporary one that lasts as long
    as the comparison. Raises ``UnmatchedError`` when futures cannot be paired.
    """
    given = [_to_compare(one, set, as_of) for one in (base, *variants)]
    folder = Path(tempfile.mkdtemp(prefix="carriersim-")) if out is None else Path(out)
    studies = [scenario.study(one) for one in given if isinstance(one, Scenario)]
    ran = iter(
        run_together(
            studies,
            [folder / str(place) for place in range(len(studies))]
            if out is None
            else [folder / name for name in _folder_names(studies)],
            replicates,
            seed,
            workers=workers,
            engine=engine,
            progress=progress,
            overwrite=overwrite,
            resume=resume,
        )
    )
    found = _compare([one if isinstance(one, Result) else next(ran) for one in given])
    if out is None:
        weakref.finalize(found, shutil.rmtree, folder, ignore_errors=True)
    return found


def explain(
    base: str | Path | Scenario,
    variant: str | Path | Scenario,
    *,
    replicates: int = 300,
    error: float = 0.02,
    orderings: int | None = None,
    seed: int = 1,
    out: str | Path | None = None,
    engine: str = "compiled",
    workers: int | None = None,
    set: Sequence[str] = (),  # noqa: A002 - the name of the option on the command line
    as_of: date | None = None,
    overwrite: bool = False,
    resume: bool = False,
    progress: Progress | None = None,
) -> Explanation:
    """Explain the difference between two scenarios: what each lever contributes, the bridge, and who misses.

    Futures are added until the error of every lever's part in an official target's chance is at most ``error``, up
    to ``replicates``. With ``out`` what is evaluated is kept there at once, and ``resume`` goes on with it. Raises
    ``ValueError`` when no lever can be switched alone between the two.
    """
    ours, theirs = (scenario.study(_resolved(one, set, as_of)) for one in (base, variant))
    game = Game(ours, theirs, engine, seed, explaining.ends_of(ours))
    if not game.ends:
        raise ValueError("the base has no target within the quarters simulated")
    wanted = Wanted(replicates, explaining.pairs_of(game, orderings), error)
    journal = in_memory()
    if out is not None:
        journal = open_journal(Path(out), explaining.identity(game), resume=resume, overwrite=overwrite)
    try:
        return _explain(game, ours.targets, wanted, journal, workers or usable_cores(), progress)
    finally:
        journal.close()


def since(
    last: str | Path | Result,
    this: str | Path | Result,
    *,
    out: str | Path | None = None,
    files: Sequence[str | Path] = (),
    workers: int | None = None,
) -> Since:
    """Split the change of each official target's chance from one run to the next; the parts add up.

    Steps in between are simulated into ``out``, and gone on with there; without it into a temporary folder.
    ``files`` are folders in which registries and annexes of the runs may lie. Raises ``NotSeparableError`` when a
    step cannot be made from what is stored.
    """
    results = [one if isinstance(one, Result) else open(one) for one in (last, this)]
    manifest = results[0].manifest
    with tempfile.TemporaryDirectory(prefix="carriersim-") as temporary:
        folder = Path(temporary) if out is None else Path(out)

        def simulate(study: Study, part: str) -> Result:
            return ensemble.run(
                study,
                results[0].n_requested,
                manifest.seed,
                folder / f"{part}-{study.scenario.digest()[:12]}",
                workers,
                engine=manifest.engine,
                seeds_per_draw=manifest.seeds_per_draw,
                resume=True,
            )

        around = [
            *map(Path, files),
            *(one.folder for one in results),
            *(one.folder.parent for one in results),
        ]
        return _since(results[0], results[1], simulate, around)


def update(result: str | Path | Result, observed: str | Path, *, as_of: date | None = None) -> "Update":
    """Reweight the futures of a run, given as a result or its folder, by a table of what was counted.

    Nothing announced after ``as_of`` is read. Raises ``ScenarioErrors`` with every fault of the table, and
    ``TooFewError`` when too few futures fit what was counted.
    """
    from simulation.calibration import updating
    from simulation.calibration.observations import read_observations
    from simulation.ensemble.recovery import recovered

    futures = result if isinstance(result, Result) else open(result)
    given = recovered(futures.manifest, [futures.folder, futures.folder.parent])
    first = given.first_quarter - 1
    read = read_observations(Path(observed), given.city, first, first + given.quarters, as_of)
    return updating.update(futures, read)


def _to_compare(
    given: str | Path | Scenario | Result, settings: Sequence[str], as_of: date | None
) -> Scenario | Result:
    if isinstance(given, Result):
        return given
    if isinstance(given, str | Path) and Path(given).is_dir():
        return open(given)
    return _resolved(given, settings, as_of)


def _folder_names(studies: Sequence[Study]) -> list[str]:
    """A folder a scenario, named by its digest: names are free text."""
    return [one.scenario.digest()[:12] for one in studies]


def trace(
    path: str | Path | Scenario,
    carrier: str,
    *,
    replicate: int = 0,
    seed: int = 1,
    set: Sequence[str] = (),  # noqa: A002 - the name of the option on the command line
    as_of: date | None = None,
) -> Life:
    """The life of one carrier in one replicate; ``print`` tells it.

    ``carrier`` is its id in the registry, or the beginning of ours. Raises ``LookupError`` for any other.
    """
    told = replay(scenario.study(_resolved(path, set, as_of)), replicate, seed)
    return told.life(told.find(carrier))


def replay(study: Study, replicate: int, seed: int) -> Replicate:
    """One replicate of a run again, in the Mesa engine, with every event."""
    from simulation.engines.mesa import simulate

    draw, seed_in_draw = divmod(replicate, study.scenario.seeds_per_draw)
    world = study.world(seed, draw, seed_in_draw)
    outcome = simulate(study.setting(seed, draw, seed_in_draw), world, keep_events=True)
    return Replicate(world, outcome, names_of(study, world), replicate, seed)


def names_of(study: Study, world: World) -> Names:
    """The names by which a study tells of a replicate that starts from ``world``."""
    city = study.city
    return Names(
        districts={
            "en": [one.name_en for one in city.districts],
            "zh": [one.name_zh for one in city.districts],
        },
        sectors={"en": [one.name_en for one in city.sectors], "zh": [one.name_zh for one in city.sectors]},
        carriers=_carrier_names(study, world),
    )


def _carrier_names(study: Study, world: World) -> dict[int, tuple[str, str]]:
    """Registry id and name of each carrier at the start; synthetic ones have an id alone."""
    register = study.scenario.register
    if register is not None:
        return dict(zip(register.id.tolist(), zip(register.label, register.name, strict=True), strict=True))
    return {name_id("carrier", label): (label, "") for label in synthetic_labels(len(world.carriers.id))}


def _resolved(path: str | Path | Scenario, settings: Sequence[str], as_of: date | None) -> Scenario:
    if not isinstance(path, Scenario):
        return load(path, settings, as_of)
    if settings or as_of is not None:
        raise ValueError("set and as_of are for a file: give them to load, and what it gives to run")
    return path
