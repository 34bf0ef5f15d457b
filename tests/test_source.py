import re
import tomllib
from pathlib import Path

import pytest

from simulation import source as hashing

ROOT = Path(hashing.__file__).parent


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A small package with a file in each place, and a function that tells its hash as a new process would."""
    for name in (
        "rules/chance.py",
        "engines/mesa/model.py",
        "ensemble/store.py",
        "projection/since.py",
        "api.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one = 1\n")
    monkeypatch.setattr(hashing, "ROOT", tmp_path)

    def hashed(*above):
        hashing.hash_of.cache_clear()
        return hashing.source_hash(*above)

    yield tmp_path, hashed
    hashing.hash_of.cache_clear()


@pytest.mark.parametrize("name", ["rules/chance.py", "engines/mesa/model.py", "ensemble/store.py"])
def test_an_edit_that_can_change_a_result_changes_the_hash(source, name):
    root, hashed = source
    before = hashed()
    (root / name).write_text("one = 2\n")
    assert hashed() != before


@pytest.mark.parametrize("name", ["projection/since.py", "api.py", "reporting/words.py"])
def test_an_edit_above_the_ensemble_does_not(source, name):
    root, hashed = source
    before = hashed()
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("one = 2\n")
    assert hashed() == before


def test_an_explanation_counts_the_projections_too(source):
    root, hashed = source
    before = hashed("projection")
    assert before != hashed()
    (root / "projection/since.py").write_text("one = 2\n")
    assert hashed("projection") != before


def test_a_new_file_and_a_renamed_one_change_the_hash(source):
    root, hashed = source
    seen = {hashed()}
    (root / "rules/more.py").write_text("")
    seen.add(hashed())
    (root / "rules/more.py").rename(root / "rules/most.py")
    seen.add(hashed())
    assert len(seen) == 3


def test_what_is_left_out_are_the_layers_above_the_ensemble():
    """The walls make it safe to leave them out: nothing below may import them."""
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    above = layers[: layers.index("(simulation.ensemble)")]
    named = re.findall(r"simulation\.(\w+)", " ".join(above))
    assert sorted(named) == sorted(
        name.removesuffix(".py") for name in hashing.ABOVE if not name.startswith("__")
    )
