"""A real browser for tests marked ``browser``: Debian's Chromium, driven by playwright, without a network.

from tests.browser import browser  # noqa: F401 - a fixture
"""

from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@pytest.fixture(scope="module")
def browser():
    """A browser that is closed at the end; a missing one fails the test and says what to install."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM.exists(), "tests marked `browser` need /usr/bin/chromium: apt-get install chromium"
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield started
        started.close()
