"""The rows of a registry: each cell against the words and places of the city, and against the other cells."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from simulation.faults import WARNING, did_you_mean, say
from simulation.quarters import quarter_name, quarter_of_date
from simulation.registry import columns, eligibility
from simulation.registry.cells import Cells, canonical_word, folded
from simulation.registry.grid import NUMBER
from simulation.registry.register import NOWHERE, UNKNOWN
from simulation.registry.values import Day
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables

_MOST_AREA, _MOST_COUNT, _MOST_FUND = 10_000_000, 100_000, 100_000_000_000  # m²; tenants, desks; CNY
_TITLES = ("registered_on", "municipal_on", "provincial_on", "national_on")  # in the order of levels
_CONVERTING_FOR = 3  # quarters that those named as converting have been at it (as in the synthesis)
_A_PLATFORM = re.compile(r"平台|中心|实验室|检测|基地|公司|[Pp]latform|[Ll]ab")
# What is asked of row after row, said once.
_EVERY_ROW = say("a value in every row")
_LEVEL_TODAY = say("give the level held today")
_STRUCK_OFF = say("a company struck off (注销) is 停运 until taken off the list")
_IF_OPEN = say("a value, for one that has opened")
_EACH_TITLE = say("the month of each title up to the level held")
_TENANTS = say("a whole number, 0 for none")
_LEAVE_BLANK = say("leave it blank when it is not known")
_IF_MAKERSPACE = say("a whole number, for a makerspace")
_NOT_ZERO = say("nothing is not 0")
_EVENTS = ("更名", "迁址", "停运")  # in notes: facts that belong in columns


class Row(NamedTuple):
    """A row that has been read; the fields are those of ``Register`` or ``Projects`` of the same name."""

    label: str
    name: str
    status: int
    district: int
    type: int
    level: int
    mode: int  # or columns.CONVERTING
    mode_in_fact: int
    sector: int
    kind: int
    opened: int
    registered: int
    level_since: int
    converting_since: int  # should it be converting
    stopped: int
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


@dataclass
class Seen:
    """What the rows before have shown, over all sheets of a file."""

    labels: dict[str, str] = field(default_factory=dict)  # where each carrier's number stands first
    floors: dict[tuple[str, int], str] = field(default_factory=dict)  # of operators with a floor of that size
    notes: dict[str, int] = field(default_factory=dict)  # how many notes speak of an event


class Reader:
    """Reads rows as of the end of the city's baseline quarter."""

    def __init__(self, city: "CityTables") -> None:
        self._city, self._now = city, city.baseline_quarter
        self._desks_per_place = next(one.value for one in city.baseline if one.name == "desks_per_place")
        self._districts: dict[str, int] = {}
        self._sectors: dict[str, int] = {}
        self.seen = Seen()

    def row(self, cells: Cells) -> Row:
        """One row. What is wrong with it is added to the faults of the sheet."""
        cells.need(("name", "district", "type", "status"), _EVERY_ROW)
        label, name = self._label(cells), cells.text("name")
        carrier_type, mode = self._type_and_mode(cells)
        level = cells.word("level", _LEVEL_TODAY)
        days = {name: cells.day(name) for name in ("opened", *_TITLES, "delisted_on", "stopped_on")}
        status = self._status(cells, days["delisted_on"])
        self._check_status(cells, status, level)
        dates = self._dates(cells, days, status, level)
        tenants, field_tenants = self._tenants(cells, status, carrier_type)
        area = self._area(cells)
        row = Row(
            label=label,
            name=name,
            status=status,
            district=self._district(cells),
            type=carrier_type,
            level=level,
            mode=mode,
            mode_in_fact=cells.word("mode_in_fact"),
            sector=self._sector(cells, mode),
            kind=self._kind(cells),
            opened=dates[0],
            registered=UNKNOWN if level == UNKNOWN else 0 if level == codes.NONE else self._registered(dates),
            level_since=0 if level == codes.NONE else UNKNOWN if level == UNKNOWN else dates[level],
            converting_since=max(dates[0], self._now - _CONVERTING_FOR),
            stopped=dates[-1],
            quarters_left=UNKNOWN if dates[0] == UNKNOWN else dates[0] - self._now,
            area=area,
            places=self._places(cells, carrier_type, tenants),
            tenants=tenants,
            field_tenants=field_tenants,
            graduates=cells.whole("graduates", _MOST_COUNT),
            platform=self._platform(cells),
            fund=cells.scaled("fund_10k", _MOST_FUND),
            grade=cells.word("grade"),
            park=self._park(cells),
        )
        self._compare(cells, row)
        return row

    # ------------------------------------------------------------------------------ who and what it is

    def _label(self, cells: Cells) -> str:
        text = cells.text("id")
        label = (
            text
            if text.isascii()
            else "".join(chr(ord(one) - 0xFEE0) if "！" <= one <= "～" else one for one in text)
        )
        here = f"{cells.sheet.name} {cells.line.number}".strip()
        if not label:
            cells.need(("id",), say("the carrier's own number"))
        elif label in self.seen.labels:
            first = self.seen.labels[label]
            cells.fault("id", "twice", say("each number once"), say("row {first} has it too", first=first))
        elif not label.isdigit() and re.fullmatch(r"\d+\.0+|\d(?:\.\d+)?[Ee]\+?\d+", label):
            advice = say("a table program took it for a number: write it as text")
            cells.fault("id", "id_number", say("the carrier's own number, as text"), advice)
        elif label != text:
            cells.repair("id", label, "full_width", say("full-width digits or marks"))
        elif cells.mark("id") == NUMBER and cells.once("id_number"):
            advice = say("zeros in front, if it has any, are lost: format the column as text")
            cells.fault("id", "id_number", say("numbers as text"), advice, WARNING)
        self.seen.labels.setdefault(label, here)
        return label

    def _type_and_mode(self, cells: Cells) -> tuple[int, int]:
        text, mode = cells.text("type"), cells.word("mode")
        both = None if text in columns.TYPES else columns.TYPES_WITH_MODE.get(folded(text))
        if both is None:
            return cells.word("type", _type_advice(text)), mode
        if mode not in (UNKNOWN, columns.MODES[both[1]]):
            cells.fault("mode", "two_values", both[1], say("the type says otherwise: `{text}`", text=text))
        cells.repaired["type"] = both[0]
        if cells.has("mode"):
            cells.repaired["mode"] = both[1]
        return columns.TYPES[both[0]], columns.MODES[both[1]]

    def _kind(self, cells: Cells) -> int:
        text = cells.text("sponsor_kind")
        if text in columns.OWNERSHIP:
            allowed = say("a kind of sponsor; who owns it is none, so it is drawn")
            cells.note("sponsor_kind", "ownership", allowed)
            return UNKNOWN
        return cells.word("sponsor_kind", _LEAVE_BLANK)

    def _platform(self, cells: Cells) -> int:
        text = cells.text("platform")
        if text and canonical_word("platform", text, False) is None and _A_PLATFORM.search(text):
            cells.note("platform", "platform_name", say("有 or 无; a name is taken for 有"))
            return 1
        return cells.word("platform")

    def _district(self, cells: Cells) -> int:
        text = cells.text("district")
        known = self._districts.get(text)
        if known is not None:
            if text != self._city.districts[known].name_zh:
                cells.repaired["district"] = self._city.districts[known].name_zh
            return known
        if not text:
            return UNKNOWN
        naming = self._city.district_named(text, self._now)
        if naming.code is not None:
            self._districts[text] = self._city.index(naming.code)
            return self._district(cells)
        if naming.ruling == "misspelt":
            cells.repaired["district"] = naming.candidates[0]
        accepted = {one.text for one in self._city.aliases if one.ruling == "accept"}
        meant = say("which is meant: {names}?", names=naming.candidates) if naming.candidates else ""
        allowed = say(
            "a district as the city's table spells it, as of {quarter}", quarter=quarter_name(self._now)
        )
        cells.fault("district", "district", allowed, meant or did_you_mean(text, accepted, 0.4))
        return UNKNOWN

    def _sector(self, cells: Cells, mode: int) -> int:
        text = cells.text("sector")
        focused = mode in (codes.SPECIALISED, columns.CONVERTING)
        if text in ("", "无") or (text == "综合" and not focused):
            if focused and cells.has("sector"):
                allowed = say("the one lead sector of a carrier that is specialised or converting")
                cells.fault("sector", "blank", allowed)
            return UNKNOWN
        known = self._sectors.get(text)
        if known is not None:
            return known
        code = self._city.sector_named(text)
        if code is None:
            names = [one.name_zh for one in self._city.sectors]
            several = bool(re.search(r"[、,，/;；]", text))
            kind = "two_values" if several else "sector"
            cells.fault("sector", kind, say("one sector of the city's list"), did_you_mean(text, names))
            return UNKNOWN
        self._sectors[text] = self._city.sector_index(code)
        return self._sectors[text]

    def _park(self, cells: Cells) -> int:
        """The park it lies in; the registry knows of none when the cell says nothing."""
        text = cells.text("park")
        if text in ("", "无"):
            return NOWHERE if cells.has("park") else UNKNOWN
        if text not in self._city.parks:
            if cells.once(f"park {text}"):
                allowed = say(
                    "a park of the city's table ({names}); others count as none", names=self._city.parks
                )
                cells.note("park", "park", allowed, did_you_mean(text, self._city.parks))
            return NOWHERE
        return self._city.parks.index(text)

    # ------------------------------------------------------------------------------ status and dates

    def _status(self, cells: Cells, closed: Day | None) -> int:
        """Its status; without a column for it, what the day says on which it was closed."""
        if cells.has("status"):
            return cells.word("status", _STRUCK_OFF)
        if closed is None:
            return codes.OPERATING
        if _quarter(closed) <= self._now:
            return codes.DELISTED
        allowed = say(
            "a month up to the end of {quarter}; until then it is on the list",
            quarter=quarter_name(self._now),
        )
        cells.fault("delisted_on", "future", allowed, "", WARNING)
        return codes.OPERATING

    def _check_status(self, cells: Cells, status: int, level: int) -> None:
        """What the status asks for, and what it rules out."""
        if status == codes.DELISTED:
            cells.need(("delisted_on",), say("the month in which it was taken off the list"))
        elif cells.text("delisted_on") and cells.has("status") and status != UNKNOWN:
            cells.fault("delisted_on", "status", say("nothing, but for one that is off the list (摘牌)"))
        if status != codes.STOPPED and cells.text("stopped_on"):
            cells.fault("stopped_on", "status", say("nothing, but for one that has stopped (停运)"))
        if status == codes.PREPARING and level not in (UNKNOWN, codes.NONE):
            cells.fault("level", "status", say("未定级, or nothing, for one in preparation (筹建)"))
        if status in (codes.OPERATING, codes.STOPPED):
            cells.need(("level", "opened", "floor_area_m2"), _IF_OPEN)
            cells.need(_TITLES[1 : max(level, 0)], _EACH_TITLE)
        if status == codes.OPERATING:
            cells.need(("tenants",), _TENANTS)

    def _dates(self, cells: Cells, days: dict[str, Day | None], status: int, level: int) -> list[int]:
        """Quarters of opening, of each level from the district's on, of delisting and stopping; in order."""
        names = ("opened", *_TITLES, "delisted_on")
        dates = [UNKNOWN if day is None else _quarter(day) for day in days.values()]
        if status == codes.PREPARING:
            self._check_plan(cells, names, dates)
            return dates
        self._check_stopped(cells, days["opened"], days["stopped_on"])
        after: Day | None = None
        for place, name in enumerate((*names, "stopped_on")):
            day = days[name]
            if day is None:
                continue
            if dates[place] > self._now:
                if name == "delisted_on" and not cells.has("status"):
                    continue  # told as a warning
                allowed = say("a month up to the end of {quarter}", quarter=quarter_name(self._now))
                advice = say(
                    "the registry stands at the end of that quarter; give another by --as-of or `start:`"
                )
                cells.fault(name, "future", allowed, advice)
            elif after is not None and day.before(after) and name != "stopped_on":
                allowed = say("a month not before {after}, which another column has", after=after.shown)
                cells.fault(name, "order", allowed)
            elif status != codes.DELISTED and UNKNOWN < level < place <= codes.NATIONAL:
                cells.fault(name, "order", say("nothing above the level held"), say("is the level right?"))
            after = day if after is None or after.before(day) else after
        return dates

    @staticmethod
    def _check_stopped(cells: Cells, opened: Day | None, stopped: Day | None) -> None:
        """It stopped after it opened; a title may still be announced to one that has stopped."""
        if opened is not None and stopped is not None and stopped.before(opened):
            allowed = say("a month not before {after}, which another column has", after=opened.shown)
            cells.fault("stopped_on", "order", allowed)

    def _check_plan(self, cells: Cells, names: tuple[str, ...], dates: list[int]) -> None:
        """One in preparation has no date, but perhaps that on which it is to open."""
        for place, name in enumerate(names):
            if dates[place] == UNKNOWN:
                continue
            if place:
                cells.fault(name, "status", say("nothing, for one in preparation (筹建)"))
            elif dates[place] <= self._now:
                after = quarter_name(self._now)
                allowed = say("nothing, or a month after {after}, for one in preparation (筹建)", after=after)
                cells.fault(name, "status", allowed)

    def _registered(self, dates: list[int]) -> int:
        """When it was registered with its district; where no date says, half a year after it opened at most."""
        if dates[codes.DISTRICT] != UNKNOWN:
            return dates[codes.DISTRICT]
        titles = [one for one in dates[codes.MUNICIPAL : codes.NATIONAL + 1] if one != UNKNOWN]
        return min([dates[0] + 2, *titles, self._now])

    # ------------------------------------------------------------------------------ floor and tenants

    def _area(self, cells: Cells) -> int:
        area, used = cells.scaled("floor_area_m2", _MOST_AREA), cells.scaled("tenant_area_m2", _MOST_AREA)
        if area == 0:
            cells.fault("floor_area_m2", "zero", say("more than 0 m²"))
        if area != UNKNOWN and used > area:
            cells.fault("tenant_area_m2", "above_whole", say("at most the whole floor, {area} m²", area=area))
        return area

    def _tenants(self, cells: Cells, status: int, carrier_type: int) -> tuple[int, int]:
        """Tenants and, of these, those of the lead sector's field.

        Teams of makerspaces are tenants too; the share of the field among firms is taken for all.
        """
        firms, teams = cells.whole("tenants", _MOST_COUNT), cells.whole("teams", _MOST_COUNT)
        lead = self._lead(cells, firms)
        makerspace = carrier_type == codes.MAKERSPACE
        if teams > 0 and carrier_type != UNKNOWN and not makerspace:
            cells.fault("teams", "status", say("nothing or 0: teams are counted in makerspaces"))
        if status == codes.STOPPED:
            for name, number in (("tenants", firms), ("teams", teams)):
                if number > 0:
                    cells.fault(name, "status", say("nothing or 0, for one that has stopped (停运)"))
            return 0, UNKNOWN
        if makerspace and status == codes.OPERATING:
            cells.need(("desks", "teams"), _IF_MAKERSPACE, _NOT_ZERO)
        everybody = firms + max(teams, 0) if makerspace and firms != UNKNOWN else firms
        in_field = -(-lead * everybody // firms) if firms > 0 and lead != UNKNOWN else UNKNOWN
        return everybody, in_field

    def _lead(self, cells: Cells, firms: int) -> int:
        """Firms in the lead sector's field, as a number or as a share of all."""
        if "lead_tenants" in cells.sheet.shares:
            share = cells.share("lead_tenants")
            return UNKNOWN if share is None or firms == UNKNOWN else int(share * firms + 0.5)
        lead = cells.whole("lead_tenants", _MOST_COUNT)
        if lead > firms != UNKNOWN:
            cells.fault("lead_tenants", "above_whole", say("a number up to that of all tenants"))
        return lead

    def _places(self, cells: Cells, carrier_type: int, tenants: int) -> int:
        """The tenants it has room for: by the desks of a makerspace, never fewer than it has."""
        desks = cells.whole("desks", _MOST_COUNT)
        if carrier_type != codes.MAKERSPACE or desks == UNKNOWN:
            return UNKNOWN
        places = int(-(-desks // self._desks_per_place))
        if tenants > max(places, desks):
            allowed = say("up to the {desks} desks", desks=desks)
            cells.fault("tenants", "over_full", allowed, say("firms and teams together are more"), WARNING)
        return max(1, tenants, places)

    # ------------------------------------------------------------------------------ what is allowed but odd

    def _compare(self, cells: Cells, row: Row) -> None:
        """What may not be meant: a title below its thresholds, one floor under two numbers, facts in notes."""
        missing = None
        if row.level == codes.NATIONAL and row.status == codes.OPERATING:
            missing = eligibility.missing(self._city, row.type, row.area, row.tenants)
        if missing is not None:
            name, least = missing
            allowed = say("at least {least} for a national {type}", least=least, type=codes.TYPES[row.type])
            cells.fault(name, "eligibility", allowed, say("is the level right?"), WARNING)
        operator = cells.text("operator")
        if operator and row.area > 0:
            here = f"{cells.sheet.name} {cells.line.number}".strip()
            first = self.seen.floors.setdefault((operator, row.area), here)
            if first != here:
                allowed = say("a floor of its own; row {first} has the same operator and floor", first=first)
                cells.fault("floor_area_m2", "counted_twice", allowed, say("is it counted twice?"), WARNING)
        note = cells.text("note")
        for event in _EVENTS if note else ():
            if event in note:
                self.seen.notes[event] = self.seen.notes.get(event, 0) + 1


def _quarter(day: Day) -> int:
    return quarter_of_date(day.year, day.month)


def _type_advice(text: str) -> str:
    if re.search(r"大学科技园|科技园|双创|特区|创谷|加速园", text):
        return say("it is none of the types of this city's model: leave it out, or say what it is counted as")
    return ""
