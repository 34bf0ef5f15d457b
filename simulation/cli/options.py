"""Options that several commands share, each defined once; their help stands in the catalogue."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import click

from simulation.cli.help import Option
from simulation.cli.scenarios import Day

Decorator = Callable[[Callable[..., None]], Callable[..., None]]

ENGINES = ("compiled", "mesa")  # the first is the one that is used when none is named
LARGEST_SEED = 2**63 - 1

as_of_option = click.option("--as-of", type=Day(), metavar="DATE", cls=Option)
set_option = click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", cls=Option)
workers_option = click.option("--workers", type=click.IntRange(1), metavar="W", cls=Option)
resume_option = click.option("--resume", is_flag=True, cls=Option)
overwrite_option = click.option("--overwrite", is_flag=True, cls=Option)
seed_option = click.option(
    "--seed", type=click.IntRange(0, LARGEST_SEED), metavar="S", default=1, show_default=True, cls=Option
)
engine_option = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    cls=Option,
    values={"engines": ", ".join(ENGINES)},
)


def replicates_option(default: int) -> Decorator:
    """``--replicates``, so many by default."""
    return click.option(
        "--replicates", type=click.IntRange(1), metavar="N", default=default, show_default=True, cls=Option
    )


def together(options: Sequence[Decorator]) -> Decorator:
    """Several options as one; help lists them in this order."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def command(*arguments: Any, **given: Any) -> None:
            function(*arguments, **given)

        decorated: Callable[..., None] = command
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate
