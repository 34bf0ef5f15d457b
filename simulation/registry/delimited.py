"""Registries as text: the encoding is found and told, the delimiter follows from the titles."""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from simulation.faults import say
from simulation.registry.grid import Grid, Line, Unreadable, too_large
from simulation.registry.titles import understood

MOST_BYTES = 200_000_000
_CHUNK = 1 << 20
_SAMPLE = 1 << 16  # characters in which titles are looked for
_DELIMITERS = ",\t;|"
_FIRST_CHINESE = 0x2E80


def read_text(path: Path) -> tuple[str, Grid]:
    """The encoding of a text file and its grid. Raises ``Unreadable``, also while lines are gone through."""
    size = path.stat().st_size
    if size == 0:
        raise Unreadable(
            "empty", say("an empty file"), say("a header with the titles of the columns, and rows")
        )
    if size > MOST_BYTES:
        raise too_large(say("bytes"), size, MOST_BYTES)
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter(file.read(_SAMPLE))
    return encoding, Grid("", _lines(path, encoding, delimiter))


def _encoding(path: Path) -> str:
    """The encoding in which every byte of a file has a meaning: UTF-8, GB18030 (GBK), or UTF-16 by its mark."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        wrong = _first_wrong(path, "utf-16")
        if wrong is None:
            return "utf-16"
        raise _bad_bytes(path, wrong, "UTF-16")
    wrong = _first_wrong(path, "utf-8")
    if wrong is None:
        if _holds_nul(path):
            raise Unreadable("binary", say("bytes that are no text"), say("a CSV, TSV or xlsx file"))
        return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    # Of GBK text hardly two characters in a row make sense as UTF-8, so Chinese before the fault means UTF-8.
    with path.open("rb") as file:
        before = file.read(min(wrong, _SAMPLE)).decode("utf-8", errors="ignore")
    if any(ord(one) >= _FIRST_CHINESE and one != "\ufeff" for one in before):
        raise _bad_bytes(path, wrong, "UTF-8")
    if _first_wrong(path, "gb18030") is None and not _holds_nul(path):
        return "gb18030"
    raise _bad_bytes(path, wrong, "UTF-8")


def _first_wrong(path: Path, encoding: str) -> int | None:
    """The place of the first byte without a meaning in an encoding; ``None`` when there is none."""
    decoder = codecs.getincrementaldecoder(encoding)()
    read = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return read - pending + error.start
            if not chunk:
                return None
            read += len(chunk)


def _holds_nul(path: Path) -> bool:
    with path.open("rb") as file:
        return any(b"\0" in chunk for chunk in iter(lambda: file.read(_CHUNK), b""))


def _bad_bytes(path: Path, place: int, encoding: str) -> Unreadable:
    line = 1
    with path.open("rb") as file:
        while place > 0:
            chunk = file.read(min(_CHUNK, place))
            line += chunk.count(b"\n")
            place -= len(chunk)
    return Unreadable(
        "encoding",
        say("bytes that are not {encoding}", encoding=encoding),
        say("UTF-8 (with or without a byte order mark), or GB18030 (GBK)"),
        say("save the file again as CSV UTF-8"),
        line,
    )


def _delimiter(sample: str) -> str:
    """The delimiter that gives a row with the most known titles."""
    best, most = ",", 0
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        known = 0
        try:
            for _, cells in zip(range(30), reader, strict=False):
                known = max(known, sum(understood(cell) is not None for cell in cells[:500]))
        except csv.Error:
            pass  # the sample may end within quotes; what is really broken is told when the file is read
        if known > most:
            best, most = delimiter, known
    return best


def _lines(path: Path, encoding: str, delimiter: str) -> Iterator[Line]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        row, begins = 0, 1
        try:
            for cells in reader:
                row += 1
                yield Line(begins, row, cells)
                begins = reader.line_num + 1
        except csv.Error as error:
            raise _broken_quotes(str(error), begins) from None


def _broken_quotes(reason: str, line: int) -> Unreadable:
    if "limit" in reason:
        return Unreadable(
            "quoting", say("a cell of more than 131,072 characters"), say("a shorter text"),
            say("a quote may be missing where the cell ends"), line,
        )  # fmt: skip
    found = say("a quote that is not closed") if "end of data" in reason else say("broken quoting")
    return Unreadable(
        "quoting", found, say('cells with `"` on both sides, `""` for one within'),
        say("the rest of the file was not read"), line,
    )  # fmt: skip
