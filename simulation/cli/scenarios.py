"""The scenario argument: a file that is there, or a message that names the nearest ones."""

import difflib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulation.cli.help import words_of
from simulation.cli.terminal import Refused, Terminal
from simulation.reporting.text import Words, language_of
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.faults import Fault
    from simulation.scenario import Scenario


class Day(click.ParamType[date]):
    """A day, written 2021-08-25."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day that a text names."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            words = Words(language_of()) if ctx is None else words_of(ctx)
            self.fail(words("usage.day", value=value), param, ctx)


def load(terminal: Terminal, path: str, settings: Sequence[str], as_of: date | None) -> "Scenario":
    """Read a scenario. Raises ``Refused`` with every fault, after which nothing may be written."""
    _there(terminal.words, path)
    from simulation.scenario import ScenarioErrors
    from simulation.scenario import load as read

    try:
        return read(path, settings=tuple(settings), as_of=as_of)
    except ScenarioErrors as wrong:
        from simulation.reporting import fault_text

        faults = [fault_text.sentence(fault, terminal.words) for fault in wrong.faults]
        said = terminal.words.count("error.scenario", len(faults))
        raise Refused("\n".join([said, *faults])) from None


def tell_warnings(terminal: Terminal, faults: "Iterable[Fault]") -> None:
    """Say what scenarios say but may not mean, each once, in the user's language."""
    from simulation.reporting import fault_text

    words = terminal.words
    for sentence in dict.fromkeys(fault_text.sentence(fault, words) for fault in faults):
        terminal.note(words("run.warning", text=sentence.rstrip(".")))


def _there(words: Words, path: str) -> None:
    if Path(path).is_file():
        return
    near = _near(path)
    shown = words.listing([visible(name) for name in near])
    if Path(path).is_dir():
        raise Refused(words("error.folder", path=visible(path), near=shown or "wuhan-2025.yaml"))
    key = "error.path" if near else "error.path.nothing_near"
    raise Refused(words(key, path=visible(path), near=shown))


def _near(path: str, most: int = 3) -> list[str]:
    """Scenario files with a name like this one, in its folder, in scenarios/ and here; the nearest first."""
    wanted = Path(path)
    folders = [wanted] if wanted.is_dir() else [wanted.parent, Path("scenarios"), Path()]
    files = {
        file.name: str(file)
        for folder in reversed(folders)
        if folder.is_dir()
        for pattern in ("*.yaml", "*.yml")
        for file in sorted(folder.glob(pattern))
    }
    if wanted.is_dir():
        return [files[name] for name in sorted(files)][:most]
    # The ending is the same everywhere and would make all names look alike.
    by_stem = {Path(name).stem: file for name, file in files.items()}
    return [by_stem[stem] for stem in difflib.get_close_matches(wanted.stem, by_stem, most, cutoff=0.5)]
