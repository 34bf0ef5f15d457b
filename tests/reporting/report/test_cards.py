"""One page a district: its numbers, its order, and what is masked."""

import dataclasses

import numpy as np
import pytest

from simulation.registry.pipeline import Gap, Named
from simulation.reporting.report import cards
from simulation.reporting.report.facts import Facts
from simulation.reporting.text import Words
from tests.browser import browser  # noqa: F401 - a fixture
from tests.reporting.answers import answer
from tests.reporting.report.hostile import DISTRICT

SCRIPT = "<script>document.title='ran'</script>"


def call(district, number=1):
    gaps = (Gap("tenants", 7.0, 10.0, 3.0), Gap("area", 900.0, 500.0, 0.0))
    return Named(
        "next_level", f"W-{number}", f"甲{number}{SCRIPT}", district, "municipal", gaps, "2023Q2", ""
    )


@pytest.fixture(scope="module")
def shown(one):
    code = one.main.tasks[0].district
    return cards.cards(one, [call(code, number) for number in range(7)]).decode()


def test_each_district_with_a_task_has_a_card(one, shown):
    assert shown.count('class="card"') == len({each.district for each in one.main.tasks}) == 15


def test_five_carriers_are_named_with_what_they_lack_and_nothing_runs(shown):
    assert shown.count("W-") == 5
    assert "在孵企业：现有7，需10，差3" in shown
    assert "面积" not in shown.split("W-0")[1].split("W-1")[0]  # what is met is not asked for
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert DISTRICT not in shown  # it stands there escaped


def test_a_public_card_names_nobody_and_hides_small_districts(runs):
    public = Facts.of(runs[:1], Words("zh"), public=True)
    code = next(each.district for each in public.main.tasks if each.district not in public.hidden)
    shown = cards.cards(public, [call(code)]).decode()
    assert "W-1" not in shown
    assert "甲1" not in shown
    assert "公开版不列名称" in shown
    assert shown.count(Words("zh")("report.note.suppressed")) == len(
        {e.district for e in public.main.tasks} & public.hidden
    )


def test_without_a_registry_it_says_that_nobody_can_be_named(one):
    assert Words("zh")("report.cards.no_registry") in cards.cards(one).decode()


def test_completion_and_rank(one):
    made = [
        answer(district=code, at_least=40.0, median=median)
        for code, median in (("a", 30.0), ("b", 44.0), ("c", 30.0))
    ]
    run = dataclasses.replace(one.main, answers=made)
    facts = dataclasses.replace(one, runs=(run,))
    assert [cards.completion(each) for each in made] == [0.75, 1.1, 0.75]
    assert [cards.rank(facts, each) for each in made] == [(2, 3), (1, 3), (2, 3)]


def test_the_even_pace_goes_straight_from_the_start_to_the_task(one):
    task = one.main.tasks[0]
    found = cards.paces(one, task)
    start = float(np.median(one.main.result.totals("recognised", None, task.district)[:, 0]))
    assert [each.year for each in found] == [2021, 2022]  # eight quarters from the end of 2020
    assert found[0].even == pytest.approx(start + (task.at_least - start) / 2)
    assert found[1].even == pytest.approx(task.at_least)
    assert found[1].median == task.median
    assert found[1].ahead == pytest.approx(100 * (task.median - task.at_least) / task.at_least)


@pytest.mark.browser
def test_a_card_takes_one_page_of_paper(browser, shown, tmp_path):  # noqa: F811
    file = tmp_path / "cards.html"
    file.write_text(shown, encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    assert page.title() != "ran"
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 15
