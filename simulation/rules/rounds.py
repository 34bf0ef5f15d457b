"""Recognition rounds: who is eligible, who applies, and how many places there are.

No rung is skipped: district registration, then municipal, provincial, national. Thresholds are dated data by
type, level and mode. A round opens in one quarter and announces in a later one; the count moves at the
announcement. National places are limited, uncertain and ranked by score: no city lever touches them except
through the rung below.
"""

import math
from typing import NamedTuple

from simulation.rules.chance import between, normal
from simulation.rules.rule import rule

ROUNDING = 1e-6  # a whole number that arithmetic misses by less than this is still reached


class Thresholds(NamedTuple):
    """What a level asks of a carrier of a type and mode; a 0 asks nothing."""

    quarters_open: float  # quarters since it opened
    quarters_registered: float  # quarters since registration with the district
    statistics_years: float  # full years of reported statistics
    area: float  # m²
    used_share: float  # share of the area used by tenants, public service included
    places: float  # desks or places
    tenants: float  # firms and teams
    density: float  # tenants per 1,000 m²
    graduates: float  # to date
    fund: float  # CNY of incubation fund
    funded_tenants: float  # tenants with investment
    funded_share: float  # share of tenants with investment
    field_share: float  # share of tenants in one field
    platform: float  # 1: a technical platform of its own
    admitted: float  # tenants taken in within a year
    events: float  # events held within a year


class Standing(NamedTuple):
    """What a carrier has to show when it applies."""

    quarters_open: int  # quarters
    quarters_registered: int  # quarters
    area: int  # m²
    used_area: int  # m² used by tenants, public service included
    places: int  # desks or places
    tenants: int  # firms and teams
    funded_tenants: int  # of these with investment
    field_tenants: int  # of these in its field
    graduates: int  # to date
    fund: int  # CNY
    platform: bool  # a technical platform of its own
    admitted: int  # tenants taken in, this year or the last, whichever is more
    events: int  # events held within a year


class RoundsParameters(NamedTuple):
    """Numbers of the rounds step."""

    public_service_area: float  # share of the floor used for public service
    density_counts: (
        float  # 1: tenants per 1,000 m² of all floor must reach the rule's density; 0: not checked
    )
    apply_municipal: float  # chance a round that an eligible carrier applies
    apply_provincial: float  # that, provincial
    apply_national: float  # that, national
    apply_label: float  # chance a round that a carrier specialised in fact applies for the label
    support_gain: float  # relative gain for specialised carriers by the lever municipal_support at 1
    support_bonus: float  # score added for them in a municipal round by the lever at 1
    municipal_places: float  # carriers recognised in a municipal round at most
    recommendations: float  # carriers recommended to the province in a year
    recommendation_bonus: (
        float  # score added for specialised ones by the lever provincial_recommendation at 1
    )
    provincial_places: float  # provincial promotions a year
    national_places: float  # national promotions in a year with a round
    national_incubator_share: float  # share of those that goes to incubators
    national_spread: float  # standard deviation of the logarithm of a year's places
    national_round_held: float  # chance that a year has a national round, after one with a round
    national_round_lapses: float  # chance that a year without a round is followed by another
    national_elasticity: float  # power by which places grow with applicants
    national_usual_applicants: float  # applicants a year at which the places are as given
    events_held: float  # events a year of a carrier of the usual capability
    events_usual_capability: float  # that capability
    events_gain: float  # relative gain by the lever events at 1


@rule
def share_reached(part: int, whole: int, share: float) -> bool:
    """Whether ``part`` is at least that share of ``whole`` (with room for rounding of the share itself)."""
    return part >= share * whole - 1e-9


@rule
def eligible(standing: Standing, asked: Thresholds, density_counts: float) -> bool:
    """Whether a carrier meets every threshold of a level."""
    if (
        standing.quarters_open < asked.quarters_open
        or standing.quarters_registered < asked.quarters_registered
    ):
        return False
    if standing.quarters_registered // 4 < asked.statistics_years:
        return False
    if standing.area < asked.area or not share_reached(standing.used_area, standing.area, asked.used_share):
        return False
    if standing.places < asked.places or standing.tenants < asked.tenants:
        return False
    if density_counts > 0.0 and 1000.0 * standing.tenants < asked.density * standing.area:
        return False
    if standing.graduates < asked.graduates or standing.fund < asked.fund:
        return False
    if standing.funded_tenants < asked.funded_tenants:
        return False
    if not share_reached(standing.funded_tenants, standing.tenants, asked.funded_share):
        return False
    if not share_reached(standing.field_tenants, standing.tenants, asked.field_share):
        return False
    if asked.platform > 0.0 and not standing.platform:
        return False
    return standing.admitted >= asked.admitted and standing.events >= asked.events


@rule
def events_held(capability: float, events: float, p: RoundsParameters) -> int:
    """How many events a carrier holds a year; ``events`` is the strength of the lever (assumption)."""
    held = p.events_held * capability / p.events_usual_capability * (1.0 + events * p.events_gain)
    return int(held + ROUNDING)


@rule
def used_area(area: int, tenants: int, places: int, p: RoundsParameters) -> int:
    """The floor in use, in m²: public service, and the rest in proportion to the places taken."""
    public = p.public_service_area * area
    return int(public + (area - public) * tenants / places + ROUNDING)


@rule
def municipal_application_chance(
    effort: float, specialised: bool, support: float, p: RoundsParameters
) -> float:
    """The chance a round that an eligible carrier applies for municipal recognition."""
    gain = support * p.support_gain if specialised else 0.0
    return between(p.apply_municipal * effort * (1.0 + gain), 0.0, 1.0)


@rule
def municipal_score(score: float, specialised: bool, support: float, p: RoundsParameters) -> float:
    """The score that ranks a municipal round, should its places not suffice."""
    return score + support * p.support_bonus if specialised else score


@rule
def recommendation_score(score: float, specialised: bool, priority: float, p: RoundsParameters) -> float:
    """The score by which the municipality orders its recommendations to the province.

    The lever provincial_recommendation changes this order and nothing else; the province ranks by its own.
    """
    return score + priority * p.recommendation_bonus if specialised else score


@rule
def round_held(draw: float, held_before: bool, p: RoundsParameters) -> bool:
    """Whether a year has a national round; a year without is often followed by another."""
    return draw < (p.national_round_held if held_before else 1.0 - p.national_round_lapses)


@rule
def year_luck(draw: float, p: RoundsParameters) -> float:
    """By what luck multiplies the national places of a year: lognormal of mean 1 (assumption)."""
    return math.exp(p.national_spread * normal(draw) - 0.5 * p.national_spread * p.national_spread)


@rule
def national_places(places_factor: float, applicants: int, share: float, p: RoundsParameters) -> float:
    """The national places of a year for the share of one type, on average.

    ``places_factor`` is the luck of the year. Places grow with applicants by an elasticity: a city with more
    good applicants gets more of the country's places.
    """
    if applicants == 0:
        return 0.0
    more = math.pow(applicants / p.national_usual_applicants, p.national_elasticity)
    return p.national_places * share * places_factor * more
