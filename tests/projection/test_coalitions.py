"""Coalitions of a real city, few quarters in Mesa: the ends are the scenarios, the shared past changes nothing."""

import numpy as np
import pytest

from simulation.engines.mesa import simulate
from simulation.ensemble.scopes import scope_totals
from simulation.projection.coalitions import COLUMNS, REST, Game, NotComparableError, cut
from simulation.quarters import quarter
from simulation.scenario import load, study

BASE = "name: base\nuntil: 2021Q3\n"
VARIANT = """\
extends: base.yaml
name: variant
levers:
  clean_up: {strength: 1, from: 2021Q2}
  stocktake: {strength: 1, from: 2021Q2, districts: [Hongshan]}
  events: {strength: 0.5, from: 2021Q3}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("scenarios")
    (made / "base.yaml").write_text(BASE, encoding="utf-8")
    (made / "variant.yaml").write_text(VARIANT, encoding="utf-8")
    return made


def game_of(folder, *settings, base=()):
    ours = study(load(folder / "base.yaml", base))
    theirs = study(load(folder / "variant.yaml", settings))
    return Game(ours, theirs, "mesa", 1, (quarter("2021Q3"),))


@pytest.fixture(scope="module")
def game(folder):
    return game_of(folder)


@pytest.fixture(scope="module")
def replicate(game):
    return game.replicate(0)


def simulated(one):
    sums = scope_totals(simulate(one.setting(1, 0, 0), one.world(1, 0, 0)).stocks)
    return np.stack([sums[name][-1] for name in COLUMNS])


def test_players_are_the_levers_that_differ_in_the_order_of_the_notice(game):
    assert game.players == ("stocktake", "clean_up", "events")
    assert game.shared_quarters == 1


def test_nobody_is_the_base_and_everybody_the_variant_to_the_last_carrier(game, replicate):
    assert np.array_equal(replicate.totals(0)[0], simulated(game.base))
    assert np.array_equal(replicate.totals(game.everyone)[0], simulated(game.variant))
    assert not np.array_equal(replicate.totals(0), replicate.totals(game.everyone))


def test_a_coalition_is_the_scenario_with_those_levers_alone(folder, replicate):
    off = ("levers.stocktake.strength=0", "levers.events.strength=0")
    assert np.array_equal(replicate.totals(0b010)[0], simulated(study(load(folder / "variant.yaml", off))))


def test_the_past_that_is_shared_changes_nothing(game, replicate):
    _, _, outcome = game.replicate(0).whole(0b011)
    sums = scope_totals(outcome.stocks)
    whole = np.stack([sums[name][-1] for name in COLUMNS])
    assert np.array_equal(replicate.totals(0b011)[0], whole)


def test_inputs_that_are_no_levers_are_one_more_player(folder):
    game = game_of(folder, "unknowns.rounds.apply_municipal=0.9")
    assert game.players[-1] == REST
    assert game.shared_quarters == 0
    alone = game.replicate(0).totals(1 << 3)
    wanted = study(load(folder / "base.yaml", ["unknowns.rounds.apply_municipal=0.9"]))
    assert np.array_equal(alone[0], simulated(wanted))


def test_a_scenario_and_itself_have_no_players(folder):
    ours = study(load(folder / "base.yaml"))
    assert Game(ours, ours, "mesa", 1, (quarter("2021Q3"),)).players == ()


def test_scenarios_of_other_quarters_cannot_be_mixed(folder):
    with pytest.raises(NotComparableError, match="last quarters"):
        game_of(folder, "until=2021Q4")


def test_a_cut_setting_has_the_quarters_asked_for(game):
    setting = game.base.setting(1, 0, 0)
    part = cut(setting, 1, 3)
    assert (part.first_quarter, part.quarters) == (setting.first_quarter + 1, 2)
    assert part.levers.strength.shape[1] == len(part.thresholds) == len(part.milestones) == 2
    assert cut(setting, 0, 3) is setting
