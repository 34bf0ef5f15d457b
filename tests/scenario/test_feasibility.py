"""What cannot be, found by counting: bounds by hand from Wuhan's published margins, and never below a real run."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulation.faults import NOTE, WARNING, Fault
from simulation.quarters import quarter
from simulation.scenario import load, study
from simulation.scenario.checking import check_scenario
from simulation.scenario.feasibility import SEED, announced, findings, reachable
from simulation.scenario.tasks import Target

WUHAN = Path(__file__).parents[2] / "scenarios" / "wuhan-2025.yaml"


def found(*targets: str, settings: tuple[str, ...] = ()) -> list[Fault]:
    return findings(
        study(load(WUHAN, [f"targets=[{', '.join(f'{{{one}}}' for one in targets)}]", *settings]))
    )


def count(scope: str, at_least: int, by: str = "2025Q4") -> str:
    return f"scope: {scope}, measure: count, at_least: {at_least}, by: {by}"


def share(at_least: float, by: str = "2025Q4", basis: str = "label") -> str:
    return f"scope: recognised, basis: {basis}, measure: specialised_share, at_least: {at_least}, by: {by}"


def test_rounds_count_when_they_open_and_announce_within_the_run() -> None:
    """Municipal rounds open in Q2 and Q3 and announce a quarter later; national ones open in Q3 for the next Q2."""
    wuhan = study(load(WUHAN))
    assert announced(wuhan, "municipal", quarter("2025Q4")) == 10
    assert announced(wuhan, "municipal", quarter("2021Q3")) == 1
    assert announced(wuhan, "municipal", quarter("2021Q2")) == 0
    assert announced(wuhan, "national", quarter("2025Q4")) == 4
    assert announced(wuhan, "national", quarter("2022Q1")) == 0
    assert announced(wuhan, "provincial", quarter("2025Q3")) == 4


@pytest.mark.parametrize(
    ("scope", "most"),
    [
        (
            "national",
            118 + 179 + 4 * 20,
        ),  # the rungs: national, provincial, four provincial rounds of 20 places
        ("recognised", 456 + 10 * 60),  # ten municipal rounds of 60 places
    ],
)
def test_a_target_above_what_the_rounds_can_give_is_told_and_one_at_it_is_not(scope: str, most: int) -> None:
    (fault,) = found(count(scope, most + 1))
    assert (fault.severity, fault.kind) == (WARNING, "feasibility")
    assert f"{most} at most by 2025Q4" in fault.allowed
    assert [one for one in found(count(scope, most)) if one.severity == WARNING] == []


def test_more_openings_than_founders_and_splits_cannot_be() -> None:
    (fault,) = found(count("listed", 5000))
    assert fault.severity == WARNING
    assert "founders that run none" in fault.allowed
    (without,) = found(count("listed", 5000), settings=("levers.convert_large.strength=0",))
    assert "0 carriers that could be split off" in without.allowed


def test_before_the_first_round_nothing_can_be_recognised() -> None:
    (fault,) = found(count("recognised", 457, by="2021Q1"))
    assert "456 at most" in fault.allowed
    (national,) = found(count("national", 119, by="2022Q1"))
    assert "no national round" in national.allowed
    (label,) = found(share(0.6, by="2021Q2"))
    assert "no round by 2021Q2" in label.allowed
    assert found(share(0.6, by="2021Q3")) == []
    assert found(share(0.6, by="2021Q2", basis="fact")) == []  # no round is asked to be so in fact


def test_a_target_met_at_the_start_is_told_as_a_note() -> None:
    for target in (count("recognised", 456), count("national", 118), share(0.1)):
        (fault,) = found(target)
        assert fault.severity == NOTE
    assert found(count("recognised", 457)) == []


@pytest.mark.parametrize(("at_least", "says"), [(175, "above the middle"), (215, "above the most")])
def test_national_places_that_would_be_needed_are_told(at_least: int, says: str) -> None:
    """118 at the start and four rounds of 14 places, 6 to 24: 174 with the middle, 214 with the most."""
    (fault,) = found(count("national", at_least))
    assert says in fault.advice
    assert f"{(at_least - 118) / 4:.1f} a round" in fault.advice
    assert found(count("national", 174)) == []


def test_a_pinned_number_of_places_counts_as_pinned() -> None:
    assert found(count("national", 200), settings=("unknowns.rounds.national_places=21",)) == []


def test_the_tasks_of_an_annex_are_looked_at_district_by_district(tmp_path: Path) -> None:
    (tmp_path / "annex.csv").write_text(
        "scope,measure,district,at_least,by\nlisted,count,江岸区,4000,2025Q4\n", encoding="utf-8"
    )
    scenario = tmp_path / "a.yaml"
    scenario.write_text("name: a\nannex: annex.csv\ntargets: []\n", encoding="utf-8")
    (fault,) = findings(study(load(scenario)))
    assert fault.file == "annex.csv"
    assert "江岸区" in fault.found


def test_check_tells_it_with_its_place(scenario: Callable[[str], Path]) -> None:
    path = scenario(f"name: a\ntargets:\n  - {{{count('national', 900)}}}\n")
    (report,) = check_scenario(path)
    (fault,) = report.faults
    assert (fault.line, fault.kind) == (3, "feasibility")


@pytest.fixture
def scenario(tmp_path: Path) -> Callable[[str], Path]:
    def scenario(text: str) -> Path:
        path = tmp_path / "a.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return scenario


@pytest.mark.parametrize("scope", ["listed", "operating", "recognised", "national"])
def test_no_future_goes_beyond_a_bound(scope: str) -> None:
    """With every lever far above the notice's intent, in every quarter of some futures."""
    from simulation.engines import compiled
    from simulation.ensemble.scopes import scope_totals
    from simulation.rules import codes

    bold = study(load(WUHAN, [f"levers.{lever}.strength=2" for lever in codes.LEVERS]))
    start = bold.world(SEED, 0, 0)
    for seed in range(3):
        outcome = compiled.simulate(bold.setting(SEED, 0, seed), start)
        totals = scope_totals(outcome.stocks)[scope].sum(axis=1)
        for place in range(bold.quarters):
            by = bold.first_quarter + place
            target = Target(scope, "label", "count", 1.0, by, True, None, "scenario")
            assert totals[place + 1] <= reachable(target, bold, start).most
    assert np.ptp(totals) > 0
