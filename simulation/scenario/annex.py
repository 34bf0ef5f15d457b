"""The annex of the notice (任务分解表) as a table: the task of each district, in place of the default ones."""

from collections.abc import Iterable
from pathlib import Path

from simulation.faults import Fault, did_you_mean, one_of, quoted, say
from simulation.files import read_csv
from simulation.rules import codes
from simulation.scenario.city import MEASURES, CityTables
from simulation.scenario.schema import TargetSetting
from simulation.scenario.tables import Cells, Row
from simulation.scenario.task_table import read_task_table
from simulation.scenario.tasks import Target

COLUMNS = ("scope", "measure", "district", "at_least", "by")


def read_annex(
    path: Path, label: str, city: CityTables, targets: Iterable[TargetSetting], faults: list[Fault]
) -> list[Target]:
    """The tasks of a file, in the order of districts; a fault for each row that is wrong.

    A CSV file has the columns ``COLUMNS``; a workbook is the official table (任务分解表).
    """
    if path.suffix.lower() == ".xlsx":
        return read_task_table(path, label, city, list(targets), faults)
    targets = list(targets)
    header, lines = read_csv(path, label, faults)
    if header and sorted(header) != sorted(COLUMNS):
        strange = [one for one in header if one not in COLUMNS]
        found = say("the columns {header}", header=quoted(",".join(header)))
        advice = did_you_mean(strange[0], COLUMNS) if strange else ""
        faults.append(Fault(label, 1, 0, found, one_of(COLUMNS), advice))
        return []
    official = {(one.scope, one.measure): one.basis for one in targets if one.official}
    cells, tasks, seen = Cells(faults), list[Target](), dict[tuple[object, ...], int]()
    for line, values in lines:
        if len(values) != len(header):
            faults.append(
                Fault(
                    label,
                    line,
                    0,
                    say("{n} cells", n=len(values)),
                    say("{n} cells", n=len(header)),
                )
            )
            continue
        task = _task(Row(label, line, dict(zip(header, values, strict=True))), city, official, cells)
        if task is None:
            continue
        key = (task.scope, task.measure, task.district, task.by)
        if key in seen:
            faults.append(
                Fault(
                    label, line, 0, say("the task of line {key} again", key=seen[key]), say("each task once")
                )
            )
        seen[key] = line
        tasks.append(task)
    return sorted(tasks, key=lambda one: (one.by, one.measure, one.scope, city.index(str(one.district))))


def _task(row: Row, city: CityTables, official: dict[tuple[str, str], str], cells: Cells) -> Target | None:
    before = len(cells.faults)
    naming = city.district_named(row["district"])
    if naming.code is None:
        advice = say("which is meant: {names}?", names=naming.candidates) if naming.candidates else ""
        cells.fault(row, "district", say("a district in one of the spellings of the city's table"), advice)
    by = cells.quarter(row, "by")
    measure = cells.word(row, "measure", MEASURES)
    at_least = cells.number(row, "at_least", 0.0, 1.0 if measure == "specialised_share" else None)
    if measure == "count" and at_least != int(at_least):
        cells.fault(row, "at_least", say("a whole number of carriers"))
    scope = cells.word(row, "scope", codes.SCOPES)
    if len(cells.faults) > before:
        return None
    basis = official.get((scope, measure), "label")
    return Target(scope, basis, measure, at_least, by, (scope, measure) in official, naming.code, "scenario")
