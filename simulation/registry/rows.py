"""The rows of a registry: each cell against the words and places of the city, and against the other cells."""

from typing import TYPE_CHECKING, NamedTuple

from simulation.faults import did_you_mean, one_of
from simulation.quarters import quarter_name
from simulation.registry import columns
from simulation.registry.cells import Cells, Sheet
from simulation.registry.register import NOWHERE, UNKNOWN
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables

_MOST_AREA, _MOST_COUNT, _MOST_FUND = 10_000_000, 100_000, 10_000_000  # m²; tenants, desks; 10,000 CNY
_TITLES = ("registered_on", "municipal_on", "provincial_on", "national_on")  # in the order of levels
_CONVERTING_FOR = 3  # quarters that those named as converting have been at it (as in the synthesis)


class Row(NamedTuple):
    """A row that has been read; the fields are those of ``Register`` or ``Projects`` of the same name."""

    label: str
    name: str
    status: int
    district: int
    type: int
    level: int
    mode: int  # or columns.CONVERTING
    sector: int
    kind: int
    opened: int
    registered: int
    level_since: int
    converting_since: int  # should it be converting
    quarters_left: int  # should it be preparing
    area: int
    places: int
    tenants: int
    field_tenants: int
    graduates: int
    platform: int
    fund: int
    grade: int
    park: int


class Reader:
    """Reads the rows of one sheet as of the end of the city's baseline quarter."""

    def __init__(self, sheet: Sheet, city: "CityTables") -> None:
        self._sheet, self._city, self._now = sheet, city, city.baseline_quarter
        self._desks_per_place = next(one.value for one in city.baseline if one.name == "desks_per_place")
        self._lines: dict[str, int] = {}  # where each carrier's number stands first

    def row(self, cells: Cells) -> Row:
        """One row. What is wrong with it is added to the faults of the sheet."""
        cells.need(("name", "district", "type", "status"), "a value in every row")
        status = cells.word("status", columns.STATUSES, "a company struck off (注销) is 停运 until taken off")
        level = cells.word("level", columns.LEVELS, "give the level held today")
        carrier_type, mode = cells.word("type", columns.TYPES), cells.word("mode", columns.MODES)
        self._check_status(cells, status, level)
        dates = self._dates(cells, status, level)
        tenants, field_tenants = self._tenants(cells, status, carrier_type)
        fund = cells.whole("fund_10k", _MOST_FUND)
        return Row(
            label=self._label(cells),
            name=cells.text("name"),
            status=status,
            district=self._district(cells),
            type=carrier_type,
            level=level,
            mode=mode,
            sector=self._sector(cells, mode),
            kind=cells.word("sponsor_kind", columns.KINDS, "who owns it is no kind: leave it blank"),
            opened=dates[0],
            registered=0 if level == codes.NONE else self._registered(dates),
            level_since=0 if level == codes.NONE else dates[max(level, 0)],
            converting_since=max(dates[0], self._now - _CONVERTING_FOR),
            quarters_left=UNKNOWN if dates[0] == UNKNOWN else dates[0] - self._now,
            area=self._area(cells),
            places=self._places(cells, carrier_type, tenants),
            tenants=tenants,
            field_tenants=field_tenants,
            graduates=cells.whole("graduates", _MOST_COUNT),
            platform=cells.word("platform", columns.PLATFORM),
            fund=UNKNOWN if fund == UNKNOWN else 10_000 * fund,
            grade=cells.word("grade", columns.GRADES),
            park=self._park(cells),
        )

    def _label(self, cells: Cells) -> str:
        label = cells.text("id")
        if not label:
            cells.fault("id", "the carrier's own number", "a row of totals does not belong here")
        elif label in self._lines:
            cells.fault("id", "each number once", f"line {self._lines[label]} has it too")
        self._lines.setdefault(label, cells.line)
        return label

    def _check_status(self, cells: Cells, status: int, level: int) -> None:
        """What the status asks for, and what it rules out."""
        if status == codes.DELISTED:
            cells.need(("delisted_on",), "the month in which it was taken off the list")
        elif cells.text("delisted_on"):
            cells.fault("delisted_on", "nothing, but for one that is off the list (摘牌)")
        if status == codes.PREPARING and level not in (UNKNOWN, codes.NONE):
            cells.fault("level", "未定级, or nothing, for one in preparation (筹建)")
        if status in (codes.OPERATING, codes.STOPPED):
            cells.need(("level", "opened", "floor_area_m2"), "a value, for one that has opened")
            cells.need(_TITLES[1 : max(level, 0)], "the month of each title up to the level held")
        if status == codes.OPERATING:
            cells.need(("tenants",), "a whole number, 0 for none")

    def _dates(self, cells: Cells, status: int, level: int) -> list[int]:
        """Quarters of opening and of each level from the district's on, in order."""
        names = ("opened", *_TITLES, "delisted_on")
        dates = [cells.month(name) for name in names]
        given = [(place, name) for place, name in enumerate(names) if dates[place] != UNKNOWN]
        if status == codes.PREPARING:
            self._check_plan(cells, given, dates)
            return dates
        after = ""
        for place, name in given:
            if dates[place] > self._now:
                advice = "`start:` says at the end of which quarter the registry stands"
                cells.fault(name, f"a month up to the end of {quarter_name(self._now)}", advice)
            elif cells.text(name) < after:
                cells.fault(name, f"a month not before {after}, which another column has")
            elif status != codes.DELISTED and UNKNOWN < level < place <= codes.NATIONAL:
                cells.fault(name, "nothing above the level held", "is the level right?")
            after = max(after, cells.text(name))
        return dates

    def _check_plan(self, cells: Cells, given: list[tuple[int, str]], dates: list[int]) -> None:
        """One in preparation has no date, but perhaps that on which it is to open."""
        for place, name in given:
            if place:
                cells.fault(name, "nothing, for one in preparation (筹建)")
            elif dates[place] <= self._now:
                after = quarter_name(self._now)
                cells.fault(name, f"nothing, or a month after {after}, for one in preparation (筹建)")

    def _registered(self, dates: list[int]) -> int:
        """When it was registered with its district; where no date says, half a year after it opened at most."""
        if dates[codes.DISTRICT] != UNKNOWN:
            return dates[codes.DISTRICT]
        titles = [one for one in dates[codes.MUNICIPAL : codes.NATIONAL + 1] if one != UNKNOWN]
        return min([dates[0] + 2, *titles, self._now])

    def _district(self, cells: Cells) -> int:
        text = cells.text("district")
        naming = self._city.district_named(text, self._now)
        if naming.code is not None:
            return self._city.index(naming.code)
        if text:
            accepted = {one.text for one in self._city.aliases if one.ruling == "accept"}
            meant = f"which is meant: {one_of(naming.candidates)}?" if naming.candidates else ""
            allowed = f"a district as the city's table spells it, as of {quarter_name(self._now)}"
            said = f"{allowed} ({naming.note})" if naming.note else allowed
            cells.fault("district", said, meant or did_you_mean(text, accepted))
        return UNKNOWN

    def _sector(self, cells: Cells, mode: int) -> int:
        text = cells.text("sector")
        if text in ("", "无"):
            if mode in (codes.SPECIALISED, columns.CONVERTING):
                cells.fault("sector", "the one lead sector of a carrier that is specialised or converting")
            return UNKNOWN
        code = self._city.sector_named(text)
        if code is None:
            names = [one.name_zh for one in self._city.sectors]
            cells.fault("sector", "one sector of the city's list", did_you_mean(text, names))
            return UNKNOWN
        return self._city.sector_index(code)

    def _park(self, cells: Cells) -> int:
        """The park it lies in; the registry knows of none when the cell says nothing."""
        text = cells.text("park")
        if text in ("", "无", "/"):
            return NOWHERE if "park" in self._sheet.places else UNKNOWN
        if text not in self._city.parks:
            cells.fault("park", one_of((*self._city.parks, "nothing")), did_you_mean(text, self._city.parks))
            return UNKNOWN
        return self._city.parks.index(text)

    def _area(self, cells: Cells) -> int:
        area, used = cells.area("floor_area_m2", _MOST_AREA), cells.area("tenant_area_m2", _MOST_AREA)
        if area == 0:
            cells.fault("floor_area_m2", "more than 0 m²")
        if area != UNKNOWN and used > area:
            cells.fault("tenant_area_m2", f"at most the whole floor, {area} m²")
        return area

    def _tenants(self, cells: Cells, status: int, carrier_type: int) -> tuple[int, int]:
        """Tenants and, of these, those of the lead sector's field.

        Teams of makerspaces are tenants too; the share of the field among firms is taken for all.
        """
        firms, teams = cells.whole("tenants", _MOST_COUNT), cells.whole("teams", _MOST_COUNT)
        lead = cells.whole("lead_tenants", _MOST_COUNT)
        if lead > firms != UNKNOWN:
            cells.fault("lead_tenants", "a number up to that of all tenants")
        makerspace = carrier_type == codes.MAKERSPACE
        if teams > 0 and carrier_type != UNKNOWN and not makerspace:
            cells.fault("teams", "nothing or 0: teams are counted in makerspaces")
        if status == codes.STOPPED:
            for name, number in (("tenants", firms), ("teams", teams)):
                if number > 0:
                    cells.fault(name, "nothing or 0, for one that has stopped (停运)")
            return 0, UNKNOWN
        if makerspace and status == codes.OPERATING:
            cells.need(("desks", "teams"), "a whole number, for a makerspace")
        everybody = firms + max(teams, 0) if makerspace else firms
        in_field = -(-lead * everybody // firms) if firms > 0 and lead != UNKNOWN else UNKNOWN
        return everybody, in_field

    def _places(self, cells: Cells, carrier_type: int, tenants: int) -> int:
        """The tenants it has room for: by the desks of a makerspace, never fewer than it has."""
        desks = cells.whole("desks", _MOST_COUNT)
        if carrier_type != codes.MAKERSPACE or desks == UNKNOWN:
            return UNKNOWN
        return max(1, tenants, int(-(-desks // self._desks_per_place)))
