"""The built wheel, installed outside the checkout, runs the main job."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
SOURCES = ["CITATION.cff", "LICENSE", "README.md", "pyproject.toml", "requirements", "simulation"]

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """The standard output of a command that must succeed, run without sight of the checkout."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE_"))
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=inherited | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that neither an old build folder nor the checkout is touched."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        if (CHECKOUT / name).is_dir():
            shutil.copytree(CHECKOUT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(CHECKOUT / name, source / name)
    pip = [sys.executable, "-m", "pip"]
    run(*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, source, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def bin_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment that holds the wheel, and borrows the libraries of this one."""
    venv = tmp_path_factory.mktemp("environment") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=venv.parent)
    python = venv / "bin" / "python"
    own = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=venv.parent).strip()
    # A folder named in a .pth file is searched, but its own .pth files are not read: the checkout,
    # which is installed here as editable, stays out of sight.
    Path(own, "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", python]
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", "--ignore-installed", wheel, cwd=venv.parent)
    return venv / "bin"


def test_the_wheel_answers_the_main_question_outside_the_checkout(bin_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(CHECKOUT / "scenarios", tmp_path / "scenarios")
    cache = str(tmp_path / "cache")

    answer = run(
        bin_folder / "carriersim",
        "run",
        "scenarios/wuhan-2025.yaml",
        "--replicates=2",
        "--workers=1",
        "--json",
        cwd=tmp_path,
        CARRIERSIM_CACHE_DIR=cache,
    )

    summary = json.loads(answer)
    assert summary["n_used"] == summary["n_requested"] == 2
    assert summary["targets"]
    assert (tmp_path / "results" / "wuhan-2025" / "manifest.json").is_file()


def test_the_package_in_use_is_the_installed_one(bin_folder: Path, tmp_path: Path) -> None:
    where = run(bin_folder / "python", "-c", "import simulation; print(simulation.__file__)", cwd=tmp_path)
    package = Path(where.strip()).resolve().parent

    assert package.is_relative_to(bin_folder.parent.resolve())
    assert not package.is_relative_to(CHECKOUT)


def test_the_wheel_carries_all_data_of_the_package(bin_folder: Path, tmp_path: Path) -> None:
    where = run(bin_folder / "python", "-c", "import simulation; print(simulation.__file__)", cwd=tmp_path)
    installed = Path(where.strip()).parent
    package = CHECKOUT / "simulation"
    expected = [package / "py.typed"]
    expected += list(package.rglob("*.py"))
    expected += [path for path in (package / "assets").iterdir() if path.is_file()]
    expected += [path for path in (package / "cities").rglob("*") if path.is_file() and path.suffix != ".pyc"]

    missing = [path for path in expected if not (installed / path.relative_to(package)).is_file()]

    assert not missing
