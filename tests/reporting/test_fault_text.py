"""Faults in zh and en: every template has a Chinese text with the same placeholders, and is used."""

import re
import string

import pytest

from simulation.faults import Fault, Said, one_of, say
from simulation.registry.report import Report
from simulation.reporting import fault_text
from simulation.reporting.check_page import MOST_SHOWN, CheckPage
from simulation.reporting.text import Words
from simulation.reporting.width import columns
from tools.messages import templates


def fields(template: str) -> set[tuple[str, str]]:
    return {(name, form or "") for _, name, form, _ in string.Formatter().parse(template) if name}


def test_every_template_has_a_chinese_text_and_no_text_is_left_over() -> None:
    used = {template for template, _ in templates()}
    assert used == set(fault_text.messages())
    assert len(used) > 100


@pytest.mark.parametrize(("english", "chinese"), fault_text.messages().items())
def test_both_texts_have_the_same_placeholders(english: str, chinese: str) -> None:
    assert fields(english) == fields(chinese)
    is_chinese = any("\u4e00" <= one <= "\u9fff" for one in chinese)
    has_words = re.search(r"[a-z]{3}", re.sub(r"\{[^}]*\}|`[^`]*`", "", english))
    assert is_chinese or not has_words or english == chinese  # `low ≤ mid ≤ high`: the same in both


def test_a_text_is_said_in_both_languages() -> None:
    found = say("{text} as `{title}`", text="`1`", title="区")
    allowed = one_of(("甲", "乙", "丙"), 2)
    fault = Fault("r.csv", 3, 4, found, allowed, say("give one number"), "range", row=3)
    assert fault_text.sentence(fault, Words("en")) == (
        "r.csv:3:4: found `1` as `区`; allowed: 甲, 乙 and 1 more; give one number"
    )
    assert fault_text.sentence(fault, Words("zh")) == (
        "r.csv:3:4：`1`（“区”列）；应为：甲、乙等（另有1个）；请写一个确定的数"
    )


def test_a_record_has_what_is_promised() -> None:
    cell = Fault("r.xlsx", 4, 6, "a", "b", "c", "formula", "error", "名录", 4)
    assert fault_text.record(cell, Words("en")) == {
        "kind": "formula", "sheet": "名录", "row": 4, "column": 6, "line": None,
        "found": "a", "allowed": "b", "advice": "c", "severity": "error",
    }  # fmt: skip
    line = fault_text.record(Fault("s.yaml", 4, 6, "a", "b"), Words("en"))
    assert (line["sheet"], line["row"], line["column"], line["line"]) == (None, None, 6, 4)


def test_a_said_text_survives_a_copy() -> None:
    import copy
    import pickle

    said = say("{n} cells", n=3)
    for one in (copy.deepcopy(said), pickle.loads(pickle.dumps(said))):
        assert isinstance(one, Said)
        assert (one, one.template, one.values) == ("3 cells", "{n} cells", {"n": 3})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_shows_errors_first_and_not_without_end(language: str) -> None:
    report = Report("登记.csv", "gb18030", 900)
    for line in range(1, MOST_SHOWN + 60):
        report.add(
            Fault("登记.csv", line, 1, say("a value"), say("a value"), "", "space", "warning", row=line)
        )
    report.add(Fault("登记.csv", 7, 2, say("a value"), say("a value"), "", "twice", "error", row=7))
    page = CheckPage(Words(language), [report])
    lines = list(page.lines())
    assert page.refused
    assert "GB18030" in "".join(lines[:2])
    assert max(columns(line) for line in lines) <= 80
    first = next(line for line in lines if "7" in line and "2" in line and ("line" in line or "第" in line))
    assert lines.index(first) < 6
    assert any("60" in line for line in lines)  # that many more
    assert len(page.record()["files"][0]["faults"]) == MOST_SHOWN + 60
