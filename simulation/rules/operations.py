"""How a carrier lives from quarter to quarter: income against cost, a reserve, capability, and stopping.

Income is rent on occupied places, services by capability, and subsidies; cost is floor and staff. Stopping
alone is lower than the published list exits, because evaluation and inspection add to them.
"""

import math
from typing import NamedTuple

from simulation.rules.chance import between, normal
from simulation.rules.codes import MAKERSPACE, ByKind, ByLevel, ByType
from simulation.rules.rule import rule


class OperationsParameters(NamedTuple):
    """Numbers of the operations step."""

    income_to_cost: ByType  # ratio at the usual occupancy and capability
    usual_occupancy: float  # share of places taken at which that holds
    usual_capability: float  # capability at which that holds
    rent_share: float  # share of income that comes from places
    income_memory: float  # share of an income shock that lasts to the next quarter
    income_spread: float  # standard deviation of a quarter's new shock, in running costs
    most_reserve: float  # quarters of running cost above which the sponsor drains the reserve
    top_up: ByKind  # chance a quarter that the sponsor refills an empty reserve
    topped_up_reserve: float  # quarters of running cost, after that
    cost_per_area: float  # CNY a quarter per m²
    cost_of_staff: ByType  # CNY a quarter
    stop_makerspace: ByLevel  # chance a quarter to stop
    stop_incubator: ByLevel  # that, for incubators and accelerators
    stop_factor: float  # times both
    occupancy_effect: float  # exponent per unit of occupancy below usual_occupancy
    reserve_effect: float  # relative rise with an empty reserve, falling evenly to none
    easy_reserve: float  # at a reserve of so many quarters of running cost and above
    stop_normaliser: float  # mean of the two effects over the start population, divided out
    service_cut: float  # share of stopping averted by the lever tailored_service at 1
    capability_drift: float  # share of the gap to its target closed in a quarter
    capability_base: float  # target of a comprehensive municipal carrier
    capability_if_specialised: float  # added in fact specialised
    capability_if_platform: float  # added with a platform
    capability_per_level: float  # added for each level above municipal
    capability_by_kind: ByKind  # added by sponsor kind
    service_gain: float  # added by the lever tailored_service at 1
    spread_gain: float  # added where all carriers of the district were run by operators of other cities, at 1
    voucher_gain: float  # added with a platform by the lever platform_sharing at 1
    platform: float  # chance a quarter to get a platform, levers at 0
    sharing_gain: float  # added by the lever platform_sharing at 1
    fund: ByType  # chance a quarter that a carrier without a fund sets one up
    fund_gain: float  # relative gain of that for specialised carriers by the lever sci_tech_finance at 1
    fund_size: float  # CNY of such a fund


@rule
def running_cost(area: int, carrier_type: int, p: OperationsParameters) -> float:
    """What a carrier costs in CNY a quarter: floor and staff (national means of 2019 for scale)."""
    return area * p.cost_per_area + p.cost_of_staff[carrier_type]


@rule
def income_to_cost(carrier_type: int, occupancy: float, capability: float, p: OperationsParameters) -> float:
    """Income over cost without subsidies: rent on occupied places, services by capability."""
    from_places = p.rent_share * occupancy / p.usual_occupancy
    from_services = (1.0 - p.rent_share) * capability / p.usual_capability
    return p.income_to_cost[carrier_type] * (from_places + from_services)


@rule
def income_shock(shock: float, draw: float, p: OperationsParameters) -> float:
    """The part of income that luck decides: what lasts of the last quarter's, and something new."""
    return p.income_memory * shock + p.income_spread * normal(draw)


@rule
def next_reserve(reserve: float, margin: float, topped_up: bool, p: OperationsParameters) -> float:
    """The reserve after a quarter, in quarters of running cost.

    ``margin`` is income over cost minus 1. An empty reserve is refilled if the sponsor stands by the carrier;
    above the most, the sponsor drains it.
    """
    left = reserve + margin
    if left <= 0.0:
        left = p.topped_up_reserve if topped_up else 0.0
    return min(left, p.most_reserve)


@rule
def with_subsidy(reserve: float, subsidy: float, p: OperationsParameters) -> float:
    """The reserve after a subsidy (in quarters of running cost): it fills up to the most, and never falls."""
    return max(reserve, min(reserve + subsidy, p.most_reserve))


@rule
def stopping_chance(
    carrier_type: int, level: int, occupancy: float, reserve: float, service: float, p: OperationsParameters
) -> float:
    """The chance a quarter that a carrier stops: by type and level, higher when empty and with little reserve."""
    base = p.stop_makerspace[level] if carrier_type == MAKERSPACE else p.stop_incubator[level]
    strain = math.exp(p.occupancy_effect * (p.usual_occupancy - occupancy))
    strain = strain * (1.0 + p.reserve_effect * between(1.0 - reserve / p.easy_reserve, 0.0, 1.0))
    kept = 1.0 - between(service * p.service_cut, 0.0, 1.0)
    return between(base * p.stop_factor * strain / p.stop_normaliser * kept, 0.0, 0.5)


@rule
def capability_target(
    kind: int,
    level: int,
    specialised: bool,
    platform: bool,
    service: float,
    outside_methods: float,
    vouchers: float,
    p: OperationsParameters,
) -> float:
    """The capability a carrier tends to.

    ``service`` and ``vouchers`` are lever strengths; ``outside_methods`` is the strength of the lever
    outside_operators times the share of the district's carriers that such operators run.
    """
    target = p.capability_base + p.capability_by_kind[kind] + p.capability_per_level * (level - 2)
    if specialised:
        target = target + p.capability_if_specialised
    if platform:
        target = target + p.capability_if_platform + vouchers * p.voucher_gain
    return between(target + service * p.service_gain + outside_methods * p.spread_gain, 0.0, 1.0)


@rule
def next_capability(capability: float, target: float, p: OperationsParameters) -> float:
    """The capability after a quarter: part of the gap is closed."""
    return between(capability + p.capability_drift * (target - capability), 0.0, 1.0)


@rule
def platform_chance(sharing: float, p: OperationsParameters) -> float:
    """The chance a quarter that a carrier gets a technical platform of its own."""
    return between(p.platform + sharing * p.sharing_gain, 0.0, 1.0)


@rule
def fund_chance(carrier_type: int, specialised: bool, finance: float, p: OperationsParameters) -> float:
    """The chance a quarter that a carrier without an incubation fund sets one up."""
    gain = finance * p.fund_gain if specialised else 0.0
    return between(p.fund[carrier_type] * (1.0 + gain), 0.0, 1.0)
