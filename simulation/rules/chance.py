"""Shapes that chances and sizes share: how a uniform draw becomes a normal or exponential number."""

import math

from simulation.rules.rule import rule


@rule
def between(value: float, low: float, high: float) -> float:
    """``value``, kept within ``low`` and ``high``."""
    if value < low:  # two comparisons: in plain Python half the time of min and max
        return low
    return high if value > high else value


@rule
def exponential(uniform_draw: float) -> float:
    """The exponential number of mean 1 that belongs to a uniform draw."""
    return -math.log(uniform_draw)


@rule
def gumbel(uniform_draw: float) -> float:
    """The Gumbel number of scale 1 that belongs to a uniform draw: personal taste in a choice."""
    return -math.log(-math.log(uniform_draw))


@rule
def whole(expected: float, uniform_draw: float) -> int:
    """A whole number whose mean over draws is ``expected`` (0 or more): its floor, or one more by chance."""
    return int(expected + uniform_draw)


@rule
def normal(uniform_draw: float) -> float:
    """The standard normal number whose probability is ``uniform_draw`` (in the open unit interval).

    Wichura's algorithm AS 241 (1988), relative accuracy about 1e-16. Written out so that plain Python and
    compiled code agree to the last bit.
    """
    q = uniform_draw - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = ((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
               + 133.14166789178437745) * r + 3.387132872796366608  # fmt: skip
        low = ((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
               + 42.313330701600911252) * r + 1.0  # fmt: skip
        return q * top / low
    r = math.sqrt(-math.log(uniform_draw if q < 0.0 else 1.0 - uniform_draw))
    if r <= 5.0:
        r = r - 1.6
        top = ((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
               + 4.6303378461565452959) * r + 1.42343711074968357734  # fmt: skip
        low = ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
               + 2.05319162663775882187) * r + 1.0  # fmt: skip
    else:
        r = r - 5.0
        top = ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
               + 5.4637849111641143699) * r + 6.6579046435011037772  # fmt: skip
        low = ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
               + 0.59983220655588793769) * r + 1.0  # fmt: skip
    return -top / low if q < 0.0 else top / low
