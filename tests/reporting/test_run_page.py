import pytest

from simulation.reporting.run_page import Evidence, Failed, RunPage
from simulation.reporting.text import Words
from simulation.reporting.width import columns
from simulation.rules import codes
from tests.reporting.answers import answer, share

LONG = "Wuhan Economic and Technological Development Zone (Hannan District)"
NAMES = {
    "hongshan": "Hongshan District",
    "wedz_hannan": LONG,
    "qiaokou": "硚口区",
    "hostile": "[red]x[/red]\x1b[2J",
}


def answers():
    """Three targets under every scope and basis, and the tasks of all districts but the last."""
    found = []
    for scope in codes.SCOPES:
        for basis in codes.BASES:
            recognised, national = scope == "recognised", scope == "national"
            found.append(answer(scope=scope, basis=basis, official=recognised and basis == "label"))
            found.append(
                answer(
                    scope=scope,
                    basis=basis,
                    at_least=200.0,
                    official=national and basis == "label",
                    chance=0.0,
                )
            )
            found.append(share(scope=scope, basis=basis, official=recognised and basis == "label"))
    found.sort(key=lambda one: (one.measure, one.at_least))
    for district in NAMES:
        found.append(answer(district=district, at_least=36.0, median=31.0))
        found.append(answer(district=district, scope="listed", at_least=36.0, median=77.0, asked=False))
        found.append(answer(district=district, scope="national", at_least=12.0, median=8.0, chance=0.0))
        found.append(share(district=district))
    return found


def page(language="en", **given):
    known = {
        "words": Words(language),
        "scenario": "Wuhan 2025",
        "answers": answers(),
        "districts": NAMES,
        "tasks_assumed": True,
        "n_used": 1000,
        "n_asked": 1000,
        "n_reused": 0,
        "until": None,
        "stopped_by": None,
        "failures": [],
        "evidence": Evidence(23, 2, 480, 26, unknown=30),
        "out": "results/wuhan-2025",
        "files": ["figures/", "ledger.csv", "manifest.json"],
    }
    return RunPage(**known | given).lines()


def row(lines, begins):
    (found,) = [line for line in lines if line.startswith(begins)]
    return found.split()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_wider_than_the_terminal(language):
    failures = [Failed(n, n, 0, "ValueError: " + "x" * 300) for n in range(9)]
    lines = page(language, failures=failures, n_used=991, scenario="武汉" * 60, out="a/" * 60)
    assert max(columns(line) for line in lines) <= 80


def test_the_first_lines_are_what_a_planner_reads():
    lines = page()
    assert lines[0] == "Wuhan 2025"
    assert lines[1].startswith(
        "600 recognised carriers by the end of 2025: chance 0.42 ± 0.02 (n = 1000)"
    ) or (lines[1].startswith("200 national carriers"))
    assert sum("80 % between" in line or "by the end of 2025: chance" in line for line in lines[:8]) >= 3


def test_the_official_reading_is_marked_once_in_each_target():
    marked = [line for line in page() if line.startswith("* ") and "official" not in line]
    assert [line.split()[1].rstrip(",") for line in marked] == ["national", "recognised", "recognised"]


def test_counts_are_told_once_and_shares_on_both_bases():
    lines = page()
    table = lines[lines.index("Every target under every counting scope") :]
    assert sum(line.startswith("  operating ") for line in table) == 2  # 200 and 600
    assert sum(line.startswith("  operating, ") for line in table) == 2  # by label, in fact


def test_a_row_of_the_table():
    assert row(page(), "* recognised  ") == [
        "*",
        "recognised",
        "0.42±0.02",
        "593",
        "580–607",
        "565–621",
        "548–640",
        "13.6",
        "2025Q3",
    ]


def test_districts_with_their_tasks():
    lines = page()
    assert " ".join(row(lines, "Hongshan")) == "Hongshan District 36 31 0.42 12 8 ≤0.45 50 46.2 0.31"
    assert any("The tasks are assumed" in line for line in lines)
    assert not any("annex." in line for line in page(tasks_assumed=True))
    assert any("those of the scenario's annex" in line for line in page(tasks_assumed=False))


def test_hostile_names_are_shown_as_text():
    assert any("[red]x[/red]\\x1b[2J" in line for line in page())
    assert not any("\x1b" in line for line in page())


def test_a_long_name_is_folded_and_not_cut():
    lines = page()
    first = next(place for place, line in enumerate(lines) if line.startswith("Wuhan Economic"))
    begun = "Wuhan Economic and"
    assert lines[first].startswith(begun)
    told = " ".join([begun, *(line.strip() for line in lines[first + 1 : first + 4])])
    assert told.startswith(LONG)


def test_more_than_three_tasks_go_into_further_tables():
    more = [answer(district="hongshan", scope=scope, at_least=9.0) for scope in codes.SCOPES]
    lines = page(answers=[answer(), *more])
    assert sum(line.startswith("Hongshan") for line in lines) == 2
    assert any(line.strip() == "(4)" for line in lines)


def test_failures_are_told_with_their_address_and_the_rest_counted():
    failures = [Failed(n, n // 2, n % 2, "ValueError: no\x07 luck") for n in range(7)]
    lines = page(failures=failures, n_used=993)
    assert "993 of 1000 replicates used." in lines
    assert "7 replicates failed; the answer uses the 993 of 1000 that finished:" in lines
    assert "  replicate 3 (draw 1, seed 1): ValueError: no\\x07 luck" in lines
    assert "  and 2 more; manifest.json lists all." in lines


def test_without_any_replicate_there_is_no_table():
    lines = page(answers=[], n_used=0, failures=[Failed(0, 0, 0, "boom")], n_asked=1)
    assert "No replicate finished, so there is no answer." in lines
    assert not any("scope" in line for line in lines)


def test_evidence_and_files():
    told = " ".join(line.strip() for line in page())
    assert "of 531 numbers behind this answer 23 are published, 2 derived, 480 assumed and 26 set by" in told
    assert "30 of them are unknown" in told
    assert "Written to results/wuhan-2025: figures/, ledger.csv, manifest.json." in told
    assert "公布23个、推算2个、假设480个、情景设定26个" in "".join(line.strip() for line in page("zh"))


def test_only_what_is_shown_is_explained():
    assert not any("Wilson" in line for line in page(answers=[answer()]))
    assert any("Wilson" in line for line in page(answers=[answer(chance=1.0)]))
    assert not any("A share of no carriers" in line for line in page())
