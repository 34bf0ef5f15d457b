"""What a row of a registry leaves open of the carrier itself: label, facts, founder, since when it has stopped.

Each is drawn once a draw, at its own address, from the priors that the synthesis of a start population uses.
"""

from typing import TYPE_CHECKING

import numpy as np

from simulation import decisions
from simulation.draws import uniforms
from simulation.engines.setting import Parameters
from simulation.registry.register import UNKNOWN, Register, given_or
from simulation.registry.shapes import pick
from simulation.rules import codes, conversion
from simulation.world import I64

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables


def closed(
    register: Register,
    city: "CityTables",
    baseline: dict[str, float],
    unknowns: dict[str, float],
    parameters: Parameters,
    key: int,
) -> Register:
    """The register of one draw, with nothing open that the filling of a world needs."""
    now = city.baseline_quarter
    register = register._replace(level=given_or(register.level, _levels(register, baseline, key)))
    mode = given_or(register.mode, _labels(register, baseline, unknowns["start.specialised_share"], key))
    by_facts = _in_fact(register._replace(mode=mode), baseline, parameters, key)
    in_fact = given_or(register.mode_in_fact, by_facts)
    focused = (mode == codes.SPECIALISED) | (in_fact == codes.SPECIALISED) | (register.converting_since > 0)
    drawn = pick(
        uniforms(key, register.id, 0, decisions.START_SECTOR), city.sector_cumulative[register.district]
    )
    sector = given_or(register.sector, drawn)
    since = np.floor(
        uniforms(key, register.id, 0, decisions.START_STOPPED_SINCE) * baseline["stopped_for_at_most"]
    )
    stopped = given_or(register.stopped, np.maximum(now - since.astype(np.int64), register.opened))
    return register._replace(
        kind=given_or(register.kind, _kinds(register.id, baseline, key)),
        mode=mode,
        mode_in_fact=in_fact,
        sector=np.where(focused, sector, UNKNOWN),
        lead=np.where(register.field_tenants == UNKNOWN, UNKNOWN, sector),
        stopped=np.where(register.status == codes.STOPPED, stopped, 0),
        projects=register.projects._replace(
            kind=given_or(register.projects.kind, _kinds(register.projects.id, baseline, key))
        ),
    )


def _kinds(ids: I64, baseline: dict[str, float], key: int) -> I64:
    """A founder for each carrier, by the kinds of those that run carriers."""
    running = np.array([baseline[f"running[{kind}]"] for kind in codes.SPONSOR_KINDS])
    cumulative = np.tile(np.cumsum(running) / running.sum(), (len(ids), 1))
    return pick(uniforms(key, ids, 0, decisions.START_KIND), cumulative)


def _levels(register: Register, baseline: dict[str, float], key: int) -> I64:
    """A level for each carrier of which no row says one: by the numbers of the published margins for its type."""
    counts = np.array(
        [[baseline[f"carriers[{kind}][{level}]"] for level in codes.LISTED_LEVELS] for kind in codes.TYPES]
    )
    cumulative = np.cumsum(counts, axis=1) / counts.sum(axis=1, keepdims=True)
    # The second draw at this address: the first says since when it has held the level.
    return 1 + pick(uniforms(key, register.id, 1, decisions.START_LEVEL_SINCE), cumulative[register.type])


def _labels(register: Register, baseline: dict[str, float], share: float, key: int) -> I64:
    """A label for each carrier: the drawn share of the recognised, incubators more than makerspaces."""
    tilt = np.array([baseline[f"specialised_tilt[{name}]"] for name in codes.TYPES])[register.type]
    specialised = uniforms(key, register.id, 0, decisions.START_SPECIALISED) < share * tilt
    return np.where(specialised & (register.level >= codes.MUNICIPAL), codes.SPECIALISED, codes.COMPREHENSIVE)


def _in_fact(register: Register, baseline: dict[str, float], parameters: Parameters, key: int) -> I64:
    """Who is specialised in fact: by the rule where the registry gives the facts, else by chance."""
    p, labelled = parameters.conversion, register.mode == codes.SPECIALISED
    without = np.where(
        register.level >= codes.MUNICIPAL,
        baseline["in_fact_without_label"],
        baseline["in_fact_at_district_level"],
    )
    chance = np.where(labelled, baseline["in_fact_with_label"], without)
    by_chance = uniforms(key, register.id, 0, decisions.START_IN_FACT) < chance
    found = np.zeros(len(register.id), np.int64)
    for row, chosen in enumerate(by_chance.tolist()):
        tenants, in_field = int(register.tenants[row]), int(register.field_tenants[row])
        counted = tenants > 0 and in_field != UNKNOWN
        if register.converting_since[row] or register.platform[row] == 0:
            continue
        if counted and not conversion.specialised_in_fact(bool(labelled[row]), tenants, in_field, True, p):
            continue
        certain = counted and register.platform[row] == 1
        found[row] = codes.SPECIALISED if certain or chosen else codes.COMPREHENSIVE
    return found
