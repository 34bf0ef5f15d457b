"""Whom to call: carriers near their next level, that could convert, that may have stopped, that are at risk.

Read off a registry alone, with the city's dated rules: every gap is what the rule asks less what the row says.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from simulation.quarters import quarter_name
from simulation.registry.columns import CONVERTING
from simulation.registry.register import UNKNOWN
from simulation.registry.snapshot import Entry
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables
    from simulation.scenario.tables import Row

LISTS = ("next_level", "could_convert", "suspected_stopped", "at_risk", "overstaying")
_NEAR = 0.25  # a gap up to this share of what is asked is near (an assumption)
_FEW = 0.1  # tenants for fewer of the desks than this suggest that it has stopped (an assumption)
_SIGNS = ("停运", "无人", "空置", "关停", "歇业")  # words of remarks that suggest it too
_LEAD = 0.5  # of tenants in one field from which a conversion is in sight (an assumption)


class Gap(NamedTuple):
    """One thing that a rule asks: what there is, what is needed, what is missing (0 when met)."""

    what: str  # a column of the rules: area, tenants, desks, graduates, fund, field_share, platform, quarters_open
    have: float | None  # None: the registry does not say
    need: float
    gap: float


class Named(NamedTuple):
    """One carrier on one list."""

    list: str
    id: str
    name: str
    district: str  # code
    target: str  # the level or mode it could reach; empty for the lists of trouble
    gaps: tuple[Gap, ...]
    earliest: str  # the first round that it can enter, empty where that does not apply
    reason: str  # a word for why it is on a list of trouble


def pipeline(entries: Iterable[Entry], city: "CityTables") -> list[Named]:
    """All lists, carriers in the order of districts and then of what is missing."""
    found: list[Named] = []
    for entry in entries:
        if entry.row.district == UNKNOWN or entry.row.status not in (codes.OPERATING, codes.STOPPED):
            continue
        found += _stopped(entry, city)
        if entry.row.status == codes.OPERATING:
            found += [
                *_next_level(entry, city),
                *_convertible(entry, city),
                *_at_risk(entry, city),
                *_long(entry, city),
            ]
    places = {code: place for place, code in enumerate(city.codes)}
    return sorted(
        found, key=lambda one: (LISTS.index(one.list), places[one.district], _missing(one.gaps), one.id)
    )


def _named(kind: str, entry: Entry, city: "CityTables", **more: object) -> Named:
    told = {"target": "", "gaps": (), "earliest": "", "reason": ""} | more
    district = city.codes[entry.row.district]
    return Named(kind, entry.id, entry.name, district, **told)  # type: ignore[arg-type]


def _missing(gaps: Iterable[Gap]) -> float:
    """How far away: the gaps as shares of what is needed, added up."""
    return sum(one.gap / one.need for one in gaps if one.need)


# ---------------------------------------------------------------------------------------------- next level


def rule_for(city: "CityTables", carrier_type: int, level: int, mode: int) -> "Row | None":
    """The rule of a title in force: the latest that is valid, for the mode or for any."""
    wanted = (codes.TYPES[carrier_type], codes.LEVELS[level])
    modes = ("any", codes.MODES[mode] if mode in (0, 1) else codes.MODES[codes.COMPREHENSIVE])
    now = quarter_name(city.baseline_quarter)
    last_month = f"{now[:4]}-{3 * int(now[-1]):02d}"
    valid = [
        row
        for row in city.recognition
        if (row["type"], row["level"]) == wanted and row["mode"] in modes and row["valid_from"] <= last_month
    ]
    return max(valid, key=lambda row: row["valid_from"], default=None)


def gaps_of(entry: Entry, rule: "Row", city: "CityTables") -> tuple[Gap, ...]:
    """What a rule asks of a carrier that a registry can say; what is not asked is left out."""
    row, now = entry.row, city.baseline_quarter
    share = None if row.tenants <= 0 or row.field_tenants == UNKNOWN else row.field_tenants / row.tenants
    have: dict[str, float | None] = {
        "quarters_open": _known(now - row.opened, row.opened),
        "quarters_registered": _known(now - row.registered, row.registered),
        "area": _known(row.area, row.area),
        "desks": _known(entry.desks, entry.desks),
        "tenants": _known(row.tenants, row.tenants),
        "graduates": _known(row.graduates, row.graduates),
        "fund": _known(row.fund, row.fund),
        "field_share": share,
        "platform": _known(row.platform, row.platform),
    }
    found = []
    for what, number in have.items():
        need = float(rule[what])
        if need > 0.0:
            found.append(Gap(what, number, need, 0.0 if number is None else max(0.0, need - number)))
    return tuple(found)


def _known(number: float, given: int) -> float | None:
    return None if given == UNKNOWN else float(number)


def _next_level(entry: Entry, city: "CityTables") -> list[Named]:
    level = entry.row.level + 1
    if entry.row.level == UNKNOWN or level > codes.NATIONAL or UNKNOWN in (entry.row.type, entry.row.opened):
        return []
    rule = rule_for(city, entry.row.type, level, entry.row.mode)
    if rule is None:
        return []
    gaps = gaps_of(entry, rule, city)
    waits = [int(one.gap) for one in gaps if one.what.startswith("quarters_")]
    rest = [one for one in gaps if not one.what.startswith("quarters_")]
    far = [one for one in rest if one.gap > _NEAR * one.need and one.what != "platform"]
    if far or max(waits, default=0) > 4 or sum(one.gap > 0 for one in rest) > 2:
        return []
    title = codes.LEVELS[level]
    earliest = _first_round(city, title, city.baseline_quarter + 1 + max(waits, default=0))
    return [_named("next_level", entry, city, target=title, gaps=gaps, earliest=earliest)]


def _first_round(city: "CityTables", title: str, since: int) -> str:
    """The first quarter from ``since`` on in which a round for a title opens; district registration is always open."""
    opens = {int(row["opens"][1]) - 1 for row in city.calendar if row["event"] == title}
    if not opens:
        return quarter_name(since)
    return quarter_name(next(one for one in range(since, since + 4) if one % 4 in opens))


# ---------------------------------------------------------------------------------------------- the other lists


def _convertible(entry: Entry, city: "CityTables") -> list[Named]:
    """A comprehensive carrier of which half the tenants are in one field, or that is converting."""
    row = entry.row
    if row.mode not in (codes.COMPREHENSIVE, CONVERTING) or row.tenants <= 0 or row.field_tenants == UNKNOWN:
        return []
    need = _field_share(city)
    share = row.field_tenants / row.tenants
    if share < _LEAD:
        return []
    platform = None if row.platform == UNKNOWN else float(row.platform)
    gaps = (
        Gap("field_share", share, need, max(0.0, need - share)),
        Gap("platform", platform, 1.0, 0.0 if platform is None else 1.0 - platform),
    )
    return [_named("could_convert", entry, city, target=codes.MODES[codes.SPECIALISED], gaps=gaps)]


def _field_share(city: "CityTables") -> float:
    return next(one.value for one in city.parameters if one.name == "conversion.field_share")


def _stopped(entry: Entry, city: "CityTables") -> list[Named]:
    row = entry.row
    if row.status == codes.STOPPED:
        return [_named("suspected_stopped", entry, city, reason="stopped")]
    if row.tenants == 0:
        return [_named("suspected_stopped", entry, city, reason="no_tenants")]
    if any(sign in entry.note for sign in _SIGNS):
        return [_named("suspected_stopped", entry, city, reason="remark")]
    if entry.desks > 0 and 0 < row.tenants < _FEW * entry.desks:
        gap = Gap("tenants", float(row.tenants), _FEW * entry.desks, _FEW * entry.desks - row.tenants)
        return [_named("suspected_stopped", entry, city, reason="few_tenants", gaps=(gap,))]
    return []


def _at_risk(entry: Entry, city: "CityTables") -> list[Named]:
    """Graded unqualified last year, or below what its own title asks for today."""
    row = entry.row
    if row.grade == codes.UNQUALIFIED:
        return [_named("at_risk", entry, city, reason="unqualified")]
    if row.level < codes.DISTRICT or row.type == UNKNOWN:
        return []
    rule = rule_for(city, row.type, row.level, row.mode)
    asked = () if rule is None else gaps_of(entry, rule, city)
    gaps = tuple(one for one in asked if one.gap > 0 and one.what in ("tenants", "area", "desks"))
    return [_named("at_risk", entry, city, reason="below_title", gaps=gaps)] if gaps else []


def _long(entry: Entry, city: "CityTables") -> list[Named]:
    """Open for longer than a tenant may stay, with tenants and no graduate: some must have overstayed or left.

    A registry has no dates of tenants, so this is the most it can say.
    """
    row = entry.row
    if row.graduates != 0 or row.tenants <= 0 or UNKNOWN in (row.opened, row.type):
        return []
    name = f"incubation.stay_limit[{codes.TYPES[row.type]}]"
    limit = next(one.value for one in city.parameters if one.name == name)
    quarters = city.baseline_quarter - row.opened
    if quarters <= limit:
        return []
    gap = Gap("quarters_open", float(quarters), limit, 0.0)
    return [_named("overstaying", entry, city, reason="no_graduates", gaps=(gap,))]
