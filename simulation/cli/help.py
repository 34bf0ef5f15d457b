"""Help in the user's language, set in columns of a terminal: click measures text in characters, not columns."""

from typing import Any

import click

from simulation.reporting.text import LANGUAGES, Words, language_of
from simulation.reporting.width import columns, pad, wrap

_WIDTH = 80
_MOST_LEFT = 28  # columns for the names of options; a longer name stands on a line of its own


def words_of(context: click.Context) -> Words:
    """The catalogue in the language asked for so far, else in that of the locale."""
    asked: click.Context | None = context
    while asked is not None:
        if asked.params.get("lang") in LANGUAGES:  # else not given, or not read yet
            return Words(asked.params["lang"])
        asked = asked.parent
    return Words(language_of())


class Option(click.Option):
    """An option whose help stands in the catalogue as ``help.opt.<name>``; ``values`` fill its placeholders."""

    def __init__(self, *names: Any, values: dict[str, str] | None = None, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.values = values or {}

    def told(self, words: Words) -> str:
        """Its help, with the default when it is one worth telling."""
        text = words(f"help.opt.{self.name}", **self.values)
        if self.show_default and self.default is not None:
            text += f" [{words('help.default', value=self.default)}]"
        return text


class Helped(click.Command):
    """A command whose help stands in the catalogue as ``help.<name>``; ``example`` is a line to copy."""

    example = ""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the user's language."""
        words = words_of(ctx)
        usage = " ".join([ctx.command_path, *self.collect_usage_pieces(ctx)])
        blocks = [
            wrap(words("help.usage", usage=usage), _WIDTH, "  "),
            wrap(self.told(words), _WIDTH),
            *self.sections(ctx, words),
        ]
        if self.example:
            blocks.append(wrap(words("help.example", command=self.example), _WIDTH, "  "))
        formatter.write("\n\n".join("\n".join(block) for block in blocks) + "\n")

    def told(self, words: Words) -> str:
        """What the command does."""
        return words(f"help.{self.name}")

    def sections(self, ctx: click.Context, words: Words) -> list[list[str]]:
        """The lists of arguments and options."""
        arguments = [
            (parameter.make_metavar(ctx), words(f"help.opt.{parameter.name}"))
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Argument)
        ]
        found = [_section(words("help.arguments"), arguments)] if arguments else []
        return [*found, _section(words("help.options"), self._options(ctx, words))]

    def _options(self, ctx: click.Context, words: Words) -> list[tuple[str, str]]:
        rows = []
        for parameter in self.get_params(ctx):
            if isinstance(parameter, Option):
                names = ", ".join(parameter.opts)
                takes = "" if parameter.is_flag else " " + parameter.make_metavar(ctx)
                rows.append((names + takes, parameter.told(words)))
        return [*rows, ("--help", words("help.opt.help"))]


class HelpedGroup(click.Group, Helped):
    """A group whose commands are listed by the catalogue, without importing any of them."""

    def told(self, words: Words) -> str:
        """What the program does."""
        return words("help.root")

    def sections(self, ctx: click.Context, words: Words) -> list[list[str]]:
        """The commands, the options, and where to read on."""
        commands = [(name, words(f"help.{name}.short")) for name in self.list_commands(ctx)]
        return [
            _section(words("help.commands"), commands),
            _section(words("help.options"), self._options(ctx, words)),
            [*wrap(words("help.more"), _WIDTH), *wrap(words("help.exit"), _WIDTH)],
        ]


def _section(title: str, rows: list[tuple[str, str]]) -> list[str]:
    """A list in two columns under a title."""
    left = min(max(columns(name) for name, _ in rows), _MOST_LEFT) + 4
    lines = [title]
    for name, text in rows:
        told = wrap(text, _WIDTH - left)
        if columns(name) + 4 > left:
            lines.append(f"  {name}")
            lines.append(" " * left + told[0])
        else:
            lines.append(pad(f"  {name}", left) + told[0])
        lines += [" " * left + line for line in told[1:]]
    return lines
