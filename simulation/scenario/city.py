"""A city as data: districts, sectors, margins, rules, levers and targets, read from its folder of tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from simulation.engines.events import NAMES as EVENT_NAMES
from simulation.quarters import quarter
from simulation.rules import codes
from simulation.scenario import names
from simulation.scenario.faults import Fault
from simulation.scenario.numbers import Number, read_numbers
from simulation.scenario.tables import GRADES, Cells, Row, read_tables
from simulation.world import F64, I8, I64

_CITIES = Path(__file__).resolve().parent.parent / "cities"
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
    row: Row


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
    as_of: date | None
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


def find_city(name: str, base: Path) -> tuple[Path, str] | None:
    """The folder of a city and how messages name it: a city of the package, or a folder beside the scenario."""
    if name.isidentifier() and (_CITIES / name / "districts.csv").is_file():
        return _CITIES / name, f"cities/{name}"
    folder = base / name
    return (folder, name.rstrip("/")) if (folder / "districts.csv").is_file() else None


def packaged_cities() -> list[str]:
    """Names of the cities that come with the package."""
    return sorted(path.parent.name for path in _CITIES.glob("*/districts.csv"))


def read_city(folder: Path, label: str, as_of: date | None, faults: list[Fault]) -> CityTables | None:
    """A city from its folder; ``None`` and faults when its tables are wrong."""
    before = len(faults)
    tables, digest = read_tables(folder, label, as_of, faults)
    if len(faults) > before:
        return None
    cells = Cells(faults)
    for name, rows in tables.items():
        _check_basis(name, rows, tables["sources.csv"], cells)
    city = _assemble(tables, digest, as_of, label, cells)
    return city if len(faults) == before else None


def _check_basis(name: str, rows: list[Row], sources: list[Row], cells: Cells) -> None:
    """Every number has a grade and a source that exists."""
    keys = [row["key"] for row in sources]
    for row in rows:
        if "grade" in row.cells:
            cells.word(row, "grade", GRADES)
        if name != "sources.csv":
            for key in row["source"].split(";"):
                if key not in keys:
                    cells.fault(row, "source", "keys of sources.csv, parted by `;`")


def _assemble(
    tables: dict[str, list[Row]], digest: str, as_of: date | None, label: str, cells: Cells
) -> CityTables | None:
    if not tables["city.csv"] or not tables["districts.csv"] or not tables["sectors.csv"]:
        known = f" as of {as_of}" if as_of else ""
        cells.faults.append(
            Fault(f"{label}/city.csv", 0, 0, f"nothing known{known}", "a city with districts and sectors")
        )
        return None
    districts = _districts(tables["districts.csv"], cells)
    fields = tuple(
        Field(row["code"], row["name_zh"], row["name_en"]) for row in _ordered(tables["fields.csv"], cells)
    )
    sectors = _sectors(tables["sectors.csv"], fields, cells)
    places = [one.code for one in districts]
    head = tables["city.csv"][0]
    baseline = read_numbers(tables["baseline.csv"], cells)
    return CityTables(
        name=head["code"],
        name_zh=head["name_zh"],
        name_en=head["name_en"],
        as_of=as_of,
        baseline_quarter=int(next((one.value for one in baseline if one.name == "baseline_quarter"), 0)),
        districts=districts,
        aliases=names.read_aliases(tables["aliases.csv"], places, cells),
        transfers=_transfers(tables["transfers.csv"], places, cells),
        fields=fields,
        sectors=sectors,
        sector_shares=_sector_shares(tables["sector_mix.csv"], districts, sectors, cells),
        baseline=baseline,
        parameters=read_numbers(tables["parameters.csv"], cells),
        recognition=tuple(tables["recognition_rules.csv"]),
        calendar=tuple(tables["calendar.csv"]),
        levers=_levers(tables["levers.csv"], cells),
        targets=_targets(tables["targets.csv"], cells),
        rows={
            f"{table}.{row[key]}": row
            for table, key in (("districts", "code"), ("sectors", "code"), ("fields", "code"), ("city", "code"))
            for row in tables[f"{table}.csv"]
        },
        digest=digest,
    )


def _ordered(rows: Iterable[Row], cells: Cells) -> list[Row]:
    """Rows in the order that their column ``order`` gives."""
    return sorted(rows, key=lambda row: (cells.whole(row, "order", 1), row["code"]))


def _districts(rows: Iterable[Row], cells: Cells) -> tuple[District, ...]:
    return tuple(
        District(
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            valid_from=names.read_month(row, "valid_from", cells),
            valid_to=names.read_month(row, "valid_to", cells),
            task_2021=cells.word(row, "task_2021", ("yes", "no", "unknown")),
            university=cells.whole(row, "university", 0, 1),
            park=row["park"],
            usual_effort=cells.number(row, "usual_effort", 0.0),
            rent=cells.number(row, "rent", 0.0),
            share_low=cells.number(row, "share_low", 0.0, 1.0),
            share=cells.number(row, "share", 0.0, 1.0),
            share_high=cells.number(row, "share_high", 0.0, 1.0),
            space=cells.whole(row, "space_m2", 0),
            space_growth=cells.whole(row, "space_growth_m2", 0),
            space_by_lever=cells.whole(row, "space_by_lever_m2", 0),
        )
        for row in _ordered(rows, cells)
    )


def _sectors(rows: Iterable[Row], fields: tuple[Field, ...], cells: Cells) -> tuple[Sector, ...]:
    return tuple(
        Sector(
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            group=cells.word(row, "group965", GROUPS),
            field=cells.word(row, "field", [one.code for one in fields]),
            long_term=cells.whole(row, "long_term", 0, 1),
            share=cells.number(row, "share", 0.0, 1.0),
            aliases=tuple(filter(None, row["aliases"].split("|"))),
        )
        for row in _ordered(rows, cells)
    )


def _sector_shares(
    rows: Iterable[Row], districts: tuple[District, ...], sectors: tuple[Sector, ...], cells: Cells
) -> F64:
    """(d, s) The city's shares, tilted by what is special in a district, adding up to 1 in each."""
    shares = np.tile([one.share for one in sectors], (len(districts), 1))
    place = {one.code: row for row, one in enumerate(districts)}
    column = {one.code: row for row, one in enumerate(sectors)}
    for row in rows:
        district, sector = cells.word(row, "district", place), cells.word(row, "sector", column)
        shares[place[district], column[sector]] *= cells.number(row, "factor", 0.0)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float64)


def _transfers(rows: Iterable[Row], places: list[str], cells: Cells) -> tuple[Transfer, ...]:
    found = []
    for row in rows:
        try:
            when = quarter(row["quarter"])
        except ValueError:
            cells.fault(row, "quarter", "a quarter such as 2022Q1")
            continue
        found.append(
            Transfer(
                when,
                cells.word(row, "from", places),
                cells.word(row, "to", places),
                *(cells.number(row, column, 0.0, 1.0) for column in ("low", "share", "high")),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.quarter, places.index(one.old), places.index(one.new))))


def _levers(rows: Iterable[Row], cells: Cells) -> tuple[Lever, ...]:
    found = [
        Lever(
            name=cells.word(row, "lever", codes.LEVERS),
            clause=row["clause"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            mechanism=row["mechanism"],
            unit=row["unit"],
            unit_cost_low=cells.whole(row, "unit_cost_low", 0),
            unit_cost=cells.whole(row, "unit_cost", 0),
            unit_cost_high=cells.whole(row, "unit_cost_high", 0),
            payer=cells.word(row, "payer", PAYERS),
            payment_lag_years=cells.whole(row, "payment_lag_years", 0, 10),
            first_event=cells.word(row, "first_event", EVENT_NAMES),
            direction=row["direction"],
            for_whom=row["for_whom"],
            must_not_touch=row["must_not_touch"],
            row=row,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: codes.LEVERS.index(one.name)))


def _targets(rows: Iterable[Row], cells: Cells) -> tuple[CityTarget, ...]:
    found = []
    for row in rows:
        try:
            by = quarter(row["by"])
        except ValueError:
            cells.fault(row, "by", "a quarter such as 2025Q4")
            by = 0
        found.append(
            CityTarget(
                scope=cells.word(row, "scope", codes.SCOPES),
                basis=cells.word(row, "basis", codes.BASES),
                measure=cells.word(row, "measure", MEASURES),
                at_least=cells.number(row, "at_least", 0.0),
                by=by,
                official=bool(cells.whole(row, "official", 0, 1)),
                row=row,
            )
        )
    order = {measure: place for place, measure in enumerate(MEASURES)}
    return tuple(
        sorted(found, key=lambda one: (order[one.measure], codes.SCOPES.index(one.scope), one.by, one.basis))
    )
