"""``carriersim sweep``: a design of experiments over levers and unknowns, carried out on the same luck."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulation.cli.folders import kept_in, missing_package, write_files
from simulation.cli.help import Helped, Option
from simulation.cli.options import engine_option, overwrite_option, resume_option, seed_option, workers_option
from simulation.cli.progress import progress
from simulation.cli.run import RESULTS
from simulation.cli.terminal import FAULT, Refused, Terminal, answering
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.scenario.design import Design


class _Sweep(Helped):
    example = "carriersim sweep design.yaml --out results/sweep"


@click.command("sweep", cls=_Sweep)
@click.argument("design", type=click.Path())
@seed_option
@click.option(
    "--out", "out_sweep", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", cls=Option
)
@workers_option
@engine_option
@click.option("--count", "count_only", is_flag=True, cls=Option)
@resume_option
@overwrite_option
@answering
def command(
    terminal: Terminal,
    design: str,
    out_sweep: Path | None,
    seed: int,
    engine: str,
    workers: int | None,
    count_only: bool,
    **options: Any,
) -> None:
    """Carry out a design of experiments."""
    read = _read(terminal, design)
    from simulation.projection import sweep as sweeps
    from simulation.scenario import study

    words = terminal.words
    if read.method in sweeps.NEEDS_SALIB and importlib.util.find_spec("SALib") is None:
        raise missing_package(terminal, "SALib")
    targets = study(read.scenario).targets
    if not targets:
        raise Refused(words("explain.no_targets"))
    points = sweeps.number_of_points(read)
    told = {"points": words.whole(points), "replicates": read.replicates}
    plan = words("sweep.plan", runs=words.whole(points * read.replicates), factors=len(read.factors), **told)
    if count_only:
        record = {"points": points, "replicates": read.replicates, "runs": points * read.replicates}
        terminal.answer(lambda: record, lambda: [plan])
        return
    terminal.note(plan)
    folder = out_sweep or RESULTS / "sweep" / Path(design).stem
    from simulation.ensemble.pool import usable_cores
    from simulation.projection.evaluations import Evaluator

    identity = sweeps.identity(read, engine, seed)
    with kept_in(terminal, folder, sweeps.FILES, identity, **options) as kept:
        evaluator = Evaluator(engine, seed, targets, kept, workers or usable_cores())
        with progress(terminal) as bar:
            found = sweeps.sweep(read, evaluator, bar)
    from simulation.reporting.sweep_page import SweepPage, tables

    write_files(terminal, folder, tables(found))
    terminal.answer(
        lambda: found.record() | {"out": str(folder)}, lambda: SweepPage(words, found, str(folder)).lines()
    )
    if found.failed:
        click.get_current_context().exit(FAULT)


def _read(terminal: Terminal, path: str) -> Design:
    """Read a design. Raises ``Refused`` with every fault of it and of its scenario."""
    from simulation.reporting import fault_text
    from simulation.scenario import ScenarioErrors
    from simulation.scenario.design import read_design

    if not Path(path).is_file():
        raise Refused(terminal.words("error.path.nothing_near", path=visible(path), near=""))
    try:
        return read_design(Path(path))
    except ScenarioErrors as wrong:
        faults = [fault_text.sentence(fault, terminal.words) for fault in wrong.faults]
        raise Refused("\n".join([terminal.words.count("sweep.wrong", len(faults)), *faults])) from None
