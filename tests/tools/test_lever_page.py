"""docs/levers.md says what the tables say, and every name in it exists."""

from pathlib import Path

import pytest

from simulation.rules import codes
from tools import lever_page, write_docs

ROOT = Path(write_docs.__file__).parent.parent
PAGE = ROOT / "docs" / "levers.md"


def test_the_page_agrees_with_the_tables() -> None:
    assert PAGE.read_text(encoding="utf-8") == lever_page.page(), "run `python tools/write_docs.py levers`"


def test_every_lever_has_a_row_in_each_table() -> None:
    lines = lever_page.page().splitlines()
    for lever in codes.LEVERS:
        assert len([line for line in lines if line.startswith("| ") and f"| `{lever}`" in line]) == 3, lever


def test_every_link_leads_to_a_file() -> None:
    links = [part.split(")")[0] for part in lever_page.page().split("](")[1:]]
    assert len(links) > len(codes.LEVERS)
    assert [link for link in links if not (PAGE.parent / link).is_file()] == []


def test_a_drifted_page_is_noticed_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "levers.md"
    page.write_text("old", encoding="utf-8")
    monkeypatch.setitem(write_docs.PAGES, "levers", (page, write_docs.levers))
    assert write_docs.main(["levers", "--check"]) == 1
    assert page.read_text(encoding="utf-8") == "old"
    assert write_docs.main(["levers"]) == 0
    assert page.read_text(encoding="utf-8") == lever_page.page()
    assert write_docs.main(["levers", "--check"]) == 0
    assert capsys.readouterr().out == "docs/levers.md: has drifted\ndocs/levers.md: written\n"
