"""The tables of a report: by question, each number once."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from simulation.projection.bands import LEVELS, bands
from simulation.quarters import quarter
from simulation.reporting.bridge_figure import parts
from simulation.reporting.compare_page import VERDICT_KEYS, change_of_chance, interval, signed
from simulation.reporting.phrases import NOTHING, SHARE, Phrases
from simulation.reporting.report.facts import Facts, RunFacts
from simulation.reporting.report.sheet import (
    BOOK,
    CHANCE,
    COUNT,
    MONEY,
    NUMBER,
    PAGE,
    PERCENT,
    Cell,
    Column,
    Sheet,
    text,
)
from simulation.reporting.text import Words

if TYPE_CHECKING:
    from simulation.projection import TargetAnswer
    from simulation.projection.bridge import BridgeRow
    from simulation.projection.stored import Driver

Row = dict[str, Cell]
_RANGES = {"range50": ("q25", "q75"), "range80": ("q10", "q90"), "range95": ("q025", "q975")}
_SCOPES_OF_BRIDGE = ("recognised",)


def _column(words: Words, key: str, kind: str = "text", where: str = "both") -> Column:
    return Column(key, words(f"report.column.{key}"), kind, where)


def _of_answer(phrases: Phrases, one: TargetAnswer) -> Row:
    """The numbers of an answer: whole ones for programs, in few words for people."""
    words, measure = phrases.words, one.measure
    row = {
        "measure": Cell(measure, words(f"report.measure.{measure}")),
        "scope": Cell(one.scope, words.named("scope", one.scope)),
        "basis": Cell(one.basis, words.named("basis", one.basis)),
        "official": Cell(
            words("report.yes") if one.official else "", words("report.yes") if one.official else ""
        ),
        "asked": _number(one.at_least, phrases.asked(one.at_least, measure), measure),
        "by": text(one.by),
        "chance": Cell(one.chance, phrases.chance(one)),
        "shortfall": _shortfall(phrases, one),
        "first_met": Cell(one.first_met, (one.first_met if one.chance > 0.0 else None) or NOTHING),
    }
    for name in ("chance_error", "chance_low", "chance_high", "falls_back"):
        row[name] = Cell(getattr(one, name), f"{getattr(one, name):.2f}")
    for name in LEVELS:
        value = getattr(one, name)
        row[name] = _number(value, phrases.number(value, measure), measure)
    for name, (low, high) in _RANGES.items():
        row[name] = Cell(None, phrases.span(getattr(one, low), getattr(one, high), measure))
    return row


def _number(value: float | None, shown: str, measure: str) -> Cell:
    if measure != SHARE or value is None:
        return Cell(value, shown)
    return Cell(value, f"{shown} %", PERCENT)


def _shortfall(phrases: Phrases, one: TargetAnswer) -> Cell:
    """The mean gap: carriers, or percentage points."""
    value, shown = one.expected_shortfall, phrases.shortfall(one)
    if one.measure != SHARE or value is None:
        return Cell(value, shown)
    return Cell(value, phrases.words("report.points", n=shown), PERCENT)


def _answer_columns(words: Words) -> list[Column]:
    return [
        _column(words, "asked", NUMBER, BOOK),
        _column(words, "by", where=BOOK),
        _column(words, "chance", CHANCE),
        *(_column(words, name, CHANCE, BOOK) for name in ("chance_error", "chance_low", "chance_high")),
        _column(words, "median", NUMBER),
        *(_column(words, name, NUMBER, BOOK) for name in LEVELS if name != "median"),
        *(_column(words, name, NUMBER, PAGE) for name in ("range50", "range80", "range95")),
        _column(words, "shortfall", NUMBER),
        _column(words, "first_met"),
        _column(words, "falls_back", CHANCE, BOOK),
    ]


def targets(facts: Facts) -> Sheet:
    """The official targets, a row for each run."""
    words = facts.words
    rows = []
    for run in facts.runs:
        for one in run.official:
            head = {"target": text(facts.target(one)), "run": text(run.name)}
            rows.append(head | _of_answer(facts.phrases(run), one))
    several = [_column(words, "run")] if len(facts.runs) > 1 else [_column(words, "run", where=BOOK)]
    columns = [_column(words, "target"), *several, *_answer_columns(words)]
    return Sheet(
        "targets", words("report.sheet.targets"), columns, rows, [words("report.note.error", n=facts.main.n)]
    )


def scopes(facts: Facts) -> Sheet:
    """Every target under every scope and basis (口径对照表)."""
    words, run = facts.words, facts.main
    rows = []
    for one in run.city:
        told = facts.phrases(run)
        asks = words(
            "report.asks.share" if one.measure == SHARE else "report.asks.count",
            at_least=told.asked(one.at_least, one.measure),
            end=words.end_of(quarter(one.by)),
        )
        rows.append({"target": text(asks), "reading": text(told.scope(one))} | _of_answer(told, one))
    columns = [
        _column(words, "target"),
        _column(words, "reading", where=PAGE),
        *(_column(words, name, where=BOOK) for name in ("scope", "basis", "measure")),
        _column(words, "official"),
        *(one for one in _answer_columns(words) if one.key not in ("range50", "range95")),
    ]
    meanings = [
        words(
            "run.table.scope_meaning", scope=words.named("scope", one), meaning=words(f"scope_meaning.{one}")
        )
        for one in ("listed", "recognised", "national", "operating")
    ]
    notes = [words("run.table.note.scopes", scopes=words("clause.separator").join(meanings))]
    return Sheet("scopes", words("report.sheet.scopes"), columns, rows, notes)


def districts(facts: Facts) -> Sheet:
    """The task of each district: start, task, median, chance."""
    words, run = facts.words, facts.main
    phrases, rows = facts.phrases(run), []
    for one in run.tasks:
        code = one.district or ""
        opening = run.opening(one.scope, code) if one.measure != SHARE else None
        row = {
            "code": text(code),
            "district": text(facts.names.district(code, words)),
            "task": text(_task(facts, one)),
            "opening": Cell(opening, phrases.number(opening, one.measure)),
        } | _of_answer(phrases, one)
        rows.append(_suppressed(row, words) if code in facts.hidden else row)
    columns = [
        _column(words, "code", where=BOOK),
        _column(words, "district"),
        _column(words, "task"),
        _column(words, "opening", NUMBER),
        *_answer_columns(words),
    ]
    notes = [words("run.districts.assumed")] if _tasks_assumed(run) else [words("run.districts.given")]
    if run.tasks:
        error = max(one.chance_error for one in run.tasks)
        notes.append(words("run.districts.error", error=f"{error:.2f}"))
    if facts.hidden:
        notes.append(words("report.note.suppressed"))
    return Sheet("districts", words("report.sheet.districts"), columns, rows, notes)


def _tasks_assumed(run: RunFacts) -> bool:
    return any(
        one["district"] is not None and one["grade"] == "assumed" for one in run.result.manifest.targets
    )


def _task(facts: Facts, one: TargetAnswer) -> str:
    what = Phrases(facts.words, 1).what(one.scope, one.measure)
    return what[:1].upper() + what[1:]


def _suppressed(row: Row, words: Words) -> Row:
    """A district's row without its numbers."""
    kept = ("code", "district", "task", "by")
    hidden = Cell(None, words("report.suppressed"))
    return {name: cell if name in kept else hidden for name, cell in row.items()}


def paths(facts: Facts) -> Sheet:
    """Median and ranges of each official target, quarter by quarter: what the fan charts draw."""
    words, rows = facts.words, []
    for run in facts.runs:
        for one in run.official:
            found = bands(run.result, one.measure, one.scope, one.basis)
            for name, values in found.iterrows():
                row = {"target": text(facts.target(one)), "run": text(run.name), "quarter": text(str(name))}
                for level in LEVELS:
                    value = float(values[level])
                    shown = facts.phrases(run).number(value, one.measure)
                    row[level] = _number(None if value != value else value, shown, one.measure)
                rows.append(row)
    columns = [_column(words, name) for name in ("target", "run", "quarter")]
    columns += [_column(words, name, NUMBER) for name in LEVELS]
    return Sheet("paths", words("report.sheet.paths"), columns, rows)


def bridges(facts: Facts) -> list[tuple[str, Sheet]]:
    """From the opening stock to the closing one, cause by cause: for each scope a table, a column for each run."""
    words, found = facts.words, []
    asked = [one.scope for run in facts.runs for one in run.official if one.measure != SHARE]
    for scope in dict.fromkeys(asked or _SCOPES_OF_BRIDGE):
        told = [parts(city_bridge(run, scope), words) for run in facts.runs]
        middle = dict.fromkeys(name for one in told for name, _ in one[1:-1])
        first, last = told[0][0][0], told[0][-1][0]
        rows = []
        for name in (first, *middle, last):
            row = {"cause": text(name)}
            for place, one in enumerate(told):
                value = dict(one).get(name, 0.0)
                row[f"run{place}"] = Cell(value, _plain(value, name in (first, last)))
            rows.append(row)
        what = Phrases(words, facts.main.n).what(scope, "count")
        title = words("explain.bridge.title", what=what, end=words.end_of(quarter(facts.main.last)))
        columns = [_column(words, "cause"), *_of_runs(facts, words("report.column.carriers"), NUMBER)]
        found.append((scope, Sheet(f"bridge-{scope}", title, columns, rows)))
    return found


def city_bridge(run: RunFacts, scope: str) -> BridgeRow:
    """The bridge of the city in a scope."""
    return next(one for one in run.bridge if (one.scope, one.district) == (scope, None))


def _of_runs(facts: Facts, alone: str, kind: str) -> list[Column]:
    """A column for each run, named after it where there are several."""
    several = len(facts.runs) > 1
    return [
        Column(f"run{place}", run.name if several else alone, kind) for place, run in enumerate(facts.runs)
    ]


def _plain(value: float, stock: bool) -> str:
    return f"{value:.1f}" if stock else f"{value:+.1f}".replace("-", "−")


def bridge_book(facts: Facts) -> Sheet:
    """The bridges in one long table, with those of districts."""
    words, rows = facts.words, []
    for run in facts.runs:
        asked = {one.scope for one in run.official if one.measure != SHARE} or set(_SCOPES_OF_BRIDGE)
        wanted = [one for one in run.bridge if one.scope in asked and one.district not in facts.hidden]
        for one in sorted(wanted, key=lambda one: one.district is not None):  # the city first
            place = (
                words("explain.miss.city")
                if one.district is None
                else facts.names.district(one.district, words)
            )
            head = {
                "run": text(run.name),
                "district": text(place),
                "scope": text(words.named("scope", one.scope)),
            }
            rows += [
                head | {"cause": text(name), "carriers": Cell(value, f"{value:.1f}")}
                for name, value in parts(one, words)
            ]
    columns = [_column(words, name) for name in ("run", "district", "scope", "cause")]
    return Sheet("bridge", words("report.sheet.bridge"), [*columns, _column(words, "carriers", NUMBER)], rows)


def comparison(facts: Facts) -> list[Sheet]:
    """What each variant changes: the chance of each target, and the counts at the end; empty for a single run."""
    if facts.comparison is None:
        return []
    return [_changes(facts), _effects(facts)]


def _changes(facts: Facts) -> Sheet:
    words, made = facts.words, facts.comparison
    assert made is not None
    phrases, rows = Phrases(words, made.n), []
    for one in made.chances:
        if one.district is not None or not one.asked:
            continue
        key = "report.target.share" if one.measure == SHARE else "report.target.count"
        target = words(
            key,
            what=phrases.what(one.scope, one.measure),
            at_least=phrases.asked(one.at_least, one.measure),
            end=words.end_of(quarter(one.by)),
            basis=words.named("basis", one.basis),
        )
        rows.append(
            {
                "variant": text(one.variant),
                "target": text(target),
                "base_chance": Cell(one.base_chance, f"{one.base_chance:.2f}"),
                "variant_chance": Cell(one.variant_chance, f"{one.variant_chance:.2f}"),
                "change": Cell(one.difference, change_of_chance(one)),
                "change_error": Cell(one.error, f"{one.error:.2f}"),
                "gained": Cell(one.gained, str(one.gained)),
                "lost": Cell(one.lost, str(one.lost)),
                "verdict": text(words(f"compare.verdict.{VERDICT_KEYS[one.verdict]}", n=made.n)),
            }
        )
    columns = [
        _column(words, "variant"),
        _column(words, "target"),
        *(_column(words, name, CHANCE) for name in ("base_chance", "variant_chance", "change")),
        _column(words, "change_error", CHANCE, BOOK),
        *(_column(words, name, COUNT) for name in ("gained", "lost")),
        _column(words, "verdict"),
    ]
    title = words("report.sheet.changes", base=made.base, n=made.n)
    return Sheet("changes", title, columns, rows, [words("report.note.pairs")])


def _effects(facts: Facts) -> Sheet:
    words, made = facts.words, facts.comparison
    assert made is not None
    phrases, rows = Phrases(words, made.n), []
    for one in made.effects:
        if (
            one.quarter != made.last
            or one.district is not None
            or (one.measure != SHARE and one.basis != "label")
        ):
            continue
        what = phrases.what(one.scope, one.measure)
        if one.measure == SHARE:
            what = words("figure.title.share", what=what, basis=words.named("basis", one.basis))
        kind = PERCENT if one.measure == SHARE else ""
        rows.append(
            {
                "variant": text(one.variant),
                "what": text(what),
                "difference": Cell(one.mean, signed(one.mean, one.measure), kind),
                "interval": Cell(None, interval(one.low, one.high, one.measure)),
                "low": Cell(one.low, signed(one.low, one.measure), kind),
                "high": Cell(one.high, signed(one.high, one.measure), kind),
                "verdict": text(words(f"compare.verdict.{VERDICT_KEYS[one.verdict]}", n=made.n)),
            }
        )
    columns = [
        _column(words, "variant"),
        _column(words, "what"),
        _column(words, "difference", NUMBER),
        _column(words, "interval", NUMBER, PAGE),
        *(_column(words, name, NUMBER, BOOK) for name in ("low", "high")),
        _column(words, "verdict"),
    ]
    title = words("report.sheet.effects", end=words.end_of(quarter(made.last)))
    return Sheet("effects", title, columns, rows, [words("report.note.effects")])


def costs(facts: Facts) -> Sheet:
    """What each lever costs over the whole run, a column for each run."""
    words = facts.words
    names = list(dict.fromkeys(name for run in facts.runs for name in run.costs))
    dearest = sorted(names, key=lambda name: -max(run.costs.get(name, 0.0) for run in facts.runs))
    unit = 1_000_000 if words.language == "en" else 10_000
    rows = []
    for name in [*dearest, None]:
        title = words("report.total") if name is None else facts.names.lever(name, words)
        row = {"lever": text(title)}
        for place, run in enumerate(facts.runs):
            cost = sum(run.costs.values()) if name is None else run.costs.get(name, 0.0)
            row[f"run{place}"] = Cell(cost / unit, f"{cost / unit:,.1f}")
        rows.append(row)
    columns = [_column(words, "lever"), *_of_runs(facts, words("report.column.cost"), MONEY)]
    return Sheet("costs", words("report.sheet.costs"), columns, rows, [words("report.note.costs")])


def unknowns(facts: Facts) -> Sheet:
    """The unknown numbers that go with the official targets, the strongest first, with their evidence."""
    words, run = facts.words, facts.main
    ledger = {row["name"]: row for row in run.result.ledger.to_dict("records")}
    strongest = _strongest(run)
    rows = []
    for name in sorted(strongest, key=lambda name: (-strongest[name], name)):
        known = ledger.get(name, {})
        row = {
            "name": text(name),
            "meaning": text(str(known.get("meaning", ""))),
            "drawn": text(_range(known)),
            "grade": text(words(f"evidence.{known['grade']}") if known.get("grade") else ""),
        }
        for place, found in enumerate(run.drivers.values()):
            driver = next((each for each in found if each.name == name), None)
            row[f"target{place}"] = _correlation(driver)
        rows.append(row)
    columns = [
        _column(words, "name"),
        _column(words, "meaning"),
        _column(words, "drawn"),
        _column(words, "grade"),
    ]
    columns += [
        Column(f"target{place}", _short_target(facts, one), NUMBER) for place, one in enumerate(run.drivers)
    ]
    note = words("report.note.unknowns") if rows else words("report.note.no_unknowns")
    return Sheet("unknowns", words("report.sheet.unknowns"), columns, rows, [note])


def _strongest(run: RunFacts) -> dict[str, float]:
    found: dict[str, float] = {}
    for told in run.drivers.values():
        for one in told:
            found[one.name] = max(found.get(one.name, 0.0), abs(one.correlation))
    return found


def _correlation(driver: Driver | None) -> Cell:
    if driver is None:
        return Cell(None, NOTHING)
    shown = f"{driver.correlation:+.2f}".replace("-", "−")
    return Cell(driver.correlation, f"{shown}*" if driver.told else shown)


def _range(known: Mapping[Hashable, object]) -> str:
    if not known:
        return ""
    low, value, high = (float(str(known[key])) for key in ("low", "value", "high"))
    return f"{value:g} ({low:g}–{high:g}) {known['unit']}"


def _short_target(facts: Facts, one: TargetAnswer) -> str:
    what = Phrases(facts.words, 1).what(one.scope, one.measure)
    return what[:1].upper() + what[1:]


def ledger(facts: Facts) -> Sheet:
    """Every number behind the answer, those that go most with the targets first."""
    words, run = facts.words, facts.main
    strongest = _strongest(run)
    records = sorted(
        run.result.ledger.to_dict("records"), key=lambda row: -strongest.get(str(row["name"]), 0.0)
    )
    rows = [{str(key): _typed(str(key), str(value), words) for key, value in row.items()} for row in records]
    kinds = {"value": NUMBER, "low": NUMBER, "high": NUMBER}
    columns = [_column(words, str(name), kinds.get(str(name), "text")) for name in run.result.ledger.columns]
    return Sheet("ledger", words("report.sheet.ledger"), columns, rows)


def _typed(key: str, value: str, words: Words) -> Cell:
    if key in ("value", "low", "high"):
        number = float(value)
        return Cell(number, f"{number:g}")
    if key == "grade" and words.has(f"evidence.{value}"):
        return Cell(words(f"evidence.{value}"), words(f"evidence.{value}"))
    return text(value)


def record(facts: Facts) -> Sheet:
    """What binds each run to its inputs, a column for each run."""
    words = facts.words
    told = [dict(_recorded(run)) for run in facts.runs]
    rows = [
        {"what": text(words(f"report.record.{name}"))}
        | {f"run{at}": text(one[name]) for at, one in enumerate(told)}
        for name in told[0]
    ]
    columns = [_column(words, "what")] + [Column(f"run{at}", run.name) for at, run in enumerate(facts.runs)]
    return Sheet("record", words("report.sheet.record"), columns, rows)


def _recorded(run: RunFacts) -> Iterator[tuple[str, str]]:
    manifest = run.result.manifest
    yield "folder", run.result.folder.resolve().name
    yield "replicates", f"{run.n} / {run.result.n_requested}"
    yield "failures", str(len(run.result.failures))
    yield "quarters", f"{manifest.quarters[0]} – {manifest.quarters[-1]}"
    yield "seed", str(manifest.seed)
    yield "engine", manifest.engine
    yield "as_of", manifest.as_of or NOTHING
    yield "ended", manifest.ended_at or NOTHING
    yield "scenario", manifest.scenario_digest
    yield "city", manifest.city_digest
    yield "registry", manifest.registry_digest or NOTHING
    yield "source", manifest.source_hash
    yield "version", f"{manifest.version} {manifest.git or ''}".rstrip()
    yield "versions", json.dumps(manifest.versions, sort_keys=True)


def book(facts: Facts) -> Sequence[Sheet]:
    """All tables in the order of the questions, as a workbook or a folder of CSV files has them."""
    return [
        targets(facts),
        scopes(facts),
        districts(facts),
        paths(facts),
        bridge_book(facts),
        *comparison(facts),
        costs(facts),
        unknowns(facts),
        ledger(facts),
        record(facts),
    ]
