"""Excel workbooks: what is in the file, which sheets are shown, how numbers are to be read.

Written here, on the standard library alone, because three things are needed at once that the usual readers give
one at a time: bounded memory, merged cells, and for a formula both its text and its stored value. Nothing of a
workbook is run or followed: macros, links and embedded files are never opened.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from simulation.faults import Fault, say
from simulation.registry.grid import Unreadable, too_large

MOST_BYTES = 400_000_000  # of one part, unpacked
MOST_RATIO, RATIO_FROM = 300, 20_000_000  # a part packed tighter than this is no table
MOST_PARTS = 2_000
MOST_TEXTS, MOST_TEXT_BYTES = 2_000_000, 150_000_000
CHUNK = 1 << 18
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(50, 59)))
_PADDED = re.compile(r"0{2,}")
# What the libraries raise over a file that is not what it says it is.
BROKEN_FILE = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    struct.error,
)
_RELATIONS = "xl/_rels/workbook.xml.rels"


@dataclass(frozen=True)
class Workbook:
    """A workbook that is open for reading."""

    archive: zipfile.ZipFile
    sheets: tuple[tuple[str, str, bool], ...]  # name, part, whether it is hidden
    texts: list[str]
    styles: tuple[str, ...]  # what a style makes of a number: date, 0000 (zeros in front), or nothing
    dates_1904: bool
    links: tuple[str, ...]  # other files that it draws on


def open_workbook(path: Path) -> Workbook:
    """Open a workbook. Raises ``Unreadable`` when it is none, or one that is not to be trusted."""
    try:
        archive = zipfile.ZipFile(path)
        _check_size(archive)
        parts = set(archive.namelist())
        if "xl/workbook.xml" not in parts:
            raise Unreadable(
                "no_workbook", say("a ZIP file that is no workbook"), say("a CSV, TSV or xlsx file")
            )
        relations, links = _relations(archive)
        sheets, dates_1904 = _sheets(archive, relations)
        shared = next((part for part in parts if part.lower() == "xl/sharedstrings.xml"), None)
        return Workbook(
            archive,
            tuple((name, part, hidden) for name, part, hidden in sheets if part in parts),
            [] if shared is None else _texts(archive, shared),
            _styles(archive) if "xl/styles.xml" in parts else (),
            dates_1904,
            links,
        )
    except BROKEN_FILE as error:
        raise damaged(error) from None


def damaged(error: Exception) -> Unreadable:
    """A workbook that cannot be unpacked, or whose XML is broken."""
    if "password" in str(error) or "encrypted" in str(error):
        return Unreadable(
            "password",
            say("a file with a password"),
            say("a workbook without one"),
            say("save it without password"),
        )
    return Unreadable(
        "damaged", say("a damaged workbook"), say("an xlsx file as Excel or WPS writes it"),
        say("open it in Excel and save it again"),
    )  # fmt: skip


def link_fault(file: str, links: tuple[str, ...]) -> Fault:
    """The fault of a workbook whose values come from other files."""
    return Fault(
        file, 0, 0, say("links to other files ({links})", links=links[:3]), say("a workbook that stands alone"),
        say("break the links in Excel (Data, Edit links): what they hold may be out of date"), "external_link",
    )  # fmt: skip


def _check_size(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise too_large(say("parts in the file"), len(parts), MOST_PARTS)
    for part in parts:
        if part.file_size > MOST_BYTES:
            raise too_large(say("bytes when unpacked"), part.file_size, MOST_BYTES)
        if part.file_size > RATIO_FROM and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise Unreadable(
                "zip_bomb",
                say("{size:,} bytes packed into {packed:,}", size=part.file_size, packed=part.compress_size),
                say("a workbook as Excel or WPS writes it"),
                say("do not open this file: it is made to fill the memory"),
            )


def parse(archive: zipfile.ZipFile, part: str, handler: Any) -> Iterator[None]:
    """Hand the elements of a part to ``handler``; gives control back after every chunk.

    Raises ``Unreadable`` when the XML is broken or declares anything of its own.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda name, given: handler.start(name.rpartition(":")[2], given)
    parser.EndElementHandler = lambda name: handler.end(name.rpartition(":")[2])
    parser.CharacterDataHandler = handler.text
    try:
        with archive.open(part) as file:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
    except BROKEN_FILE as error:
        raise damaged(error) from None


def _refuse_doctype(*_: object) -> None:
    raise Unreadable(
        "entities", say("XML that declares entities of its own"), say("a workbook as Excel or WPS writes it"),
        say("do not open this file: no table program writes such XML"),
    )  # fmt: skip


class _Elements:
    """Collects the elements of a small part: names with their attributes."""

    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        self.found.append((name, {key.rpartition(":")[2]: value for key, value in given.items()}))
        if len(self.found) > MOST_TEXTS:
            raise too_large(say("parts in the file"), len(self.found), MOST_TEXTS)

    def end(self, name: str) -> None:
        """Nothing to do."""

    def text(self, data: str) -> None:
        """Nothing to do."""


def _elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    handler = _Elements()
    for _ in parse(archive, part, handler):
        pass
    return handler.found


def _relations(archive: zipfile.ZipFile) -> tuple[dict[str, str], tuple[str, ...]]:
    """Parts by the names that the workbook gives them, and the other files that it draws on."""
    parts: dict[str, str] = {}
    links = [
        one for one in archive.namelist() if one.startswith("xl/externalLinks/") and one.endswith(".xml")
    ]
    if _RELATIONS in archive.namelist():
        for name, given in _elements(archive, _RELATIONS):
            if name == "Relationship" and given.get("TargetMode") == "External":
                links.append(given.get("Target", "?"))
            elif name == "Relationship":
                target = given.get("Target", "")
                parts[given.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    return parts, tuple(links)


def _sheets(archive: zipfile.ZipFile, relations: dict[str, str]) -> tuple[list[tuple[str, str, bool]], bool]:
    sheets, dates_1904 = [], False
    for name, given in _elements(archive, "xl/workbook.xml"):
        if name == "sheet":
            hidden = given.get("state", "visible") != "visible"
            sheets.append((given.get("name", ""), relations.get(given.get("id", ""), ""), hidden))
        elif name == "workbookPr":
            dates_1904 = given.get("date1904", "0") in ("1", "true")
    return sheets, dates_1904


class _Texts:
    """Collects the shared texts; how Chinese is read aloud (rPh) is left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._reads = self._aloud = False
        self._size = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        del given
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._aloud = True
        self._reads = name == "t" and not self._aloud

    def end(self, name: str) -> None:
        if name == "si":
            self.texts.append("".join(self._parts))
            if len(self.texts) > MOST_TEXTS:
                raise too_large(say("texts"), len(self.texts), MOST_TEXTS)
        elif name == "rPh":
            self._aloud = False
        self._reads = False

    def text(self, data: str) -> None:
        if self._reads:
            self._parts.append(data)
            self._size += len(data)
            if self._size > MOST_TEXT_BYTES:
                raise too_large(say("characters"), self._size, MOST_TEXT_BYTES)


def _texts(archive: zipfile.ZipFile, part: str) -> list[str]:
    handler = _Texts()
    for _ in parse(archive, part, handler):
        pass
    return handler.texts


def _styles(archive: zipfile.ZipFile) -> tuple[str, ...]:
    """What each style makes of a number."""
    formats: dict[int, str] = {}
    styles: list[str] = []
    within = False
    for name, given in _elements(archive, "xl/styles.xml"):
        if name == "numFmt" and given.get("numFmtId", "").isdigit():
            formats[int(given["numFmtId"])] = given.get("formatCode", "")
        elif name in ("cellXfs", "cellStyles"):
            within = name == "cellXfs"
        elif name == "xf" and within:
            number = given.get("numFmtId", "0")
            styles.append(_style(int(number) if number.isdigit() else 0, formats))
    return tuple(styles)


def _style(number: int, formats: dict[int, str]) -> str:
    code = formats.get(number)
    if code is None:
        return "date" if number in _DATE_FORMATS else ""
    plain = re.sub(r'\[[^\]]*\]|"[^"]*"|\\.|_.', "", code).casefold()
    if _PADDED.fullmatch(plain):
        return plain
    return "date" if "y" in plain or "d" in plain else ""
