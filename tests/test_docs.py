"""The pages that are made from code and data say what the code and data say."""

from pathlib import Path

import pytest

from tools.model_tables import TABLES, filled

ROOT = Path(__file__).parent.parent


def test_model_page_agrees_with_code_and_data() -> None:
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert filled(page) == page, "docs/model.md has drifted: run `make docs`"


@pytest.mark.parametrize("table", TABLES)
def test_model_page_has_every_table(table: str) -> None:
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert f"<!-- table: {table} -->" in page


def test_a_drifted_table_is_noticed() -> None:
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    drifted = page.replace("| `founding.innovation` |", "| `founding.inovation` |", 1)
    assert drifted != page
    assert filled(drifted) == filled(page) != drifted
