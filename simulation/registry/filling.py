"""From a register to a world: what a registry does not say is filled from priors.

Capability, reserve, who the tenants are, and the sponsors that have no carrier: no registry holds them. Rows
that say how many tenants, places or graduates they have keep their numbers.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation import decisions
from simulation.draws import name_id, uniforms
from simulation.engines.setting import Parameters
from simulation.registry import founders, tenancies
from simulation.registry.register import NOWHERE, UNKNOWN, Register, given_or
from simulation.registry.shapes import Draws, lognormal
from simulation.rules import codes, founding
from simulation.world import F64, I64, Carriers, Districts, World, build

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables


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
    startups, by_carrier = tenancies.tenants(carriers, register, city, baseline, parameters, key)
    sponsors, sponsor_of = founders.sponsors(
        register, city, baseline, parameters, after_transfers(shares, city), key, now
    )
    # Everything of a tenant count follows from the tenants themselves.
    carriers["graduates"] = given_or(
        register.graduates, _graduates(register, carriers, baseline, by_carrier, key, now)
    )
    _count_years(carriers, by_carrier, baseline, now)
    return World(
        quarter=now,
        districts=build(
            Districts,
            id=np.array([name_id("district", code) for code in city.codes]),
            space=after_transfers(np.asarray(city.space), city),
        ),
        sponsors=sponsors,
        carriers=build(Carriers, **{**carriers, "sponsor": sponsor_of}),
        startups=startups,
    )


def _count_years(carriers: dict[str, Any], tenants: I64, baseline: dict[str, float], now: int) -> None:
    """Graduates and tenants taken in: those of the year before, and those since January in a year begun."""
    begun = (now + 1) % 4 / 4.0  # the share of the running year that is over; a year just ended is the last
    for what, rate in (("graduates", "graduates_a_year"), ("admitted", "admitted_a_year")):
        most = carriers["graduates"] if what == "graduates" else np.full(len(tenants), np.iinfo(np.int64).max)
        last = np.minimum(most, np.round(tenants * baseline[rate]).astype(np.int64))
        this = np.minimum(most - last, np.round(tenants * baseline[rate] * begun).astype(np.int64))
        carriers[f"{what}_last_year"], carriers[f"{what}_this_year"] = last, this


def after_transfers(values: NDArray[Any], city: "CityTables") -> NDArray[Any]:
    """Shares or floor of districts after the transfers (划转) that lie behind the start; whole stays whole."""
    moved = values.copy()
    for one in city.transfers:
        if one.quarter <= city.baseline_quarter:
            old, new = city.index(one.old), city.index(one.new)
            part = (moved[old] * one.share).astype(moved.dtype)
            moved[old], moved[new] = moved[old] - part, moved[new] + part
    return moved


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
    in_fact = given_or(register.mode_in_fact, register.mode)
    draw = Draws(key, ids)
    platform = (in_fact == codes.SPECIALISED) | (draw(decisions.START_PLATFORM) < baseline["platform_share"])
    platform = given_or(register.platform, platform)
    registered = given_or(register.registered, np.minimum(register.opened + 2, now))
    since = registered + np.floor(draw(decisions.START_LEVEL_SINCE) * (now - registered + 1)).astype(np.int64)
    with_park = np.array(city.park)[register.district]
    drawn_park = np.where(draw(decisions.START_PARK) < parameters.founding.park_share, with_park, none)
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
        "level_since": given_or(register.level_since, since),
        "stopped": register.stopped,
        "area": register.area,
        "places": given_or(register.places, _places(register, baseline, parameters, key)),
        "platform": platform,
        "fund": given_or(register.fund, _funds(register, baseline, parameters, key)),
        "capability": _capability(register, in_fact, platform, parameters, key, baseline),
        "reserve": draw(decisions.START_RESERVE) * parameters.operations.most_reserve,
        "shock": np.zeros(count),
        "grade": register.grade.clip(codes.UNGRADED),
        "unqualified_years": (register.grade == codes.UNQUALIFIED) & (level == codes.MUNICIPAL),
        "failed_reviews": zero,
        "unspecialised_years": zero,
        "park": np.where(register.park == NOWHERE, none, given_or(register.park, drawn_park)),
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
