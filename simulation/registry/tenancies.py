"""Who the tenants of a register's carriers are: no registry says, so all but their number is drawn from priors."""

from typing import TYPE_CHECKING, Any

import numpy as np

from simulation import decisions
from simulation.draws import identities, uniforms
from simulation.engines.setting import Parameters
from simulation.registry.register import UNKNOWN, Register, given_or
from simulation.registry.shapes import Draws, pick
from simulation.rules import codes
from simulation.world import F64, I64, Startups, build

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables

TENANT = 2  # rank under which ids of first tenants follow from their carrier's id


def tenants(
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
    counts = np.where(status == codes.OPERATING, np.minimum(given_or(register.tenants, drawn), places), 0)
    row = np.repeat(np.arange(len(ids)), counts)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    tenant_ids = identities(ids[row], rank, TENANT)
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
    lead = given_or(register.lead, carriers["sector"])
    counted = (register.field_tenants != UNKNOWN) & (lead >= 0)
    in_field = np.where(carriers["sector"] >= 0, np.ceil(share * counts), 0).astype(np.int64)
    in_field = np.where(counted, np.minimum(register.field_tenants, counts), in_field)
    own = lead[row]
    beyond = counted[row] & (rank >= in_field[row])  # the register says that these are of other fields
    mixed = pick(
        uniforms(key, tenant_ids, 0, decisions.START_TENANT_SECTOR),
        _mix(city, carriers["district"][row], np.where(beyond, field_of[own], UNKNOWN)),
    )
    same_sector = uniforms(key, tenant_ids, 0, decisions.START_IN_SECTOR) < baseline["own_sector_share"]
    same_field = field_of[mixed] == field_of[own]
    in_own_field = np.where(same_field & ~same_sector, mixed, own)
    return np.where((own >= 0) & (rank < in_field[row]), in_own_field, mixed)


def _mix(city: "CityTables", district: I64, but: I64) -> F64:
    """(rows, s) The cumulative mix of sectors of each row's district; without a field where ``but`` names one."""
    cumulative: F64 = city.sector_cumulative[district]
    rows = np.flatnonzero(but != UNKNOWN)
    shares = np.diff(cumulative[rows], axis=1, prepend=0.0)
    others = np.where(np.asarray(city.field) == but[rows, None], 0.0, shares)
    total = others.sum(axis=1, keepdims=True)
    kept = total[:, 0] > 0.0  # where a district has no other field, its mix stays
    made = np.cumsum(others[kept] / total[kept], axis=1)
    made[:, -1] = 1.0
    cumulative[rows[kept]] = made
    return cumulative
