"""What is wrong with a command line, in the user's language: what, what is allowed, and which help to read."""

import re
from typing import Any

import click

from simulation.cli.help import words_of
from simulation.faults import nearest
from simulation.reporting.text import Words
from simulation.reporting.width import visible

# click says what is wrong as an English sentence; these find the sentence and what stands in it.
_SENTENCES = (
    (r"'(?P<value>.*)' is not a valid (?:integer|int)(?: range)?\.", "usage.whole"),
    (r"'(?P<value>.*)' is not a valid float(?: range)?\.", "usage.number"),
    (r"(?P<value>\S+) is not in the range (?P<allowed>.*)\.", "usage.range"),
    (r"'(?P<value>.*)' is not (?:one of )?(?P<allowed>.*)\.", "usage.choice"),
    (r"(?:File|Directory|Path) '(?P<value>.*)' does not exist\.", "usage.missing_path"),
    (r"(?:File|Directory|Path) '(?P<value>.*)' is a (?:file|directory)\.", "usage.wrong_path"),
    (r"(?:File|Directory|Path) '(?P<value>.*)' is not (?:readable|writable)\.", "usage.closed_path"),
)


def sentence(wrong: click.ClickException, words: Words) -> str:
    """Say what is wrong with the command line; in the language of ``words`` where the fault knows no command."""
    context = wrong.ctx if isinstance(wrong, click.UsageError) else None
    if context is None:
        return visible(_said(wrong, words))
    words = words_of(context)
    said = _said(wrong, words)
    return visible(said + words("usage.help", command=context.command_path))


def _said(wrong: click.ClickException, words: Words) -> str:
    if isinstance(wrong, click.exceptions.NoSuchCommand):
        near = nearest(wrong.command_name, list(_commands(wrong.ctx)))
        return words("usage.no_command", name=wrong.command_name) + _did_you_mean(near, words)
    if isinstance(wrong, click.NoSuchOption):
        options = [one for param in wrong.ctx.command.params for one in param.opts] if wrong.ctx else []
        near = nearest(wrong.option_name, [one for one in options if one.startswith("-")])
        return words("usage.no_option", name=wrong.option_name) + _did_you_mean(near, words)
    if isinstance(wrong, click.MissingParameter) and wrong.param is not None:
        return words("usage.missing", name=_name(wrong.param, wrong.ctx))
    if isinstance(wrong, click.BadOptionUsage):
        key = "usage.no_value" if "does not take" in wrong.message else "usage.value_missing"
        return words(key, name=wrong.option_name)
    if isinstance(wrong, click.BadParameter) and wrong.param is not None:
        return words("usage.bad", name=_name(wrong.param, wrong.ctx), text=_value(wrong, wrong.param, words))
    extra = re.fullmatch(r"Got unexpected extra arguments? \((.*)\)", wrong.message)
    if extra:
        return words("usage.extra", given=extra[1])
    return wrong.format_message()


def _value(wrong: click.BadParameter, param: click.Parameter, words: Words) -> str:
    """What is wrong with a value, and what is allowed."""
    for pattern, key in _SENTENCES:
        found = re.fullmatch(pattern, wrong.message)
        if found:
            return words(
                key, **(_bounds(param, words) | {k: v.replace("'", "") for k, v in found.groupdict().items()})
            )
    return wrong.message


def _bounds(param: click.Parameter, words: Words) -> dict[str, Any]:
    """The range of numbers that a parameter takes, as words; empty where it has none."""
    low, high = getattr(param.type, "min", None), getattr(param.type, "max", None)
    if low is None and high is None:
        return {"bounds": ""}
    if high is None:
        return {"bounds": words("usage.from", low=low)}
    if low is None:
        return {"bounds": words("usage.up_to", high=high)}
    return {"bounds": words("usage.between", low=low, high=high)}


def _name(param: click.Parameter, context: click.Context | None) -> str:
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return param.make_metavar(context or click.Context(click.Command("carriersim")))


def _commands(context: click.Context | None) -> list[str]:
    if context is None or not isinstance(context.command, click.Group):
        return []
    return context.command.list_commands(context)


def _did_you_mean(near: str | None, words: Words) -> str:
    return words("usage.near", name=near) if near else ""
