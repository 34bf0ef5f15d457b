"""Targets of the city and tasks of its districts, with yearly milestones, in whole numbers that add up.

The annex of the notice (任务分解表) is not published. By default the city's targets are shared out over the
units of 2021 by their share of the baseline: an assumption, replaced by a table when the planner has it.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.quarters import year_of
from simulation.rules import codes
from simulation.scenario.city import CityTables, District
from simulation.world import I32

# The lowest level that a scope counts. ``operating`` counts every listed level, stopped carriers left out.
LOWEST_LEVEL = {
    "listed": codes.DISTRICT,
    "recognised": codes.MUNICIPAL,
    "national": codes.NATIONAL,
    "operating": codes.DISTRICT,
}


class Target(NamedTuple):
    """So many carriers, or such a share specialised, by the end of a quarter, in the city or a district."""

    scope: str  # of codes.SCOPES
    basis: str  # of codes.BASES: the label, or the fact
    measure: str  # count, specialised_share
    at_least: float  # carriers, or a share from 0 to 1
    by: int  # quarter
    official: bool  # as the notice is read officially
    district: str | None  # code, None for the city
    grade: str  # published, assumed, scenario


def apportion(total: int, shares: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to shares that add up to ``total``: largest remainder, first of equals."""
    sum_of_shares = sum(shares)
    if sum_of_shares <= 0.0:
        raise ValueError("shares that are all 0 share out nothing")
    exact = [total * share / sum_of_shares for share in shares]
    whole = [int(one) for one in exact]
    by_remainder = sorted(range(len(shares)), key=lambda row: (whole[row] - exact[row], row))
    for row in by_remainder[: total - sum(whole)]:
        whole[row] += 1
    return whole


def whole_carriers(share: float, carriers: int) -> int:
    """The least whole number of carriers that is at least such a share of them.

    A share that is a ratio of whole numbers gives that number back, for all the rounding of floats.
    """
    exact = share * carriers
    return round(exact) if abs(exact - round(exact)) < 1e-6 else math.ceil(exact)


def units_with_task(city: CityTables) -> list[District]:
    """The planning units among which the notice of 2021 shares out tasks."""
    return [one for one in city.districts if one.task_2021 != "no" and one.share > 0.0]


def default_tasks(targets: Iterable[Target], city: CityTables) -> list[Target]:
    """A task for each unit and city target: a count by baseline share, a share the same for all."""
    units = units_with_task(city)
    if not units:
        return []
    tasks = []
    for target in targets:
        shared: Sequence[float] = [target.at_least] * len(units)
        if target.measure == "count":
            shared = apportion(int(target.at_least), [one.share for one in units])
        tasks += [
            target._replace(at_least=float(part), district=unit.code, grade="assumed")
            for unit, part in zip(units, shared, strict=True)
        ]
    return tasks


def yearly_milestones(baseline: int, first_year: int, tasks: Iterable[Target], city: CityTables) -> I32:
    """(years, d) Carriers that each district is to have at each year's end, from the first year on.

    ``tasks`` are counts by district, of one scope; ``baseline`` is the count of that scope before the first
    year. The city's count rises evenly, in whole numbers that add up to it every year and to each task in its
    year; each year's rise goes to the districts in proportion to what they still lack.
    """
    by_year: dict[int, dict[str, int]] = {}
    for task in tasks:
        if task.district is not None:
            by_year.setdefault(year_of(task.by), {})[task.district] = int(task.at_least)
    if not by_year:
        return np.zeros((0, len(city.districts)), np.int32)
    at = _start(baseline, by_year, city)
    rows, year = [], first_year
    for due in sorted(one for one in by_year if one >= first_year):
        goal = np.array([by_year[due].get(code, 0) for code in city.codes])
        for left in range(due - year + 1, 0, -1):
            at = _a_year_on(at, goal, left)
            rows.append(at)
        year = due + 1
    return np.array(rows, np.int32).reshape(-1, len(city.districts))


def _start(baseline: int, by_year: dict[int, dict[str, int]], city: CityTables) -> NDArray[np.int64]:
    """The baseline count of each district that has a task, by baseline share; 0 elsewhere."""
    with_task = set().union(*by_year.values())
    shares = [one.share if one.code in with_task else 0.0 for one in city.districts]
    if sum(shares) <= 0.0:
        return np.zeros(len(shares), np.int64)
    of_tasks = sum(shares) / sum(one.share for one in city.districts)
    return np.array(apportion(round(baseline * of_tasks), shares), np.int64)


def _a_year_on(at: NDArray[np.int64], goal: NDArray[np.int64], years_left: int) -> NDArray[np.int64]:
    """The milestones a year later, on an even way to the goal."""
    lacking, above = np.maximum(goal - at, 0), np.maximum(at - goal, 0)
    up, down = int(lacking.sum()), int(above.sum())
    later = at.copy()
    if up:
        later += apportion(round(up / years_left), lacking.tolist())
    if down:
        later -= apportion(round(down / years_left), above.tolist())
    return later


def milestone_array(
    milestones: I32, first_year: int, first_quarter: int, quarters: int, districts: int
) -> I32:
    """(q, d) The milestone at the end of each quarter's year, 0 where there is none."""
    made = np.zeros((quarters, districts), np.int32)
    for row in range(quarters):
        year = year_of(first_quarter + row) - first_year
        if 0 <= year < len(milestones):
            made[row] = milestones[year]
    return made
