"""A file of observations as the command line reads it: every fault told, or the observations of a study."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.cli.terminal import Refused, Terminal
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.calibration.observations import Observed
    from simulation.scenario import Study


def read(terminal: Terminal, path: str, study: Study, as_of: date | None) -> Observed:
    """The observations of a file within the quarters of a study. Raises ``Refused`` with every fault."""
    from simulation.calibration.observations import read_observations
    from simulation.faults import ScenarioErrors

    first = study.first_quarter - 1
    try:
        found = read_observations(
            Path(path), study.city, first, first + study.quarters, as_of, Path(path).name
        )
    except ScenarioErrors as wrong:
        from simulation.reporting import fault_text

        faults = [fault_text.sentence(fault, terminal.words) for fault in wrong.faults]
        said = terminal.words.count("error.observations", len(faults))
        raise Refused("\n".join([said, *faults])) from None
    if found.blank:
        terminal.note(terminal.words.count("observed.blank", found.blank, file=visible(path)))
    if found.later and as_of is not None:
        terminal.note(terminal.words.count("observed.later", found.later, date=as_of.isoformat()))
    return found
