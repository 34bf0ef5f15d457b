"""A scenario file as a tree of plain values, each with its place; whatever is not plain YAML 1.2 is a fault.

ruamel.yaml reads the file and gives events; the tree is built here, so that every fault is found at once and
has a line and column, and so that nothing is guessed: ``no`` is a word, 0123 a text, a date a text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from simulation.faults import Fault, Place, quoted, say

Path_ = tuple[str | int, ...]

MOST_BYTES = 256_000
MOST_DEPTH = 12
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING = ("", "~", "null", "Null", "NULL")
_ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
FULL_WIDTH = {
    "：": ":",
    "，": ",",
    "｛": "{",
    "｝": "}",
    "［": "[",
    "］": "]",
    "＃": "#",
    "“": '"',
    "”": '"',
    "－": "-",
}


@dataclass
class Document:
    """A tree of plain values; ``keys`` and ``values`` say where each path stands."""

    data: dict[str, Any] = field(default_factory=dict)
    keys: dict[Path_, Place] = field(default_factory=dict)
    values: dict[Path_, Place] = field(default_factory=dict)
    wrapped: bool = False  # the text was no map: its value stands under the key ``value``

    def place(self, path: Path_, of_key: bool = False) -> Place:
        """Where a path stands; where its nearest parent stands if it is not in a file."""
        for end in range(len(path), -1, -1):
            for places in (self.keys, self.values) if of_key else (self.values, self.keys):
                if path[:end] in places:
                    return places[path[:end]]
        return Place("scenario")


def read_document(path: Path, label: str, faults: list[Fault]) -> Document | None:
    """The tree of a file; ``None`` and faults when it is none."""
    text = _text(path, label, faults)
    return None if text is None else parse(text, label, faults)


def parse(text: str, label: str, faults: list[Fault], top: type = dict) -> Document | None:
    """The tree of a text. ``top`` is what its top must be: ``dict`` for a file, ``object`` for one value."""
    before = len(faults)
    faults += list(_tabs(text, label))
    if len(faults) > before:
        return None
    builder = _Builder(label, faults)
    try:
        for event in YAML(typ="rt").parse(text):
            builder.take(event)
            if builder.stopped:
                return None
    except ReaderError as error:
        found = say(
            "the character {text}",
            text=quoted(chr(error.character) if isinstance(error.character, int) else ""),
        )
        line = text.count("\n", 0, error.position) + 1
        faults.append(Fault(label, line, 0, found, say("printable text")))
        return None
    except (MarkedYAMLError, YAMLError) as error:
        faults += _broken(error, text, label)
        return None
    document = builder.document
    if top is dict and not isinstance(builder.top, dict):
        wide = list(_full_width(text, label))
        found = say("nothing") if builder.top is None else quoted(builder.top)
        faults += wide or [Fault(label, 1, 1, found, say("keys and values such as `name: My scenario`"))]
        return None
    document.wrapped = not isinstance(builder.top, dict)
    document.data = {"value": builder.top} if document.wrapped else builder.top
    return document


def scalar(text: str, plain: bool) -> str | int | float | bool | None:
    """The value of a scalar: what is quoted is text; YAML 1.2 without its surprises for the rest."""
    if not plain:
        return text
    if text in _NOTHING:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) <= 18:
        return int(text)
    if _FLOAT.fullmatch(text) or _ENDLESS.fullmatch(text):
        return float(text.replace(".inf", "inf").replace(".nan", "nan").replace(".I", "I").replace(".N", "N"))
    return text


def full_width_advice(text: str) -> str:
    """Advice for a text that has full-width punctuation or digits where plain ones are meant; else empty."""
    used = [one for one in text if one in FULL_WIDTH]
    if used:
        return say("write `{half}` (half width) for `{full}`", half=FULL_WIDTH[used[0]], full=used[0])
    if any("０" <= one <= "９" for one in text):
        return say("write digits in half width: 0 to 9")
    return ""


class _Builder:
    """Builds the tree from events, with a stack of its own, so that depth is ours to bound."""

    def __init__(self, label: str, faults: list[Fault]) -> None:
        self.label, self.faults = label, faults
        self.document = Document()
        self.top: Any = None
        self.stopped = False
        self._documents = 0
        self._stack: list[tuple[Path_, Any]] = []  # open mappings and sequences
        self._key: list[str | None] = []  # the key read last, of each open mapping

    def take(self, event: Any) -> None:
        """Take the next event."""
        place = Place(self.label, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, DocumentStartEvent):
            self._start(event, place)
        elif isinstance(event, AliasEvent):
            self._refuse(
                place, say("the alias {anchor}", anchor=quoted("*" + event.anchor)), say("values written out")
            )
            self._put(None, place)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._check_marks(event, place)
            self._open({} if isinstance(event, MappingStartEvent) else [], place)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            _, value = self._stack.pop()
            if isinstance(value, dict):
                self._key.pop()
        elif isinstance(event, ScalarEvent):
            self._check_marks(event, place)
            self._scalar(event, place)

    def _start(self, event: Any, place: Place) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse(
                place, say("a second document"), say("one document in a file"), say("delete the line `---`")
            )
            self.stopped = True
        if event.version not in (None, (1, 2)) or event.tags:
            self._refuse(
                place,
                say("a YAML directive"),
                say("YAML 1.2 without directives"),
                say("delete the line with `%`"),
            )

    def _refuse(self, place: Place, found: str, allowed: str, advice: str = "") -> None:
        self.faults.append(Fault.at(place, found, allowed, advice))

    def _check_marks(self, event: Any, place: Place) -> None:
        if event.anchor:
            advice = say("an overlay shares values by `extends`")
            self._refuse(
                place,
                say("the anchor {anchor}", anchor=quoted("&" + event.anchor)),
                say("values without anchors"),
                advice,
            )
        if event.tag and str(event.tag) != "!":
            self._refuse(place, say("the tag {tag}", tag=quoted(event.tag)), say("plain values without tags"))

    def _scalar(self, event: Any, place: Place) -> None:
        if self._awaits_key():
            self._take_key(event.value, place)
        else:
            self._put(scalar(event.value, event.style is None), place)

    def _awaits_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1][1], dict) and self._key[-1] is None

    def _take_key(self, key: str, place: Place) -> None:
        path, mapping = self._stack[-1]
        if key == "<<":
            self._refuse(
                place,
                say("the merge key `<<`"),
                say("keys written out"),
                say("an overlay shares values by `extends`"),
            )
        first = self.document.keys.get((*path, key))
        if first is not None:
            found = say("the key {key} again, first in line {line}", key=quoted(key), line=first.line)
            self._refuse(place, found, say("each key once"), say("delete one of the two lines"))
        else:
            self.document.keys[(*path, key)] = place
        mapping.setdefault(key, None)
        self._key[-1] = key

    def _open(self, value: Any, place: Place) -> None:
        if self._awaits_key():
            self._refuse(place, say("a list or map as a key"), say("a word as a key"))
            self.stopped = True
            return
        path = self._put(value, place)
        if len(path) >= MOST_DEPTH:
            self._refuse(
                place,
                say("{n} levels of nesting", n=len(path)),
                say("at most {most}", most=MOST_DEPTH - 1),
            )
            self.stopped = True
        self._stack.append((path, value))
        if isinstance(value, dict):
            self._key.append(None)

    def _put(self, value: Any, place: Place) -> Path_:
        """Put a value where the open mapping or sequence wants it; its path."""
        if not self._stack:
            self.top = value
            self.document.values[()] = place
            return ()
        path, holder = self._stack[-1]
        here: Path_
        if isinstance(holder, dict):
            key = self._key[-1]
            if key is None:  # an alias as a key: refused already
                return path
            here = (*path, key)
            holder[key] = value
            self._key[-1] = None
        else:
            here = (*path, len(holder))
            holder.append(value)
        self.document.values[here] = place
        return here


def _text(path: Path, label: str, faults: list[Fault]) -> str | None:
    """The text of a file in UTF-8, with or without a byte-order mark."""
    try:
        if not path.is_file():
            faults.append(
                Fault(label, 0, 0, say("no such file"), say("a scenario file"), say("check the name"))
            )
            return None
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        faults.append(
            Fault(label, 0, 0, say("no readable file ({reason})", reason=reason), say("a scenario file"))
        )
        return None
    if len(data) > MOST_BYTES:
        faults.append(
            Fault(label, 0, 0, say("{n} bytes", n=len(data)), say("at most {most} bytes", most=MOST_BYTES))
        )
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        faults.append(
            Fault(
                label, line, 0, say("bytes that are not UTF-8"), "UTF-8", say("save the file again as UTF-8")
            )
        )
        return None


def _tabs(text: str, label: str) -> Iterator[Fault]:
    """A fault for each line that is indented by a tab."""
    for number, line in enumerate(text.splitlines(), 1):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent and line.strip():
            column = indent.index("\t") + 1
            yield Fault(
                label, number, column, say("a tab"), say("spaces"), say("indent by two spaces for each level")
            )


def _full_width(text: str, label: str) -> Iterator[Fault]:
    """A fault for each line whose key is followed by a full-width colon."""
    for number, line in enumerate(text.splitlines(), 1):
        code = line.split("#", 1)[0]
        wide, plain = code.find("："), code.find(":")
        if wide >= 0 and (plain < 0 or wide < plain):
            yield Fault(
                label, number, wide + 1, say("a full-width colon `：`"), "`: `", say("write `:` and a space")
            )


def _broken(error: Exception, text: str, label: str) -> list[Fault]:
    """What the parser could not read, and the full-width colons that are the likely cause."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    problem = getattr(error, "problem", None) or type(error).__name__
    lines = text.splitlines()
    code = lines[line - 1].split("#", 1)[0] if line <= len(lines) else ""
    advice = say("a text with a colon and a space in it needs quotes") if "mapping values" in problem else ""
    advice = full_width_advice(code) or advice
    broken = Fault(
        label,
        line,
        column,
        say("text that YAML cannot read ({problem})", problem=problem),
        say("YAML 1.2"),
        advice,
    )
    return list(_full_width(text, label)) or [broken]
