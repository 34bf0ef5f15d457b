"""Rounds, evaluations and thresholds of a city, by quarter: dated data as the engines take it."""

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from simulation import decisions
from simulation.draws import uniform
from simulation.engines.setting import Calendar
from simulation.faults import Fault
from simulation.rules import codes
from simulation.rules.rounds import RoundsParameters, Thresholds, round_held
from simulation.scenario import names
from simulation.scenario.tables import Cells, Row
from simulation.world import F64, I8

LADDER = ("municipal", "provincial", "national")
SINGLE = ("evaluation", "provincial_review", "national_review")
_DESKS = "desks"  # how a rule writes what the model counts as places
_ANY = "any"


def check(recognition: Iterable[Row], calendar: Iterable[Row], faults: list[Fault]) -> None:
    """Add a fault for each cell of the two tables that cannot be used."""
    cells = Cells(faults)
    for row in recognition:
        cells.word(row, "type", codes.TYPES)
        cells.word(row, "level", codes.LISTED_LEVELS)
        cells.word(row, "mode", (_ANY, *codes.MODES))
        names.read_month(row, "valid_from", cells)
        for field in Thresholds._fields:
            cells.number(row, _column(field), 0.0)
    for row in calendar:
        cells.word(row, "event", (*LADDER, *SINGLE))
        cells.whole(row, "years_later", 0, 5)
        for column in ("opens", "announces"):
            cells.word(row, column, ("Q1", "Q2", "Q3", "Q4"))


def _column(field: str) -> str:
    return _DESKS if field == "places" else field


def threshold_array(
    recognition: Iterable[Row],
    first_quarter: int,
    quarters: int,
    desks_per_place: float,
    accelerators_recognised: bool,
) -> F64:
    """(q, types, levels, modes, fields) What each level asks; where no rule is known, more than anybody has."""
    asked = np.zeros(
        (quarters, len(codes.TYPES), len(codes.LEVELS), len(codes.MODES), len(Thresholds._fields))
    )
    asked[..., Thresholds._fields.index("quarters_open")] = math.inf
    for row in sorted(recognition, key=lambda one: names.month_quarter(one["valid_from"])):
        since = max(0, names.month_quarter(row["valid_from"]) - first_quarter)
        modes = range(len(codes.MODES)) if row["mode"] == _ANY else [codes.MODES.index(row["mode"])]
        for mode in modes:
            asked[since:, codes.TYPES.index(row["type"]), codes.LEVELS.index(row["level"]), mode] = [
                math.ceil(float(row[_DESKS]) / desks_per_place) if field == "places" else float(row[field])
                for field in Thresholds._fields
            ]
    if accelerators_recognised:
        asked[:, codes.ACCELERATOR, codes.MUNICIPAL :] = asked[:, codes.INCUBATOR, codes.MUNICIPAL :]
    return asked


def calendar_arrays(
    calendar: Iterable[Row], first_quarter: int, quarters: int, held: Mapping[int, bool]
) -> Calendar:
    """What happens in which quarter. ``held`` says by opening quarter whether a national round takes place.

    A round announces in the horizon only when it opens in it: those that opened before are in the baseline.
    """
    made: dict[str, I8] = {field: np.zeros(quarters, np.int8) for field in Calendar._fields}
    for row in calendar:
        for place in _places(row["opens"], first_quarter, quarters):
            if row["event"] in SINGLE:
                made[row["event"]][place] = 1
                continue
            if row["event"] == "national" and not held[first_quarter + place]:
                continue
            made[f"{row['event']}_opens"][place] = 1
            later = place + _quarters_later(row)
            if later < quarters:
                made[f"{row['event']}_announces"][later] = 1
    return Calendar(**made)


def national_rounds(
    calendar: Iterable[Row], first_quarter: int, quarters: int, key: int, city: int, p: RoundsParameters
) -> dict[int, bool]:
    """By opening quarter, whether a national round is held: a chain over the years, drawn by address.

    The year before the first had a round (2020 did: 134 incubators were listed in December).
    """
    held, before = {}, True
    opening = sorted(
        first_quarter + place
        for row in calendar
        if row["event"] == "national"
        for place in _places(row["opens"], first_quarter, quarters)
    )
    for quarter in opening:
        before = round_held(uniform(key, city, quarter, decisions.ROUND_HELD), before, p)
        held[quarter] = bool(before)
    return held


class Dated(NamedTuple):
    """An event of the calendar that takes time: it opens in one quarter and is announced in another."""

    event: str
    opens: int  # quarter
    announces: int  # quarter


def dated(calendar: Iterable[Row], first_quarter: int, quarters: int) -> list[Dated]:
    """Every round and evaluation that opens within some quarters, national rounds as if each were held."""
    found = [
        Dated(row["event"], first_quarter + place, first_quarter + place + _quarters_later(row))
        for row in calendar
        for place in _places(row["opens"], first_quarter, quarters)
    ]
    return sorted(found, key=lambda one: (one.opens, one.announces, one.event))


def _places(quarter_of_year: str, first_quarter: int, quarters: int) -> list[int]:
    wanted = int(quarter_of_year[1]) - 1
    return [place for place in range(quarters) if (first_quarter + place) % 4 == wanted]


def _quarters_later(row: Row) -> int:
    return 4 * int(row["years_later"]) + int(row["announces"][1]) - int(row["opens"][1])
