"""``carriersim verify``: whether a run comes out the same again."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulation.cli.help import Helped, Option
from simulation.cli.options import workers_option
from simulation.cli.progress import progress
from simulation.cli.terminal import FAULT, INTERRUPTED, Failed, Refused, Terminal, answering
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.ensemble.verifying import Verification

SAMPLE = 5  # as in simulation.ensemble.verifying, which help must not import


class _Verify(Helped):
    example = "carriersim verify results/wuhan-2025"


@click.command("verify", cls=_Verify)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--all", "all_of_them", is_flag=True, cls=Option)
@click.option("--sample", type=click.IntRange(1), metavar="N", default=SAMPLE, show_default=True, cls=Option)
@workers_option
@click.option(
    "--inputs", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR", cls=Option
)
@answering
def command(
    terminal: Terminal, folder: Path, all_of_them: bool, sample: int, workers: int | None, inputs: Path | None
) -> None:
    """Rerun a sample of a run and say whether it matches."""
    found = _verified(terminal, folder, None if all_of_them else sample, workers, inputs)
    from simulation.reporting import records
    from simulation.reporting.verify_page import lines

    terminal.answer(
        lambda: records.of_verification(found, folder), lambda: lines(terminal.words, found, folder)
    )
    if not found.matches:
        click.get_current_context().exit(FAULT)


def _verified(
    terminal: Terminal, folder: Path, sample: int | None, workers: int | None, inputs: Path | None
) -> "Verification":
    from simulation.ensemble import FolderRefused, WorkerError
    from simulation.ensemble.verifying import CannotVerify, verify

    words, out = terminal.words, visible(str(folder))
    try:
        with progress(terminal) as told:
            found = verify(folder, sample, inputs=inputs, workers=workers, progress=told)
    except FolderRefused as refused:
        key = f"error.folder.{refused.reason}"
        raise Refused(words(key, folder=out) if words.has(key) else visible(str(refused))) from None
    except CannotVerify as changed:
        raise Refused(words(f"error.verify.{changed.reason}", out=out, text=visible(str(changed)))) from None
    except WorkerError as error:
        raise Failed(words("error.workers", text=visible(str(error)))) from error
    except KeyboardInterrupt:
        terminal.warn(words("error.interrupted"))
        click.get_current_context().exit(INTERRUPTED)
    if not found.held and not found.damaged:
        raise Refused(words("verify.nothing", out=out))
    return found
