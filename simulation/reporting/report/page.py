"""The report as one HTML file: nothing is fetched and nothing runs, figures and style lie within."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

from simulation.quarters import quarter
from simulation.reporting import bridge_figure, charts, compare_figures, figures, tile_figure
from simulation.reporting.report import sheets
from simulation.reporting.report.facts import Facts
from simulation.reporting.report.markup import Child, Element, element, picture, together
from simulation.reporting.report.sheet import PAGE, TEXT, Cell, Column, Sheet
from simulation.reporting.text import Words

_MOST_FIGURES = 6  # of one kind, so that a file with many runs stays small
_OF_A_TASK = ("asked", "opening", "median", "chance")


def page(facts: Facts) -> bytes:
    """The whole report."""
    words = facts.words
    sections = [
        ("targets", "report.section.targets", _targets(facts)),
        ("scopes", "report.section.scopes", [_table(sheets.scopes(facts))]),
        ("paths", "report.section.paths", _fans(facts)),
        ("districts", "report.section.districts", _districts(facts)),
        ("comparison", "report.section.comparison", _comparison(facts)),
        ("bridge", "report.section.bridge", _bridges(facts)),
        ("costs", "report.section.costs", [_table(sheets.costs(facts))]),
        ("evidence", "report.section.evidence", _evidence(facts)),
        ("record", "report.section.record", [_table(sheets.record(facts))]),
    ]
    told = [(name, words(key), inside) for name, key, inside in sections if inside]
    links = [element("li", element("a", title, href=f"#{name}")) for name, title, _ in told]
    body = [
        _header(facts),
        element(
            "main",
            element("nav", element("ul", *links), aria_label=words("report.contents")),
            *(element("section", element("h2", title), *inside, id=name) for name, title, inside in told),
        ),
        element("footer", element("p", words("report.footer", date=facts.main.date), class_="meta")),
    ]
    return document(title_of(facts), body, words, running=running(facts))


def document(title: str, body: Sequence[Child], words: Words, running: str) -> bytes:
    """A page that allows itself the style it carries and images within, and nothing else."""
    style = files("simulation.reporting.report").joinpath("style.css").read_text(encoding="utf-8")
    style += _margin_boxes(running)
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; img-src data:; base-uri 'none'; form-action 'none'"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        Element(f"<style>{style}</style>"),  # our own file, and a line escaped for it
    )
    language = "zh-CN" if words.language == "zh" else "en"
    return f"<!DOCTYPE html>\n{element('html', head, element('body', *body), lang=language).html}\n".encode()


def _margin_boxes(text: str) -> str:
    """What stands at the foot of each printed page; any but plain characters by their number, as CSS has them."""
    plain = "".join(
        one if one.isascii() and (one.isalnum() or one in " .,:-") else f"\\{ord(one):x} " for one in text
    )
    return (
        f'@page {{ @bottom-left {{ content: "{plain}"; font-size: 8pt; color: #4a4a4a; }} '
        '@bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt; color: #4a4a4a; } }'
    )


def title_of(facts: Facts) -> str:
    """What the report is called."""
    return facts.words("report.title", place=facts.place).strip()


def running(facts: Facts) -> str:
    """Date, scope and audience, as they stand on each page."""
    audience = facts.words("report.public" if facts.public else "report.internal")
    scopes = dict.fromkeys(facts.words.named("scope", one.scope) for one in facts.main.official)
    told = facts.words.listing(list(scopes))
    return facts.words("report.running", date=facts.main.date, scopes=told, audience=audience)


def _header(facts: Facts) -> Element:
    words, run = facts.words, facts.main
    names = words.listing([one.name for one in facts.runs])
    lines = [element("p", facts.phrases(run).sentence(one)) for one in run.official]
    failed = run.result.failures
    warning = None
    if failed:
        told = words.count("run.failed", len(failed), used=run.n, asked=run.result.n_requested)
        warning = element("p", told, class_="warning")
    return element(
        "header",
        element("h1", title_of(facts)),
        element("p", words("report.meta", names=names, date=run.date, n=words.whole(run.n)), class_="meta"),
        element("p", running(facts), class_="meta"),
        *(element("p", told, class_="answer") for told in _answers(facts)),
        *lines,
        warning,
    )


def _answers(facts: Facts) -> list[str]:
    """The answer in one sentence; with several runs one for each, and which it is of."""
    if len(facts.runs) == 1:
        return [facts.answer(facts.main)]
    return [facts.words("report.answer.of", run=run.name, answer=facts.answer(run)) for run in facts.runs]


def _targets(facts: Facts) -> list[Element]:
    found = [_table(sheets.targets(facts))]
    if any(one.chance in (0.0, 1.0) for run in facts.runs for one in run.official):
        found.append(element("p", facts.words("run.table.note.bounds"), class_="note"))
    return [*found, element("p", facts.words("run.table.note.first_met"), class_="note")]


def _fans(facts: Facts) -> list[Element]:
    """The fan charts of the first run; of others that of the first target."""
    words, wanted = facts.words, [(facts.main, one) for one in facts.main.official]
    wanted += [(run, one) for run in facts.runs[1:] for one in run.official[:1]]
    found = []
    for run, one in wanted[:_MOST_FIGURES]:
        axes = charts.fan(
            run.result, words, one.scope, measure=one.measure, basis=one.basis, answers=run.answers
        )
        told = words("report.alt.fan", target=facts.target(one), sentence=facts.phrases(run).sentence(one))
        found.append(_figure(figures.svg(axes), told))
    table = _table(sheets.paths(facts))
    return [*found, element("details", element("summary", words("report.numbers")), table)]


def _districts(facts: Facts) -> list[Element]:
    words, run = facts.words, facts.main
    if not run.tasks:
        return []
    first = run.tasks[0]
    own = [
        one for one in run.tasks if (one.scope, one.measure, one.by) == (first.scope, first.measure, first.by)
    ]
    note = words("figure.note", scenario=run.name, n=run.n)
    axes = tile_figure.draw(
        own, tile_figure.places(run.result.manifest), facts.names, words, note, facts.hidden
    )
    ordered = tile_figure.in_official_order(run.result.manifest)
    table = sheets.districts(facts)
    told = words("report.alt.tiles", title=table.title)
    tiles = element("p", words("report.note.tiles.order" if ordered else "report.note.tiles"), class_="note")
    return [_figure(figures.svg(axes), told), tiles, _task_table(table), *_notes(table.notes)]


def _task_table(sheet: Sheet) -> Element:
    """A row a district, a group of columns a task."""
    titles = {one.key: one.title for one in sheet.columns}
    tasks = list(dict.fromkeys(row["task"].text for row in sheet.rows))
    cells = {(row["code"].text, row["task"].text): row for row in sheet.rows}
    blank = Cell(None, "")
    groups = [element("th", task, scope="colgroup", colspan=str(len(_OF_A_TASK))) for task in tasks]
    heads = [element("th", titles[key], scope="col", class_="number") for _ in tasks for key in _OF_A_TASK]
    rows = []
    for code, name in {row["code"].text: row["district"].text for row in sheet.rows}.items():
        found = [cells.get((code, task), {}).get(key, blank) for task in tasks for key in _OF_A_TASK]
        told = [element("td", _content(cell), class_="number") for cell in found]
        rows.append(element("tr", element("th", name, scope="row"), *told))
    head = element(
        "thead",
        element("tr", element("th", titles["district"], scope="col", rowspan="2"), *groups),
        element("tr", *heads),
    )
    table = element(
        "table", element("caption", sheet.title), head, element("tbody", *rows), id="table-districts"
    )
    return element("div", table, class_="scroll", tabindex="0", role="region", aria_label=sheet.title)


def _comparison(facts: Facts) -> list[Element]:
    words, made = facts.words, facts.comparison
    if facts.unmatched:
        return [
            element(
                "p",
                words("report.unmatched", why=words(f"report.unmatched.{facts.unmatched}")),
                class_="warning",
            )
        ]
    if made is None:
        return []
    found = [_table(one) for one in sheets.comparison(facts)]
    for one in facts.main.official[:_MOST_FIGURES]:
        told = words("report.alt.difference", target=facts.target(one))
        axes = compare_figures.over_time(made, words, one.scope, one.measure, one.basis)
        found.append(_figure(figures.svg(axes), told))
    if facts.main.official and not facts.hidden:
        one = facts.main.official[0]
        axes = compare_figures.by_district(made, words, facts.names, one.scope, one.measure, one.basis)
        found.append(_figure(figures.svg(axes), words("report.alt.by_district", target=facts.target(one))))
    return found


def _bridges(facts: Facts) -> list[Element]:
    words, run = facts.words, facts.main
    found = [element("p", words("report.note.bridge"), class_="note")]
    for scope, sheet in sheets.bridges(facts):
        note = words("figure.note", scenario=run.name, n=run.n)
        row = sheets.city_bridge(run, scope)
        axes = bridge_figure.draw(row, words, words.end_of(quarter(run.last)), note)
        found.append(_figure(figures.svg(axes), words("report.alt.bridge", title=sheet.title)))
        found.append(_table(sheet, total=True))
    return found


def _evidence(facts: Facts) -> list[Element]:
    words, grades = facts.words, facts.grades
    told = {name: grades.get(name, 0) for name in ("published", "derived", "assumed", "scenario")}
    whole = sheets.ledger(facts)
    summary = words("report.ledger.whole", n=len(whole.rows))
    return [
        element("p", words("report.evidence", n=len(whole.rows), **told)),
        _table(sheets.unknowns(facts)),
        element("details", element("summary", summary), _table(whole)),
    ]


def _figure(svg: bytes, alternative: str) -> Element:
    inside = element(
        "div", picture(svg, alternative), class_="scroll", tabindex="0", role="group", aria_label=alternative
    )
    return element("figure", inside)


def _table(sheet: Sheet, total: bool = False) -> Element:
    """A table that a narrow screen can move sideways, with its notes below."""
    columns = sheet.shown(PAGE)
    head = element("tr", *(element("th", one.title, scope="col", class_=_class(one)) for one in columns))
    last = len(sheet.rows) - 1
    rows = [_row(columns, row, total and place == last) for place, row in enumerate(sheet.rows)]
    table = element(
        "table",
        element("caption", sheet.title),
        element("thead", head),
        element("tbody", *rows),
        id=f"table-{sheet.key}",
    )
    box = element("div", table, class_="scroll", tabindex="0", role="region", aria_label=sheet.title)
    return together(box, *_notes(sheet.notes))


def _notes(notes: Iterable[str]) -> Iterable[Element]:
    return (element("p", note, class_="note") for note in notes)


def _row(columns: Sequence[Column], cells: Mapping[str, Cell], total: bool) -> Element:
    made = [
        element("th", cells[one.key].text, scope="row")
        if place == 0
        else element("td", _content(cells[one.key]), class_=_class(one, cells[one.key]))
        for place, one in enumerate(columns)
    ]
    official = (
        "official" in cells and cells["official"].value and any(one.key == "official" for one in columns)
    )
    return element("tr", *made, class_="total" if total else "official" if official else None)


def _content(cell: Cell) -> Child:
    """What people read, and beside it the exact number for programs."""
    if isinstance(cell.value, int | float):
        return element("data", cell.text, value=repr(cell.value))
    return cell.text


def _class(column: Column, cell: Cell | None = None) -> str | None:
    if column.kind != TEXT:
        return "number"
    return "long" if cell is not None and len(cell.text) > 18 else None
