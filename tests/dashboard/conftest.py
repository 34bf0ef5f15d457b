import pytest

from simulation.dashboard.settings import Presets

# Six quarters of Wuhan: two before any lever acts, so that settings have a past in common.
SMALL = """\
name: Small
city: wuhan
until: 2022Q2
levers:
  clean_up: {strength: 1, from: 2021Q3}
  convert_large: {strength: 1, from: 2021Q4, ramp: 2 quarters}
targets:
  - {scope: recognised, measure: count, at_least: 462, by: 2022Q1, official: true}
  - {scope: recognised, basis: label, measure: specialised_share, at_least: 0.33, by: 2022Q1, official: true}
"""
NOTHING = """\
extends: small.yaml
name: Nothing
levers:
  clean_up: {strength: 0}
  convert_large: {strength: 0}
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("scenarios")
    (made / "small.yaml").write_text(SMALL, "utf-8")
    (made / "nothing.yaml").write_text(NOTHING, "utf-8")
    return made


@pytest.fixture(scope="session")
def presets(folder):
    return Presets(folder / "small.yaml")
