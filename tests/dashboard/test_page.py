"""The page as Streamlit draws it, without a browser."""

import pytest

from simulation.dashboard import server
from simulation.dashboard.desk import Desk
from simulation.dashboard.settings import Setting
from simulation.projection.targets import summarise
from simulation.reporting.phrases import Phrases
from simulation.reporting.text import Words

FUTURES = 6


@pytest.fixture
def desk(presets, monkeypatch):
    made = Desk(threads=1, most=FUTURES)
    monkeypatch.setattr(server, "desk", lambda: made)
    monkeypatch.setattr(server, "presets", lambda: presets)
    for module in ("page", "state", "controls", "files", "compare_view", "carriers_view", "numbers_view"):
        for name in ("desk", "presets"):
            target = f"simulation.dashboard.{module}.{name}"
            monkeypatch.setattr(target, getattr(server, name), raising=False)
    monkeypatch.setattr("simulation.dashboard.page.PATIENCE", 60.0)
    monkeypatch.setattr("simulation.dashboard.page.FIRST_ANSWER", FUTURES)
    yield made
    made.close()


def opened(**address):
    from streamlit.testing.v1 import AppTest

    page = AppTest.from_string("from simulation.dashboard.page import page\npage()", default_timeout=120)
    for name, value in {"lang": "en", **address}.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def moved(page, key, value):
    next(one for one in page.sidebar.slider if one.key.startswith(key)).set_value(value)
    page.run()
    assert not page.exception
    return page


def cards(page):
    return [one.value for one in page.metric]


def expected(desk, presets, setting, lang="en"):
    course = desk.want("test", [presets.study(setting)])[0]
    desk.wait(course, FUTURES, 60)
    desk.leave("test")
    answers = [one for one in summarise(course.held()) if one.official and one.district is None]
    return [Phrases(Words(lang), FUTURES).chance(one).replace("±", " ± ") for one in answers]


def test_the_page_shows_what_a_run_says(desk, presets):
    page = opened()
    assert cards(page) == expected(desk, presets, Setting("small"))
    assert "6 futures, all that were asked for" in page.get("progress")[0].proto.text


def test_a_move_changes_numbers_and_address(desk, presets):
    page = moved(opened(), "strength.clean_up", 0.25)
    setting = Setting("small").changed("levers.clean_up.strength", 0.25)
    assert cards(page) == expected(desk, presets, setting)
    assert page.query_params["set"] == "levers.clean_up.strength=0.25"
    again = moved(page, "strength.clean_up", 1.0)  # as the scenario has it: no change any more
    assert "set" not in again.query_params


@pytest.mark.slow
def test_an_address_opens_the_same_page(desk, presets):
    page = opened(scenario="small", set=["levers.clean_up.strength=0.25"], ref="nothing", lang="zh")
    setting = Setting("small").changed("levers.clean_up.strength", 0.25)
    assert cards(page) == expected(desk, presets, setting, "zh")
    assert any("比A变化" in str(one.delta) for one in page.metric)


@pytest.mark.slow
@pytest.mark.parametrize(
    "address",
    [
        {"scenario": "../../etc/passwd"},
        {"set": ["baseline=/etc/passwd"]},
        {"set": ["levers.clean_up.strength=<script>alert(1)</script>"]},
        {"scenario": "small", "set": ["levers.clean_up.strength=99"]},
        {"ref": "nowhere"},
    ],
)
def test_a_wrong_address_is_told_and_changes_nothing(desk, presets, address):
    page = opened(**address)
    assert len(page.error) == 1
    assert "<script>" not in page.error[0].value.replace("\\<", "")
    assert cards(page) == expected(desk, presets, Setting("small"))


@pytest.mark.slow
def test_a_comparison_says_pairs_and_verdicts(desk, presets):
    page = opened(view="compare", ref="nothing")
    assert any("6 pairs of futures" in one.value for one in page.markdown)
    chances = page.table[0].value
    assert chances["Target"].iloc[0].startswith("At least 462 recognised carriers")
    assert page.get("arrow_vega_lite_chart") or page.get("vega_lite_chart")


@pytest.mark.slow
def test_two_pages_do_not_see_each_other(desk):
    first, second = opened(), opened()
    moved(first, "strength.clean_up", 0.25)
    second.run()
    assert "set" not in second.query_params


@pytest.mark.slow
def test_one_future_is_told_quarter_by_quarter(desk):
    page = opened(view="carriers")
    assert page.select_slider[0].value == "2022Q2"
    next(one for one in page.button if one.key == "back").click().run()
    assert page.select_slider[0].value == "2022Q1"
    typed = next(one for one in page.text_input if one.label == "Carrier (id)")
    typed.set_value("S0001").run()
    assert any("S0001" in one.value for one in page.markdown)
    next(one for one in page.text_input if one.label == "Carrier (id)").set_value("nobody").run()
    assert page.warning


@pytest.mark.slow
def test_every_number_behind_the_answer_is_listed(desk, presets):
    page = opened(view="numbers", lang="zh")
    ledger = page.dataframe[0].value
    assert len(ledger) == len(presets.study(Setting("small")).ledger())
    assert set(ledger["依据"]) == {"公布", "推算", "假设", "情景设定"}
