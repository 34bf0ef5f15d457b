"""What a scenario says against what its city knows: names, dates, kinds of number. Finds every fault at once."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

from pydantic import ValidationError

from simulation.faults import Fault, did_you_mean, nearest, one_of, quoted, say
from simulation.quarters import quarter_name, quarter_of_date
from simulation.rules import codes
from simulation.scenario.city import MEASURES, CityTables
from simulation.scenario.document import Document, Path_, full_width_advice
from simulation.scenario.levers import NO_SECTOR
from simulation.scenario.numbers import Number
from simulation.scenario.schema import (
    AIM_OF,
    AIMS,
    FIRST_YEAR,
    LAST_YEAR,
    UNTIL,
    LeverSetting,
    Part,
    Prior,
    ScenarioFields,
    Switches,
    TargetSetting,
    keys,
)

# What a part of a scenario is, by its path: ``*`` stands for any key or place in a list.
_PARTS: dict[tuple[str, ...], type[Part]] = {
    (): ScenarioFields,
    ("levers", "*"): LeverSetting,
    ("unknowns", "*"): Prior,
    ("targets", "*"): TargetSetting,
    ("switches",): Switches,
}
_ALLOWED = {
    "quarter": say("a quarter such as 2021Q4, from {first} to {last}", first=FIRST_YEAR, last=LAST_YEAR),
    "date": say("a date such as 2021-08-25"),
    "ramp": say("a number of quarters such as 2, or `2 quarters`"),
    "string_type": say("a text"),
    "float_type": say("a number such as 0.5"),
    "int_type": say("a whole number"),
    "bool_type": say("true or false"),
    "finite_number": say("a finite number"),
    "dict_type": say("keys and values"),
    "model_type": say("keys and values"),
    "tuple_type": say("a list such as [a, b]"),
    "string_too_short": say("a text that is not empty"),
    "too_short": say("a list with one entry at least; leave the key out to aim at all"),
}


_AIM_NAMES = tuple(one for one in AIM_OF if not one.endswith("s"))


# What makes a target one of its own, and what is meant where it is not said.
_OF_TARGET = (("scope", "recognised"), ("basis", "label"), ("measure", "count"), ("by", quarter_name(UNTIL)))


# What other programs call a key of ours, and what belongs on the command line.
_OTHER_NAMES = {
    "include": "extends",
    "includes": "extends",
    "inherits": "extends",
    "base": "extends",
    "policies": "levers",
    "policy": "levers",
    "registry": "baseline",
    "end": "until",
    "horizon": "until",
    "parameters": "rules",
    "priors": "unknowns",
    "title": "name",
}
_OPTIONS = {
    "seed": "--seed",
    "runs": "--replicates",
    "replicates": "--replicates",
    "engine": "--engine",
    "out": "--out",
}


class Checker:
    """Checks one document against one city; faults are collected, accepted spellings become codes."""

    def __init__(self, document: Document, city: CityTables, faults: list[Fault]) -> None:
        """Check ``document``; spellings of districts and sectors are replaced by codes in its data."""
        self.document, self.city, self.faults = document, city, faults
        numbers = (*city.parameters, *city.baseline)
        self.unknowns = {one.name: one for one in numbers if one.kind == "unknown"}
        self.rules = {one.name: one for one in city.parameters if one.kind == "fixed"}
        self._asked: dict[tuple[str, ...], int] = {}  # targets seen so far, by what they ask for
        self.levers = tuple(one.name for one in city.levers if one.row is not None)

    def run(self) -> ScenarioFields | None:
        """All checks; the fields of the scenario when the document has the right shape."""
        for name, lever in self._section("levers").items():
            self._lever(name, lever)
        for name, prior in self._section("unknowns").items():
            self._unknown(name, prior)
        for name, value in self._section("rules").items():
            self._rule(name, value)
        self._spellings((), self.document.data, "covers", self._district)
        targets = self.document.data.get("targets")
        for row, target in enumerate(targets if isinstance(targets, list) else []):
            self._target(row, target)
        said = {(fault.file, fault.line, fault.column) for fault in self.faults}
        try:
            return ScenarioFields.model_validate(self.document.data)
        except ValidationError as error:
            before = len(self.faults)
            for one in error.errors():
                self._of_pydantic(one)
            # A value of which a better message was given above needs no second one.
            self.faults[before:] = [
                one for one in self.faults[before:] if (one.file, one.line, one.column) not in said
            ]
            return None

    def add(self, path: Path_, found: str, allowed: str, advice: str = "", of_key: bool = False) -> None:
        """Note a fault at a path of the document."""
        self.faults.append(Fault.at(self.document.place(path, of_key), found, allowed, advice))

    def _section(self, name: str) -> dict[str, Any]:
        given = self.document.data.get(name)
        return given if isinstance(given, dict) else {}

    def _name(self, section: str, name: str, valid: Iterable[str], what: str) -> bool:
        """Whether a key of a section is one of its names; a fault says where else it may belong."""
        names = tuple(valid)
        if name in names:
            return True
        elsewhere = self._home(name) if self._home(name) != section else ""
        advice = say("it belongs under `{home}:`", home=elsewhere) if elsewhere else ""
        advice = advice or full_width_advice(name) or self._words(name) or did_you_mean(name, names)
        self.add((section, name), quoted(name), what, advice, of_key=True)
        return False

    def _home(self, name: str) -> str:
        """The section to which a name belongs, empty when to none."""
        homes: Mapping[str, Iterable[str]] = {
            "levers": codes.LEVERS,
            "unknowns": self.unknowns,
            "rules": self.rules,
            "switches": keys(Switches),
        }
        return next((section for section, names in homes.items() if name in names), "")

    def _words(self, name: str) -> str:
        """Advice for a number that has one value for each word of a code list."""
        of_words = [one for one in self.rules if one.startswith(f"{name}[")]
        return say("say for which: {of_words}", of_words=one_of(of_words, 3)) if of_words else ""

    def _lever(self, name: str, lever: Any) -> None:
        if name in codes.LEVERS and name not in self.levers:
            if isinstance(lever, dict) and lever.get("strength") != 0:
                known = say("a lever known by the date of the run")
                self.add(
                    ("levers", name),
                    quoted(name),
                    known,
                    say("the notice came later: leave it out"),
                    of_key=True,
                )
            return
        self._name("levers", name, self.levers, say("a lever of the city's table"))
        if not isinstance(lever, dict):
            return
        path = ("levers", name)
        self._spellings(path, lever, "districts", self._district)
        self._spellings(path, lever, "sectors", self._sector)
        for key, words in AIMS.items():
            for row, word in enumerate(lever[key] if isinstance(lever.get(key), list) else []):
                if isinstance(word, str) and word not in words:
                    self.add((*path, key, row), quoted(word), one_of(words), did_you_mean(word, words))
        where = lever.get("where")
        for key in where if isinstance(where, dict) else ():
            advice = did_you_mean(key, AIM_OF)
            self.add((*path, "where", key), quoted(key), one_of(_AIM_NAMES), advice, of_key=True)
        since, until = lever.get("from", "2021Q4"), lever.get("until")
        if isinstance(since, str) and isinstance(until, str) and until < since:
            found = say("{until} before `from: {since}`", until=quoted(until), since=since)
            self.add((*path, "until"), found, say("a quarter not before `from`"))

    def _spellings(self, path: Path_, lever: dict[str, Any], key: str, meaning: Any) -> None:
        given = lever.get(key)
        if isinstance(given, list):
            lever[key] = [
                meaning((*path, key, row), text) if isinstance(text, str) else text
                for row, text in enumerate(given)
            ]

    def _district(self, path: Path_, text: str) -> str:
        naming = self.city.district_named(text)
        if naming.code is not None:
            return naming.code
        if naming.candidates:
            advice = say("which is meant: {names}?", names=naming.candidates)
        else:
            every = {alias.text for alias in self.city.aliases if alias.ruling == "accept"}
            advice = did_you_mean(text, every)
        found = say("{text} ({note})", text=quoted(text), note=naming.note) if naming.note else quoted(text)
        self.add(path, found, say("a district in one of the spellings of the city's table"), advice)
        return text

    def _sector(self, path: Path_, text: str) -> str:
        code = NO_SECTOR if text == NO_SECTOR else self.city.sector_named(text)
        if code is None:
            every = (*self.city.sector_codes, *(one.name_zh for one in self.city.sectors), NO_SECTOR)
            self.add(path, quoted(text), say("a sector of the city's list"), did_you_mean(text, every))
        return code or text

    def _unknown(self, name: str, prior: Any) -> None:
        what = say("an unknown number; a fixed one stands under `rules:`")
        if not self._name("unknowns", name, self.unknowns, what):
            return
        number, path = self.unknowns[name], ("unknowns", name)
        if isinstance(prior, dict):
            bounds = [prior.get(key, value) for key, value in _triangle(number).items()]
            if "value" in prior and len(prior) > 1:
                self.add(path, say("a value and a range"), say("one value, or low, mid and high"))
            elif all(_is_number(bound) for bound in bounds) and not bounds[0] <= bounds[1] <= bounds[2]:
                found = say("low, mid, high of {bounds}", bounds=tuple(f"{bound:g}" for bound in bounds))
                self.add(path, found, say("low ≤ mid ≤ high"))
            for key in prior:
                self._bounds((*path, key), number, prior[key])
        else:
            self._bounds(path, number, prior)

    def _rule(self, name: str, value: Any) -> None:
        if self._name(
            "rules", name, self.rules, say("a fixed number; an unknown one stands under `unknowns:`")
        ):
            self._bounds(("rules", name), self.rules[name], value)

    def _bounds(self, path: Path_, number: Number, value: Any) -> None:
        """What its unit allows a number to be."""
        if not _is_number(value):
            return
        if number.unit == say("0 or 1") and value not in (0, 1):
            self.add(path, quoted(value), say("0 or 1"))
        elif number.unit.startswith(("chance", "share")) and number.low >= 0.0 and not 0.0 <= value <= 1.0:
            self.add(path, quoted(value), say("a {unit} from 0 to 1", unit=number.unit))
        elif number.low >= 0.0 and value < 0.0:
            self.add(path, quoted(value), say("{unit}, not below 0", unit=number.unit))

    def _target(self, row: int, target: Any) -> None:
        if not isinstance(target, dict):
            return
        asked = tuple(str(target.get(key, default)) for key, default in _OF_TARGET)
        if asked in self._asked:
            line = self.document.place(("targets", self._asked[asked])).line
            found = say("the target of line {line} again", line=line)
            self.add(("targets", row), found, say("each target once"), say("delete one of the two"))
        self._asked.setdefault(asked, row)
        for key, words in (("scope", codes.SCOPES), ("basis", codes.BASES), ("measure", MEASURES)):
            word = target.get(key)
            if isinstance(word, str) and word not in words:
                self.add(("targets", row, key), quoted(word), one_of(words), did_you_mean(word, words))
        value: object = target.get("at_least")
        path: Path_ = ("targets", row, "at_least")
        if not _is_number(value):
            return
        if target.get("measure") == "specialised_share" and value > 1.0:
            self.add(
                path, quoted(value), say("a share from 0 to 1"), say("write {value:g}", value=value / 100)
            )
        elif target.get("measure", "count") == "count" and value != int(value):
            self.add(path, quoted(value), say("a whole number of carriers"))

    def _of_pydantic(self, error: Any) -> None:
        """A fault of the schema, in our words."""
        path: Path_ = error["loc"]
        given, kind = error.get("input"), error["type"]
        if kind == "extra_forbidden":
            self._extra_key(path)
        elif kind == "missing":
            found = say("no key `{path}`", path=path[-1])
            self.add(
                path[:-1], found, one_of(keys(_part(path[:-1]) or ScenarioFields), 20), say("add the key")
            )
        else:
            allowed = _ALLOWED.get(kind) or _bound(kind, error.get("ctx") or {}) or error["msg"]
            self.add(
                path, _shown(given), allowed, _quarter_of(given) if kind == "quarter" else _advice(given)
            )

    @staticmethod
    def _other_name(key: str) -> str:
        """What stands for a name that other programs have for the same thing."""
        if key.casefold() in _OPTIONS:
            return say("it is no part of a scenario: give `run` {option}", option=_OPTIONS[key.casefold()])
        near = nearest(key, _OTHER_NAMES, 0.8)
        return say("did you mean `{near}`?", near=_OTHER_NAMES[near]) if near is not None else ""

    def _extra_key(self, path: Path_) -> None:
        """An unknown key: the nearest valid one, or the place where it would be right."""
        key = str(path[-1])
        valid = keys(_part(path[:-1]) or ScenarioFields)
        home = self._home(key)
        if home:
            advice = say("it belongs under `{home}:`", home=home)
        elif len(path) > 1 and key in keys(ScenarioFields):
            advice = say("it belongs at the top of the file")
        elif len(path) == 1 and key in keys(LeverSetting):
            near = did_you_mean(key, valid, 0.8)
            advice = say("it belongs under a lever")
            advice = say("{first}, or {near}", first=advice, near=near) if near else advice
        else:
            advice = full_width_advice(key) or self._other_name(key) or did_you_mean(key, valid)
        self.add(path, say("the key {key}", key=quoted(key)), one_of(valid, 20), advice, of_key=True)


def _triangle(number: Number) -> dict[str, float]:
    return {"low": number.low, "mid": number.value, "high": number.high}


def _part(path: Path_) -> type[Part] | None:
    return _PARTS.get(path) or _PARTS.get((*(str(one) for one in path[:-1]), "*"))  # type: ignore[arg-type]


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bound(kind: str, context: dict[str, Any]) -> str:
    """What a bound of the schema allows; empty for faults of another kind."""
    if kind == "greater_than_equal":
        return say("a number greater than or equal to {least:g}", least=context["ge"])
    if kind == "less_than_equal":
        return say("a number less than or equal to {most:g}", most=context["le"])
    if kind == "string_too_long":
        return say("a text of at most {most} characters", most=context["max_length"])
    return ""


def _quarter_of(given: object) -> str:
    """The quarter of a month or day that stands where a quarter is meant."""
    match = re.fullmatch(r"(\d{4})[-/.](\d{1,2})(?:[-/.]\d{1,2})?", given) if isinstance(given, str) else None
    if match is not None and 1 <= int(match[2]) <= 12:
        near = quarter_name(quarter_of_date(int(match[1]), int(match[2])))
        return say("that month lies in {quarter}: a run goes by quarters", quarter=near)
    return _advice(given)


def _shown(given: object) -> str:
    if isinstance(given, dict):
        return say("keys and values")
    if isinstance(given, list | tuple):
        return say("a list")
    return say("nothing") if given is None else quoted(given)


def _advice(given: object) -> str:
    if isinstance(given, str):
        return full_width_advice(given)
    return say("put it in quotes to make it a text") if isinstance(given, bool | int | float) else ""
