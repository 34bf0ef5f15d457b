"""A bar with the time left on stderr; nothing when nobody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from simulation.cli.terminal import WIDTH, Terminal

Told = Callable[[int, int, int, float | None], None]


@contextmanager
def progress(terminal: Terminal) -> Iterator[Told | None]:
    """What an ensemble tells how far it is: a bar on a terminal, a line where there is none, nothing if quiet."""
    if terminal.quiet:
        yield None
        return
    from rich.console import Console

    console = Console(stderr=True, width=WIDTH, markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        terminal.note(terminal.words("run.running"))
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    words = terminal.words
    with Progress(
        TextColumn(words("run.progress"), markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}", markup=False),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None, left=words("run.starting"))

        def told(done: int, failed: int, total: int, seconds: float | None) -> None:
            left = words("run.starting") if seconds is None else words("run.left", time=duration(seconds))
            if failed:
                left += words("clause.separator") + words("run.failing", n=failed)
            bar.update(task, completed=done, total=total, left=left)

        yield told


def duration(seconds: float) -> str:
    """A time as a clock shows it: 0:07, 3:05, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
