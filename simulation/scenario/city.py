"""A city as data: districts, sectors, margins, numbers of the rulebook, recognition rules, levers, targets."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from simulation.scenario import names
from simulation.scenario.numbers import Number
from simulation.scenario.tables import Row
from simulation.world import F64, I8, I64

GROUPS = ("pillar", "emerging", "future")
PAYERS = ("city", "district", "sponsor")
MEASURES = ("count", "specialised_share")


class District(NamedTuple):
    """A planning unit: a district, a zone, or both as one working unit."""

    code: str
    name_zh: str
    name_en: str
    valid_from: int  # quarter, 0 for always
    valid_to: int  # quarter, 0 for always
    task_2021: str  # yes, no, unknown
    university: int  # 1 where universities are
    park: str  # name of its park (创谷), empty for none
    usual_effort: float
    rent: float  # the city's mean being 1
    share_low: float  # share of the city's carriers
    share: float
    share_high: float
    space: int  # m² of floor free for new carriers at the start
    space_growth: int  # m² a quarter
    space_by_lever: int  # m² a quarter added by the lever district_new_build at 1


class Field(NamedTuple):
    """A group of sectors: what counts as one field of specialisation."""

    code: str
    name_zh: str
    name_en: str


class Sector(NamedTuple):
    """A sector of the city's list."""

    code: str
    name_zh: str
    name_en: str
    group: str  # pillar, emerging, future
    field: str  # code of its field
    long_term: int  # 1 where tenants may stay longer
    share: float  # of the city's seekers
    aliases: tuple[str, ...]


class Transfer(NamedTuple):
    """Carriers that go over from one district to another by a change of boundaries (划转)."""

    quarter: int
    old: str
    new: str
    low: float
    share: float
    high: float
    row: Row


class Lever(NamedTuple):
    """A clause of the notice as the city's table has it."""

    name: str
    clause: str
    name_zh: str
    name_en: str
    mechanism: str
    unit: str  # what is paid for
    unit_cost_low: int  # CNY
    unit_cost: int  # CNY a unit at strength 1
    unit_cost_high: int  # CNY
    payer: str
    payment_lag_years: int
    first_event: str  # the first kind of event that it changes
    direction: str
    for_whom: str
    must_not_touch: str
    row: Row | None  # None: not known as of the date of the run


class CityTarget(NamedTuple):
    """A target as the city's table has it."""

    scope: str
    basis: str
    measure: str
    at_least: float
    by: int  # quarter
    official: bool
    row: Row


@dataclass(frozen=True, eq=False)
class CityTables:
    """All that is known of a city as of a date. Districts and sectors are in official order."""

    name: str
    name_zh: str
    name_en: str
    baseline_quarter: int  # the quarter whose end is the opening stock
    districts: tuple[District, ...]
    aliases: tuple[names.Alias, ...]
    transfers: tuple[Transfer, ...]
    fields: tuple[Field, ...]
    sectors: tuple[Sector, ...]
    sector_shares: F64  # (d, s) share of a district's seekers by sector
    baseline: tuple[Number, ...]  # margins of the start population
    parameters: tuple[Number, ...]  # numbers of the rulebook
    recognition: tuple[Row, ...]
    calendar: tuple[Row, ...]
    levers: tuple[Lever, ...]
    targets: tuple[CityTarget, ...]
    rows: dict[str, Row]  # where each thing stands: "districts.jiangan"
    digest: str  # of every table as used

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Codes of the districts, in official order."""
        return tuple(one.code for one in self.districts)

    @cached_property
    def sector_codes(self) -> tuple[str, ...]:
        """Codes of the sectors, in official order."""
        return tuple(one.code for one in self.sectors)

    @cached_property
    def parks(self) -> tuple[str, ...]:
        """Names of the parks (创谷); a park's code is its place here."""
        return tuple(one.park for one in self.districts if one.park)

    @cached_property
    def park(self) -> I8:
        """(d) Code of each district's park, -1 for none."""
        return np.array([self.parks.index(one.park) if one.park else -1 for one in self.districts], np.int8)

    @cached_property
    def university(self) -> I8:
        """(d) 1 where universities are."""
        return np.array([one.university for one in self.districts], np.int8)

    @cached_property
    def usual_effort(self) -> F64:
        """(d) Effort of each district with all levers at 0."""
        return np.array([one.usual_effort for one in self.districts])

    @cached_property
    def rent(self) -> F64:
        """(d) Rent, the city's mean being 1."""
        return np.array([one.rent for one in self.districts])

    @cached_property
    def space(self) -> I64:
        """(d) m² of floor free for new carriers at the start."""
        return np.array([one.space for one in self.districts], np.int64)

    @cached_property
    def field(self) -> I8:
        """(s) The field of each sector: a place in ``fields``."""
        place = {one.code: row for row, one in enumerate(self.fields)}
        return np.array([place[one.field] for one in self.sectors], np.int8)

    @cached_property
    def long_term(self) -> I8:
        """(s) 1 where tenants may stay longer."""
        return np.array([one.long_term for one in self.sectors], np.int8)

    @cached_property
    def sector_cumulative(self) -> F64:
        """(d, s) Cumulative share of a district's seekers by sector; ends at 1."""
        cumulative = np.cumsum(self.sector_shares, axis=1)
        cumulative[:, -1] = 1.0
        return cumulative

    def index(self, code: str) -> int:
        """The place of a district in the official order."""
        return self.codes.index(code)

    def sector_index(self, code: str) -> int:
        """The place of a sector in the official order."""
        return self.sector_codes.index(code)

    def district_named(self, text: str, on: int | None = None) -> names.Naming:
        """What a spelling of a district means (in a quarter)."""
        return names.resolve(text, self.aliases, on)

    def sector_named(self, text: str) -> str | None:
        """The code of a sector by its code, either name, or an alias; ``None`` when no sector is meant."""
        spelling = names.folded(text)
        for one in self.sectors:
            if spelling in map(names.folded, (one.code, one.name_zh, one.name_en, *one.aliases)):
                return one.code
        return None
