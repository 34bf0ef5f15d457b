"""How every end of the command line becomes a plain message and an exit code."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from simulation.cli import main as command_line
from simulation.cli import show

ROOT = Path(__file__).resolve().parent.parent.parent
SCENARIO = str(ROOT / "scenarios" / "wuhan-2025.yaml")


def call(monkeypatch, *arguments):
    """The exit code of the command line in this process."""
    monkeypatch.setenv("LC_ALL", "C")
    with pytest.raises(SystemExit) as end:
        command_line.main(arguments)
    return end.value.code


def raising(error):
    def fail(*arguments, **options):
        raise error

    return fail


def shell(*arguments, **environment):
    kept = {
        name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LANG", "LC_MESSAGES")
    }
    return subprocess.run(
        [sys.executable, "-m", "simulation", *arguments],
        capture_output=True,
        env=kept | {"PYTHONPATH": str(ROOT)} | environment,
        timeout=120,
        check=False,
    )


def test_a_missing_scenario_names_the_nearest_and_ends_with_2(monkeypatch, capsys, tmp_path):
    (tmp_path / "wuhan-2025.yaml").write_text("name: x\n", encoding="utf-8")
    code = call(monkeypatch, "show", str(tmp_path / "wuhn-2025.yaml"))
    shown = capsys.readouterr()
    assert code == 2
    assert shown.out == ""
    assert "There is no file" in shown.err
    assert "wuhan-2025.yaml" in "".join(shown.err.split())


def test_a_folder_is_no_scenario(monkeypatch, capsys, tmp_path):
    (tmp_path / "a.yaml").write_text("name: x\n", encoding="utf-8")
    assert call(monkeypatch, "show", str(tmp_path)) == 2
    assert "is a folder" in " ".join(capsys.readouterr().err.split())  # wherever the line was broken


def test_all_faults_of_a_scenario_are_told_at_once(monkeypatch, capsys, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: x\nlevrs: {}\nuntil: soon\n", encoding="utf-8")
    code = call(monkeypatch, "run", str(wrong), "--out", str(tmp_path / "out"))
    shown = capsys.readouterr()
    assert code == 2
    assert shown.out == ""
    assert "2 faults in the scenario" in shown.err
    assert "wrong.yaml:2" in shown.err
    assert "wrong.yaml:3" in shown.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Interrupted."),
        (click.Abort(), 130, "Interrupted."),
        (RuntimeError("a \x1b[31mcolour"), 1, "A fault of ours (RuntimeError): a \\x1b[31mcolour"),
        (MemoryError(), 1, "Out of memory"),
    ],
)
def test_every_end_has_its_code(monkeypatch, capsys, error, code, said):
    monkeypatch.setattr(show, "load", raising(error))
    assert call(monkeypatch, "show", SCENARIO) == code
    assert said in capsys.readouterr().err


def test_a_fault_of_ours_comes_with_what_a_report_needs(monkeypatch, capsys):
    monkeypatch.setattr(show, "load", raising(RuntimeError("boom")))
    call(monkeypatch, "show", SCENARIO)
    assert "Traceback" in capsys.readouterr().err


def test_wrong_usage_ends_with_2(monkeypatch, capsys):
    assert call(monkeypatch, "run", SCENARIO, "--replicates", "0") == 2
    assert call(monkeypatch, "rnu") == 2
    assert call(monkeypatch, "run") == 2
    assert call(monkeypatch, "show", SCENARIO, "--as-of", "2021-13-01") == 2
    assert "2021-08-25" in capsys.readouterr().err


# A terminal that claims to know ASCII only must not end a command that prints Chinese.
@pytest.mark.parametrize(
    "environment", [{"PYTHONIOENCODING": "ascii"}, {"LANG": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}]
)
def test_chinese_comes_out_as_utf_8_whatever_the_terminal_says(environment):
    done = shell("show", SCENARIO, "--lang", "zh", **environment)
    assert done.returncode == 0, done.stderr
    assert "政策举措" in done.stdout.decode("utf-8")


def test_a_reader_who_has_read_enough_hears_nothing():
    command = f"{sys.executable} -m simulation show {SCENARIO} | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=120, check=True
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "0"
