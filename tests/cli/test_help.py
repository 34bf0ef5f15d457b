import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from simulation import __version__
from simulation.cli.main import COMMANDS, carriersim
from simulation.reporting.width import columns

HELP = [[], *([name] for name in COMMANDS)]


def run(*arguments, language="en"):
    return CliRunner(env={"LC_ALL": {"en": "C", "zh": "zh_CN.UTF-8"}[language]}).invoke(carriersim, arguments)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("command", HELP, ids=lambda command: command[0] if command else "root")
def test_help_fits_the_terminal(command, language):
    done = run(*command, "--help", language=language)
    assert done.exit_code == 0
    assert max(columns(line) for line in done.output.splitlines()) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_answers_other_programs_in_both_languages_and_can_be_quiet(name):
    done = run(name, "--help")
    for option in ("--json", "--lang", "--quiet"):
        assert option in done.output


def test_help_is_in_the_language_of_the_locale_or_the_one_asked_for():
    assert "用法" in run("--help", language="zh").output
    assert "Usage" in run("--help").output
    assert "用法" in run("run", "--lang", "zh", "--help").output
    assert "用法" in run("--lang", "zh", "run", "--help").output


def test_without_a_command_the_help_is_shown():
    done = run()
    assert done.exit_code == 0
    assert "Commands" in done.output


def test_version():
    assert run("--version").output == f"carriersim {__version__}\n"


def test_help_imports_click_alone():
    code = (
        "import sys; from click.testing import CliRunner; from simulation.cli.main import carriersim;"
        "done = CliRunner().invoke(carriersim, ['--help']); assert done.exit_code == 0;"
        "print(sorted({'numpy', 'pandas', 'rich', 'numba', 'mesa', 'pydantic', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def fastest(code):
    """Seconds of the fastest of a few fresh interpreters."""
    seconds = []
    for _ in range(4):
        began = time.perf_counter()
        subprocess.run([sys.executable, *code], capture_output=True, check=True)
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def test_help_comes_within_two_and_a_half_times_of_importing_numpy():
    assert fastest(["-m", "simulation", "--help"]) <= 2.5 * fastest(["-c", "import numpy"])
