"""YAML 1.2 without surprises: a word is a word, and whatever is not plain is refused with its place."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.faults import Fault, Place
from simulation.scenario.document import MOST_DEPTH, parse, read_document, scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("0123", "0123"),
        ("00.5", "00.5"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("2021-08-25", "2021-08-25"),
        ("2021Q4", "2021Q4"),
        ("0x1F", "0x1F"),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("1.10", 1.1),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("９", "９"),
        ("1234567890123456789", 1234567890123456789.0),
    ],
)
def test_plain_scalars(text: str, value: Any) -> None:
    assert scalar(text, plain=True) == value
    assert type(scalar(text, plain=True)) is type(value)
    assert scalar(text, plain=False) == text


def test_places_of_keys_and_values() -> None:
    document = parse("a:\n  - b: 1\n    c: [x, y]\n", "file", [])
    assert document is not None
    assert document.data == {"a": [{"b": 1, "c": ["x", "y"]}]}
    assert document.place(("a", 0, "c"), of_key=True) == Place("file", 3, 5)
    assert document.place(("a", 0, "c")) == Place("file", 3, 8)
    assert document.place(("a", 0, "c", 1)) == Place("file", 3, 12)
    assert document.place(("a", 0, "nothing")) == Place("file", 2, 5)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "found nothing"),
        ("- a\n", 1, "keys and values"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("%YAML 1.1\n---\na: no\n", 2, "a YAML directive"),
        ("? [a]\n: 1\n", 1, "a word as a key"),
        ("*x : 1\n", 1, "the alias"),
        ("a: [1, 2\nb: 3\n", 2, "YAML cannot read"),
        ("a: b: c\n", 1, "needs quotes"),
        ("a: 1\n\x07: 2\n", 2, "printable text"),
        ("a: " + "[" * 5000, 1, "levels of nesting"),
        ("a: 'open\n", 2, "YAML cannot read"),
    ],
)
def test_what_is_not_plain_is_refused(text: str, line: int, said: str) -> None:
    faults: list[Fault] = []
    parse(text, "file", faults)
    assert len(faults) == 1
    assert faults[0].line == line
    assert said in str(faults[0])


def test_aliases_cannot_grow() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    faults: list[Fault] = []
    document = parse(bomb, "file", faults)
    assert len(faults) == 6
    assert document is not None
    assert document.data["c"] == [None, None]


def test_depth_is_bounded() -> None:
    for depth, refused in ((MOST_DEPTH - 2, False), (MOST_DEPTH - 1, False), (MOST_DEPTH, True)):
        faults: list[Fault] = []
        parse("a: " + "[" * depth + "]" * depth, "file", faults)
        assert bool(faults) is refused


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("name: 基准".encode("gbk"), "not UTF-8"),
        ("name: x\n".encode("utf-16"), "not UTF-8"),
        (b"a: " + b"x" * 300_000, "at most"),
        (b"a: x\0\n", "printable text"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_bytes(data)
    faults: list[Fault] = []
    assert read_document(tmp_path / "s.yaml", "s.yaml", faults) is None
    assert said in str(faults[0])


def test_byte_order_mark_and_crlf_are_read(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_bytes("\ufeffname: 基准\r\nuntil: 2025Q4\r\n".encode())
    document = read_document(tmp_path / "s.yaml", "s.yaml", [])
    assert document is not None
    assert document.data == {"name": "基准", "until": "2025Q4"}
    assert document.place(("until",), of_key=True).line == 2


def test_missing_file_and_folder_are_faults(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        faults: list[Fault] = []
        assert read_document(path, "none.yaml", faults) is None
        assert "no such file" in str(faults[0])


@given(st.text(max_size=200))
def test_any_text_gives_a_tree_or_faults(text: str) -> None:
    faults: list[Fault] = []
    document = parse(text, "file", faults)
    assert (document is not None) or faults
    assert all(fault.line >= 0 for fault in faults)


@given(st.text(alphabet="ab:{}[]-,&*!%#'\"| \n\t：", max_size=80))
def test_any_punctuation_gives_a_tree_or_faults(text: str) -> None:
    faults: list[Fault] = []
    document = parse(text, "file", faults)
    assert (document is not None) or faults
