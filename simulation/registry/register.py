"""A register: the carriers of a city as a bureau keeps them, before what it does not say is filled in."""

from typing import Any, NamedTuple

import numpy as np

from simulation.world import F64, I64

UNKNOWN = -1
NOWHERE = -2  # known to lie in no park


class Projects(NamedTuple):
    """Carriers in preparation (筹建), as arrays; ``UNKNOWN`` (-1) where the register does not say."""

    id: I64  # 63-bit hash of the registry id
    district: I64
    type: I64
    sector: I64
    kind: I64  # sponsor kind
    area: I64  # m²
    quarters_left: I64  # quarters until it opens


class Register(NamedTuple):
    """One row a carrier, as arrays; ``UNKNOWN`` (-1) where the register does not say.

    Codes are those of ``simulation.rules.codes``; districts and sectors are places in the city's tables. A
    sector of ``UNKNOWN`` is no specialisation.
    """

    id: I64  # 63-bit hash of the registry id
    label: tuple[str, ...]  # the registry id itself
    name: tuple[str, ...]
    district: I64
    type: I64
    level: I64
    mode: I64  # by label; UNKNOWN when not given
    mode_in_fact: I64  # UNKNOWN when not given
    sector: I64
    lead: I64  # sector whose field ``field_tenants`` counts; UNKNOWN: that of ``sector``
    converting_since: I64  # quarter, 0 when not converting
    kind: I64  # sponsor kind
    status: I64
    opened: I64  # quarter
    registered: I64  # quarter
    level_since: I64  # quarter
    stopped: I64  # quarter, 0 when operating
    area: I64  # m²
    places: I64
    tenants: I64
    field_tenants: I64
    graduates: I64
    platform: I64
    fund: I64  # CNY
    grade: I64  # last evaluation
    park: I64  # code, NOWHERE for none
    occupancy: F64  # share of places taken, for a row without tenants; nan when not given
    projects: Projects


def no_projects() -> Projects:
    """Nothing in preparation that a register names."""
    return Projects(*(np.empty(0, np.int64) for _ in Projects._fields))


def given_or(given: I64, otherwise: Any) -> I64:
    """What a register gives; where it gives nothing, the other."""
    return np.where(given == UNKNOWN, otherwise, given).astype(np.int64)


def quotas(shares: F64, total: int) -> I64:
    """Whole numbers in proportion to shares that add up to ``total`` (largest remainder, first of equals)."""
    exact = shares / shares.sum() * total
    whole: I64 = np.floor(exact).astype(np.int64)
    remainders = exact - whole
    order = np.lexsort((np.arange(len(shares)), -remainders))
    whole[order[: total - int(whole.sum())]] += 1
    return whole
