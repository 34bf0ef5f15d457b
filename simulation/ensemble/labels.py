"""The words that stand for the places of the books' arrays, and the address of a replicate."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulation.quarters import quarter_name, year_of
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.scenario import Study


class Labels(NamedTuple):
    """The words for the places of the books' arrays."""

    quarters: tuple[str, ...]  # that of the opening stock first
    years: tuple[int, ...]  # the calendar year of each of them
    districts: tuple[str, ...]
    sectors: tuple[str, ...]
    payers: tuple[str, ...]  # of each lever
    payment_lags: tuple[int, ...]  # of each lever, years


def labels_of(study: Study) -> Labels:
    """The words of a study."""
    numbers = range(study.first_quarter - 1, study.first_quarter + study.quarters)
    levers = {lever.name: lever for lever in study.city.levers}
    return Labels(
        quarters=tuple(quarter_name(number) for number in numbers),
        years=tuple(year_of(number) for number in numbers),
        districts=tuple(study.city.codes),
        sectors=tuple(study.city.sector_codes),
        payers=tuple(levers[name].payer for name in codes.LEVERS),
        payment_lags=tuple(levers[name].payment_lag_years for name in codes.LEVERS),
    )


class Address(NamedTuple):
    """Which replicate: its number, the draw of the unknown numbers, and the seed within that draw."""

    replicate: int
    draw: int
    seed: int


def address(replicate: int, seeds_per_draw: int) -> Address:
    """The address of a replicate: draw r // k, seed r mod k."""
    return Address(replicate, replicate // seeds_per_draw, replicate % seeds_per_draw)
