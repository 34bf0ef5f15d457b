import json

import click
import pytest
from click.testing import CliRunner

from simulation.cli.progress import duration, progress
from simulation.cli.terminal import Terminal, answering
from simulation.reporting.text import Words


@click.command()
@answering
def command(terminal: Terminal) -> None:
    terminal.note("on the way")
    terminal.warn("must be seen")
    with progress(terminal) as told:
        assert told is None  # no terminal, so no bar
    terminal.answer(lambda: {"名": terminal.words.language}, lambda: ["the answer"])


def run(*arguments):
    return CliRunner(env={"LC_ALL": "zh_CN.UTF-8"}).invoke(command, arguments)


def test_the_answer_is_on_stdout_and_all_else_on_stderr():
    done = run("--lang", "en")
    assert done.stdout == "the answer\n"
    assert done.stderr == "on the way\nmust be seen\nRunning; this takes a while.\n"


def test_json_is_the_only_thing_on_stdout():
    done = run("--json")
    assert json.loads(done.stdout) == {"名": "zh"}
    assert "on the way" in done.stderr


def test_quiet_keeps_what_must_be_seen():
    assert run("--quiet").stderr == "must be seen\n"


def test_a_number_that_json_does_not_know_is_a_fault_and_not_passed_on(capsys):
    terminal = Terminal(Words("en"), json=True, quiet=True)
    with pytest.raises(ValueError, match="JSON"):
        terminal.answer(lambda: float("nan"), list)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.4, "0:00"), (7, "0:07"), (59.6, "1:00"), (185, "3:05"), (3723, "1:02:03")]
)
def test_durations(seconds, shown):
    assert duration(seconds) == shown
