"""How the policy of a quarter reaches a district: levers come in by a ramp, and a district works harder.

With accountability on (一区一表, 压实区主体责任), a district behind its yearly milestone raises its effort in
proportion to the shortfall, more so towards the year's end.
"""

from typing import NamedTuple

from simulation.rules.chance import between
from simulation.rules.rule import rule


class PolicyParameters(NamedTuple):
    """Numbers of the policy step."""

    accountability_effort: float  # effort added at a shortfall of 1, lever at 1
    build_effort: float  # effort added by the lever district_new_build at 1
    most_effort: float  # effort never exceeds this


@rule
def ramped_strength(strength: float, quarters_since_start: int, ramp: int) -> float:
    """The strength of a lever so many quarters after its first, when it comes in evenly over ``ramp`` quarters.

    A ramp of 0 or 1 is full strength at once; a ramp of 2 is half in the first quarter, full in the second.
    """
    if quarters_since_start + 1 >= ramp:
        return strength
    return strength * (quarters_since_start + 1) / ramp


@rule
def shortfall(count: int, milestone: int) -> float:
    """How far a district is behind its milestone for the year's end, as a share of it (0 when not behind)."""
    if milestone <= 0:
        return 0.0
    return max(0.0, (milestone - count) / milestone)


@rule
def urgency(quarter_of_year: int) -> float:
    """How hard a shortfall presses in quarter 0 to 3 of the year: 0.4, 0.8, 1.2, 1.6; 1 on average (assumption)."""
    return 0.4 * (quarter_of_year + 1)


@rule
def district_effort(
    usual_effort: float,
    accountability: float,
    new_build: float,
    behind: float,
    press: float,
    p: PolicyParameters,
) -> float:
    """The effort of a district: multiplies founding and the chance to apply for recognition (assumption).

    ``accountability`` and ``new_build`` are lever strengths, ``behind`` a shortfall, ``press`` its urgency.
    """
    added = accountability * p.accountability_effort * behind * press + new_build * p.build_effort
    return between(usual_effort + added, 0.0, p.most_effort)


@rule
def cost(strength: float, unit_cost: int, units: int) -> int:
    """What a lever costs in whole CNY: so much a unit at strength 1, in proportion to its strength."""
    return int(strength * unit_cost + 0.5) * units
