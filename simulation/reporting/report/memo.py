"""The memo (专报) as a Word file: one page, the answer first, two figures, one table; every text can be edited.

Page and type follow the layout of official documents (GB/T 9704-2012: A4, margins 37, 28, 35 and 26 mm, a title of
size 2, black headings), with body text set smaller than its size 3, so that all of it stands on one page.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulation.quarters import quarter
from simulation.reporting import bridge_figure, charts, figures
from simulation.reporting.phrases import NOTHING, SHARE
from simulation.reporting.report import sheets
from simulation.reporting.report.advice import advice, gains
from simulation.reporting.report.facts import Facts
from simulation.reporting.report.page import running, title_of
from simulation.reporting.width import shortened, visible

if TYPE_CHECKING:
    from docx.document import Document
    from matplotlib.axes import Axes

_MARGINS = {"top_margin": 37, "left_margin": 28, "bottom_margin": 35, "right_margin": 26}  # mm
_TITLE, _HEADING, _BODY = ("方正小标宋简体", 17), ("黑体", 12), ("仿宋", 12)  # type and size, points
_SMALL = ("仿宋", 9)
_LATIN = "Times New Roman"
_FIGURE_WIDTH = 73  # mm, of each of the two
_FIGURE_SIZE = (4.7, 2.9)  # inches, so that letters stay legible
_COLUMNS = ("target", "chance", "median", "range80", "shortfall")
_TEXT_WIDTH, _FIRST_WIDTH = 156, 58  # mm
_MOST_RUNS, _NAME_COLUMNS = 4, 36


class MissingPackageError(Exception):
    """python-docx is not installed."""


def memo(facts: Facts) -> bytes:
    """The whole memo. Raises ``MissingPackageError`` without python-docx. The same results give the same bytes."""
    try:
        from docx import Document
    except ImportError:
        raise MissingPackageError from None
    document = Document()
    _set_up(document, facts)
    words = facts.words
    _paragraph(document, title_of(facts), _TITLE, centred=True, after=2)
    line = words("report.memo.line", running=running(facts), n=facts.main.n)
    _paragraph(document, line, _SMALL, centred=True, after=4)
    for number, (key, texts) in enumerate(_parts(facts)):
        _paragraph(document, words(f"report.memo.{key}"), _HEADING, before=3)
        for text in texts:
            _paragraph(document, text, _BODY, indent=words.language == "zh")
        if number == 0:
            _table(document, facts)
            _pictures(document, facts)
    _paragraph(document, _sources(facts), _SMALL, before=3)
    return _same_bytes(document)


def _parts(facts: Facts) -> list[tuple[str, list[str]]]:
    answers = list(gains(facts)) or [facts.answer(facts.main)]
    return [("answer", [*answers, _scopes(facts)]), ("advice", advice(facts))]


def _scopes(facts: Facts) -> str:
    """The median of every scope at the end (口径对照): which list a number is of must never be in doubt."""
    words, run = facts.words, facts.main
    phrases = facts.phrases(run)
    found = {one.scope: one for one in run.city if one.measure != SHARE and one.by == run.last}
    told = [
        words(
            "report.memo.scope", scope=words.named("scope", scope), n=phrases.number(one.median, one.measure)
        )
        for scope, one in found.items()
    ]
    return words("report.memo.scopes", end=words.end_of(quarter(run.last)), scopes=words.listing(told))


def _sources(facts: Facts) -> str:
    manifest, grades = facts.main.result.manifest, facts.grades
    return facts.words(
        "report.memo.sources",
        assumed=grades.get("assumed", 0),
        n=sum(grades.values()),
        version=manifest.version,
        digest=manifest.scenario_digest[:12],
        seed=manifest.seed,
    )


# ---------------------------------------------------------------------------------------------- the parts of a page


def _set_up(document: Document, facts: Facts) -> None:
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for name, millimetres in _MARGINS.items():
        setattr(section, name, Mm(millimetres))
    section.footer_distance = Mm(20)
    footer = section.footer.paragraphs[0]
    _text(footer, running(facts), _SMALL)
    properties = document.core_properties
    properties.title, properties.author = visible(title_of(facts)), "carriersim"
    day = datetime.strptime(facts.main.date, "%Y-%m-%d").replace(tzinfo=UTC, hour=12)
    properties.created = properties.modified = day
    properties.last_modified_by, properties.comments = "carriersim", ""


def _paragraph(
    document: Any,
    text: str,
    kind: tuple[str, float],
    *,
    centred: bool = False,
    indent: bool = False,
    before: float = 0,
    after: float = 1,
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), Pt(1.3 * kind[1])
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if indent:
        form.first_line_indent = Pt(2 * kind[1])
    _text(paragraph, text, kind)


def _text(paragraph: Any, text: str, kind: tuple[str, float]) -> None:
    """A text in a Chinese type and size, and its Latin letters in a type of their own."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run(visible(text))
    run.font.size, run.font.name = Pt(kind[1]), _LATIN
    run.bold = kind in (_TITLE, _HEADING)
    run._element.rPr.rFonts.set(qn("w:eastAsia"), kind[0])


def _table(document: Any, facts: Facts) -> None:
    """The official targets; with several runs the chances of each, run by run."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    lines = _of_one(facts) if len(facts.runs) == 1 else _of_several(facts)
    widths = [_FIRST_WIDTH] + [(_TEXT_WIDTH - _FIRST_WIDTH) / (len(lines[0]) - 1)] * (len(lines[0]) - 1)
    table = document.add_table(rows=len(lines), cols=len(lines[0]), style="Table Grid")
    table.autofit = False
    for column, width in enumerate(widths):
        table.columns[column].width = Mm(width)
    for place, line in enumerate(lines):
        for column, text in enumerate(line):
            cell = table.cell(place, column)
            cell.width = Mm(widths[column])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.paragraph_format.line_spacing = Pt(12)
            if column:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _text(paragraph, text, ("黑体", 9) if place == 0 else _SMALL)


def _of_one(facts: Facts) -> list[list[str]]:
    sheet = sheets.targets(facts)
    titles = {one.key: one.title for one in sheet.columns}
    return [[titles[key] for key in _COLUMNS], *([row[key].text for key in _COLUMNS] for row in sheet.rows)]


def _of_several(facts: Facts) -> list[list[str]]:
    """The first run's targets, and the chance of each in every run that has it too."""
    runs = facts.runs[:_MOST_RUNS]
    rows = {(row["target"].text, row["run"].text): row["chance"].text for row in sheets.targets(facts).rows}
    names = [shortened(visible(run.name), _NAME_COLUMNS) for run in runs]
    targets = [facts.target(one) for one in facts.main.official]
    lines = [[facts.words("report.memo.chances", n=facts.main.n), *names]]
    return lines + [[target, *(rows.get((target, run.name), NOTHING) for run in runs)] for target in targets]


def _pictures(document: Any, facts: Facts) -> None:
    """The two figures side by side, in a table without lines, with texts for those who listen."""
    from docx.shared import Mm, Pt

    found = _figures(facts)
    table = document.add_table(rows=1, cols=len(found))
    table.autofit = False
    for column, (axes, told) in enumerate(found):
        table.columns[column].width = table.cell(0, column).width = Mm(_TEXT_WIDTH / len(found))
        paragraph = table.cell(0, column).paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        picture = paragraph.add_run().add_picture(io.BytesIO(figures.png(axes)), width=Mm(_FIGURE_WIDTH))
        picture._inline.docPr.set("descr", visible(told))


def _figures(facts: Facts) -> list[tuple[Axes, str]]:
    words, run = facts.words, facts.main
    found = []
    note = words("report.memo.n", n=run.n)
    counts = [one for one in run.official if one.measure != SHARE] or run.official
    for one in counts[:1]:
        axes = charts.fan(
            run.result,
            words,
            one.scope,
            measure=one.measure,
            basis=one.basis,
            answers=run.answers,
            axes=figures.blank(_FIGURE_SIZE),
            note=note,
        )
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=4, frameon=False, prop=figures.font(7)
        )
        found.append(
            (
                axes,
                words("report.alt.fan", target=facts.target(one), sentence=facts.phrases(run).sentence(one)),
            )
        )
    scope, sheet = sheets.bridges(facts)[0]
    axes = figures.blank(_FIGURE_SIZE)
    bridge_figure.draw(sheets.city_bridge(run, scope), words, words.end_of(quarter(run.last)), note, axes)
    figures.title(axes, words("report.memo.bridge"), note)
    return [*found, (axes, words("report.alt.bridge", title=sheet.title))]


def _same_bytes(document: Document) -> bytes:
    """The file with one and the same time on everything in it."""
    first, second = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as old, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename), old.read(entry), zipfile.ZIP_DEFLATED)
    return second.getvalue()
