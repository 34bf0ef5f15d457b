import csv
import shutil

import pytest

import simulation as sim
from simulation.reporting.report.facts import Facts
from simulation.reporting.text import Words
from tests.reporting.report.hostile import DISTRICT, SCENARIO

TARGETS = """
until: 2022Q4
targets:
  - {scope: recognised, measure: count, at_least: 470, by: 2022Q4, official: true}
  - {scope: national, measure: count, at_least: 121, by: 2022Q4, official: true}
  - {scope: recognised, measure: specialised_share, at_least: 0.33, by: 2022Q4, official: true}
"""


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """Two runs of a city with a hostile district, under hostile scenario names."""
    from importlib.resources import files

    home = tmp_path_factory.mktemp("runs")
    city = home / "city"
    shutil.copytree(str(files("simulation.cities").joinpath("wuhan")), city)
    with (city / "districts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= {"name_zh": DISTRICT, "name_en": DISTRICT}
    with (city / "districts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    made = []
    for place, strength in enumerate((0, 1)):
        scenario = home / f"s{place}.yaml"
        name = SCENARIO.replace("'", "''")
        text = f"name: '{name}{place}'\ncity: city\nlevers: {{clean_up: {{strength: {strength}}}}}\n{TARGETS}"
        scenario.write_text(text, encoding="utf-8")
        made.append(sim.run(scenario, replicates=12, workers=1, out=home / f"run{place}"))
    return made


@pytest.fixture(scope="session")
def one(runs):
    return Facts.of(runs[:1], Words("zh"))


@pytest.fixture(scope="session")
def two(runs):
    return Facts.of(runs, Words("en"))
