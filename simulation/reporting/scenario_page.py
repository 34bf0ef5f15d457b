"""The resolved scenario for a terminal: every value with its unit, evidence, meaning, source and place."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from simulation.reporting.phrases import Phrases, kind_of
from simulation.reporting.tables import WIDTH, page, said
from simulation.reporting.text import Words
from simulation.reporting.width import columns, pad, visible, wrap
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.scenario import Scenario
    from simulation.scenario.origins import Origin

_CORNERS = ("low", "mid", "high")
_SECTIONS = ("levers", "unknowns", "rules", "targets", "baseline")
_GRADE_WIDTH = 11
_OFFICIAL, _NOT_OFFICIAL = "* ", "  "


class Entry(NamedTuple):
    """A value, or some that stand in one place, as it is shown; without a grade it is a heading."""

    told: str
    grade: str = ""
    below: tuple[str, ...] = ()  # what it means, where it comes from; empty parts are left out
    indent: str = "  "


class ScenarioPage:
    """A scenario, set for a terminal."""

    def __init__(self, words: Words, scenario: "Scenario") -> None:
        self.words = words
        self.scenario = scenario
        self.origins = scenario.sources
        numbers = (*scenario.tables.baseline, *scenario.tables.parameters)
        self.meanings = {number.name: number.meaning for number in numbers}

    def lines(self) -> list[str]:
        """The page, none of its lines wider than 80 columns."""
        words = self.words
        head = said(visible(self.scenario.name))
        head += said(words("show.heading", n=len(self.origins), digest=self.scenario.digest()[:12]))
        head += said(words("show.evidence", **self._count_grades()))
        head += said(words("show.legend"))
        warned = [
            line
            for fault in self.scenario.warnings
            for line in said(words("run.warning", text=visible(str(fault))))
        ]
        groups = ("general", "targets", "levers", "unknowns", "rules", "baseline")
        told = ([*said(words(f"show.group.{name}")), *self._group(name)] for name in groups)
        return page([head, warned, *told])

    def record(self) -> dict[str, Any]:
        """The same for other programs."""
        return {
            "scenario": self.scenario.name,
            "digest": self.scenario.digest(),
            "warnings": [str(fault) for fault in self.scenario.warnings],
            "values": {path: origin._asdict() for path, origin in self.origins.items()},
        }

    def _count_grades(self) -> dict[str, int]:
        grades = [origin.grade for origin in self.origins.values()]
        return {grade: grades.count(grade) for grade in ("published", "derived", "assumed", "scenario")}

    def _group(self, name: str) -> Iterator[str]:
        for entry in getattr(self, f"_{name}")():
            yield from self._shown(entry)

    def _shown(self, entry: Entry) -> list[str]:
        """What and value with the grade at the right margin; below, what it means and where it comes from."""
        deeper = " " * (columns(entry.indent) + 4)
        lines = wrap(visible(entry.told), WIDTH - _GRADE_WIDTH, deeper, entry.indent)
        if entry.grade:
            grade = self.words(f"evidence.{entry.grade}")
            lines[0] = pad(lines[0], WIDTH - columns(grade)) + grade
        below = self.words("clause.separator").join(visible(part) for part in entry.below if part)
        return lines + (wrap(below, WIDTH, deeper, deeper) if below else [])

    def _source(self, origin: "Origin") -> str:
        from simulation.scenario.origins import DEFAULT

        if origin.source == "scenario":
            return ""  # its place says it
        return self.words("show.default") if origin.source == DEFAULT else origin.source.replace(";", ", ")

    # --- groups ---

    def _general(self) -> Iterator[Entry]:
        for path, origin in self.origins.items():
            section, dot, _ = path.partition(".")
            if (section not in _SECTIONS or not dot) and origin.value is not None:
                yield self._entry(path, origin)

    def _targets(self) -> Iterator[Entry]:
        """A target a line, as it is said in the answer of a run."""
        words, phrases = self.words, Phrases(self.words, 0)
        for row, target in enumerate(self.scenario.targets or ()):
            origin = self.origins[f"targets.{row}.at_least"]
            told = words(
                f"show.target.{kind_of(target.measure)}",
                what=phrases.what(target.scope, target.measure),
                basis=words.named("basis", target.basis),
                at_least=phrases.asked(target.at_least, target.measure),
                end=words.end_of(target.by),
            )
            mark = _OFFICIAL if target.official else _NOT_OFFICIAL
            yield Entry(told, origin.grade, (self._source(origin), origin.where), mark)

    def _levers(self) -> Iterator[Entry]:
        """Levers in the order of the notice; values that stand in one place together."""
        known = {one.name: one for one in self.scenario.tables.levers}
        for name in codes.LEVERS:
            lever, prefix = known[name], f"levers.{name}."
            told = lever.name_zh if self.words.language == "zh" else lever.name_en
            yield Entry(f"{lever.clause} {told} ({name})")
            together: dict[tuple[str, str, str], list[str]] = {}
            for path, origin in self.origins.items():
                if path.startswith(prefix):
                    key = path.removeprefix(prefix)
                    unit = "" if origin.unit in (key, "quarter") else origin.unit
                    place = (origin.grade, self._source(origin), origin.where)
                    together.setdefault(place, []).append(f"{key} {self._number(origin)} {unit}".rstrip())
            for (grade, source, where), values in together.items():
                yield Entry(self.words.listing(values), grade, (source, where), "    ")

    def _unknowns(self) -> Iterator[Entry]:
        """Low, mid and high of a triangle together."""
        for name in dict.fromkeys(_stem(path) for path in self.origins if path.startswith("unknowns.")):
            corners = [self.origins[f"{name}.{key}"] for key in _CORNERS if f"{name}.{key}" in self.origins]
            if not corners:  # pinned to one value
                yield self._entry(name.removeprefix("unknowns."), self.origins[name])
                continue
            changed = next((one for one in corners if one.grade == "scenario"), corners[0])
            value = " / ".join(self._number(one) for one in corners)
            yield self._entry(name.removeprefix("unknowns."), changed, value)

    def _rules(self) -> Iterator[Entry]:
        return self._numbers("rules.")

    def _baseline(self) -> Iterator[Entry]:
        return self._numbers("baseline.")

    def _numbers(self, prefix: str) -> Iterator[Entry]:
        for path, origin in self.origins.items():
            if path.startswith(prefix):
                yield self._entry(path.removeprefix(prefix), origin)

    def _entry(self, name: str, origin: "Origin", value: str = "") -> Entry:
        told = f"{value or self._number(origin)} {origin.unit}".rstrip()
        below = (self.meanings.get(name, ""), self._source(origin), origin.where)
        return Entry(self.words("show.entry", name=name, value=told), origin.grade, below)

    def _number(self, origin: "Origin") -> str:
        value = origin.value
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int | float):
            return self.words.whole(value) if float(value).is_integer() else f"{value:g}"
        return str(value)


def _stem(path: str) -> str:
    head, _, last = path.rpartition(".")
    return head if last in _CORNERS else path
