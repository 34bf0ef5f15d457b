"""What an engine is given besides a world: the city, the numbers, the levers and the calendar of one replicate.

Everything is resolved before a replicate starts: the unknown numbers are drawn, levers stand by quarter and
district, thresholds by quarter. Engines read a setting and never a file. Quarters are indexed from the first
simulated one.
"""

from typing import NamedTuple

import numpy as np

from simulation.rules.admission import AdmissionParameters
from simulation.rules.conversion import ConversionParameters
from simulation.rules.evaluation import EvaluationParameters
from simulation.rules.formation import FormationParameters
from simulation.rules.founding import FoundingParameters
from simulation.rules.incubation import IncubationParameters
from simulation.rules.inspection import InspectionParameters
from simulation.rules.operations import OperationsParameters
from simulation.rules.policy import PolicyParameters
from simulation.rules.rounds import RoundsParameters
from simulation.rules.rule import rule
from simulation.world import F64, I8, I32, I64


class Parameters(NamedTuple):
    """The numbers of the rulebook, a part for each rule file."""

    policy: PolicyParameters
    founding: FoundingParameters
    formation: FormationParameters
    admission: AdmissionParameters
    incubation: IncubationParameters
    operations: OperationsParameters
    conversion: ConversionParameters
    evaluation: EvaluationParameters
    rounds: RoundsParameters
    inspection: InspectionParameters


class City(NamedTuple):
    """What does not change in a run, or changes by the calendar alone. Shapes: d districts, s sectors, q quarters."""

    id: int  # 63-bit hash of the city's name: the address of city-wide luck
    usual_effort: F64  # (d) effort with all levers at 0
    university: I8  # (d) 1 where universities are
    park: I8  # (d) code of the district's park (创谷), -1 for none
    rent: F64  # (d) rent, the city's mean being 1
    seekers_since: int  # quarter from which the growth of seekers counts, whenever a run starts
    seeker_share: F64  # (q, d) share of the city's seekers
    sector_cumulative: F64  # (d, s) cumulative share of the district's seekers by sector, ends at 1
    field: I8  # (s) the field (group of sectors) to which a sector belongs
    long_term: I8  # (s) 1 where tenants may stay longer
    space_growth: I64  # (d) m² of floor that become free for new carriers each quarter
    space_by_lever: I64  # (d) m² a quarter that the lever district_new_build adds at 1
    transfer_quarter: I32  # (t) quarter of each transfer of carriers between districts (划转)
    transfer_from: I8  # (t) district
    transfer_to: I8  # (t) district
    transfer_share: F64  # (t) share of the district's carriers, sponsors and space


class Levers(NamedTuple):
    """Lever settings. Shapes: l levers in the order of ``codes.LEVERS``, q quarters, d districts."""

    strength: F64  # (l, q, d) strength, ramps applied
    of_type: I8  # (l, types) 1 where aimed at
    of_level: I8  # (l, levels)
    of_mode: I8  # (l, modes), by label
    of_sector: I8  # (l, sectors + 1): the last column is for carriers without a sector
    of_kind: I8  # (l, sponsor kinds)
    unit_cost: I64  # (l) CNY a unit at strength 1


class Calendar(NamedTuple):
    """What happens in which quarter: 1 or 0 for each simulated quarter (q)."""

    municipal_opens: I8
    municipal_announces: I8
    provincial_opens: I8
    provincial_announces: I8
    national_opens: I8  # 0 in a year without a round: the luck of the rounds is in the setting
    national_announces: I8
    evaluation: I8
    provincial_review: I8
    national_review: I8


class Setting(NamedTuple):
    """All that one replicate is given besides its world."""

    key: int  # 63-bit key of the replicate: the first part of every address
    first_quarter: int  # the first simulated quarter: the one after the world's
    quarters: int  # how many are simulated
    fields: int  # how many fields the city's sectors map to
    city: City
    levers: Levers
    calendar: Calendar
    thresholds: F64  # (q, types, levels, modes, fields of rounds.Thresholds)
    milestones: I32  # (q, d) recognised carriers a district is to have at the year's end, 0 for no task
    parameters: Parameters


@rule
def aimed_strength(
    levers: Levers,
    lever: int,
    quarter: int,
    district: int,
    carrier_type: int,
    level: int,
    mode: int,
    sector: int,
    kind: int,
) -> float:
    """The strength of a lever for one carrier: that of its district and quarter if the lever aims at it, else 0."""
    strength = levers.strength[lever, quarter, district]
    if strength == 0.0:
        return 0.0
    if (
        levers.of_type[lever, carrier_type]
        and levers.of_level[lever, level]
        and levers.of_mode[lever, mode]
        and levers.of_sector[lever, sector]
        and levers.of_kind[lever, kind]
    ):
        return float(strength)
    return 0.0


@rule
def founder_strength(
    levers: Levers, lever: int, quarter: int, district: int, sector: int, kind: int
) -> float:
    """The strength of a lever for one sponsor: aimed by district, sector and kind; it has no carrier yet."""
    strength = levers.strength[lever, quarter, district]
    if levers.of_sector[lever, sector] and levers.of_kind[lever, kind]:
        return float(strength)
    return 0.0


def aimed_at_all(levers: Levers) -> I8:
    """(l) 1 for each lever that aims at every carrier and sponsor of its districts: nobody need look closer."""
    masks = np.hstack((levers.of_type, levers.of_level, levers.of_mode, levers.of_sector, levers.of_kind))
    return np.asarray(masks.all(axis=1), np.int8)


def no_levers(quarters: int, districts: int, sectors: int) -> Levers:
    """Every lever at strength 0, aimed at everything, free of cost."""
    from simulation.rules import codes

    count = len(codes.LEVERS)
    return Levers(
        strength=np.zeros((count, quarters, districts)),
        of_type=np.ones((count, len(codes.TYPES)), np.int8),
        of_level=np.ones((count, len(codes.LEVELS)), np.int8),
        of_mode=np.ones((count, len(codes.MODES)), np.int8),
        of_sector=np.ones((count, sectors + 1), np.int8),
        of_kind=np.ones((count, len(codes.SPONSOR_KINDS)), np.int8),
        unit_cost=np.zeros(count, np.int64),
    )
