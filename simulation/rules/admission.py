"""How a startup finds a place: it looks at a few carriers, its own district first, and takes the best.

What it weighs: a match of field, the carrier's capability, free places, rent, and personal taste. Without
guidance, search among some twenty sectors is blind and leaves specialised carriers half empty.
"""

from typing import NamedTuple

from simulation.rules.chance import between, gumbel
from simulation.rules.codes import MAKERSPACE, UNIVERSITY
from simulation.rules.rule import rule


class AdmissionParameters(NamedTuple):
    """Numbers of the admission step."""

    looks: float  # carriers looked at in a quarter
    home_share: float  # share of looks in the own district
    guided_share: float  # share of looks after the first that are at a specialised carrier of the own field
    matchmaking_gain: float  # added to that by the lever matchmaking at 1
    near_match: float  # match of a carrier of the same field but another sector, same sector being 1
    weight_match: float  # utility of a full match (taste is Gumbel with scale 1)
    weight_capability: float  # utility per unit of capability
    weight_vacancy: float  # utility of an empty carrier over a full one
    weight_rent: float  # utility lost per unit of rent, the city's mean being 1
    university_rent: float  # rent of a university's carrier, share of the district's
    makerspace_preference: float  # utility of a makerspace for a startup of age 0
    preference_fades: float  # share of that lost with each quarter of age
    patience: float  # quarters a startup goes on looking
    other_field_cap: float  # share of tenants that a specialised carrier takes from other fields


@rule
def guided_chance(matchmaking: float, p: AdmissionParameters) -> float:
    """The chance that a look after the first is at a specialised carrier of the startup's own field."""
    return between(p.guided_share + matchmaking * p.matchmaking_gain, 0.0, 0.95)


@rule
def takes(
    own_field: bool, focused: bool, converting: bool, tenants: int, field_tenants: int, p: AdmissionParameters
) -> bool:
    """Whether a carrier with a free place takes a startup, given the fields.

    A comprehensive carrier takes every field. A converting one takes only its own. A specialised one takes
    other fields up to their cap (25 %: the 75 % of the rule of 2018), counted with the newcomer.
    """
    if not focused or own_field:
        return True
    if converting:
        return False
    return tenants - field_tenants + 1 <= p.other_field_cap * (tenants + 1)


@rule
def match(focused: bool, same_sector: bool, same_field: bool, p: AdmissionParameters) -> float:
    """How well a carrier's focus fits a startup: 1 for its own sector, less for its field, 0 without focus."""
    if not focused:
        return 0.0
    if same_sector:
        return 1.0
    return p.near_match if same_field else 0.0


@rule
def rent(kind: int, district_rent: float, p: AdmissionParameters) -> float:
    """The rent of a carrier, the city's mean being 1; universities let idle buildings cheaply."""
    return district_rent * p.university_rent if kind == UNIVERSITY else district_rent


@rule
def attraction(
    fit: float,
    capability: float,
    vacancy: float,
    rent: float,
    carrier_type: int,
    age: int,
    taste_draw: float,
    p: AdmissionParameters,
) -> float:
    """The utility of a place for a startup of ``age`` quarters (multinomial logit; weights are assumptions)."""
    utility = p.weight_match * fit + p.weight_capability * capability + p.weight_vacancy * vacancy
    utility = utility - p.weight_rent * rent
    if carrier_type == MAKERSPACE:
        utility = utility + p.makerspace_preference * (1.0 - p.preference_fades * age)
    return utility + gumbel(taste_draw)


@rule
def ring_points(places: int) -> int:
    """How many points a carrier has on the rings that looks land on: more for a larger one."""
    return 1 + places // 4


@rule
def gives_up(waiting: int, p: AdmissionParameters) -> bool:
    """Whether a startup that has looked in vain for so many quarters stops looking."""
    return waiting >= p.patience
