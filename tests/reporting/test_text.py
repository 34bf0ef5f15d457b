import csv
import re
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest

import simulation
from simulation.calibration.backtest import OURS
from simulation.calibration.peers import available
from simulation.calibration.series import MEASURES
from simulation.quarters import quarter
from simulation.reporting.text import LANGUAGES, Words, catalogue, language_of
from simulation.rules import codes
from simulation.scenario.city import PAYERS

# The words of the code lists, each of which has a name in the catalogue.
CODE_LISTS = {
    "type": codes.TYPES,
    "level": codes.LEVELS,
    "mode": codes.MODES,
    "status": codes.STATUSES,
    "grade": codes.GRADES,
    "kind": codes.SPONSOR_KINDS,
    "scope": codes.SCOPES,
    "basis": codes.BASES,
    "payer": PAYERS,
    "measure": MEASURES,
    "method": (OURS, *available()),
}


def rows():
    text = files("simulation.reporting").joinpath("catalogue.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_sentence_stands_in_both_languages():
    for row in rows():
        assert row["en"], row
        assert row["zh"], row


def test_no_key_stands_twice():
    keys = [row["key"] for row in rows()]
    assert len(keys) == len(set(keys))


# English counts in the singular where a sentence for one has its own row: the number need not be named.
def test_both_languages_have_the_same_placeholders():
    for row in rows():
        found = placeholders(row["en"]), placeholders(row["zh"])
        assert found[0] == found[1], row["key"]


def test_a_sentence_for_one_belongs_to_one_for_many():
    keys = set(catalogue("en"))
    for key in keys:
        if key.endswith(".one"):
            assert key.removesuffix(".one") in keys


@pytest.mark.parametrize("group", CODE_LISTS)
def test_every_word_of_the_code_lists_has_a_name(group):
    for language in LANGUAGES:
        names = [Words(language).named(group, word) for word in CODE_LISTS[group]]
        assert len(set(names)) == len(names)


# The words that a Chinese official uses, from the city's glossary, and those a machine would put.
def test_the_words_are_those_of_the_officials():
    said = "".join(catalogue("zh").values())
    for right in (
        "政策举措",
        "建设主体",
        "随机种子",
        "预测区间",
        "口径",
        "达标概率",
        "期望缺口",
        "个百分点",
        "家",
    ):
        assert right in said
    for wrong in ("杠杆", "赞助", "置信区间", "投影", "场景", "促销", "租户", "个载体"):
        assert wrong not in said


def test_a_count_of_one_has_its_own_sentence():
    assert Words("en").count("story.tenants", 1) == "1 tenant"
    assert Words("en").count("story.tenants", 2) == "2 tenants"
    assert Words("zh").count("story.tenants", 1) == "1家"


def test_quarters_and_their_ends():
    en, zh = Words("en"), Words("zh")
    assert en.quarter(quarter("2022Q3")) == "2022Q3"
    assert zh.quarter(quarter("2022Q3")) == "2022年三季度"
    assert en.end_of(quarter("2025Q4")) == "the end of 2025"
    assert zh.end_of(quarter("2025Q4")) == "2025年底"
    assert en.end_of(quarter("2023Q2")) == "the end of 2023Q2"
    assert zh.end_of(quarter("2023Q2")) == "2023年二季度末"


def test_amounts_of_money():
    assert Words("en").money(5_000_000) == "5 million CNY"
    assert Words("zh").money(5_000_000) == "500万元"
    assert Words("en").money(100_000) == "100,000 CNY"
    assert Words("zh").money(100_000) == "10万元"


def test_large_numbers_have_separators():
    assert [Words("en").whole(number) for number in (0, 9999, 10000, 16404.4)] == [
        "0",
        "9999",
        "10,000",
        "16,404",
    ]


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "en_GB"}, "zh"),
        ({"LANG": "zh_CN", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_language_is_that_of_the_locale(environment, language):
    assert language_of(environment) == language


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="en, zh"):
        Words("fr")


# A key is named whole, or begins as the part before the first placeholder of a text in the code does.
def test_every_sentence_is_said_somewhere():
    root = Path(simulation.__file__).parent
    code = "".join(file.read_text(encoding="utf-8") for file in root.rglob("*.py"))
    begun = tuple(begin for begin in re.findall(r'f"([a-z_]+\.[a-z_.]*)\{', code))
    groups = tuple(f"{group}." for group in CODE_LISTS)
    for key in catalogue("en"):
        named = f'"{key.removesuffix(".one")}"' in code
        assert named or key.startswith(begun + groups), key
