"""Random small cities for both engines: worlds and settings that owe nothing to Wuhan but the rulebook's numbers.

A city follows from its seed and sizes alone. Chances are turned up, thresholds down, and every lever is on
somewhere, so that in a few quarters all that can happen does happen to somebody.
"""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.engines import setting as engines
from simulation.engines.setting import Parameters, Setting
from simulation.rules import codes
from simulation.rules.rounds import Thresholds
from simulation.scenario import load
from simulation.scenario.parameters import assemble
from simulation.world import Carriers, Districts, Sponsors, Startups, World, build

_SCENARIO = Path(__file__).parents[2] / "scenarios" / "no-notice.yaml"
_CITY_SEED = 20_260_101
Rng = np.random.Generator


class SmallCity(NamedTuple):
    """What an engine is given."""

    setting: Setting
    world: World


def small_city(
    seed: int, districts: int = 3, carriers: int = 24, quarters: int = 8, levers: bool = True
) -> SmallCity:
    """The city of a seed, of so many districts and carriers, for so many quarters."""
    rng = np.random.default_rng([_CITY_SEED, seed])
    first = int(rng.integers(8080, 8090))  # a year may begin in any quarter of the run
    city = _city(rng, districts, quarters, first)
    made = engines.no_levers(quarters, districts, len(city.field))
    setting = Setting(
        key=int(rng.integers(2**63)),
        first_quarter=first,
        quarters=quarters,
        fields=int(city.field.max()) + 1,
        city=city,
        levers=_levers(rng, made) if levers else made,
        calendar=engines.Calendar(*(_flags(rng, quarters, 0.5) for _ in engines.Calendar._fields)),
        thresholds=_thresholds(rng, quarters),
        milestones=rng.integers(0, carriers // districts + 4, (quarters, districts)).astype(np.int32),
        parameters=_busy(rng, carriers),
    )
    return SmallCity(setting, _world(rng, city, first - 1, districts, carriers))


@cache
def parameters() -> Parameters:
    """The rulebook's numbers of the city's table."""
    numbers = load(_SCENARIO).tables.parameters
    return assemble({one.name: one.value for one in numbers}, {one.name: one.unit for one in numbers})


def with_numbers(parameters: Parameters, part: str, **numbers: Any) -> Parameters:
    """The parameters with some numbers of one part changed; one number stands for every word of a list."""
    old = getattr(parameters, part)
    new = {
        name: (float(value),) * len(getattr(old, name))
        if isinstance(getattr(old, name), tuple)
        else float(value)
        for name, value in numbers.items()
    }
    return parameters._replace(**{part: old._replace(**new)})


def _flags(rng: Rng, count: int, share: float) -> np.ndarray[Any, np.dtype[np.int8]]:
    return (rng.random(count) < share).astype(np.int8)


def _busy(rng: Rng, carriers: int) -> Parameters:
    """Numbers under which much happens: rare things are common, and switches stand either way."""
    p = with_numbers(
        parameters(), "founding", innovation=0.1, lost=0.1, retry_after=2, cool_down=1, preparation=2,
        least_preparation=1, fund_share=0.5, park_share=0.5, tenants_brought=2, median_area=1500,
    )  # fmt: skip
    p = with_numbers(p, "formation", seekers=rng.integers(2, 9) * carriers, growth=rng.choice([0.0, 0.3]))
    p = with_numbers(
        p, "incubation", failure_later=0.1, graduation=0.08, funding=0.2, move_up=0.3, stay_limit=6,
        limit_enforced=0.6,
    )  # fmt: skip
    p = with_numbers(
        p, "operations", stop_makerspace=0.05, stop_incubator=0.05, platform=0.1, fund=0.1, income_spread=0.4
    )
    p = with_numbers(
        p, "conversion", start=0.4, least_share=0.1, least_capability=0.1, least_tenants=2,
        large=rng.integers(5, 15), platform=0.3, give_up_after=2, give_up=0.4, field_share=0.55,
        field_share_kept=0.5, split=0.5, least_split=2, most_children=rng.integers(1, 4),
        parent_ends=rng.integers(2),
    )  # fmt: skip
    p = with_numbers(
        p, "evaluation", fail_below=0.45, label_years=rng.integers(1, 3), years_to_fall=2, review_share=1.2
    )
    p = with_numbers(
        p, "rounds", density_counts=rng.integers(2), apply_municipal=0.8, apply_provincial=0.8,
        apply_national=0.9, apply_label=0.6, municipal_places=rng.integers(1, 8),
        recommendations=rng.integers(1, 6), provincial_places=rng.integers(1, 5), national_places=4,
        national_usual_applicants=3,
    )  # fmt: skip
    return with_numbers(
        p,
        "inspection",
        found=0.3,
        deregistered=0.2,
        relabelled=0.4,
        grace=rng.integers(0, 3),
        clean_up_grace=1,
    )


def _city(rng: Rng, districts: int, quarters: int, first: int) -> engines.City:
    sectors = int(rng.integers(1, 8))
    fields = int(rng.integers(1, sectors + 1))
    mix = rng.dirichlet(np.ones(sectors), districts)
    cumulative = np.cumsum(mix, axis=1)
    cumulative[:, -1] = 1.0
    seekers = rng.dirichlet(np.ones(districts), quarters)
    transfers = int(rng.integers(3)) if districts > 1 else 0
    between = np.array([rng.permutation(districts)[:2] for _ in range(transfers)], np.int8).reshape(-1, 2)
    return engines.City(
        id=int(rng.integers(2**63)),
        usual_effort=rng.uniform(0.5, 1.5, districts),
        university=_flags(rng, districts, 0.5),
        park=np.where(rng.random(districts) < 0.6, np.arange(districts), -1).astype(np.int8),
        rent=rng.uniform(0.6, 1.3, districts),
        seekers_since=first - int(rng.integers(8)),
        seeker_share=seekers,
        sector_cumulative=cumulative,
        # Every field has a sector.
        field=np.append(np.arange(fields), rng.integers(fields, size=sectors - fields)).astype(np.int8),
        long_term=_flags(rng, sectors, 0.3),
        space_growth=rng.integers(0, 3000, districts),
        space_by_lever=rng.integers(0, 2000, districts),
        transfer_quarter=(first + rng.integers(quarters, size=transfers)).astype(np.int32),
        transfer_from=between[:, 0].copy(),
        transfer_to=between[:, 1].copy(),
        transfer_share=rng.uniform(0.1, 0.9, transfers),
    )


def _levers(rng: Rng, levers: engines.Levers) -> engines.Levers:
    """Every lever on from some quarter on, most of them everywhere, many aimed."""
    for row in range(len(codes.LEVERS)):
        quarters, districts = levers.strength[row].shape
        where = rng.random(districts) < 0.8
        strength = rng.choice([0.5, 1.0, 2.0, rng.uniform(0.0, 2.0)])
        levers.strength[row, rng.integers(quarters // 2 + 1) :, where] = strength
        for masks in (levers.of_type, levers.of_level, levers.of_mode, levers.of_sector, levers.of_kind):
            if rng.random() < 0.2:
                masks[row] = _flags(rng, masks.shape[1], 0.6)
    levers.unit_cost[:] = rng.integers(0, 800_000, len(levers.unit_cost))
    return levers


def _thresholds(rng: Rng, quarters: int) -> engines.F64:
    """Thresholds of small carriers, which half of them reach."""
    some = {
        "quarters_open": 2.0, "quarters_registered": 3.0, "statistics_years": 1.0, "area": 900.0,
        "used_share": 0.5, "places": 8.0, "tenants": 4.0, "density": 2.0, "graduates": 1.0, "fund": 100.0,
        "funded_tenants": 1.0, "funded_share": 0.1, "field_share": 0.4, "platform": 1.0, "admitted": 2.0,
        "events": 4.0,
    }  # fmt: skip
    usual = np.array([some[name] for name in Thresholds._fields])
    shape = (quarters, len(codes.TYPES), len(codes.LEVELS), len(codes.MODES), len(usual))
    return np.where(rng.random(shape) < 0.15, usual * rng.uniform(0.5, 1.5, shape), 0.0)


# ------------------------------------------------------------------------------ worlds


def _ids(rng: Rng, count: int) -> engines.I64:
    return np.unique(rng.integers(1, 2**63, 4 * count + 4))[rng.permutation(4 * count + 4)[:count]]


def _world(rng: Rng, city: engines.City, quarter: int, districts: int, carriers: int) -> World:
    sponsors = carriers + int(rng.integers(0, 2 * carriers + 2))
    carrier_ids, sponsor_ids = _ids(rng, carriers), _ids(rng, sponsors)
    runs = np.zeros(sponsors, np.int64)
    run = int(rng.integers(carriers // 2, carriers + 1))  # the rest were split off: nobody runs them
    runs[:run] = carrier_ids[:run]
    sponsor_of = np.append(sponsor_ids[:run], np.zeros(carriers - run, np.int64))
    sponsor_district, kind = rng.integers(districts, size=sponsors), rng.integers(9, size=sponsors)
    made = _carriers(rng, city, quarter, carrier_ids, sponsor_of, sponsor_district, kind)
    # The sponsor of one that has been taken off the list runs it no longer.
    runs[:run][made["status"][:run] == codes.DELISTED] = 0
    return World(
        quarter=quarter,
        districts=build(Districts, id=_ids(rng, districts), space=rng.integers(0, 20_000, districts)),
        sponsors=_sponsors(rng, city, quarter, sponsor_ids, runs, sponsor_district, kind),
        carriers=build(Carriers, **made),
        startups=_startups(rng, city, made, districts),
    )


def _sponsors(
    rng: Rng,
    city: engines.City,
    quarter: int,
    ids: engines.I64,
    runs: engines.I64,
    district: engines.I64,
    kind: engines.I64,
) -> Sponsors:
    count = len(ids)
    preparing = (runs == 0) & (rng.random(count) < 0.4)
    return build(
        Sponsors,
        id=ids,
        kind=kind,
        district=district,
        sector=rng.integers(len(city.field), size=count),
        state=np.where(runs != 0, codes.RUNNING, np.where(preparing, codes.SPONSOR_PREPARING, codes.IDLE)),
        quarters_left=np.where(preparing, rng.integers(1, 5, count), 0),
        planned_type=np.where(preparing, rng.integers(3, size=count), 0),
        planned_area=np.where(preparing, rng.integers(500, 5000, count), 0),
        free_from=quarter + rng.integers(-2, 3, count),
        carrier=runs,
    )


def _carriers(
    rng: Rng,
    city: engines.City,
    quarter: int,
    ids: engines.I64,
    sponsors: engines.I64,
    sponsor_district: engines.I64,
    sponsor_kind: engines.I64,
) -> dict[str, Any]:
    count = len(ids)
    level, zero = rng.integers(5, size=count), np.zeros(count, np.int64)
    status = rng.choice([1, 1, 1, 1, 1, 2, 3], count)
    status[0] = codes.OPERATING
    operating, listed = status == codes.OPERATING, level >= codes.DISTRICT
    status = np.where(~listed & (status == codes.STOPPED), codes.DELISTED, status)
    mode = np.where(level >= codes.MUNICIPAL, rng.integers(2, size=count), codes.COMPREHENSIVE)
    in_fact = rng.integers(2, size=count)
    converting = operating & (mode == 0) & (in_fact == 0) & (rng.random(count) < 0.3)
    focused = (mode == 1) | (in_fact == 1) | converting
    opened = quarter - rng.integers(0, 30, count)
    registered = np.where(listed, np.minimum(opened + rng.integers(0, 4, count), quarter), 0)
    parks = np.where(rng.random(count) < 0.3, city.park.max(), -1)
    return {
        "id": ids,
        "sponsor": sponsors,
        "kind": sponsor_kind[:count],
        "district": sponsor_district[:count],
        "type": rng.integers(3, size=count),
        "sector": np.where(focused, rng.integers(len(city.field), size=count), -1),
        "mode": mode,
        "mode_in_fact": in_fact,
        "converting_since": np.where(converting, np.maximum(opened, quarter - rng.integers(0, 8, count)), 0),
        "converted": in_fact * rng.integers(2, size=count),
        "level": level,
        "status": status,
        "opened": opened,
        "registered": registered,
        "level_since": np.where(listed, rng.integers(registered, quarter + 1), 0),
        "stopped": np.where(operating, 0, np.maximum(opened, quarter - rng.integers(0, 5, count))),
        "area": rng.integers(500, 6000, count),
        "places": rng.integers(1, 30, count),
        "platform": rng.integers(2, size=count),
        "fund": rng.choice([0, 5_000_000], count),
        "capability": rng.uniform(0.05, 0.95, count),
        "reserve": rng.uniform(-1.0, 4.0, count),
        "shock": rng.normal(0.0, 0.2, count),
        "graduates": rng.integers(0, 20, count),
        "graduates_this_year": rng.integers(0, 3, count),
        "graduates_last_year": rng.integers(0, 5, count),
        "admitted_this_year": rng.integers(0, 4, count),
        "admitted_last_year": rng.integers(0, 9, count),
        "grade": rng.integers(4, size=count),
        "unqualified_years": (level == codes.MUNICIPAL) * rng.integers(2, size=count),
        "failed_reviews": (level >= codes.PROVINCIAL) * rng.integers(2, size=count),
        "unspecialised_years": mode * rng.integers(2, size=count),
        "park": parks,
        "parent": zero,
        "deregistered": np.where(status == codes.STOPPED, rng.integers(2, size=count), 0),
        "reported": (status == codes.STOPPED) & (level >= codes.PROVINCIAL) & (rng.random(count) < 0.4),
        "applied_level": np.where(
            operating & listed & (level < codes.NATIONAL) & (rng.random(count) < 0.3), level + 1, 0
        ),
        "applied_label": operating & (level >= codes.MUNICIPAL) & (mode == 0) & (in_fact == 1),
    }


def _startups(rng: Rng, city: engines.City, carriers: dict[str, Any], districts: int) -> Startups:
    """Tenants of the operating carriers, some of which are full or empty, and some that seek a place."""
    share = rng.choice([0.0, 0.5, 0.8, 1.0], len(carriers["id"]))
    operating = carriers["status"] == codes.OPERATING
    tenants = np.where(operating, (share * carriers["places"]).astype(np.int64), 0)
    seekers = int(rng.integers(0, 30))
    home = np.append(np.repeat(carriers["id"], tenants), np.zeros(seekers, np.int64))
    count, seeking = len(home), home == 0
    stay = np.where(seeking, 0, rng.integers(0, 8, count))
    return build(
        Startups,
        id=_ids(rng, count),
        district=np.append(np.repeat(carriers["district"], tenants), rng.integers(districts, size=seekers)),
        sector=rng.integers(len(city.field), size=count),
        carrier=home,
        age=stay + rng.integers(0, 9, count),
        stay=stay,
        funded=rng.random(count) < 0.2,
        waiting=np.where(seeking, rng.integers(0, 3, count), 0),
        upward=seeking & (rng.random(count) < 0.3),
    )


# ------------------------------------------------------------------------------ parts of a run


def part(setting: Setting, first: int, last: int) -> Setting:
    """The setting of the quarters from place ``first`` up to, but not including, ``last``."""

    def cut(values: Any) -> Any:
        return np.ascontiguousarray(values[first:last])

    city, levers = setting.city, setting.levers
    return setting._replace(
        first_quarter=setting.first_quarter + first,
        quarters=last - first,
        city=city._replace(seeker_share=cut(city.seeker_share)),
        levers=levers._replace(strength=np.ascontiguousarray(levers.strength[:, first:last])),
        calendar=engines.Calendar(*(cut(flags) for flags in setting.calendar)),
        thresholds=cut(setting.thresholds),
        milestones=cut(setting.milestones),
    )
