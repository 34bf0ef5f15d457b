"""What every command has in common: how it answers, in which language, and how much it says on the way."""

import functools
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import click

from simulation.cli.help import Option, words_of
from simulation.reporting.text import LANGUAGES, Words
from simulation.reporting.width import wrap

WIDTH = 80
DONE, FAULT, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130  # exit codes; 1 also when replicates failed


class Refused(click.ClickException):
    """The input is wrong: the text says what, where, what is allowed and what to do. Exit code 2."""

    exit_code = WRONG_INPUT


class Failed(click.ClickException):
    """It could not be done, and the input is not to blame. Exit code 1."""

    exit_code = FAULT


@dataclass(frozen=True)
class Terminal:
    """Answers on stdout; all else goes to stderr, and nothing but faults when quiet."""

    words: Words
    json: bool
    quiet: bool

    def answer(self, record: Callable[[], Any], page: Callable[[], Iterable[str]]) -> None:
        """Print the answer: as JSON when asked for, else as lines of a page."""
        if self.json:
            click.echo(json.dumps(record(), ensure_ascii=False, indent=2, allow_nan=False))
        else:
            click.echo("\n".join(page()))

    def note(self, text: str) -> None:
        """Say something on the way, unless quiet."""
        if not self.quiet:
            self.warn(text)

    def warn(self, text: str) -> None:
        """Say something that must be seen."""
        click.echo("\n".join(wrap(text, WIDTH, "  ")), err=True)


def answering(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options ``--json``, ``--lang`` and ``--quiet``, as a ``Terminal``."""

    @functools.wraps(function)
    def command(*arguments: Any, lang: str | None, json: bool, quiet: bool, **options: Any) -> None:
        del lang  # read from the context, where it may also stand before the command
        terminal = Terminal(words_of(click.get_current_context()), json, quiet)
        function(terminal, *arguments, **options)

    for option in (
        click.option("--quiet", is_flag=True, cls=Option),
        click.option("--lang", type=click.Choice(LANGUAGES), is_eager=True, cls=Option),
        click.option("--json", is_flag=True, cls=Option),
    ):
        command = option(command)
    return command
