"""Who founds carriers: those that run one of the register, those preparing one, and those that may yet."""

from typing import TYPE_CHECKING

import numpy as np

from simulation import decisions
from simulation.draws import identities, name_id, uniforms
from simulation.engines.setting import Parameters
from simulation.registry.register import UNKNOWN, Register, given_or, quotas
from simulation.registry.shapes import pick
from simulation.rules import codes, founding
from simulation.world import F64, I64, Sponsors, build

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables

SPONSOR = 1  # rank under which the id of a sponsor follows from its carrier's id


def sponsors(
    register: Register,
    city: "CityTables",
    baseline: dict[str, float],
    parameters: Parameters,
    shares: F64,
    key: int,
    now: int,
) -> tuple[Sponsors, I64]:
    """Those that run a carrier or prepare one, and the founders that do not (yet); and who runs which carrier."""
    projects = register.projects
    running_ids, project_ids = _ids_of(register.id), _ids_of(projects.id)
    kinds, districts = _idle_kinds_and_districts(register, baseline, shares)
    idle_ids = np.array([name_id("sponsor", str(row)) for row in range(len(kinds))], np.int64)
    ids = np.concatenate([running_ids, project_ids, idle_ids])
    kind = np.concatenate([register.kind, projects.kind, kinds])
    district = np.concatenate([register.district, projects.district, districts])
    drawn = pick(uniforms(key, ids, 0, decisions.START_SECTOR), city.sector_cumulative[district])
    own = np.concatenate([register.sector, projects.sector, np.full(len(idle_ids), UNKNOWN)])
    planned = _plans(register, ids, kind, baseline, parameters, key)
    made = build(
        Sponsors,
        id=ids,
        kind=kind,
        district=district,
        sector=given_or(own, drawn),
        free_from=np.full(len(ids), now + 1),
        carrier=np.concatenate([register.id, np.zeros(len(ids) - len(running_ids), np.int64)]),
        **planned,
    )
    return made, running_ids


def _ids_of(carriers: I64) -> I64:
    """The id of the sponsor of each carrier."""
    return identities(carriers, np.zeros_like(carriers), SPONSOR)


def _idle_kinds_and_districts(register: Register, baseline: dict[str, float], shares: F64) -> tuple[I64, I64]:
    """Kind and district of each founder without a carrier: the sponsors of the kind less those with one."""
    kinds, districts = [], []
    busy = np.concatenate([register.kind, register.projects.kind])
    for kind, name in enumerate(codes.SPONSOR_KINDS):
        idle = max(0, int(baseline[f"sponsors[{name}]"]) - int((busy == kind).sum()))
        kinds.append(np.full(idle, kind))
        districts.append(np.repeat(np.arange(len(shares)), quotas(shares, idle)))
    return np.concatenate(kinds), np.concatenate(districts)


def _plans(
    register: Register,
    ids: I64,
    kind: I64,
    baseline: dict[str, float],
    parameters: Parameters,
    key: int,
) -> dict[str, I64]:
    """Who is preparing a carrier as the run begins, and what it will be: the register's projects, and others.

    As many others are drawn as the register lacks to the number assumed to be preparing.
    """
    p = parameters.founding
    first, last = len(register.id), len(register.id) + len(register.projects.id)
    mean = np.maximum(np.array(p.preparation) * p.preparation_factor, p.least_preparation)[kind]
    race = -np.log(uniforms(key, ids[last:], 0, decisions.START_PREPARING)) / mean[last:]
    others = max(0, int(baseline["preparing"]) - (last - first))
    chosen = np.concatenate([np.arange(first, last), last + np.argsort(race, kind="stable")[:others]])
    state = np.where(np.arange(len(ids)) < first, codes.RUNNING, codes.IDLE)
    state[chosen] = codes.SPONSOR_PREPARING
    left, planned_type, planned_area = (np.full(len(ids), UNKNOWN) for _ in range(3))
    left[first:last] = register.projects.quarters_left
    planned_type[first:last], planned_area[first:last] = register.projects.type, register.projects.area
    drawn = 1 + np.floor(uniforms(key, ids, 0, decisions.START_QUARTERS_LEFT) * mean).astype(np.int64)
    left = given_or(left, drawn)
    which = uniforms(key, ids, 0, decisions.KIND_OF_CARRIER)
    size = uniforms(key, ids, 0, decisions.FLOOR_AREA)
    for row in chosen.tolist():
        if planned_type[row] == UNKNOWN:
            planned_type[row] = founding.carrier_type(float(which[row]), p)
        if planned_area[row] == UNKNOWN:
            planned_area[row] = founding.floor_area(float(size[row]), int(planned_type[row]), p)
    preparing = state == codes.SPONSOR_PREPARING
    return {
        "state": state,
        "quarters_left": np.where(preparing, left, 0),
        "planned_type": np.where(preparing, planned_type, 0),
        "planned_area": np.where(preparing, planned_area, 0),
    }
