"""``carriersim update``: how what has been counted so far moves the chance of each target."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulation.cli import observed as observations
from simulation.cli.help import Helped
from simulation.cli.options import (
    as_of_option,
    engine_option,
    replicates_option,
    seed_option,
    set_option,
    workers_option,
)
from simulation.cli.pairs import MANIFEST, open_result
from simulation.cli.progress import progress
from simulation.cli.recovered import study_of
from simulation.cli.refusing import running
from simulation.cli.terminal import Failed, Refused, Terminal, answering

if TYPE_CHECKING:
    from simulation.ensemble import Result
    from simulation.scenario import Study


class _Update(Helped):
    example = "carriersim update scenarios/wuhan-2025.yaml observed.csv --as-of 2023-06-30"


@click.command("update", cls=_Update)
@click.argument("scenario_or_results", type=click.Path())
@click.argument("observed", type=click.Path())
@as_of_option
@replicates_option(400)
@seed_option
@workers_option
@engine_option
@set_option
@answering
def command(
    terminal: Terminal,
    scenario_or_results: str,
    observed: str,
    as_of: date | None,
    settings: Sequence[str],
    **options: Any,
) -> None:
    """Reweight the futures of a scenario, or of a finished run, by what was counted."""
    finished = (Path(scenario_or_results) / MANIFEST).is_file()
    study = study_of(terminal, scenario_or_results, settings, None if finished else as_of)
    read = observations.read(terminal, observed, study, as_of)
    from simulation.calibration.updating import LEAST_EFFECTIVE, TooFewError, update
    from simulation.reporting.update_page import UpdatePage

    words = terminal.words
    with tempfile.TemporaryDirectory(prefix="carriersim-") as temporary:
        if finished:
            result = open_result(terminal, scenario_or_results)
        else:
            result = _run(terminal, study, Path(temporary) / "futures", **options)
        try:
            found = update(result, read)
        except TooFewError as few:
            page = UpdatePage(words, study, None)
            raise Refused(
                words(
                    "update.too_few",
                    effective=f"{few.effective:.1f}",
                    n=words.whole(few.futures),
                    least=f"{LEAST_EFFECTIVE:g}",
                    needed=words.whole(few.needed),
                    unlikely=page.observation(few.unlikely),
                )
            ) from None
    terminal.answer(found.record, lambda: UpdatePage(words, study, found).lines())


def _run(terminal: Terminal, study: Study, folder: Path, **options: Any) -> Result:
    """Simulate the futures, or take them from the cache of earlier runs."""
    from simulation import ensemble

    words = terminal.words
    terminal.note(words("update.plan", n=words.whole(options["replicates"]), seed=options["seed"]))
    # The folder is a temporary one of ours: what is wrong with it is no wrong input.
    with (
        running(terminal, folder, lambda _: words("error.interrupted"), Failed),
        progress(terminal) as told,
    ):
        return ensemble.run(
            study,
            options["replicates"],
            options["seed"],
            folder,
            options["workers"],
            engine=options["engine"],
            seeds_per_draw=study.scenario.seeds_per_draw,
            progress=told,
        )
