"""How startups that seek a place come up: each district forms seekers, by sector.

Seekers are not all new firms (East Lake alone had 22,600 a year in 2016) but those that look for a carrier.
Demand caps supply: levers that bring firms bring seekers too.
"""

from typing import NamedTuple

from simulation.rules.chance import between
from simulation.rules.rule import rule


class FormationParameters(NamedTuple):
    """Numbers of the formation step."""

    seekers: float  # startups a year that look for a carrier, city, first year
    growth: float  # growth of that a year
    funded_at_entry: float  # share funded when they begin to look
    oldest_at_entry: float  # quarters, oldest age when seeking (24 months by the rule of 2018)
    enterprise_gain: float  # share of seekers added by the lever lead_enterprises at 1
    university_gain: float  # by universities
    belt_gain: float  # by university_belts, in districts with universities
    rd_gain: float  # by new_rd_institutions
    finance_gain: float  # by sci_tech_finance
    park_gain: float  # by full_chain_parks, in districts with a park
    events_gain: float  # by events


@rule
def demand(
    enterprises: float,
    universities: float,
    belts: float,
    rd_institutions: float,
    finance: float,
    parks: float,
    events: float,
    p: FormationParameters,
) -> float:
    """By what the levers (given by their strengths in the district) multiply its seekers; 1 at 0."""
    gain = enterprises * p.enterprise_gain + universities * p.university_gain + belts * p.belt_gain
    gain = gain + rd_institutions * p.rd_gain + finance * p.finance_gain + parks * p.park_gain
    return 1.0 + gain + events * p.events_gain


@rule
def expected_seekers(district_share: float, years: float, demanded: float, p: FormationParameters) -> float:
    """The startups that begin to look for a carrier in a district in a quarter, on average.

    ``district_share`` is the district's share of the city's, ``years`` the time since the first year.
    """
    return 0.25 * p.seekers * (1.0 + p.growth * years) * district_share * demanded


@rule
def age_at_entry(draw_1: float, draw_2: float, p: FormationParameters) -> int:
    """The age of a startup when it begins to look, in quarters: mostly young, at most the oldest admitted."""
    return int(between(draw_1 * draw_2 * (p.oldest_at_entry + 1.0), 0.0, p.oldest_at_entry))
