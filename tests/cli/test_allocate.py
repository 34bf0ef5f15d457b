"""Tasks of a real city from a few futures in Mesa: three quarters, three futures."""

import json

import pytest
from click.testing import CliRunner

from simulation.cli.main import carriersim
from simulation.reporting.width import columns
from simulation.scenario import load

SCENARIO = """\
name: "=base"
until: 2021Q3
targets:
  - {scope: recognised, measure: count, at_least: 455, by: 2021Q3, official: true}
  - {scope: national, measure: count, at_least: 118, by: 2021Q3, official: true}
  - {scope: recognised, basis: label, measure: specialised_share, at_least: 0.35, by: 2021Q3, official: true}
"""
GIVEN = ("--engine", "mesa", "--workers", "2", "--replicates", "3")


def call(*arguments, language="en"):
    runner = CliRunner(env={"LC_ALL": {"en": "C", "zh": "zh_CN.UTF-8"}[language]})
    return runner.invoke(carriersim, ["allocate", *map(str, arguments)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("scenarios")
    (made / "base.yaml").write_text(SCENARIO, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def run(folder):
    """A finished run: every answer below is from the same futures."""
    arguments = ["run", str(folder / "base.yaml"), *GIVEN, "--out", str(folder / "run"), "--quiet"]
    done = CliRunner(env={"LC_ALL": "C"}).invoke(carriersim, arguments)
    assert done.exit_code == 0, done.stderr
    return folder / "run"


def test_tasks_add_up_to_the_citys_targets(run, folder):
    out = folder / "tasks.csv"
    done = call(run, "--out", out, "--json")
    assert done.exit_code == 0, done.stderr
    record = json.loads(done.stdout)
    assert [one["carriers"] for one in record["targets"]] == [455, 118, 160]
    for one in record["targets"]:
        assert sum(task["whole"] for task in one["tasks"]) == one["carriers"]
        assert sum(task["proportional"] for task in one["tasks"]) == one["carriers"]
        assert 0.0 <= one["all_meet"] <= min(task["chance"] for task in one["tasks"])
    rows = out.read_text("utf-8").splitlines()
    assert rows[0] == "scope,measure,district,at_least,by"
    (folder / "with.yaml").write_text("extends: base.yaml\nannex: tasks.csv\n", encoding="utf-8")
    read = load(folder / "with.yaml")
    assert not read.warnings
    counts = [one for one in read.annex_tasks if one.measure == "count"]
    assert sum(one.at_least for one in counts if one.scope == "national") == 118


def test_floors_caps_and_fixed_districts(run):
    done = call(run, "--json", "--floor", "洪山=60", "--cap", "national:Jianghan=3", "--fix", "青山区=20")
    record = json.loads(done.stdout)
    total, national = (
        {task["district"]: task["whole"] for task in one["tasks"]} for one in record["targets"][:2]
    )
    assert total["hongshan"] == 60
    assert total["qingshan"] == 20
    assert national["jianghan"] == 3
    assert sum(total.values()) == 455


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--floor", "洪山=500"), "must have at least 500"),
        (("--floor", "洪山=300", "--floor", "江岸=300"), "add up to 600: more than the city's 455"),
        (("--fix", "高新区=5"), "高新区 is no district with a task"),
        (("--cap", "洪山"), "write DISTRICT=N"),
        (("--cap", "洪山=-1"), "write DISTRICT=N"),
        (("--out", "tasks.doc"), "written as .csv or .xlsx"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(run, given, said):
    done = call(run, *given)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert done.stdout == ""


def test_nothing_is_overwritten(run, folder):
    out = folder / "kept.xlsx"
    out.write_text("mine")
    assert call(run, "--out", out).exit_code == 2
    assert out.read_text() == "mine"
    assert call(run, "--out", out, "--overwrite", "--quiet").exit_code == 0
    assert out.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_answer_fits_the_terminal(run, language):
    done = call(run, "--quiet", "--lang", language)
    assert done.exit_code == 0, done.stderr
    assert max(columns(line) for line in done.stdout.splitlines()) <= 80
    assert {"en": "Tasks of the districts for =base", "zh": "=base的各区任务"}[language] in done.stdout
