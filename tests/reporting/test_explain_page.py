from types import SimpleNamespace

import pytest

from simulation.projection.explanation import LeverShare, Quantity, Share
from simulation.quarters import quarter
from simulation.reporting.city_names import CityNames
from simulation.reporting.explain_page import ExplainPage
from simulation.reporting.text import Words


def said(*levers):
    """The sentence of a chance that rose from 0.10 to 0.40, with the shares of some levers."""
    asked = Quantity("chance", "recognised", "label", "count", 600.0, quarter("2025Q4"), True)
    share = Share(asked, 0.1, 0.4, 0.3, 0.02, tuple(LeverShare(*one) for one in levers))
    page = ExplainPage(Words("en"), SimpleNamespace(n=40, players=("a",)), CityNames({}, {}), ())
    return page._sentence(share)


def test_the_largest_levers_that_are_told_apart_are_named():
    told = said(("clean_up", 0.1, 0.2), ("events", 0.05, 0.01), ("banks", 0.2, 0.01))
    assert "banks (+0.20), events (+0.05)" in told
    assert "clean_up" not in told


# A share far above its error may still be printed as 0.00: nobody would call that what the change comes from.
@pytest.mark.parametrize("share", [0.0049, -0.0049, 0.001])
def test_a_lever_of_0_as_printed_is_not_named(share):
    told = said(("clean_up", 0.3, 0.25), ("events", share, 0.0001))
    assert "events" not in told
    assert "no single lever can be told apart from luck" in told
