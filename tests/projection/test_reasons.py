"""The reason that binds: none exactly when the rulebook calls a carrier eligible, and the one farthest off."""

from hypothesis import given
from hypothesis import strategies as st

from simulation.projection.reasons import REASONS, binding, shortfalls
from simulation.rules.rounds import Standing, Thresholds, eligible

NOTHING = Thresholds(*(0.0,) * len(Thresholds._fields))
GOOD = Standing(
    quarters_open=12, quarters_registered=8, area=10_000, used_area=7_500, places=60, tenants=50,
    funded_tenants=5, field_tenants=40, graduates=20, fund=5_000_000, platform=True, admitted=10, events=8,
)  # fmt: skip
small = st.integers(0, 6)


@st.composite
def cases(draw):
    standing = Standing(
        quarters_open=draw(small), quarters_registered=draw(small), area=draw(st.integers(1, 6)),
        used_area=draw(small), places=draw(small), tenants=draw(small), funded_tenants=draw(small),
        field_tenants=draw(small), graduates=draw(small), fund=draw(small), platform=draw(st.booleans()),
        admitted=draw(small), events=draw(small),
    )  # fmt: skip
    asked = [draw(st.sampled_from([0.0, 0.0, 0.0, 0.5, 1.0, 3.0])) for _ in Thresholds._fields]
    return standing, Thresholds(*asked), draw(st.sampled_from([0.0, 1.0]))


@given(cases())
def test_there_is_a_reason_exactly_when_the_rulebook_finds_a_carrier_wanting(case):
    standing, asked, density = case
    assert (binding(standing, asked, density) is None) == eligible(standing, asked, density)


def test_the_reason_is_the_threshold_of_which_it_has_the_smallest_part():
    asked = NOTHING._replace(tenants=100.0, graduates=80.0, fund=1.0)  # it has 1/2 and 1/4 of these
    assert dict(shortfalls(GOOD, asked, 0.0)) == {"tenants": 0.5, "graduates": 0.25}
    assert REASONS[binding(GOOD, asked, 0.0)] == "graduates"


def test_a_platform_is_there_or_not():
    asked = NOTHING._replace(platform=1.0, tenants=60.0)
    assert REASONS[binding(GOOD._replace(platform=False), asked, 0.0)] == "platform"
    assert REASONS[binding(GOOD, asked, 0.0)] == "tenants"
