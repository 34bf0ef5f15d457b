import re
import subprocess
import sys
from pathlib import Path

import pytest

import simulation

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "api.md"


def test_the_document_lists_the_names_that_there_are():
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `sim.")]
    assert sorted(re.findall(r"^\| `sim\.(\w+)", "\n".join(rows), re.MULTILINE)) == sorted(simulation.__all__)


@pytest.mark.parametrize("name", simulation.__all__)
def test_every_name_can_be_had(name):
    assert getattr(simulation, name) is not None


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        _ = simulation.runn


def test_the_documented_arguments_are_those_of_the_functions():
    import inspect

    text = DOCUMENT.read_text(encoding="utf-8")
    for name in ("load", "run", "open", "summarise", "fan", "trace", "compare", "explain", "since"):
        (documented,) = re.findall(rf"^\| `sim\.{name}\((.*)\)` \|", text, re.MULTILINE)
        function = getattr(simulation, name)
        found = [word.partition("=")[0].strip(" *") for word in documented.split(", ") if word != "*"]
        assert found == list(inspect.signature(function).parameters)


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, simulation; print(sorted({'numpy', 'pandas', 'click', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_loaded_scenario_takes_no_settings():
    scenario = simulation.load(DOCUMENT.parent.parent / "scenarios" / "no-notice.yaml")
    with pytest.raises(ValueError, match="give them to load"):
        simulation.run(scenario, set=["levers.clean_up.strength=0.5"])


def test_carriers_of_a_registry_are_told_by_their_names_and_synthetic_ones_by_their_ids():
    from types import SimpleNamespace

    import numpy as np

    from simulation.api import names_of
    from simulation.draws import name_id

    city = SimpleNamespace(districts=[], sectors=[])
    register = SimpleNamespace(id=np.array([7]), label=("W-1",), name=("硚口众创",))
    world = SimpleNamespace(carriers=SimpleNamespace(id=np.array([1, 2])))
    for known, carriers in (
        (register, {7: ("W-1", "硚口众创")}),
        (None, {name_id("carrier", label): (label, "") for label in ("S0001", "S0002")}),
    ):
        study = SimpleNamespace(city=city, scenario=SimpleNamespace(register=known))
        assert names_of(study, world).carriers == carriers
