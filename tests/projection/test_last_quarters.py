"""The last quarter in which a lever counts, known by construction: in this city events take three quarters to act."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.engines import books
from simulation.engines.books import Outcome
from simulation.projection.evaluations import Kept
from simulation.projection.last_quarters import Prober, last_quarters, last_true
from simulation.quarters import quarter
from simulation.reporting.calendar_page import CalendarPage, tables
from simulation.reporting.city_names import names_of_city
from simulation.reporting.text import Words
from simulation.reporting.width import columns
from simulation.rules import codes
from simulation.scenario import load, study

SCENARIO = """\
name: small
until: 2022Q4
levers:
  events: {strength: 1, from: 2021Q2}
  banks: {strength: 1, from: 2021Q2}
targets:
  - {scope: recognised, measure: count, at_least: 12, by: 2022Q3, official: true}
  - {scope: national, measure: count, at_least: 1, by: 2022Q4}
"""
DELAY = 3


def engine(setting, world):
    """A carrier is recognised three quarters after each quarter with events in force; nothing else happens."""
    count, pending = world
    quarters, districts = setting.quarters, setting.levers.strength.shape[2]
    stocks = books.blank_stocks(quarters, districts)
    flows = books.blank_flows(quarters, districts)
    cell = (codes.INCUBATOR, 0, 0, codes.MUNICIPAL - codes.DISTRICT, 1)
    stocks[(0, 0, *cell)] = count
    for row in range(quarters):
        acts = setting.levers.strength[codes.LEVERS.index("events"), row, 0] > 0
        pending = (*pending, int(acts))
        gained, pending = (pending[0], pending[1:]) if len(pending) > DELAY else (0, pending)
        count += gained
        stocks[(row + 1, 0, *cell)] = count
        flows[(row, 0, *cell, codes.RECOGNITION)] = gained
    nothing = np.zeros((quarters, districts, len(codes.LEVERS)), np.int64)
    startups = books.blank_startups(quarters, districts, 1)
    capacity = books.blank_capacity(quarters)
    return Outcome(stocks, flows, startups, nothing, capacity, (count, pending), np.empty((0, 5), np.int64))


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenario") / "small.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return study(load(path))


@pytest.fixture(scope="module")
def found(base):
    prober = Prober("compiled", 1, base.targets, Kept(), 2)
    prober.engine, prober.first = engine, base.first_quarter
    prober.world = lambda *_: (5, ())
    return last_quarters(base, ["events", "banks"], prober, 3)


def test_the_known_last_quarter_is_found(found):
    lasts = {(one.lever, one.target): one for one in found.lasts}
    events = lasts["events", 0]
    # Begun in 2021Q4 the first carrier comes in 2022Q3; begun a quarter later it comes too late.
    assert events.last == events.half == quarter("2022Q3") - DELAY == quarter("2021Q4")
    assert events.moved == 1.0
    assert events.change == 4.0  # begun in 2021Q1: 2021Q4, 2022Q1, Q2 and Q3
    assert lasts["banks", 0].last is None
    assert lasts["banks", 0].change == 0.0
    assert lasts["events", 1].last is None


def test_the_rule_that_binds_is_the_flow_and_its_round(found):
    binding = found.lasts[0].binding
    assert binding.cause == "recognition"
    assert binding.quarter == quarter("2022Q3")
    assert binding.opened == quarter("2022Q2")  # municipal rounds open in Q2 and are announced in Q3


def test_dates_of_rounds_are_those_of_the_citys_calendar(found):
    national = [one for one in found.events if one.event == "national"]
    assert [(one.opens, one.announces) for one in national] == [
        (quarter("2021Q3"), quarter("2022Q2")),
        (quarter("2022Q3"), quarter("2023Q2")),
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_fits_and_names_what_lapses_first(base, found, language):
    names = names_of_city(base.city)
    lines = CalendarPage(Words(language), found, base, names, "results").lines()
    assert max(columns(line) for line in lines) <= 80
    text = "".join(lines)
    assert ("2021Q4" if language == "en" else "2021年四季度") in text
    rows = tables(found)["last_quarters.csv"].decode("utf-8-sig").splitlines()
    assert rows[1].startswith(
        "recognised,count,2022Q3,events,2021Q4,2021Q4,1.0,4.0,recognition,2022Q3,2022Q2"
    )


@given(st.integers(-5, 5), st.integers(0, 40), st.integers(0, 41))
def test_bisection_finds_the_last_place(first, length, holding):
    holding = min(holding, length + 1)
    expected = first + holding - 1 if holding else None
    asked = []

    def holds(place):
        asked.append(place)
        return place < first + holding

    assert last_true(holds, first, first + length) == expected
    assert len(asked) <= 2 + math.ceil(math.log2(length + 1))
