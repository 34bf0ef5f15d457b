"""Lives told from events that are written here by hand."""

import numpy as np
import pytest

from simulation.engines import books, events
from simulation.quarters import quarter
from simulation.reporting.names import Names
from simulation.reporting.story import Replicate, turning_points, worth_reading
from simulation.reporting.text import Words
from simulation.rules import codes
from simulation.world import Carriers, Districts, Sponsors, Startups, World, build, empty

OLD, NEW, CHILD, SPONSOR = 1001, 2002, 3003, 77
NAMES = Names(
    districts={"en": ["Hongshan District", "Qiaokou District"], "zh": ["洪山区", "硚口区"]},
    sectors={"en": ["Optics", "Health"], "zh": ["光电", "大健康"]},
    carriers={OLD: ("W-001", "[red]Old[/red]\x1b")},
)
START, END = quarter("2020Q4"), quarter("2023Q4")


def carrier(carrier_id, **given):
    row = dict.fromkeys(Carriers._fields, 0)
    row |= {
        "id": carrier_id,
        "sector": -1,
        "park": -1,
        "status": codes.OPERATING,
        "places": 40,
        "area": 12_000,
    }
    row |= {"type": codes.INCUBATOR, "kind": codes.UNIVERSITY, "opened": quarter("2015Q3")}
    return row | given


def world(number, carriers, tenants):
    rows = {name: [one[name] for one in carriers] for name in Carriers._fields}
    seats = [(owner, n) for owner, n in tenants.items() for n in range(n)]
    startups = {name: [0] * len(seats) for name in Startups._fields}
    startups["id"] = [10_000 * owner + n for owner, n in seats]
    startups["carrier"] = [owner for owner, _ in seats]
    districts = build(Districts, id=np.array([1, 2]), space=np.array([0, 0]))
    return World(number, districts, empty(Sponsors), build(Carriers, **rows), build(Startups, **startups))


def replicate(log, end, tenants_at_end, tenants_at_start=None):
    start = world(START, [carrier(OLD, level=codes.PROVINCIAL)], tenants_at_start or {OLD: 3})
    outcome = books.Outcome(
        books.blank_stocks(1, 2),
        books.blank_flows(1, 2),
        books.blank_startups(1, 2, 2),
        np.zeros((1, 2, len(codes.LEVERS)), np.int64),
        books.blank_capacity(1),
        world(END, end, tenants_at_end),
        events.in_order(np.array(log, np.int64).reshape(-1, 5)),
    )
    return Replicate(start, outcome, NAMES, number=4, seed=9)


def told(log, end, tenants_at_end, who, language="en", **more):
    return replicate(log, end, tenants_at_end, **more).life(who).sentences(Words(language))


def at(when, kind, who, first=0, second=0):
    return (quarter(when), kind, who, first, second)


def test_the_life_of_a_carrier_from_its_founding():
    log = [
        at("2021Q1", events.COMMITTED, SPONSOR, codes.INCUBATOR, 3),
        at("2021Q4", events.OPENED, NEW, SPONSOR, codes.INCUBATOR),
        at("2022Q3", events.REGISTERED, NEW, codes.UNIVERSITY),
        at("2022Q3", events.ADMITTED, 51, NEW),
        at("2022Q3", events.ADMITTED, 52, NEW),
        at("2022Q4", events.FAILED, 51, NEW),
        at("2022Q4", events.APPLIED, NEW, codes.MUNICIPAL),
        at("2023Q1", events.RECOGNISED, NEW, codes.MUNICIPAL, codes.SPECIALISED),
    ]
    end = carrier(
        NEW,
        level=codes.MUNICIPAL,
        mode=codes.SPECIALISED,
        mode_in_fact=codes.SPECIALISED,
        opened=quarter("2021Q4"),
    )
    assert told(log, [carrier(OLD, level=codes.PROVINCIAL), end], {OLD: 3, NEW: 1}, NEW) == [
        "00000000, incubator since 2021Q4: replicate 4, random seed 9",
        "2021Q1: a university or institute decided to found it, opening after 3 quarters if nothing comes between.",
        "2021Q4: opened in Hongshan District by a university or institute.",
        "2022Q3: registered with Hongshan District; tenants: 2 moved in, 2 now.",
        "2022Q4: applied for municipal level; tenants: 1 failed, 1 now.",
        "2023Q1: recognised at municipal level as specialised.",
        (
            "Where it stands at the end of 2023: a specialised incubator at municipal level in Hongshan"
            " District, operating; 1 tenant for 40 places; 0 graduated to date."
        ),
    ]


def test_the_same_life_in_chinese():
    log = [at("2022Q3", events.PROMOTED, OLD, codes.NATIONAL), at("2022Q3", events.GRADUATED, 1, OLD)]
    end = carrier(OLD, level=codes.NATIONAL, graduates=7, district=1)
    assert told(log, [end], {OLD: 2}, OLD, "zh") == [
        "W-001，[red]Old[/red]\\x1b：模拟编号4，随机种子9",
        (
            "2020年底：洪山区省级综合型孵化器，建设主体为高校院所，2015年三季度开业；在孵企业3家，"
            "可容纳40家，面积12,000平方米。"
        ),
        "2022年三季度：升级为国家级；在孵企业：毕业1家，期末2家。",
        "2023年底现状：硚口区国家级综合型孵化器，正常运营；在孵企业2家，可容纳40家；累计毕业7家。",
    ]


def test_a_carrier_that_stops_tells_of_its_tenants_once_and_ends_off_the_list():
    log = [
        *(at("2022Q1", events.LEFT, startup, OLD, 1) for startup in (61, 62, 63)),
        at("2022Q1", events.STOPPED, OLD, 3),
        at("2022Q2", events.REPORTED, OLD, codes.PROVINCIAL),
        at("2023Q2", events.DELISTED, OLD, codes.PROVINCIAL),
    ]
    end = carrier(OLD, level=codes.PROVINCIAL, status=codes.DELISTED, graduates=5)
    assert told(log, [end], {}, OLD)[2:] == [
        "2022Q1: stopped operating; 3 tenants had to look for another place.",
        "2022Q2: found stopped and reported; it counts until the next review at provincial level.",
        "2023Q2: taken off the list.",
        "Where it stands at the end of 2023: off the list; 5 graduated in its time.",
    ]


def test_a_split_is_told_by_the_parent_and_by_the_child():
    log = [at("2022Q1", events.SPLIT, OLD, CHILD, 2), at("2022Q1", events.ADMITTED, 61, CHILD)]
    log += [at("2022Q1", events.ADMITTED, 62, CHILD), at("2022Q1", events.ADMITTED, 63, CHILD)]
    end = [carrier(OLD, level=codes.PROVINCIAL), carrier(CHILD, level=codes.DISTRICT, parent=OLD)]
    parent = told(log, end, {OLD: 1, CHILD: 3}, OLD)
    child = told(log, end, {OLD: 1, CHILD: 3}, CHILD)
    assert parent[2] == "2022Q1: split: 00000000 became a carrier of its own, with 2 of its tenants."
    assert child[1] == (
        "2022Q1: split off from W-001 with 2 tenants, registered with Hongshan District;"
        " tenants: 1 moved in, 3 now."
    )


def test_the_excellent_are_graded_once():
    log = [
        at("2022Q1", events.GRADED, OLD, codes.QUALIFIED),
        at("2022Q1", events.GRADED, OLD, codes.EXCELLENT),
    ]
    assert told(log, [carrier(OLD, level=1)], {OLD: 3}, OLD)[2] == "2022Q1: graded excellent."


def test_before_a_transfer_it_lay_in_the_old_district():
    log = [
        at("2021Q2", events.REGISTERED, OLD, codes.UNIVERSITY),
        at("2022Q1", events.TRANSFERRED, OLD, 0, 1),
        at("2022Q2", events.REGISTERED, OLD, codes.UNIVERSITY),
    ]
    said = told(log, [carrier(OLD, level=1, district=1)], {OLD: 3}, OLD)
    assert said[2] == "2021Q2: registered with Hongshan District."
    assert said[3] == "2022Q1: went over from Hongshan District to Qiaokou District with the boundary."
    assert said[4] == "2022Q2: registered with Qiaokou District."


def test_label_and_fact_are_two_things():
    end = carrier(OLD, level=codes.MUNICIPAL, mode_in_fact=codes.SPECIALISED)
    assert (
        "a general incubator at municipal level (specialised in fact, not by label)"
        in told([], [end], {}, OLD)[-1]
    )


def test_an_earlier_project_of_the_sponsor_is_another_story():
    log = [
        at("2021Q1", events.COMMITTED, SPONSOR, codes.MAKERSPACE, 2),
        at("2022Q1", events.COMMITTED, SPONSOR, codes.INCUBATOR, 1),
        at("2022Q2", events.OPENED, NEW, SPONSOR, codes.INCUBATOR),
        at("2023Q3", events.COMMITTED, SPONSOR, codes.INCUBATOR, 1),
    ]
    end = [carrier(OLD), carrier(NEW, opened=quarter("2022Q2"))]
    said = told(log, end, {}, NEW)
    assert len(said) == 4
    assert said[1].startswith("2022Q1: a university or institute decided")
    assert "after 1 quarter if" in said[1]


# Every kind of event that a carrier can meet has a clause, in both languages.
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", range(events.OPENED, events.FORMED))
def test_every_kind_of_event_is_told(kind, language):
    log = [at("2022Q1", kind, OLD, 1, 1)]
    end = carrier(OLD, level=codes.MUNICIPAL, opened=quarter("2022Q1"))
    said = told(log, [end], {OLD: 3}, OLD, language)
    assert len(said) == 4
    assert "{" not in said[2]


def test_nobody_is_told_of_who_never_was():
    with pytest.raises(KeyError):
        replicate([], [carrier(OLD)], {}).life(5)


def test_lives_worth_reading_are_different_ones():
    log = [at("2022Q1", events.WITHDRAWN, OLD), at("2022Q1", events.REGISTERED, NEW, 2)]
    found = worth_reading(replicate(log, [carrier(OLD), carrier(NEW)], {}))
    assert [life.id for life in found] == [OLD, NEW]
    assert turning_points(found[1], Words("en")) == "2022Q1 registered"


def test_the_record_keeps_ids_that_numbers_of_json_cannot_hold():
    big = 2**62 + 1
    record = replicate([at("2022Q1", events.PLATFORM, big)], [carrier(big)], {}).life(big).record(Words("en"))
    assert record["events"] == [
        {"quarter": "2022Q1", "kind": "platform", "who": str(big), "details": ["0", "0"]}
    ]
