"""A study gives settings and worlds that depend on the scenario, the data and the seed alone."""

import csv
import json
import pickle
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulation import world
from simulation.draws import replicate_key
from simulation.quarters import quarter
from simulation.rules import codes
from simulation.scenario import Study, district_shares, load, study
from simulation.scenario.tables import TABLES
from tests.registry.registries import INCUBATOR, MAKERSPACE, text
from tests.scenario.conftest import ROOT


def same(one: Any, other: Any) -> bool:
    """Whether two settings are equal to the last bit."""
    return pickle.dumps(_plain(one)) == pickle.dumps(_plain(other))


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return (str(value.dtype), value.shape, value.tobytes())
    return tuple(_plain(one) for one in value) if isinstance(value, tuple) else value


def test_shapes_and_types(wuhan: Study) -> None:
    setting = wuhan.setting(1, 2, 3)
    assert (setting.first_quarter, setting.quarters) == (quarter("2021Q1"), 20)
    assert setting.key == replicate_key(1, 2, 3)
    assert setting.levers.strength.shape == (26, 20, 16)
    assert setting.thresholds.shape == (20, 3, 5, 2, 16)
    assert setting.milestones.shape == (20, 16)
    assert setting.milestones.dtype == np.int32
    assert setting.city.sector_cumulative.shape == (16, 20)
    assert setting.city.field.tolist().count(0) == 5
    assert setting.city.park.max() == len(wuhan.city.parks) - 1 == 2
    assert {flags.dtype for flags in setting.calendar} == {np.dtype(np.int8)}
    assert {flags.shape for flags in setting.calendar} == {(20,)}


def test_district_shares_are_drawn_once_a_draw(wuhan: Study) -> None:
    shares = district_shares(wuhan, 1, 0)
    assert shares.sum() == pytest.approx(1.0)
    assert shares[wuhan.city.index("changjiang_new_area")] == 0.0
    assert not np.array_equal(shares, district_shares(wuhan, 1, 1))
    assert 0.2 < shares[wuhan.city.index("east_lake_htz")] < 0.42
    assert same(wuhan.setting(1, 0, 0).city, wuhan.setting(1, 0, 7).city)


def test_transfers_move_seekers_from_their_quarter_on(wuhan: Study) -> None:
    city = wuhan.setting(1, 0, 0).city
    drawn = district_shares(wuhan, 1, 0)
    when = quarter("2022Q1") - wuhan.first_quarter
    assert (city.seeker_share[:when] == drawn).all()
    assert np.allclose(city.seeker_share.sum(axis=1), 1.0)
    huangpi, new = wuhan.city.index("huangpi"), wuhan.city.index("changjiang_new_area")
    assert city.seeker_share[when, huangpi] == pytest.approx(0.75 * drawn[huangpi])
    moved = sum(drawn[wuhan.city.index(one.old)] * one.share for one in wuhan.city.transfers)
    assert city.seeker_share[-1, new] == pytest.approx(moved)
    assert city.transfer_quarter.tolist() == [quarter("2022Q1")] * 3
    assert city.transfer_to.tolist() == [new] * 3


def test_a_study_can_be_sent_to_a_worker(wuhan: Study) -> None:
    sent = pickle.loads(pickle.dumps(wuhan))
    assert same(sent.setting(1, 2, 3), wuhan.setting(1, 2, 3))
    assert sent.scenario.digest() == wuhan.scenario.digest()
    assert sent.tasks == wuhan.tasks
    assert sent.ledger() == wuhan.ledger()
    assert len(pickle.dumps(wuhan)) < 1_000_000


def test_a_shorter_run_is_the_beginning_of_a_longer_one(wuhan: Study, write: Callable[..., Path]) -> None:
    short = study(load(ROOT / "scenarios" / "wuhan-2025.yaml", ["until=2023Q1"])).setting(1, 2, 3)
    long = wuhan.setting(1, 2, 3)
    for one, other in zip(short.calendar, long.calendar, strict=True):
        assert (one == other[:9]).all()
    assert (short.levers.strength == long.levers.strength[:, :9]).all()
    assert (short.thresholds == long.thresholds[:9]).all()
    assert (short.milestones == long.milestones[:9]).all()
    assert same(short.parameters, long.parameters)


def test_the_start_is_the_same_for_all_seeds_of_a_draw(wuhan: Study) -> None:
    first = wuhan.world(1, 0, 0)
    assert world.differences(first, wuhan.world(1, 0, 1)) == []
    assert world.differences(first, wuhan.world(1, 1, 0)) != []
    level = first.carriers.level
    assert [(level == one).sum() for one in range(1, 5)] == [144, 159, 179, 118]
    assert first.quarter == wuhan.first_quarter - 1


def test_digest_follows_whatever_a_run_uses(copied_city: Path, write: Callable[..., Path]) -> None:
    path = write("name: x\ncity: copy\n")
    before = load(path).digest()
    assert load(path).digest() == before
    assert load(path, ["levers.clean_up.strength=0.5"]).digest() != before
    table = copied_city / "parameters.csv"
    changed = table.read_text(encoding="utf-8").replace("carriers,3,5,8,", "carriers,3,6,8,")
    table.write_text(changed, encoding="utf-8")
    assert load(path).digest() != before


def test_digest_covers_registry_and_annex(write: Callable[..., Path]) -> None:
    write(text([INCUBATOR]), "registry.csv")
    path = write("name: x\nbaseline: registry.csv\nstart: 2023Q2\n")
    before = load(path).digest()
    write(text([MAKERSPACE]), "registry.csv")
    assert load(path).digest() != before
    scenario = load(path)
    assert scenario.registry == path.parent / "registry.csv"
    made = study(scenario)
    assert (made.first_quarter, made.quarters) == (quarter("2023Q3"), 10)
    assert made.city.baseline_quarter == quarter("2023Q2")


def test_a_start_after_a_transfer_has_it_behind_it(write: Callable[..., Path]) -> None:
    write(text([INCUBATOR]), "registry.csv")
    made = study(load(write("name: x\nbaseline: registry.csv\nstart: 2023Q2\n")))
    city = made.setting(1, 0, 0).city
    assert len(city.transfer_quarter) == 0
    assert (city.seeker_share[0, made.city.index("changjiang_new_area")] > 0.0).all()
    assert made.setting(1, 0, 0).milestones.sum(axis=1)[[0, 2, 6]].tolist() == [543, 571, 600]


def test_dates_of_baseline_and_run(faults_of: Callable[..., Any], write: Callable[..., Path]) -> None:
    assert "synthetic baseline" in str(faults_of("name: x\nstart: 2023Q2\n")[0])
    assert "a quarter after 2020Q4" in str(faults_of("name: x\nuntil: 2020Q4\n")[0])
    assert "no file" in str(faults_of("name: x\nbaseline: none.csv\nstart: 2023Q2\n")[0])
    write("载体编号\n", "registry.csv")
    assert "start: 2023Q2" in str(faults_of("name: x\nbaseline: registry.csv\n")[0])


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def overwrite(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def delete_later(path: Path, day: date) -> None:
    header, *rows = read(path)
    known = header.index("known_on")
    overwrite(path, [header, *(row for row in rows if row[known] <= day.isoformat())])


def test_order_of_rows_cannot_matter(copied_city: Path, write: Callable[..., Path]) -> None:
    path = write("name: x\ncity: copy\nlevers: {clean_up: {strength: 1, districts: [洪山]}}\n")
    before = study(load(path))
    luck = random.Random(5)
    for name in TABLES:
        header, *rows = read(copied_city / name)
        overwrite(copied_city / name, [header, *luck.sample(rows, len(rows))])
    after = study(load(path))
    assert same(before.setting(1, 2, 3), after.setting(1, 2, 3))
    assert world.differences(before.world(1, 2, 3), after.world(1, 2, 3)) == []
    assert before.scenario.digest() == after.scenario.digest()
    assert before.ledger() == after.ledger()
    assert before.tasks == after.tasks
    assert before.city.codes == after.city.codes


@pytest.mark.parametrize("day", [date(2021, 2, 5), date(2021, 8, 25), date(2022, 12, 31)])
def test_a_run_as_of_a_date_uses_nothing_known_later(
    day: date, copied_city: Path, write: Callable[..., Path]
) -> None:
    path = write("name: x\ncity: copy\n")
    before = study(load(path, as_of=day))
    for name in TABLES:
        delete_later(copied_city / name, day)
    after = study(load(path, as_of=day))
    undated = study(load(path))
    for other in (after, undated):
        assert same(before.setting(1, 2, 3), other.setting(1, 2, 3))
        assert world.differences(before.world(1, 2, 3), other.world(1, 2, 3)) == []
        assert before.ledger() == other.ledger()
    assert before.scenario.digest() == after.scenario.digest()
    assert len(before.city.districts) == (16 if day >= date(2022, 3, 31) else 15)
    assert bool(before.targets) == (day >= date(2021, 8, 25))


def test_levers_not_yet_known_stay_at_0(write: Callable[..., Path], faults_of: Callable[..., Any]) -> None:
    made = study(load(write("name: x\n"), as_of=date(2021, 8, 24)))
    assert made.setting(1, 0, 0).levers.unit_cost.sum() == 0
    assert [one.name for one in made.city.levers] == list(codes.LEVERS)
    assert "the notice came later" in str(
        faults_of("name: x\nas_of: 2021-08-24\nlevers: {events: {strength: 1}}\n")[0]
    )


def test_a_date_before_the_baseline_is_refused(faults_of: Callable[..., Any]) -> None:
    assert "nothing known as of 2019-01-01" in str(faults_of("name: x\nas_of: 2019-01-01\n")[0])


def test_resolved_text_loads_to_the_same_scenario(wuhan: Study, write: Callable[..., Path]) -> None:
    text = wuhan.scenario.text()
    again = load(write(text, "resolved.yaml"))
    assert again.text() == text
    assert again.digest() == wuhan.scenario.digest()
    assert same(study(again).setting(1, 2, 3), wuhan.setting(1, 2, 3))
    assert list(json.loads(text)["levers"]) == list(codes.LEVERS)


def test_sources_name_every_value(wuhan: Study) -> None:
    sources = wuhan.scenario.sources
    assert sources["levers.clean_up.strength"].value == 1.0
    assert sources["levers.clean_up.strength"].where.startswith("wuhan-2025.yaml:")
    assert sources["baseline.recognised"].grade == "published"
    assert sources["baseline.recognised"].source == "press_2021"
    assert sources["unknowns.rounds.national_places.mid"].value == 14.0
    assert sources["rules.conversion.field_share"].where.startswith("cities/wuhan/parameters.csv:")
    assert {one.grade for one in sources.values()} == {"published", "derived", "assumed", "scenario"}


def test_ledger_lists_every_number_once(wuhan: Study) -> None:
    rows = wuhan.ledger()
    names = [row.name for row in rows]
    assert len(set(names)) == len(names)
    assert {row.kind for row in rows} == {"fixed", "unknown", "lever", "published"}
    assert {row.grade for row in rows} == {"published", "derived", "assumed", "scenario"}
    assert all(row.low <= row.value <= row.high for row in rows)
    assert all(row.meaning and row.unit and row.source for row in rows)
    assert [row.name for row in rows if row.kind == "unknown"][: len(wuhan.priors)] == [
        one.name for one in (*wuhan.city.baseline, *wuhan.city.parameters) if one.kind == "unknown"
    ]
