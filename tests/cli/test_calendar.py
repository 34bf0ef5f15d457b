"""Until when one lever counts, in a real city in Mesa: three quarters, one future."""

import json

import pytest
from click.testing import CliRunner

from simulation.cli.main import carriersim
from simulation.reporting.width import columns

SCENARIO = """\
name: "=base"
until: 2021Q3
levers:
  stocktake: {strength: 1, from: 2021Q2}
targets:
  - {scope: recognised, basis: label, measure: specialised_share, at_least: 0.35, by: 2021Q3, official: true}
"""
GIVEN = ("--engine", "mesa", "--replicates", "1", "--lever", "stocktake")


def call(*arguments):
    return CliRunner(env={"LC_ALL": "C"}).invoke(carriersim, ["calendar", *map(str, arguments)])


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calendar")
    (folder / "base.yaml").write_text(SCENARIO, encoding="utf-8")
    done = call(folder / "base.yaml", *GIVEN, "--out", folder / "out", "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout), folder


def test_a_stocktake_relabels_up_to_the_last_quarter(finished):
    record, _ = finished
    (lever,) = record["levers"]
    assert lever["lever"] == "stocktake"
    assert lever["last"] == "2021Q3"
    assert lever["cause"] == "relabelling"
    assert {"event": "municipal", "opens": "2021Q2", "announces": "2021Q3"} in record["events"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_resuming_fits_the_terminal(finished, language):
    folder = finished[1]
    done = call(
        folder / "base.yaml", *GIVEN, "--out", folder / "out", "--resume", "--quiet", "--lang", language
    )
    assert done.exit_code == 0, done.stderr
    assert max(columns(line) for line in done.stdout.splitlines()) <= 80


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--lever", "stock_take"), "did you mean `stocktake`"),
        (("--from", "2019Q1"), "a quarter from 2021Q1 to 2021Q3"),
        (("--from", "soon"), "a quarter from 2021Q1 to 2021Q3"),
        (("--resume", "--overwrite"), ""),
    ],
)
def test_what_cannot_be_is_refused(finished, given, said):
    folder = finished[1]
    done = call(folder / "base.yaml", *given, "--out", folder / "none")
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert not (folder / "none").exists()
