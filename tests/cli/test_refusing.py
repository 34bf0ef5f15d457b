"""What ends a run is told the same way by every command that runs something."""

import errno
from pathlib import Path

import click
import pytest

from simulation import ensemble
from simulation.cli.refusing import refusing, running
from simulation.cli.terminal import INTERRUPTED, Failed, Refused, Terminal
from simulation.reporting.text import Words

FOLDER = Path("results")
NO_ROOM = OSError(errno.ENOSPC, "No space left on device", "results/stocks")


def terminal(language="en"):
    return Terminal(Words(language), json=False, quiet=False)


def stopped(at):
    return f"{at.kept} of {at.total} kept"


@pytest.mark.parametrize(
    ("raised", "ended", "told"),
    [
        (ensemble.FolderRefused("foreign", "English"), Refused, "files that are not of a run"),
        (ensemble.FolderRefused("strange", "as it says itself"), Refused, "as it says itself"),
        (NO_ROOM, Refused, "No space left on device"),
        (ensemble.WriteError(FOLDER, 5, 40, NO_ROOM), Failed, "5 of 40 replicates are kept"),
        (ensemble.WorkerError("no process starts"), Failed, "no process starts"),
        (ensemble.ClusterError("lost", "tcp://there"), Failed, "The cluster was lost: tcp://there"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_each_end_has_a_message_and_a_code(raised, ended, told):
    with pytest.raises(ended) as end, running(terminal(), FOLDER, stopped):
        raise raised
    assert told in end.value.message


def test_a_folder_of_our_own_is_no_wrong_input():
    with pytest.raises(Failed), refusing(terminal(), FOLDER, Failed):
        raise NO_ROOM


def test_at_ctrl_c_it_says_what_is_kept(capsys):
    with (
        click.Context(click.Command("run")),
        pytest.raises(click.exceptions.Exit) as end,
        running(terminal(), FOLDER, stopped),
    ):
        raise ensemble.Interrupted(FOLDER, 3, 9)
    assert end.value.exit_code == INTERRUPTED
    assert "3 of 9 kept" in capsys.readouterr().err


def test_what_is_no_fault_of_the_folder_goes_through():
    with pytest.raises(ZeroDivisionError), running(terminal(), FOLDER, stopped):
        raise ZeroDivisionError
