"""A start population from published margins: the registry is not public, so one like it is drawn.

The published numbers are matched exactly: carriers by level, those run by universities, floor space. What is
not published (district shares, the specialised share, who has stopped) is drawn once per draw. The same
filling as for a real registry then adds what no registry says.
"""

from typing import TYPE_CHECKING

import numpy as np

from simulation import decisions
from simulation.draws import name_id, uniforms
from simulation.engines.setting import Parameters
from simulation.registry.filling import fill
from simulation.registry.register import UNKNOWN, Register, no_projects, quotas
from simulation.registry.shapes import lognormal, pick
from simulation.rules import codes
from simulation.world import F64, I64, World

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables


def synthesise(
    city: "CityTables",
    baseline: dict[str, float],
    unknowns: dict[str, float],
    parameters: Parameters,
    shares: F64,
    key: int,
) -> World:
    """The world at the baseline date for one draw.

    ``baseline`` holds the published and assumed margins by name, ``unknowns`` the drawn values, ``shares`` (d)
    the drawn district shares, ``key`` the key of the draw's unknowns.
    """
    return fill(register(city, baseline, unknowns, shares, key), city, baseline, parameters, shares, key)


def register(
    city: "CityTables", baseline: dict[str, float], unknowns: dict[str, float], shares: F64, key: int
) -> Register:
    """The register of one draw: one row a carrier, every published margin matched."""
    carrier_type, level = _types_and_levels(baseline)
    labels = synthetic_labels(len(level))
    ids = np.array([name_id("carrier", label) for label in labels])
    now = city.baseline_quarter
    district = _districts(key, ids, carrier_type, level, shares)
    mode = _labels(key, ids, carrier_type, level, baseline, unknowns["start.specialised_share"])
    in_fact = _in_fact(key, ids, level, mode, baseline)
    opened = now - _ages(key, ids, carrier_type, level, baseline)
    stopped = _stopped(key, ids, carrier_type, level, baseline, unknowns["start.stopped_share"], now, opened)
    comprehensive = (mode == codes.COMPREHENSIVE) & (in_fact == codes.COMPREHENSIVE) & (stopped == 0)
    converting = comprehensive & (
        uniforms(key, ids, 0, decisions.START_CONVERTING) < baseline["converting_chance"]
    )
    sector = pick(uniforms(key, ids, 0, decisions.START_SECTOR), city.sector_cumulative[district])
    focused = (mode == codes.SPECIALISED) | (in_fact == codes.SPECIALISED) | converting
    unknown = np.full(len(ids), UNKNOWN)
    return Register(
        id=ids,
        label=labels,
        name=labels,
        district=district,
        type=carrier_type,
        level=level,
        mode=mode,
        mode_in_fact=in_fact,
        sector=np.where(focused, sector, UNKNOWN),
        lead=unknown,
        converting_since=np.where(converting, np.maximum(opened, now - 3), 0),
        kind=_kinds(key, ids, level, baseline),
        status=np.where(stopped > 0, codes.STOPPED, codes.OPERATING),
        opened=opened,
        registered=unknown,
        level_since=unknown,
        stopped=stopped,
        area=_areas(key, ids, carrier_type, level, baseline),
        places=unknown,
        tenants=unknown,
        field_tenants=unknown,
        graduates=unknown,
        platform=unknown,
        fund=unknown,
        grade=unknown,
        park=unknown,
        occupancy=np.full(len(ids), np.nan),
        projects=no_projects(),
    )


def synthetic_labels(count: int) -> tuple[str, ...]:
    """The registry ids of so many synthetic carriers: S0001 and on."""
    return tuple(f"S{number:04d}" for number in range(1, count + 1))


def _types_and_levels(baseline: dict[str, float]) -> tuple[I64, I64]:
    """One row a carrier: types and levels in the numbers of the margins."""
    types, levels = [], []
    for level in range(codes.DISTRICT, codes.NATIONAL + 1):
        for carrier_type in range(len(codes.TYPES)):
            count = int(baseline[f"carriers[{codes.TYPES[carrier_type]}][{codes.LEVELS[level]}]"])
            types += [carrier_type] * count
            levels += [level] * count
    return np.array(types), np.array(levels)


def _districts(key: int, ids: I64, carrier_type: I64, level: I64, shares: F64) -> I64:
    """A district for each carrier: by share within each type and level, as evenly as whole numbers allow."""
    district = np.empty(len(ids), np.int64)
    draws = uniforms(key, ids, 0, decisions.START_DISTRICT)
    for group in np.unique(carrier_type * 10 + level):
        rows = np.flatnonzero(carrier_type * 10 + level == group)
        ordered = rows[np.argsort(draws[rows], kind="stable")]
        district[ordered] = np.repeat(np.arange(len(shares)), quotas(shares, len(rows)))
    return district


def _kinds(key: int, ids: I64, level: I64, baseline: dict[str, float]) -> I64:
    """A sponsor kind for each carrier: the published number of universities among the recognised, exactly."""
    running = np.array([baseline[f"running[{kind}]"] for kind in codes.SPONSOR_KINDS])
    recognised = level >= codes.MUNICIPAL
    others = running.copy()
    others[codes.UNIVERSITY] = 0.0
    of_recognised = quotas(others, int(recognised.sum()) - int(baseline["university_run"]))
    of_recognised[codes.UNIVERSITY] = int(baseline["university_run"])
    rest = quotas(np.maximum(running - of_recognised, 0.0), int((~recognised).sum()))
    kinds = np.empty(len(ids), np.int64)
    draws = uniforms(key, ids, 0, decisions.START_KIND)
    for rows, counts in ((np.flatnonzero(recognised), of_recognised), (np.flatnonzero(~recognised), rest)):
        kinds[rows[np.argsort(draws[rows], kind="stable")]] = np.repeat(np.arange(len(counts)), counts)
    return kinds


def _labels(
    key: int, ids: I64, carrier_type: I64, level: I64, baseline: dict[str, float], share: float
) -> I64:
    """Who of the recognised is specialised by label: the drawn share, incubators more than makerspaces."""
    recognised = np.flatnonzero(level >= codes.MUNICIPAL)
    tilt = np.array([baseline[f"specialised_tilt[{name}]"] for name in codes.TYPES])
    race = (
        -np.log(uniforms(key, ids[recognised], 0, decisions.START_SPECIALISED))
        / tilt[carrier_type[recognised]]
    )
    winners = recognised[np.argsort(race, kind="stable")][: round(share * len(recognised))]
    mode = np.full(len(ids), codes.COMPREHENSIVE)
    mode[winners] = codes.SPECIALISED
    return mode


def _in_fact(key: int, ids: I64, level: I64, mode: I64, baseline: dict[str, float]) -> I64:
    """Who is specialised in fact: most of those with the label, a few without it."""
    without = np.where(
        level >= codes.MUNICIPAL, baseline["in_fact_without_label"], baseline["in_fact_at_district_level"]
    )
    chance = np.where(mode == codes.SPECIALISED, baseline["in_fact_with_label"], without)
    return (uniforms(key, ids, 0, decisions.START_IN_FACT) < chance).astype(np.int64)


def _ages(key: int, ids: I64, carrier_type: I64, level: I64, baseline: dict[str, float]) -> I64:
    """Quarters since opening: uniform within the range of the level; makerspaces began in 2015."""
    low = np.array([baseline[f"age_low[{name}]"] for name in codes.LISTED_LEVELS])[level - 1]
    high = np.array([baseline[f"age_high[{name}]"] for name in codes.LISTED_LEVELS])[level - 1]
    high = np.where(carrier_type == codes.MAKERSPACE, np.minimum(high, baseline["oldest_makerspace"]), high)
    draws = uniforms(key, ids, 0, decisions.START_AGE)
    ages: I64 = np.floor(low + draws * (high - low + 1)).astype(np.int64)
    return ages


def _stopped(
    key: int,
    ids: I64,
    carrier_type: I64,
    level: I64,
    baseline: dict[str, float],
    share: float,
    now: int,
    opened: I64,
) -> I64:
    """The quarter in which a carrier stopped that is still on the list, 0 for the others: the drawn share."""
    weight = np.array([baseline[f"stopped_weight[{name}]"] for name in codes.LISTED_LEVELS])[level - 1]
    weight = weight * np.where(carrier_type == codes.MAKERSPACE, 2.0, 1.0)
    race = -np.log(uniforms(key, ids, 0, decisions.START_STOPPED)) / weight
    chosen = np.argsort(race, kind="stable")[: round(share * len(ids))]
    since = np.floor(uniforms(key, ids, 0, decisions.START_STOPPED_SINCE) * baseline["stopped_for_at_most"])
    stopped = np.zeros(len(ids), np.int64)
    stopped[chosen] = np.maximum(now - since.astype(np.int64), opened)[chosen]
    return stopped


def _areas(key: int, ids: I64, carrier_type: I64, level: I64, baseline: dict[str, float]) -> I64:
    """Floor: lognormal by type and level, scaled so that the recognised carriers have the published total."""
    median = np.array(
        [[baseline[f"area[{name}][{grade}]"] for grade in codes.LISTED_LEVELS] for name in codes.TYPES]
    )[carrier_type, level - 1]
    spread = np.array([baseline[f"area_spread[{name}]"] for name in codes.TYPES])[carrier_type]
    least = np.array([baseline[f"least_area[{name}]"] for name in codes.TYPES])[carrier_type]
    area = lognormal(uniforms(key, ids, 0, decisions.START_AREA), median, spread)
    recognised = level >= codes.MUNICIPAL
    whole: I64 = np.floor(np.maximum(area, least)).astype(np.int64)
    above = (area - least)[recognised].clip(0.0)
    total = int(baseline["floor_area"]) - int(least[recognised].sum())
    whole[recognised] = least[recognised].astype(np.int64) + quotas(above, total)
    return whole
