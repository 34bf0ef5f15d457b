"""From a register to a world: what a registry does not say is filled from priors.

Capability, reserve, who the tenants are, and the sponsors that have no carrier: no registry holds them. Rows
that say how many tenants, places or graduates they have keep their numbers.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation import decisions
from simulation.draws import identity_plain, name_id, uniforms
from simulation.engines.setting import Parameters
from simulation.registry.register import UNKNOWN, Register, quotas
from simulation.registry.shapes import Draws, lognormal, pick
from simulation.rules import codes, founding
from simulation.world import F64, I64, Carriers, Districts, Sponsors, Startups, World, build

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables

_SPONSOR, _TENANT = 1, 2  # ranks under which ids of sponsors and first tenants follow from carriers' ids


def fill(
    register: Register,
    city: "CityTables",
    baseline: dict[str, float],
    parameters: Parameters,
    shares: F64,
    key: int,
) -> World:
    """The world of a register, for one draw of what it does not say (see ``synthesise`` for the arguments)."""
    now = city.baseline_quarter
    carriers = _carriers(register, city, baseline, parameters, key, now)
    startups, by_carrier = _tenants(carriers, register, city, baseline, parameters, key)
    sponsors, sponsor_of = _sponsors(register, city, baseline, parameters, shares, key, now)
    # Everything of a tenant count follows from the tenants themselves.
    carriers["graduates"] = _or(
        register.graduates, _graduates(register, carriers, baseline, by_carrier, key, now)
    )
    yearly = np.round(by_carrier * baseline["graduates_a_year"]).astype(np.int64)
    carriers["graduates_last_year"] = np.minimum(carriers["graduates"], yearly)
    carriers["admitted_last_year"] = np.round(by_carrier * baseline["admitted_a_year"]).astype(np.int64)
    return World(
        quarter=now,
        districts=build(
            Districts,
            id=np.array([name_id("district", code) for code in city.codes]),
            space=np.asarray(city.space),
        ),
        sponsors=sponsors,
        carriers=build(Carriers, **{**carriers, "sponsor": sponsor_of}),
        startups=startups,
    )


def _or(given: I64, otherwise: Any) -> I64:
    """What the register gives; where it gives nothing, the other."""
    return np.where(given == UNKNOWN, otherwise, given).astype(np.int64)


def _carriers(
    register: Register,
    city: "CityTables",
    baseline: dict[str, float],
    parameters: Parameters,
    key: int,
    now: int,
) -> dict[str, Any]:
    ids, level, carrier_type = register.id, register.level, register.type
    count = len(ids)
    zero, none = np.zeros(count, np.int64), np.full(count, UNKNOWN)
    in_fact = _or(register.mode_in_fact, register.mode)
    draw = Draws(key, ids)
    platform = (in_fact == codes.SPECIALISED) | (draw(decisions.START_PLATFORM) < baseline["platform_share"])
    platform = _or(register.platform, platform)
    registered = _or(register.registered, np.minimum(register.opened + 2, now))
    since = registered + np.floor(draw(decisions.START_LEVEL_SINCE) * (now - registered + 1)).astype(np.int64)
    with_park = np.array(city.park)[register.district]
    in_park = draw(decisions.START_PARK) < parameters.founding.park_share
    return {
        "id": ids,
        "kind": register.kind,
        "district": register.district,
        "type": carrier_type,
        "sector": register.sector,
        "mode": np.where(register.mode == UNKNOWN, codes.COMPREHENSIVE, register.mode),
        "mode_in_fact": in_fact.clip(0),
        "converting_since": register.converting_since,
        "converted": zero,
        "level": level,
        "status": register.status,
        "opened": register.opened,
        "registered": registered,
        "level_since": _or(register.level_since, since),
        "stopped": register.stopped,
        "area": register.area,
        "places": _or(register.places, _places(register, baseline, parameters, key)),
        "platform": platform,
        "fund": _or(register.fund, _funds(register, baseline, parameters, key)),
        "capability": _capability(register, in_fact, platform, parameters, key, baseline),
        "reserve": draw(decisions.START_RESERVE) * parameters.operations.most_reserve,
        "shock": np.zeros(count),
        "graduates_this_year": zero,
        "admitted_this_year": zero,
        "grade": zero,
        "unqualified_years": zero,
        "failed_reviews": zero,
        "unspecialised_years": zero,
        "park": np.where((with_park >= 0) & in_park, with_park, none),
        "parent": zero,
        "deregistered": zero,
        "reported": zero,
        "applied_level": zero,
        "applied_label": zero,
    }


def _places(register: Register, baseline: dict[str, float], parameters: Parameters, key: int) -> I64:
    """Tenant places by floor, as for a new carrier, with a spread; never fewer than the tenants given."""
    p = parameters.founding
    usual = [
        founding.tenant_places(area, carrier_type, p)
        for area, carrier_type in zip(register.area.tolist(), register.type.tolist(), strict=True)
    ]
    drawn = lognormal(
        uniforms(key, register.id, 0, decisions.START_PLACES),
        np.array(usual, float),
        baseline["places_spread"],
    )
    most = np.array(p.most_places)[register.type]
    places: I64 = np.minimum(drawn, most).astype(np.int64).clip(4)
    return np.maximum(places, register.tenants)


def _funds(register: Register, baseline: dict[str, float], parameters: Parameters, key: int) -> I64:
    """Incubation funds: the share of the level has one of the size that the national rule asks for."""
    shares = np.array(
        [
            [0.0, *(baseline[f"fund_share[{kind}][{level}]"] for level in codes.LISTED_LEVELS)]
            for kind in codes.TYPES
        ]
    )
    has = uniforms(key, register.id, 0, decisions.START_FUND) < shares[register.type, register.level]
    return np.where(has, int(parameters.operations.fund_size), 0)


def _capability(
    register: Register,
    in_fact: I64,
    platform: I64,
    parameters: Parameters,
    key: int,
    baseline: dict[str, float],
) -> F64:
    """Capability near what each carrier tends to."""
    p = parameters.operations
    target = p.capability_base + np.array(p.capability_by_kind)[register.kind]
    target = target + p.capability_per_level * (register.level - codes.MUNICIPAL)
    target = (
        target
        + p.capability_if_specialised * (in_fact == codes.SPECIALISED)
        + p.capability_if_platform * platform
    )
    noise = lognormal(
        uniforms(key, register.id, 0, decisions.START_CAPABILITY), 1.0, baseline["capability_spread"]
    )
    capability: F64 = np.clip(target * noise, 0.05, 0.95)
    return capability


def _graduates(
    register: Register, carriers: dict[str, Any], baseline: dict[str, float], tenants: I64, key: int, now: int
) -> I64:
    """Graduates to date: so many a tenant and year since the first year, with a spread."""
    years = np.maximum(0.0, (now - register.opened) / 4.0 - 1.0)
    usual = np.where(tenants > 0, tenants, 0.5 * carriers["places"]) * baseline["graduates_a_year"] * years
    spread = lognormal(
        uniforms(key, register.id, 0, decisions.START_GRADUATES), 1.0, baseline["graduates_spread"]
    )
    return np.floor(usual * spread).astype(np.int64)


def _tenants(
    carriers: dict[str, Any],
    register: Register,
    city: "CityTables",
    baseline: dict[str, float],
    parameters: Parameters,
    key: int,
) -> tuple[Startups, I64]:
    """The tenants of every carrier, and how many each carrier has."""
    ids, places, status = carriers["id"], carriers["places"], carriers["status"]
    occupancy = np.where(
        np.isnan(register.occupancy),
        baseline["occupancy"]
        + baseline["occupancy_spread"]
        * (uniforms(key, ids, 0, decisions.START_OCCUPANCY) - 0.5)
        * np.sqrt(12.0),
        register.occupancy,
    )
    drawn = np.floor(np.clip(occupancy, 0.05, 1.0) * places).astype(np.int64)
    # Every carrier on the list has had the tenants that registration with its district asks for.
    drawn = np.maximum(drawn, int(baseline["least_tenants"]))
    counts = np.where(status == codes.OPERATING, np.minimum(_or(register.tenants, drawn), places), 0)
    row = np.repeat(np.arange(len(ids)), counts)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    tenant_ids = np.array(
        [
            identity_plain(one, place, _TENANT)
            for one, place in zip(ids[row].tolist(), rank.tolist(), strict=True)
        ],
        np.int64,
    )
    sector = _tenant_sectors(carriers, register, city, baseline, key, counts, row, rank, tenant_ids)
    draw = Draws(key, tenant_ids)
    limit = np.array(parameters.incubation.stay_limit)[carriers["type"][row]] + baseline["overstay_at_most"]
    since = city.baseline_quarter - carriers["opened"][row] + 1
    stay = _stays(draw(decisions.START_TENANT_STAY), np.minimum(limit, since), baseline["mean_stay"])
    age = np.floor(
        draw(decisions.AGE_AT_ENTRY_1)
        * draw(decisions.AGE_AT_ENTRY_2)
        * (parameters.formation.oldest_at_entry + 1.0)
    ).astype(np.int64)
    startups = build(
        Startups,
        id=tenant_ids,
        district=carriers["district"][row],
        sector=sector,
        carrier=ids[row],
        age=age + stay,
        stay=stay,
        funded=draw(decisions.START_TENANT_FUNDED) < baseline["funded_share"],
        waiting=np.zeros(len(row), np.int64),
        upward=np.zeros(len(row), np.int64),
    )
    return startups, counts


def _stays(draws: F64, bound: F64, mean: float) -> I64:
    """Stays to date by the stationary law: as many began each quarter, few are gone before the bound."""
    stays: I64 = np.floor(-mean * np.log1p(-draws * -np.expm1(-bound / mean))).astype(np.int64)
    return stays


def _tenant_sectors(
    carriers: dict[str, Any],
    register: Register,
    city: "CityTables",
    baseline: dict[str, float],
    key: int,
    counts: I64,
    row: I64,
    rank: I64,
    tenant_ids: I64,
) -> I64:
    """Sectors of tenants: of the carrier's field up to its share of one field, of the district's mix beyond."""
    field_of = np.asarray(city.field)
    low = np.where(carriers["mode_in_fact"] == codes.SPECIALISED, baseline["field_share_least"], 0.5)
    share = low + (0.98 - low) * uniforms(key, carriers["id"], 0, decisions.START_FIELD_SHARE)
    in_field = np.where(carriers["sector"] >= 0, np.ceil(share * counts), 0).astype(np.int64)
    in_field = np.where(
        register.field_tenants == UNKNOWN, in_field, np.minimum(register.field_tenants, counts)
    )
    mixed = pick(
        uniforms(key, tenant_ids, 0, decisions.START_TENANT_SECTOR),
        city.sector_cumulative[carriers["district"][row]],
    )
    own = carriers["sector"][row]
    same_sector = uniforms(key, tenant_ids, 0, decisions.START_IN_SECTOR) < baseline["own_sector_share"]
    same_field = field_of[mixed] == field_of[own]
    in_own_field = np.where(same_field & ~same_sector, mixed, own)
    return np.where((own >= 0) & (rank < in_field[row]), in_own_field, mixed)


def _sponsors(
    register: Register,
    city: "CityTables",
    baseline: dict[str, float],
    parameters: Parameters,
    shares: F64,
    key: int,
    now: int,
) -> tuple[Sponsors, I64]:
    """Those that run a carrier, and the potential founders that do not (yet); and who runs which carrier."""
    running_ids = np.array([identity_plain(one, 0, _SPONSOR) for one in register.id.tolist()], np.int64)
    kinds, districts = _idle_kinds_and_districts(register, baseline, shares)
    idle_ids = np.array([name_id("sponsor", str(row)) for row in range(len(kinds))], np.int64)
    ids = np.concatenate([running_ids, idle_ids])
    kind = np.concatenate([register.kind, kinds])
    district = np.concatenate([register.district, districts])
    drawn = pick(uniforms(key, ids, 0, decisions.START_SECTOR), city.sector_cumulative[district])
    own = np.concatenate([register.sector, np.full(len(idle_ids), UNKNOWN)])
    state = np.concatenate([np.full(len(running_ids), codes.RUNNING), np.full(len(idle_ids), codes.IDLE)])
    planned = _projects(ids, kind, state, baseline, parameters, key)
    sponsors = build(
        Sponsors,
        id=ids,
        kind=kind,
        district=district,
        sector=np.where(own >= 0, own, drawn),
        free_from=np.full(len(ids), now + 1),
        carrier=np.concatenate([register.id, np.zeros(len(idle_ids), np.int64)]),
        **planned,
    )
    return sponsors, running_ids


def _idle_kinds_and_districts(register: Register, baseline: dict[str, float], shares: F64) -> tuple[I64, I64]:
    """Kind and district of each potential founder without a carrier: the sponsors of the kind less the running."""
    kinds, districts = [], []
    for kind, name in enumerate(codes.SPONSOR_KINDS):
        idle = max(0, int(baseline[f"sponsors[{name}]"]) - int((register.kind == kind).sum()))
        kinds.append(np.full(idle, kind))
        districts.append(np.repeat(np.arange(len(shares)), quotas(shares, idle)))
    return np.concatenate(kinds), np.concatenate(districts)


def _projects(
    ids: I64, kind: I64, state: I64, baseline: dict[str, float], parameters: Parameters, key: int
) -> dict[str, Any]:
    """Who is already preparing a carrier as the run begins, and what it will be."""
    p = parameters.founding
    idle = np.flatnonzero(state == codes.IDLE)
    mean = np.maximum(np.array(p.preparation) * p.preparation_factor, p.least_preparation)[kind]
    race = -np.log(uniforms(key, ids[idle], 0, decisions.START_PREPARING)) / mean[idle]
    chosen = idle[np.argsort(race, kind="stable")][: int(baseline["preparing"])]
    state = state.copy()
    state[chosen] = codes.SPONSOR_PREPARING
    left, planned_type, planned_area = (np.zeros(len(ids), np.int64) for _ in range(3))
    left[chosen] = 1 + np.floor(uniforms(key, ids[chosen], 0, decisions.START_QUARTERS_LEFT) * mean[chosen])
    which = uniforms(key, ids, 0, decisions.KIND_OF_CARRIER)
    size = uniforms(key, ids, 0, decisions.FLOOR_AREA)
    for row in chosen.tolist():
        planned_type[row] = founding.carrier_type(float(which[row]), p)
        planned_area[row] = founding.floor_area(float(size[row]), int(planned_type[row]), p)
    return {"state": state, "quarters_left": left, "planned_type": planned_type, "planned_area": planned_area}
