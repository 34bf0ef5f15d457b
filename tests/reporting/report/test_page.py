"""The report page: nothing in it runs or is fetched, every number is the run's, people without sight can read it."""

import base64
import hashlib
import itertools
import re
from html.parser import HTMLParser

import pytest

from simulation.projection import summarise
from simulation.reporting.report import markup
from simulation.reporting.report.facts import Facts
from simulation.reporting.report.page import page
from simulation.reporting.text import Words
from tests.browser import browser  # noqa: F401 - a fixture
from tests.reporting.report.hostile import DISTRICT

LARGEST = 3_000_000


class Read(HTMLParser):
    """The tags of a page with their attributes and texts, and the exact numbers of each table by row."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.texts, self.tables, self.table = [], [], [], {}, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        if tag == "table":
            self.table = self.tables.setdefault(given["id"], [])
        if tag == "tr" and self.table is not None:
            self.table.append([])
        if tag == "data":
            self.table[-1].append(float(given["value"]))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "table":
            self.table = None

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(scope="module")
def alone(one):
    return page(one)


@pytest.fixture(scope="module")
def compared(two):
    return page(two)


@pytest.mark.slow
def test_the_same_results_give_the_same_bytes(runs, alone):
    assert page(Facts.of(runs[:1], Words("zh"))) == alone


def test_a_file_is_whole_small_and_fetches_nothing(alone, compared):
    for content in (alone, compared):
        assert len(content) < LARGEST
        html = content.decode()
        found = Read(html)
        assert not found.open
        for tag, given in found.tags:
            assert tag not in ("script", "link", "iframe", "object", "form", "base", "svg"), tag
            assert not any(name.startswith("on") or name == "style" for name in given)
            for name in ("src", "href"):
                assert given.get(name, "#").startswith(("#", "data:image/svg+xml;base64,"))


def test_the_policy_allows_the_style_that_is_there_and_nothing_that_runs(alone):
    html = alone.decode()
    policies = [given["content"] for tag, given in Read(html).tags if given.get("http-equiv")]
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(policies) == len(style) == 1
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    assert policies[0].startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policies[0]
    assert "script-src" not in policies[0]
    assert "unsafe" not in policies[0]


def test_hostile_names_are_shown_as_text(alone, compared):
    for content in (alone, compared):
        found = Read(content.decode())
        shown = "".join(found.texts)
        assert DISTRICT in shown
        assert "{{7*7}}" in shown
        assert not any(tag == "img" and given.get("src") == "x" for tag, given in found.tags)


def test_markup_escapes_texts_and_attributes_and_shows_what_cannot_be_seen():
    made = markup.element("p", "<b>\u202e&\x07", title='"><i>', class_=None, data_key="k").html
    assert made == '<p title="&quot;&gt;&lt;i&gt;" data-key="k">&lt;b&gt;\\u202e&amp;\\x07</p>'


def test_every_chance_of_the_page_is_that_of_the_run(runs, alone):
    answers = summarise(runs[0])
    official = [each for each in answers if each.official and each.district is None]
    table = Read(alone.decode()).tables["table-targets"][1:]
    assert len(table) == len(official) == 3
    for row, answer in zip(table, official, strict=True):
        assert row == [answer.chance, answer.median, answer.expected_shortfall]


def test_all_scopes_stand_side_by_side_with_the_official_ones_marked(one, alone):
    found = Read(alone.decode())
    assert len(found.tables["table-scopes"]) - 1 == len(one.main.city) == 16
    assert sum(given.get("class") == "official" for tag, given in found.tags if tag == "tr") == 3


def test_headings_pictures_and_tables_are_told_to_those_who_listen(alone, compared):
    for content, language in ((alone, "zh-CN"), (compared, "en")):
        found = Read(content.decode())
        assert ("html", {"lang": language}) in found.tags
        levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(later - before <= 1 for before, later in itertools.pairwise(levels))
        pictures = [given["alt"] for tag, given in found.tags if tag == "img"]
        assert len(pictures) >= 6
        assert all(len(alt) > 10 for alt in pictures)
        tables = sum(tag == "table" for tag, _ in found.tags)
        assert tables == sum(tag == "caption" for tag, _ in found.tags)
        assert all("scope" in given for tag, given in found.tags if tag == "th")
        ids = [given["id"] for _, given in found.tags if "id" in given]
        assert len(ids) == len(set(ids))
        for tag, given in found.tags:
            if tag == "a":
                assert given["href"].removeprefix("#") in ids


def test_colours_of_text_stand_out():
    from importlib.resources import files

    style = files("simulation.reporting.report").joinpath("style.css").read_text()
    told = set(re.findall(r"(?<![-\w])color:\s*(#[0-9a-f]{3,6})", style))
    assert len(told) >= 3
    assert all(contrast(colour, "#eef4fa") >= 4.5 for colour in told)


def test_numbers_on_tiles_stand_out():
    from simulation.reporting.tile_figure import step_of

    inks = {"white": "#ffffff", "black": "#000000"}
    for chance in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        fill, ink = step_of(chance)
        assert contrast(inks[ink], fill.lower()) >= 4.5


def contrast(one, other):
    """The contrast ratio of WCAG 2."""
    light = sorted((luminance(one), luminance(other)))
    return (light[1] + 0.05) / (light[0] + 0.05)


def luminance(colour):
    parts = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    linear = [int(parts[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in linear]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_public_report_hides_the_numbers_of_small_districts(runs, one):
    public = Facts.of(runs[:1], Words("zh"), public=True)
    stock = {code: one.main.opening("recognised", code) for code in runs[0].districts}
    small = {code for code, there in stock.items() if there < 5}
    assert small
    assert small <= public.hidden
    assert len(public.hidden) >= 2  # one alone would be what the others leave of the city's
    assert not one.hidden
    from simulation.reporting.report import sheets

    for row in sheets.districts(public).rows:
        hidden = row["code"].value in public.hidden
        assert (row["chance"].value is None) == hidden
    table = Read(page(public).decode()).tables["table-districts"]
    assert len([row for row in table[2:] if not row]) == len(
        {r["code"].text for r in sheets.districts(public).rows} & public.hidden
    )


@pytest.mark.slow
def test_runs_that_are_no_pairs_are_reported_side_by_side(runs, tmp_path):
    import simulation as sim

    other = sim.run(
        runs[0].folder.parent / "s0.yaml", replicates=2, seed=2, workers=1, out=tmp_path / "other"
    )
    facts = Facts.of([runs[0], other], Words("en"))
    assert facts.comparison is None
    html = page(facts).decode()
    assert "not compared in pairs: their seeds differ" in html
    assert "table-changes" not in html


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_runs_nothing_and_reports_no_fault(browser, alone, compared, tmp_path, width):  # noqa: F811
    for name, content in (("alone", alone), ("compared", compared)):
        file = tmp_path / f"{name}.html"
        file.write_bytes(content)
        context = browser.new_context(viewport={"width": width, "height": 900})
        shown, faults, asked = context.new_page(), [], []
        shown.on("console", lambda message, kept=faults: kept.append(message.text))
        shown.on("pageerror", lambda error, kept=faults: kept.append(str(error)))
        shown.on("request", lambda request, kept=asked: kept.append(request.url))
        shown.goto(file.as_uri())
        assert shown.title() != "ran"
        assert faults == []
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        wide = shown.evaluate("document.documentElement.scrollWidth")
        assert wide <= width  # tables and figures move within, the page does not
        drawn = shown.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
        assert drawn
        assert (
            shown.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") != "32px"
        )  # style is allowed
        context.close()
