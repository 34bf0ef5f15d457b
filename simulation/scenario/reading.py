"""Reading a city from its folder of tables: every cell checked, every fault at once."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np

from simulation.engines.events import NAMES as EVENT_NAMES
from simulation.faults import Fault, say
from simulation.rules import codes
from simulation.scenario import names
from simulation.scenario.city import (
    GROUPS,
    MEASURES,
    PAYERS,
    CityTables,
    CityTarget,
    District,
    Field,
    Lever,
    Sector,
    Transfer,
)
from simulation.scenario.numbers import read_numbers
from simulation.scenario.tables import GRADES, Cells, Row, read_tables
from simulation.world import F64

_CITIES = Path(__file__).resolve().parent.parent / "cities"


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
                    cells.fault(row, "source", say("keys of sources.csv, parted by `;`"))


def _assemble(
    tables: dict[str, list[Row]], digest: str, as_of: date | None, label: str, cells: Cells
) -> CityTables | None:
    if not tables["city.csv"] or not tables["districts.csv"] or not tables["sectors.csv"]:
        known = say(" as of {day}", day=as_of.isoformat()) if as_of else ""
        cells.faults.append(
            Fault(
                f"{label}/city.csv",
                0,
                0,
                say("nothing known{known}", known=known),
                say("a city with districts and sectors"),
            )
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
            f"{table}.{row['code']}": row
            for table in ("districts", "sectors", "fields", "city")
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
    found = [
        Transfer(
            quarter=cells.quarter(row, "quarter"),
            old=cells.word(row, "from", places),
            new=cells.word(row, "to", places),
            low=cells.number(row, "low", 0.0, 1.0),
            share=cells.number(row, "share", 0.0, 1.0),
            high=cells.number(row, "high", 0.0, 1.0),
            row=row,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.quarter, places.index(one.old), places.index(one.new))))


def _levers(rows: Iterable[Row], cells: Cells) -> tuple[Lever, ...]:
    found = {
        row["lever"]: Lever(
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
    }
    return tuple(found.get(name, _not_known(name)) for name in codes.LEVERS)


def _not_known(name: str) -> Lever:
    """A lever of which nothing is known as of the date of the run: it can only stay at 0."""
    return Lever(name, "", name, name, "", "", 0, 0, 0, PAYERS[0], 0, EVENT_NAMES[0], "", "", "", None)


def _targets(rows: Iterable[Row], cells: Cells) -> tuple[CityTarget, ...]:
    found = [
        CityTarget(
            scope=cells.word(row, "scope", codes.SCOPES),
            basis=cells.word(row, "basis", codes.BASES),
            measure=cells.word(row, "measure", MEASURES),
            at_least=cells.number(row, "at_least", 0.0),
            by=cells.quarter(row, "by"),
            official=bool(cells.whole(row, "official", 0, 1)),
            row=row,
        )
        for row in rows
    ]
    order = {measure: place for place, measure in enumerate(MEASURES)}
    return tuple(
        sorted(found, key=lambda one: (order[one.measure], codes.SCOPES.index(one.scope), one.by, one.basis))
    )
