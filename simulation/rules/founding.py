"""How carriers come into being: a sponsor commits, prepares, and opens.

Commitment follows Bass (1969) at the level of one founder: by its own initiative, and by the example of its
kind in its district. The number of sponsors is finite, so growth saturates.
"""

import math
from typing import NamedTuple

from simulation.rules.chance import between, exponential, normal
from simulation.rules.codes import ACCELERATOR, INCUBATOR, MAKERSPACE, UNIVERSITY, ByKind, ByType
from simulation.rules.rule import rule


class FoundingParameters(NamedTuple):
    """Numbers of the founding step."""

    innovation: float  # chance a quarter of an idle sponsor to commit of its own accord
    innovation_factor: ByKind  # times that, by kind of sponsor
    imitation: float  # chance a quarter added when all of its kind in the district already run a carrier
    lever_scale: float  # times every gain of the founding levers below
    own_lever_gain: ByKind  # share added to the chance by the kind's own lever at 1
    belt_gain: float  # share added for universities by the lever university_belts at 1
    tilt_gain: float  # share added for every kind by the lever district_support_tilt at 1
    role_model_gain: float  # share added to imitation by the lever role_models at 1
    preparation: ByKind  # quarters from commitment to opening, mean
    preparation_factor: float  # times every mean preparation
    least_preparation: float  # quarters, shortest preparation
    coordination_cut: float  # share of preparation saved by the lever coordination at 1
    idle_building_cut: float  # share of a university's preparation saved by the lever universities at 1
    lost: float  # chance a quarter that a project in preparation is lost
    coordination_rescue: float  # share of those kept by the lever coordination at 1
    retry_after: float  # quarters before a sponsor that lost a project commits again
    cool_down: float  # quarters before a sponsor whose carrier ended commits again
    makerspace_share: float  # share of makerspaces among new carriers
    accelerator_share: float  # share of accelerators among new carriers
    median_area: ByType  # m², median floor of a new carrier
    area_spread: ByType  # standard deviation of the logarithm of floor
    least_area: ByType  # m²
    most_area: float  # m²
    places_at_least: float  # tenant places besides those by area
    places_per_area: ByType  # tenant places per m²
    most_places: ByType  # tenant places
    specialised_at_birth: ByType  # share specialised, levers at 0
    specialised_gain: float  # share added by the kind's own lever at 1, for incubators and accelerators
    specialised_gain_makerspace: float  # that, for makerspaces, times
    specialised_tilt_gain: float  # share added by the lever district_support_tilt at 1
    platform_if_specialised: float  # share with a technical platform of its own at birth
    platform_if_comprehensive: float  # that, comprehensive
    platform_gain: ByKind  # share added by the kind's own lever at 1
    capability: ByKind  # capability at birth, mean
    capability_if_specialised: float  # added
    capability_gain: ByKind  # added by the kind's own lever at 1
    capability_spread: float  # standard deviation
    fund_share: ByType  # share with an incubation fund at birth
    fund_median: float  # CNY
    fund_spread: float  # standard deviation of the logarithm
    park_share: float  # share opened in a park (创谷) of a district that has one
    park_gain: float  # share added by the lever full_chain_parks at 1
    tenants_brought: ByKind  # tenants of its own a sponsor brings
    tenants_brought_gain: ByKind  # added by the kind's own lever at 1


@rule
def needs_space(kind: int) -> bool:
    """Whether a sponsor needs floor space of the market; universities use idle buildings of their own."""
    return kind != UNIVERSITY


@rule
def encouragement(own_lever: float, belts: float, tilt: float, kind: int, p: FoundingParameters) -> float:
    """By what the notice multiplies a sponsor's chance to commit; 1 with all levers at 0 (assumption).

    ``own_lever`` is the strength of the lever of the sponsor's kind, ``belts`` that of university belts where
    it applies, ``tilt`` that of district support for specialised carriers.
    """
    gain = own_lever * p.own_lever_gain[kind] + belts * p.belt_gain + tilt * p.tilt_gain
    return 1.0 + p.lever_scale * gain


@rule
def commitment_chance(
    kind: int,
    effort: float,
    share_running: float,
    role_models: float,
    encouraged: float,
    p: FoundingParameters,
) -> float:
    """The chance a quarter that an idle sponsor commits (Bass 1969).

    ``share_running`` is the share of its kind in its district that already runs a carrier.
    """
    own = p.innovation * p.innovation_factor[kind] * effort
    example = p.imitation * share_running * (1.0 + role_models * p.role_model_gain)
    return between((own + example) * encouraged, 0.0, 1.0)


@rule
def preparation_quarters(
    draw: float, kind: int, coordination: float, idle_buildings: float, p: FoundingParameters
) -> int:
    """Quarters from commitment to opening: the least, and an exponential time beyond (assumption).

    One published park took 24 quarters. ``idle_buildings`` is the strength of the lever universities, for a
    university, 0 for others.
    """
    saved = between(coordination * p.coordination_cut + idle_buildings * p.idle_building_cut, 0.0, 0.9)
    mean = max(p.preparation[kind] * p.preparation_factor * (1.0 - saved), p.least_preparation)
    return int(p.least_preparation + exponential(draw) * (mean - p.least_preparation) + 0.5)


@rule
def loss_chance(coordination: float, p: FoundingParameters) -> float:
    """The chance a quarter that a project in preparation is lost (assumption)."""
    return p.lost * (1.0 - between(coordination * p.coordination_rescue, 0.0, 1.0))


@rule
def carrier_type(draw: float, p: FoundingParameters) -> int:
    """The type of a new carrier."""
    if draw < p.makerspace_share:
        return MAKERSPACE
    if draw < p.makerspace_share + p.accelerator_share:
        return ACCELERATOR
    return INCUBATOR


@rule
def floor_area(draw: float, carrier_type: int, p: FoundingParameters) -> int:
    """The floor of a new carrier in m²: lognormal, at least what its district registers (2020: 500, 2,000)."""
    area = p.median_area[carrier_type] * math.exp(p.area_spread[carrier_type] * normal(draw))
    return int(between(area, p.least_area[carrier_type], p.most_area))


@rule
def tenant_places(area: int, carrier_type: int, p: FoundingParameters) -> int:
    """How many tenants a carrier of this floor has room for."""
    places = p.places_at_least + area * p.places_per_area[carrier_type]
    return int(between(places, 1.0, p.most_places[carrier_type]))


@rule
def specialised_chance(carrier_type: int, own_lever: float, tilt: float, p: FoundingParameters) -> float:
    """The chance that a new carrier is specialised at birth."""
    gain = own_lever * p.specialised_gain + tilt * p.specialised_tilt_gain
    if carrier_type == MAKERSPACE:
        gain = gain * p.specialised_gain_makerspace
    return between(p.specialised_at_birth[carrier_type] + gain, 0.0, 1.0)


@rule
def platform_chance(specialised: bool, kind: int, own_lever: float, p: FoundingParameters) -> float:
    """The chance that a new carrier has a technical platform of its own."""
    usual = p.platform_if_specialised if specialised else p.platform_if_comprehensive
    return between(usual + own_lever * p.platform_gain[kind], 0.0, 1.0)


@rule
def capability_at_birth(
    draw: float, kind: int, specialised: bool, own_lever: float, p: FoundingParameters
) -> float:
    """The capability (0 to 1) with which a carrier starts."""
    mean = p.capability[kind] + own_lever * p.capability_gain[kind]
    if specialised:
        mean = mean + p.capability_if_specialised
    return between(mean + p.capability_spread * normal(draw), 0.05, 0.95)


@rule
def fund_at_birth(draw: float, carrier_type: int, p: FoundingParameters) -> int:
    """The incubation fund with which a carrier starts, in CNY; 0 for most.

    The draw that says whether it has one says how large: its place within the share that has one.
    """
    share = p.fund_share[carrier_type]
    if draw >= share:
        return 0
    return int(p.fund_median * math.exp(p.fund_spread * normal(draw / share)))


@rule
def park_chance(full_chain: float, p: FoundingParameters) -> float:
    """The chance that a carrier opens in a park (创谷) of its district, where there is one."""
    return between(p.park_share + full_chain * p.park_gain, 0.0, 1.0)


@rule
def tenants_brought(kind: int, own_lever: float, p: FoundingParameters) -> float:
    """How many tenants of its own chain a sponsor brings on average (leading enterprises, R&D institutions)."""
    return max(0.0, p.tenants_brought[kind] + own_lever * p.tenants_brought_gain[kind])
