"""README and guides, in English and Chinese, name commands, options and files that there are."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulation.cli.main import COMMANDS, carriersim

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.zh.md",
    ROOT / "docs" / "zh" / "tutorial.md",
    ROOT / "README.md",
    ROOT / "docs" / "guide.md",
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_of_a_page_is_there(page):
    lines = re.findall(r"(?:`|/bin/)carriersim ([a-z][^`\n]*)", page.read_text(encoding="utf-8"))
    assert len(lines) >= 5
    for line in lines:
        name, *rest = line.split()
        assert name in COMMANDS, line
        shown = CliRunner(env={"LC_ALL": "C"}).invoke(carriersim, [name, "--help"]).output
        for option in (word for word in rest if word.startswith(("--", "[--"))):
            assert option.strip("[]") in shown, line
        for word in rest:
            if word.startswith("scenarios/"):
                assert (ROOT / word).is_file(), line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link
