"""Forecasts kept to be scored later: quantiles by target, place and quarter, in rows of the hubverse standard.

One file a run, named ``<origin date>-carriersim-<run>.csv`` as hubs name theirs. The origin is the day by which
everything that the run used was known; only quarters that end after it are forecasts, and no others are kept.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from simulation.calibration.observations import COUNT, SHARE, end_of
from simulation.calibration.scores import LEVELS
from simulation.ensemble import Result
from simulation.ensemble.store import write_whole
from simulation.faults import Fault, ScenarioErrors, one_of, quoted, say
from simulation.files import read_csv
from simulation.projection.measures import values
from simulation.quarters import quarter
from simulation.rules import codes
from simulation.scenario import Study
from simulation.world import F64

COLUMNS = (
    *("origin_date", "target", "horizon", "location", "target_end_date"),
    *("output_type", "output_type_id", "value"),
)
CITY = "city"
MODEL = "carriersim"
# The targets of a file by name: what is counted.
TARGETS = {f"{scope} carriers": (scope, codes.BASES[0], COUNT) for scope in codes.SCOPES}
TARGETS |= {
    f"specialised share of {scope} carriers by {basis}": (scope, basis, SHARE)
    for scope in codes.SCOPES
    for basis in codes.BASES
}


@dataclass(frozen=True, order=True)
class Archived:
    """One forecast of one number."""

    origin: date
    file: str
    quarter: int
    district: str  # code, empty for the city
    scope: str
    basis: str
    measure: str
    quantiles: tuple[float, ...]  # at ``scores.LEVELS``


def origin_of(study: Study) -> date:
    """The day by which everything that a study uses was known."""
    if study.scenario.as_of is not None:
        return study.scenario.as_of
    known = [one.known_on for one in study.ledger() if one.known_on]
    return max([end_of(study.first_quarter - 1), *map(date.fromisoformat, known)])


def file_name(origin: date, run: str) -> str:
    """The name of an archived run."""
    plain = re.sub(r"[^\w]+", "-", run).strip("-") or "run"
    return f"{origin.isoformat()}-{MODEL}-{plain}.csv"


def text_of(result: Result, origin: date) -> str:
    """The file of a run. Its bytes follow from the futures and the origin alone."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    ahead = [(at, name) for at, name in enumerate(result.quarters) if end_of(quarter(name)) > origin]
    first = _quarter_of(origin)
    for target, (scope, basis, measure) in TARGETS.items():
        for district in (None, *result.districts):
            paths = values(result, measure, scope, basis, district)
            for at, name in ahead:
                end = quarter(name)
                head = (origin.isoformat(), target, end - first, district or CITY, end_of(end).isoformat())
                for level, value in zip(LEVELS, _quantiles(paths[:, at]), strict=True):
                    if np.isfinite(value):
                        writer.writerow((*head, "quantile", f"{level:g}", f"{value:.6g}"))
    return out.getvalue()


def write(result: Result, origin: date, file: Path) -> None:
    """Archive a run, the file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, text_of(result, origin).encode())


def _quarter_of(day: date) -> int:
    return 4 * day.year + (day.month - 1) // 3


def _quantiles(sample: F64) -> F64:
    defined = sample[np.isfinite(sample)]
    return np.quantile(defined, LEVELS) if len(defined) else np.full(len(LEVELS), np.nan)


def read(paths: Iterable[Path]) -> list[Archived]:
    """The forecasts of archived files. Raises ``ScenarioErrors`` with every fault of all files."""
    faults: list[Fault] = []
    found: list[Archived] = []
    for path in paths:
        found += _read(path, faults)
    if faults:
        raise ScenarioErrors(faults)
    return sorted(found)


def _read(path: Path, faults: list[Fault]) -> list[Archived]:
    header, lines = read_csv(path, path.name, faults)
    if header and sorted(header) != sorted(COLUMNS):
        found = say("the columns {header}", header=quoted(",".join(header)))
        faults.append(Fault(path.name, 1, 0, found, one_of(COLUMNS)))
    if not header or sorted(header) != sorted(COLUMNS):
        return []
    groups: dict[tuple[date, int, str, str], dict[float, tuple[float, int]]] = {}
    for line, cells in lines:
        if len(cells) != len(header):
            found, allowed = say("{n} cells", n=len(cells)), say("{n} cells", n=len(header))
            faults.append(Fault(path.name, line, 0, found, allowed))
            continue
        row = dict(zip(header, cells, strict=True))
        read_row = _row(row, path.name, line, faults)
        if read_row is not None:
            key, level, value = read_row
            if level in groups.setdefault(key, {}):
                found = say("the quantile of line {line} again", line=groups[key][level][1])
                faults.append(Fault(path.name, line, 0, found, say("each quantile once")))
            groups[key][level] = (value, line)
    return [
        one
        for key, levels in groups.items()
        if (one := _forecast(path.name, key, levels, faults)) is not None
    ]


_Key = tuple[date, int, str, str]  # origin, quarter, district, target


def _row(row: dict[str, str], file: str, line: int, faults: list[Fault]) -> tuple[_Key, float, float] | None:
    """What one row says."""
    before = len(faults)

    def wrong(column: str, allowed: str) -> None:
        found = say("{text} as `{title}`", text=quoted(row[column]), title=column)
        faults.append(Fault(file, line, COLUMNS.index(column) + 1, found, allowed))

    origin, end = _day(row["origin_date"]), _day(row["target_end_date"])
    if origin is None:
        wrong("origin_date", say("a date such as 2021-08-25"))
    if end is None or end != end_of(_quarter_of(end)):
        wrong("target_end_date", say("the last day of a quarter"))
    elif origin is not None and end <= origin:
        wrong("target_end_date", say("a day after `origin_date`"))
    if row["target"] not in TARGETS:
        wrong("target", one_of(TARGETS, 20))
    if row["output_type"] != "quantile":
        wrong("output_type", "quantile")
    level, value = _number(row["output_type_id"]), _number(row["value"])
    if level not in LEVELS:
        wrong("output_type_id", one_of(f"{one:g}" for one in LEVELS))
    if value is None or value < 0.0:
        wrong("value", say("a number such as 0.25"))
    if len(faults) > before or origin is None or end is None or level is None or value is None:
        return None
    location = "" if row["location"] == CITY else row["location"]
    return (origin, _quarter_of(end), location, row["target"]), level, value


def _forecast(
    file: str, key: _Key, levels: dict[float, tuple[float, int]], faults: list[Fault]
) -> Archived | None:
    """The quantiles of one number: all seven of them, none below the one before."""
    origin, end, district, target = key
    quantiles = [levels[one][0] for one in LEVELS if one in levels]
    if len(quantiles) == len(LEVELS) and quantiles == sorted(quantiles):
        return Archived(origin, file, end, district, *TARGETS[target], tuple(quantiles))
    line = min(place for _, place in levels.values())
    found = say("the quantiles {values}", values=tuple(f"{one:g}" for one in quantiles))
    allowed = say("{n} quantiles, none below the one before", n=len(LEVELS))
    faults.append(Fault(file, line, 0, found, allowed))
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d+(\.\d+)?([eE][-+]?\d{1,3})?", text, re.ASCII) else None
