"""A design of experiments as a file: which levers and unknowns are varied, how far, by which method.

    scenario: wuhan-2025.yaml
    method: latin_hypercube
    points: 64
    replicates: 5
    levers:
      clean_up: {strength: [0, 1], from: {values: [2021Q4, 2023Q1]}}
    unknowns:
      rounds.apply_municipal: [0.1, 0.3]
      rounds.national_places: prior

Levers and unknowns are kept apart and rules are not varied: what is decided, what is drawn and what is fixed are
three kinds of number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from simulation.faults import Fault, ScenarioErrors, did_you_mean, one_of, quoted, say
from simulation.files import read_csv
from simulation.quarters import quarter
from simulation.rules import codes
from simulation.scenario.document import Document, read_document
from simulation.scenario.loading import Scenario, load
from simulation.scenario.numbers import triangular
from simulation.scenario.study import study
from simulation.scenario.variants import LEVERS, SETTINGS, UNKNOWNS

METHODS = ("latin_hypercube", "quasi_random", "sobol", "morris", "factorial", "table")
KEYS = ("scenario", "method", "points", "replicates", "levels", LEVERS, UNKNOWNS, "table")
MOST_POINTS, MOST_REPLICATES, MOST_LEVELS = 100_000, 10_000, 50
_QUARTERS = ("from", "until")
_WHOLE = (*_QUARTERS, "ramp", "cost")


class Factor(NamedTuple):
    """What is varied: a range, some values, or a prior."""

    path: str  # levers.clean_up.strength, unknowns.rounds.apply_municipal
    low: float
    high: float
    values: tuple[Any, ...] = ()  # in the place of a range
    mode: float | None = None  # the peak of a prior's triangle from low to high

    @property
    def is_lever(self) -> bool:
        """Whether it is decided; else it is unknown."""
        return self.path.startswith(f"{LEVERS}.")

    def at(self, part: float) -> Any:
        """The value at a part from 0 to 1 of the range: a value of a list, or a quantile of a prior."""
        if self.values:
            return self.values[min(int(part * len(self.values)), len(self.values) - 1)]
        if self.mode is not None:
            return triangular(self.low, self.mode, self.high, min(max(part, 1e-12), 1 - 1e-12))
        value = self.low + part * (self.high - self.low)
        return round(value) if self.path.rpartition(".")[2] in _WHOLE and self.is_lever else value


@dataclass(frozen=True)
class Design:
    """A design that has been read: ``rows`` are the points of a table of one's own."""

    scenario: Scenario
    method: str
    points: int
    replicates: int
    levels: int
    factors: tuple[Factor, ...]
    rows: tuple[dict[str, Any], ...] = ()


def read_design(path: Path) -> Design:
    """Read a design and the scenario that it names. Raises ``ScenarioErrors`` with all that is wrong."""
    faults: list[Fault] = []
    document = read_document(path, path.name, faults)
    if document is None:
        raise ScenarioErrors(faults)
    reader = _Reader(path, document, faults)
    design = reader.read()
    if faults or design is None:
        raise ScenarioErrors(faults)
    return design


class _Reader:
    def __init__(self, path: Path, document: Document, faults: list[Fault]) -> None:
        self.path, self.document, self.faults = path, document, faults
        self.data: dict[str, Any] = document.data

    def fault(self, where: tuple[str | int, ...], found: str, allowed: str, advice: str = "") -> None:
        self.faults.append(Fault.at(self.document.place(where), found, allowed, advice))

    def read(self) -> Design | None:
        for key in self.data:
            if key not in KEYS:
                place = self.document.place((key,), of_key=True)
                found = say("the key {key}", key=quoted(key))
                self.faults.append(Fault.at(place, found, one_of(KEYS), did_you_mean(key, KEYS)))
        method = self.data.get("method", METHODS[0])
        if method not in METHODS:
            self.fault(("method",), quoted(method), one_of(METHODS), did_you_mean(str(method), METHODS))
        scenario = self._scenario()
        points = self._whole("points", 32, MOST_POINTS)
        replicates = self._whole("replicates", 5, MOST_REPLICATES)
        levels = self._whole("levels", 4, MOST_LEVELS)
        if scenario is None:
            return None
        rows: tuple[dict[str, Any], ...] = ()
        if method == "table":
            given, rows = self._table(scenario)
            factors = tuple(given)
        else:
            factors = (*self._levers(scenario), *self._unknowns(scenario))
            if not factors and not self.faults:
                self.fault((), say("nothing that varies"), say("factors under `levers:` or `unknowns:`"))
        return Design(scenario, str(method), points, replicates, levels, factors, rows)

    def _scenario(self) -> Scenario | None:
        path = self._file("scenario", (".yaml", ".yml"))
        if path is None:
            return None
        try:
            return load(path)
        except ScenarioErrors as wrong:
            self.faults += wrong.faults
            return None

    def _file(self, key: str, endings: tuple[str, ...]) -> Path | None:
        """A file in the folder of the design or below it."""
        given = self.data.get(key)
        allowed = say("a file ({endings}) in the folder of the design or below it", endings=endings)
        if not isinstance(given, str):
            self.fault((key,), say("no key `{path}`", path=key) if given is None else quoted(given), allowed)
            return None
        parts = PurePosixPath(given.replace("\\", "/"))
        inside = not parts.is_absolute() and ".." not in parts.parts and ":" not in given
        path = self.path.parent / parts
        inside = inside and path.resolve().is_relative_to(self.path.parent.resolve())
        if not inside or parts.suffix not in endings or not path.is_file():
            near = did_you_mean(given, [one.name for one in path.parent.glob("*") if one.suffix in endings])
            self.fault((key,), quoted(given), allowed, near)
            return None
        return path

    def _whole(self, key: str, default: int, most: int) -> int:
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            self.fault((key,), quoted(value), say("a whole number from 1 to {most}", most=most))
            return default
        return value

    def _section(self, key: str) -> Mapping[str, Any]:
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            self.fault((key,), quoted(value), say("keys and values"))
            return {}
        return value

    def _levers(self, scenario: Scenario) -> list[Factor]:
        made = []
        for name, settings in self._section(LEVERS).items():
            if name not in codes.LEVERS:
                advice = did_you_mean(name, codes.LEVERS)
                self.fault((LEVERS, name), quoted(name), say("a lever of the city's table"), advice)
                continue
            if not isinstance(settings, dict):
                self.fault((LEVERS, name), quoted(settings), say("settings such as {{strength: [0, 1]}}"))
                continue
            for setting, given in settings.items():
                where = (LEVERS, name, setting)
                if setting not in SETTINGS:
                    self.fault(where, quoted(setting), one_of(SETTINGS), did_you_mean(setting, SETTINGS))
                    continue
                factor = self._factor(where, ".".join(where), given)
                if factor is not None:
                    made.append(factor)
        self._check(scenario, made)
        return made

    def _unknowns(self, scenario: Scenario) -> list[Factor]:
        priors, made = study(scenario).priors, []
        for name, given in self._section(UNKNOWNS).items():
            where = (UNKNOWNS, name)
            if name not in priors:
                allowed = say("an unknown number; a fixed one is not varied")
                self.fault(where, quoted(name), allowed, did_you_mean(name, priors))
            elif given == "prior":
                low, mid, high = priors[name]
                made.append(Factor(".".join(where), low, high, mode=mid))
            else:
                factor = self._factor(where, ".".join(where), given)
                if factor is not None:
                    made.append(factor)
        self._check(scenario, made)
        return made

    def _factor(self, where: tuple[str, ...], path: str, given: Any) -> Factor | None:
        lever = where[0] == LEVERS
        allowed = say("a range [low, high] or {{values: [...]}}") if lever else say(
            "a range [low, high], {{values: [...]}} or prior"
        )  # fmt: skip
        is_list = isinstance(given, dict) and list(given) == ["values"] and isinstance(given["values"], list)
        raw = given["values"] if is_list else given
        if not isinstance(raw, list) or not raw or (not is_list and len(raw) != 2):
            self.fault(where, quoted(given), allowed)
            return None
        numbers = [self._number(where, where[-1] if lever else "", one) for one in raw]
        found = [one for one in numbers if one is not None]
        if len(found) < len(numbers):
            return None
        if is_list:
            return Factor(path, min(found), max(found), tuple(found))
        if not found[0] < found[1]:
            self.fault(where, quoted(given), say("low below high"))
            return None
        return Factor(path, found[0], found[1])

    def _number(self, where: tuple[str, ...], setting: str, given: Any) -> Any:
        """A number; of a quarter its number."""
        if setting in _QUARTERS:
            try:
                return quarter(str(given))
            except ValueError:
                self.fault(where, quoted(given), say("a quarter such as 2021Q4"))
                return None
        if isinstance(given, bool) or not isinstance(given, int | float):
            self.fault(where, quoted(given), say("a number such as 0.5"))
            return None
        if setting in _WHOLE and given != int(given):
            self.fault(where, quoted(given), say("a whole number"))
            return None
        return int(given) if setting in _WHOLE else float(given)

    def _check(self, scenario: Scenario, factors: list[Factor]) -> None:
        """Every end of a range and every value is one that a scenario may have."""
        for factor in factors:
            section, _, rest = factor.path.partition(".")
            where = (section, *([rest] if section == UNKNOWNS else rest.split(".")))
            for value in dict.fromkeys(factor.values or (factor.low, factor.high)):
                place = self.document.place(where)
                for fault in faults_of(scenario, factor.path, value):
                    self.faults.append(Fault.at(place, fault.found, fault.allowed, fault.advice))

    def _table(self, scenario: Scenario) -> tuple[list[Factor], tuple[dict[str, Any], ...]]:
        path = self._file("table", (".csv",))
        if path is None:
            return [], ()
        label = str(self.data["table"])
        header, lines = read_csv(path, label, self.faults)
        priors = study(scenario).priors
        for column, name in enumerate(header, 1):
            section, _, rest = name.partition(".")
            lever, _, setting = rest.rpartition(".")
            good = (section == UNKNOWNS and rest in priors) or (
                section == LEVERS and lever in codes.LEVERS and setting in SETTINGS
            )
            if not good:
                allowed = say("a path such as levers.clean_up.strength or unknowns.rounds.apply_municipal")
                self.faults.append(Fault(label, 1, column, quoted(name), allowed))
        if self.faults:
            return [], ()
        rows = []
        for line, cells in lines:
            row = self._row(scenario, label, line, header, cells)
            if row is not None:
                rows.append(row)
        if not rows and not self.faults:
            self.faults.append(Fault(label, 2, 0, say("nothing"), say("a line a point")))
        if self.faults:
            return [], ()
        factors = [Factor(name, min(r[name] for r in rows), max(r[name] for r in rows)) for name in header]
        return factors, tuple(rows)

    def _row(
        self, scenario: Scenario, label: str, line: int, header: list[str], cells: list[str]
    ) -> dict[str, Any] | None:
        if len(cells) != len(header):
            found, allowed = say("{n} cells", n=len(cells)), say("{n} cells", n=len(header))
            self.faults.append(Fault(label, line, 0, found, allowed))
            return None
        row: dict[str, Any] = {}
        for column, (name, text) in enumerate(zip(header, cells, strict=True), 1):
            setting = name.rpartition(".")[2] if name.startswith(LEVERS) else ""
            try:
                number: Any = quarter(text) if setting in _QUARTERS else float(text)
            except ValueError:
                allowed = (
                    say("a quarter such as 2021Q4") if setting in _QUARTERS else say("a number such as 0.5")
                )
                self.faults.append(Fault(label, line, column, quoted(text), allowed))
                continue
            if setting in ("ramp", "cost") and number == int(number):
                number = int(number)
            for fault in faults_of(scenario, name, number):
                self.faults.append(Fault(label, line, column, fault.found, fault.allowed, fault.advice))
            row[name] = number
        return row


def faults_of(scenario: Scenario, path: str, value: Any) -> list[Fault]:
    """What is wrong with a value at a path, as the scenario's own checks say it."""
    from simulation.quarters import quarter_name
    from simulation.scenario.checks import Checker
    from simulation.scenario.overlay import apply_settings

    is_quarter = path.startswith(LEVERS) and path.rpartition(".")[2] in _QUARTERS
    written = quarter_name(int(value)) if is_quarter else repr(value)
    faults: list[Fault] = []
    document = Document({"name": scenario.name, "city": scenario.city})
    if is_quarter and path.endswith(".until"):
        lever = path.split(".")[1]
        first = quarter_name(scenario.levers[lever].from_)
        document = apply_settings(document, [f"levers.{lever}.from={first}"], faults)
    document = apply_settings(document, [f"{path}={written}"], faults)
    Checker(document, scenario.tables, faults).run()
    return faults
