"""The command ``carriersim``: finds the command asked for, and turns every end into a plain message and a code."""

import contextlib
import importlib
import os
import sys
import traceback
from collections.abc import Sequence

import click

from simulation import __version__
from simulation.cli import usage
from simulation.cli.help import HelpedGroup, Option, words_of
from simulation.cli.terminal import DONE, FAULT, INTERRUPTED, WIDTH, WRONG_INPUT, Failed, Refused
from simulation.reporting.text import LANGUAGES, Words, language_of
from simulation.reporting.width import visible, wrap

# Each command is `command` in the file of its name, imported when it is asked for.
COMMANDS = (
    "run",
    "compare",
    "explain",
    "since",
    "report",
    "dashboard",
    "plan",
    "allocate",
    "calendar",
    "unknowns",
    "sweep",
    "calibrate",
    "update",
    "backtest",
    "score",
    "show",
    "diff",
    "trace",
    "check",
    "movements",
    "pipeline",
    "synthesise",
    "new",
    "schema",
    "verify",
)


class _Lazy(HelpedGroup):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(f"simulation.cli.{cmd_name}").command
        return found


def _print_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(f"carriersim {__version__}")
        context.exit()


@click.group(
    cls=_Lazy,
    name="carriersim",
    no_args_is_help=False,
    invoke_without_command=True,
    params=[
        Option(["--lang"], type=click.Choice(LANGUAGES), is_eager=True, expose_value=True),
        Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_print_version),
    ],
)
@click.pass_context
def carriersim(context: click.Context, lang: str | None) -> None:
    """Show the help when no command is given; the language goes on to the command."""
    del lang  # read from the context by words_of
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A Chinese name must not fail on a terminal set to ASCII or GBK.
        with contextlib.suppress(AttributeError):  # a stand-in for a stream cannot be set
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    code = FAULT
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has read enough (`carriersim show ... | head`). What Python still has to flush
        # goes nowhere, so that it does not complain at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    sys.exit(code)


def _run(arguments: Sequence[str] | None) -> int:
    words = Words(language_of())
    try:
        with carriersim.make_context(
            "carriersim", list(sys.argv[1:] if arguments is None else arguments)
        ) as context:
            words = words_of(context)
            carriersim.invoke(context)
        return DONE
    except click.exceptions.Exit as end:
        return end.exit_code
    except (Refused, Failed) as ended:
        complain(ended.message)
        return ended.exit_code
    except click.ClickException as wrong:
        complain(usage.sentence(wrong, words))
        return WRONG_INPUT
    except (KeyboardInterrupt, click.Abort):
        complain(words("error.interrupted"))
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except MemoryError:
        complain(words("error.memory"))
        return FAULT
    except Exception as fault:  # every fault of ours ends in a message and the code that says so
        complain(words("error.ours", kind=type(fault).__name__, text=visible(str(fault))))
        complain(words("error.ours.advice"))
        click.echo(traceback.format_exc(), err=True)
        return FAULT


def complain(text: str) -> None:
    """Say on stderr what is wrong, each line of the text on lines of its own."""
    for line in text.splitlines():
        click.echo("\n".join(wrap(line, WIDTH, "  ")), err=True)
