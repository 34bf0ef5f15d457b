"""``carriersim allocate``: the tasks of the districts, adding up to the city's targets and equally likely to be met."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulation.cli.fresh import fresh_options, result_of
from simulation.cli.help import Helped, Option
from simulation.cli.terminal import Refused, Terminal, answering
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.projection.allocation import Allocations, Bound
    from simulation.scenario import Study

_ENDINGS = (".csv", ".xlsx")
_SCOPES = ("recognised", "national", "listed", "operating", "specialised")


class _Allocate(Helped):
    example = "carriersim allocate scenarios/wuhan-2025.yaml --out tasks.xlsx"


@click.command("allocate", cls=_Allocate)
@click.argument("scenario", type=click.Path())
@click.option(
    "--out",
    "tasks_out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv|xlsx",
    cls=Option,
)
@click.option("--floor", "floors", multiple=True, metavar="[SCOPE:]DISTRICT=N", cls=Option)
@click.option("--cap", "caps", multiple=True, metavar="[SCOPE:]DISTRICT=N", cls=Option)
@click.option("--fix", "fixed", multiple=True, metavar="[SCOPE:]DISTRICT=N", cls=Option)
@click.option("--overwrite", "replace_file", is_flag=True, cls=Option)
@fresh_options(200)
@answering
def command(
    terminal: Terminal,
    scenario: str,
    tasks_out: Path | None,
    floors: Sequence[str],
    caps: Sequence[str],
    fixed: Sequence[str],
    replace_file: bool,
    settings: Sequence[str],
    as_of: date | None,
    **options: Any,
) -> None:
    """Share out the city's targets over the districts."""
    from simulation.cli.recovered import study_of
    from simulation.projection.allocation import AllocationError, allocate

    words = terminal.words
    study = study_of(terminal, scenario, settings, as_of)
    bounds = _bounds(terminal, study, floors, caps, fixed)
    if tasks_out is not None:
        _refuse_out(terminal, tasks_out, replace_file)
    if not study.targets:
        raise Refused(words("explain.no_targets"))
    with result_of(terminal, scenario, study, **options) as result:
        try:
            found = allocate(result, study, bounds)
        except AllocationError as wrong:
            told = {name: visible(str(value)) for name, value in wrong.told.items()}
            raise Refused(words(f"allocate.refused.{wrong.reason}", **told)) from None
    if tasks_out is not None:
        _write(terminal, tasks_out, found, study)
    from simulation.reporting.allocate_page import AllocatePage
    from simulation.reporting.city_names import names_of_city

    out = "" if tasks_out is None else str(tasks_out)
    terminal.answer(
        lambda: found.record() | {"out": out or None},
        lambda: AllocatePage(words, found, names_of_city(study.city), out).lines(),
    )


def _refuse_out(terminal: Terminal, out: Path, replace_file: bool) -> None:
    shown = visible(str(out))
    if out.suffix.lower() not in _ENDINGS:
        raise Refused(terminal.words("allocate.ending", out=shown))
    if out.exists() and not replace_file:
        raise Refused(terminal.words("synthesise.exists", out=shown))


def _bounds(
    terminal: Terminal, study: Study, floors: Sequence[str], caps: Sequence[str], fixed: Sequence[str]
) -> dict[tuple[str, str], Bound]:
    """What the three options say, by scope and district. Raises ``Refused`` with every fault at once."""
    from simulation.projection.allocation import Bound

    found: dict[tuple[str, str], Bound] = {}
    faults: list[str] = []
    for option, given in (("--floor", floors), ("--cap", caps), ("--fix", fixed)):
        for text in given:
            read = _read(terminal, study, option, text, faults)
            if read is None:
                continue
            key, number = read
            old = found.get(key, Bound())
            low = number if option in ("--floor", "--fix") else old.low
            high = number if option in ("--cap", "--fix") else old.high
            found[key] = Bound(low, high)
    if faults:
        raise Refused("\n".join(faults))
    return found


def _read(
    terminal: Terminal, study: Study, option: str, text: str, faults: list[str]
) -> tuple[tuple[str, str], int] | None:
    from simulation.projection.allocation import SHARE
    from simulation.scenario.tasks import units_with_task

    words = terminal.words
    left, equals, right = text.partition("=")
    scope, colon, name = left.partition(":")
    if not colon:
        scope, name = _first_scope(study), left
    if not equals or scope not in _SCOPES or not (right.isascii() and right.isdecimal()):
        faults.append(words("allocate.bound", option=option, text=visible(text), scopes=", ".join(_SCOPES)))
        return None
    naming = study.city.district_named(name)
    units = [one.code for one in units_with_task(study.city)]
    if naming.code not in units:
        names = words.listing([visible(one) for one in (naming.candidates or units)])
        faults.append(words("allocate.district", option=option, text=visible(name), names=names))
        return None
    return (SHARE if scope == "specialised" else scope, str(naming.code)), int(right)


def _first_scope(study: Study) -> str:
    """The scope that is meant where none is named: that of the first official count."""
    counts = [one for one in study.targets if one.measure == "count"]
    return next((one.scope for one in counts if one.official), counts[0].scope if counts else "specialised")


def _write(terminal: Terminal, out: Path, found: Allocations, study: Study) -> None:
    from simulation.ensemble.store import write_whole
    from simulation.reporting import task_table

    try:
        if out.suffix.lower() == ".csv":
            write_whole(out, task_table.csv_lines(found).encode("utf-8"))
        else:
            task_table.write_workbook(out, found, study)
    except OSError as error:
        reason = visible(error.strerror or str(error))
        raise Refused(terminal.words("error.write", path=visible(str(out)), reason=reason)) from None
