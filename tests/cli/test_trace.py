"""Lives from real replicates of a few quarters."""

import json

import pytest
from click.testing import CliRunner

from simulation import api
from simulation.cli.main import carriersim
from simulation.reporting.text import Words
from simulation.reporting.width import columns
from simulation.scenario import load, study


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenario") / "small.yaml"
    path.write_text("name: Small\nuntil: 2021Q4\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def replicate(scenario):
    return api.replay(study(load(scenario)), replicate=2, seed=7)


@pytest.fixture(autouse=True)
def replayed(monkeypatch, replicate):
    """The command tells of the one replicate that all tests share: a replicate takes seconds."""
    monkeypatch.setattr(api, "replay", lambda prepared, number, seed: replicate)


def call(*arguments, scenario, language="en"):
    runner = CliRunner(env={"LC_ALL": {"en": "C", "zh": "zh_CN.UTF-8"}[language]})
    return runner.invoke(carriersim, ["trace", str(scenario), *map(str, arguments)])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_an_id_it_lists_lives_worth_reading(scenario, language):
    done = call(scenario=scenario, language=language)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert max(columns(line) for line in lines + done.stderr.splitlines()) <= 80
    assert len(lines) > 4


def test_every_listed_id_can_be_asked_for(replicate):
    from simulation.reporting import lives

    listed = lives.record(replicate, Words("en"))["carriers"]
    assert len(listed) >= 4
    for row in listed:
        assert replicate.life(replicate.find(row["id"])).label == row["id"]


def test_a_life_is_told(scenario):
    done = call("--carrier", "S0001", "--quiet", scenario=scenario)
    assert done.exit_code == 0
    assert done.stdout.startswith("S0001, ")
    assert "At the end of 2020: a " in done.stdout
    assert "Where it stands at the end of 2021: " in " ".join(done.stdout.split())
    assert done.stderr == ""


def test_json_tells_the_same_life(scenario):
    record = json.loads(call("--carrier", "S0001", "--json", scenario=scenario).stdout)
    assert record["id"] == "S0001"
    assert record["sentences"][0].startswith("S0001, ")
    assert record["events"]
    listed = json.loads(call("--json", scenario=scenario).stdout)
    assert set(listed["carriers"][0]) == {"id", "name", "district", "what_happened"}


def test_an_unknown_id_names_the_nearest_and_ends_with_2(scenario):
    done = call("--carrier", "S00001", "--quiet", scenario=scenario)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "S0001" in done.stderr


def test_the_beginning_of_our_own_id_will_do_when_it_is_the_only_one(replicate):
    from simulation.reporting.names import own_id
    from simulation.reporting.story import UnknownCarrierError

    one = replicate.ids()[0]
    assert replicate.find(own_id(one)) == one
    assert replicate.find(own_id(one)[:8].upper()) == one
    with pytest.raises(UnknownCarrierError):
        replicate.find(own_id(one)[:3])  # too short to mean one


# What is told of tenants is counted from events; the end world is counted by the engine.
def test_the_tenants_that_a_life_counts_are_those_that_are_there(replicate):
    for one in replicate.ids():
        life = replicate.life(one)
        counted = list(life.tenants().values())
        assert (counted[-1] if counted else life.tenants_at_start()) == life.tenants_at_end(), life.label


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_life_can_be_told(replicate, language):
    for one in replicate.ids()[::7]:
        for sentence in replicate.life(one).sentences(Words(language)):
            assert "{" not in sentence


def test_the_traced_replicate_is_that_of_a_run(scenario, replicate):
    from simulation.engines.mesa import simulate

    prepared = study(load(scenario))
    outcome = simulate(prepared.setting(7, 2, 0), prepared.world(7, 2, 0))
    assert (outcome.stocks == replicate.outcome.stocks).all()
