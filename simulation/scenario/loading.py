"""Loading a scenario: the file and what it extends, settings on top, the city's tables, every check."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import PrivateAttr, ValidationError

from simulation.faults import ERROR, WARNING, Fault, Place, ScenarioErrors, did_you_mean, quoted, say
from simulation.quarters import quarter_name
from simulation.rules import codes
from simulation.scenario import overlay, parameters, rounds
from simulation.scenario.annex import read_annex
from simulation.scenario.checks import Checker
from simulation.scenario.city import CityTables
from simulation.scenario.document import Document, Path_
from simulation.scenario.origins import Origin, origins
from simulation.scenario.posterior import Posterior, read_posterior
from simulation.scenario.reading import find_city, packaged_cities, read_city
from simulation.scenario.schema import (
    SYNTHETIC,
    Day,
    LeverSetting,
    Part,
    ScenarioFields,
    TargetSetting,
    canonical,
)
from simulation.scenario.tasks import Target
from simulation.scenario.warnings import warnings_of

if TYPE_CHECKING:
    from simulation.registry.register import Register

SYNTHETIC_LABEL = re.compile(r"S\d{4,}")  # how synthetic carriers are numbered
UNKNOWN_LEVEL = -1  # in a register: the registry does not say


class Scenario(ScenarioFields):
    """A scenario after overlays, settings and defaults: what a run is about. It does not change."""

    _city: CityTables = PrivateAttr()
    _folder: Path = PrivateAttr()
    _places: dict[Path_, Place] = PrivateAttr()
    _annex: tuple[Target, ...] = PrivateAttr()
    _annex_digest: str = PrivateAttr()
    _registry_digest: str = PrivateAttr()
    _register: "Register | None" = PrivateAttr(default=None)
    _learned: Posterior | None = PrivateAttr(default=None)
    _warnings: tuple[Fault, ...] = PrivateAttr()

    @property
    def tables(self) -> CityTables:
        """The city's tables, as of the scenario's date."""
        return self._city

    @property
    def folder(self) -> Path:
        """The folder of its file: paths in the scenario start from it."""
        return self._folder

    @property
    def registry(self) -> Path | None:
        """The file of the registry that the run starts from; ``None`` for the synthetic baseline."""
        return None if self.baseline == SYNTHETIC else self._folder / self.baseline

    @property
    def register(self) -> "Register | None":
        """What that registry says, read once as the scenario is loaded; ``None`` for the synthetic baseline."""
        return self._register

    @property
    def learned(self) -> Posterior | None:
        """The posterior that its draws are taken from; ``None`` for the priors of the tables and the scenario."""
        return self._learned

    @property
    def annex_tasks(self) -> tuple[Target, ...]:
        """The tasks of districts that the annex holds."""
        return self._annex

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What is allowed but may not be meant."""
        return self._warnings

    @property
    def places(self) -> dict[Path_, Place]:
        """Where each path stands in the files of the scenario."""
        return self._places

    @property
    def sources(self) -> dict[str, Origin]:
        """By path in the file, every value that a run uses: its unit, grade of evidence, source and place."""
        return origins(self)

    @property
    def opening_quarter(self) -> int:
        """The quarter whose end is the opening stock."""
        return self._city.baseline_quarter if self.start is None else self.start

    def text(self) -> str:
        """The resolved scenario as JSON, which is YAML too: loading it gives the same scenario."""
        return json.dumps(canonical(self), ensure_ascii=False, indent=2) + "\n"

    @property
    def registry_digest(self) -> str:
        """The SHA-256 of the registry's bytes, empty for the synthetic baseline."""
        return self._registry_digest

    def digest(self) -> str:
        """The SHA-256 of the resolved scenario and of all data that a run of it uses."""
        parts = [self.text(), self._city.digest, self._registry_digest, self._annex_digest]
        parts += [] if self._learned is None else [self._learned.digest]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def load(
    path: str | Path,
    settings: Iterable[str] = (),
    as_of: date | None = None,
    folder: Path | None = None,
) -> Scenario:
    """The scenario of a file.

    ``settings`` are values on top of it, such as ``levers.clean_up.strength=0.5``; ``as_of`` is the date
    beyond which nothing is known. Paths in it start from ``folder``, by default that of the file. Raises
    ``ScenarioErrors`` with all that is wrong.
    """
    file, faults = Path(path), list[Fault]()
    folder = file.parent if folder is None else folder
    document = overlay.read_chain(file, faults)
    if document is None:
        raise ScenarioErrors(faults)
    document = overlay.apply_settings(document, settings, faults)
    if as_of is not None:
        document.data["as_of"] = as_of
        document.values[("as_of",)] = Place("--as-of")
    city = _city(document, folder, faults)
    if city is None:
        raise ScenarioErrors(faults)
    fields = Checker(document, city, faults).run()
    if fields is None:
        raise ScenarioErrors(faults)
    scenario = _resolved(fields, document, city, folder, faults)
    if faults:
        raise ScenarioErrors(faults)
    return scenario


def _city(document: Document, folder: Path, faults: list[Fault]) -> CityTables | None:
    """The tables of the scenario's city as of its date; the city of the default where it says none."""
    name = document.data.get("city", ScenarioFields.model_fields["city"].default)
    if not isinstance(name, str):
        name = ScenarioFields.model_fields["city"].default  # the schema says what is wrong with it
    found = find_city(name, folder)
    if found is None:
        allowed = say(
            "a city of the package ({names}) or a folder of tables",
            names=tuple(packaged_cities()),
        )
        advice = did_you_mean(name, packaged_cities())
        faults.append(Fault.at(document.place(("city",)), quoted(name), allowed, advice))
        return None
    path, label = found
    city = read_city(path, label, _as_of(document), faults)
    if city is not None:
        parameters.check(city.parameters, f"{label}/parameters.csv", faults)
        rounds.check(city.recognition, city.calendar, faults)
    return city


def _as_of(document: Document) -> date | None:
    class Date(Part):
        as_of: Day | None = None

    try:
        return Date.model_validate({"as_of": document.data.get("as_of")}).as_of
    except ValidationError:
        return None  # the schema says what is wrong with it


def _resolved(
    fields: ScenarioFields, document: Document, city: CityTables, folder: Path, faults: list[Fault]
) -> Scenario:
    """The scenario with every default filled in."""
    scenario = Scenario.model_construct(
        **{name: getattr(fields, name) for name in ScenarioFields.model_fields}
    )
    filled: dict[str, Any] = {
        "levers": {name: fields.levers.get(name, LeverSetting()) for name in codes.LEVERS},
        "unknowns": dict(sorted(fields.unknowns.items())),
        "rules": dict(sorted(fields.rules.items())),
        "targets": _default_targets(city) if fields.targets is None else fields.targets,
    }
    scenario = scenario.model_copy(update=filled)
    scenario._city, scenario._folder = city, folder
    scenario._places = {**document.keys, **document.values}
    _check_dates(scenario, document, faults)
    told: tuple[Fault, ...] = ()
    scenario._registry_digest = _digest(scenario.registry, document, "baseline", faults)
    if scenario.registry is not None and scenario._registry_digest and scenario.start is not None:
        scenario._register, told = _register(scenario.registry, scenario.start, city, faults)
        _check_levels(scenario, document, faults)
    _check_covers(scenario, document, faults)
    annex = None if fields.annex is None else folder / fields.annex
    scenario._annex_digest = _digest(annex, document, "annex", faults)
    scenario._annex = ()
    if annex is not None and scenario._annex_digest:
        scenario._annex = tuple(read_annex(annex, str(fields.annex), city, scenario.targets or (), faults))
    scenario._learned = _posterior(scenario, document, city, faults)
    scenario._warnings = (
        *(replace(one, severity=WARNING) for one in sorted(warnings_of(scenario, document))),
        *told,
    )
    return scenario


def _default_targets(city: CityTables) -> tuple[TargetSetting, ...]:
    return tuple(
        TargetSetting.model_construct(
            scope=one.scope,
            basis=one.basis,
            measure=one.measure,
            at_least=one.at_least,
            by=one.by,
            official=one.official,
        )
        for one in city.targets
    )


def _check_dates(scenario: Scenario, document: Document, faults: list[Fault]) -> None:
    """The run begins where its baseline ends, and ends after it begins."""
    if scenario.baseline == SYNTHETIC:
        given = scenario._city.baseline_quarter
        if scenario.start not in (None, given):
            place, found = document.place(("start",)), quoted(quarter_name(scenario.start or 0))
            allowed = say(
                "{given}: the synthetic baseline is of that quarter's end", given=quarter_name(given)
            )
            advice = say("give a registry as `baseline:` to start elsewhere")
            faults.append(Fault.at(place, found, allowed, advice))
    elif scenario.start is None:
        place = document.place(("baseline",))
        allowed = say("`start:`, the quarter at whose end the registry stands")
        advice = say("add a line such as `start: 2023Q2`")
        faults.append(Fault.at(place, say("a registry without `start`"), allowed, advice))
    if scenario.until <= scenario.opening_quarter:
        place, found = document.place(("until",)), quoted(quarter_name(scenario.until))
        after = quarter_name(scenario.opening_quarter)
        faults.append(
            Fault.at(place, found, say("a quarter after {after}, the opening stock's", after=after))
        )


def _register(
    path: Path, as_of: int, city: CityTables, faults: list[Fault]
) -> "tuple[Register | None, tuple[Fault, ...]]":
    """What the registry says at the end of a quarter, and warnings, one of each kind; faults when it is refused."""
    from simulation.registry import reading  # here: most scenarios start from the synthetic baseline

    report, register = reading.read(path, replace(city, baseline_quarter=as_of))
    faults += [one for one in report.faults if one.severity == ERROR]
    first: dict[str, Fault] = {}
    for one in report.faults:
        if one.severity == WARNING:
            first.setdefault(one.kind, one)
    numbers = {kind: report.counts[WARNING, kind] for kind in first}
    return register, tuple(
        one
        if numbers[kind] == 1
        else replace(one, found=say("{n} times, first {found}", n=numbers[kind], found=one.found))
        for kind, one in first.items()
    )


def _check_covers(scenario: Scenario, document: Document, faults: list[Fault]) -> None:
    """A registry of some districts stands at the city's baseline, has no carrier elsewhere, and keeps its numbers."""
    covers, register, place = scenario.covers, scenario.register, document.place(("covers",))
    if covers is None:
        return
    city = scenario._city
    if scenario.registry is None:
        allowed = say("`covers` beside `baseline:`, the path of the registry that covers them")
        faults.append(Fault.at(place, say("no registry"), allowed))
    elif scenario.start not in (None, city.baseline_quarter):
        given = quarter_name(city.baseline_quarter)
        allowed = say("{given}: the margins of the other districts are of that quarter's end", given=given)
        faults.append(
            Fault.at(document.place(("start",)), quoted(quarter_name(scenario.start or 0)), allowed)
        )
    if register is None:
        return
    within = {city.index(code) for code in covers if code in city.codes}  # others are told above
    beyond = [row for row, one in enumerate(register.district.tolist()) if one not in within]
    if beyond:
        names = tuple(register.label[row] for row in beyond[:5])
        found = say("{n} carriers of other districts ({names})", n=len(beyond), names=names)
        faults.append(Fault.at(place, found, say("carriers of the districts under `covers` alone")))
    taken = [one for one in register.label if SYNTHETIC_LABEL.fullmatch(one)]
    if taken:
        found = say("the numbers {names}", names=tuple(taken[:5]))
        allowed = say("other numbers: S0001 and on are those of synthetic carriers")
        faults.append(Fault.at(document.place(("baseline",)), found, allowed))


def _check_levels(scenario: Scenario, document: Document, faults: list[Fault]) -> None:
    """A target of a scope that goes by level needs a registry that has levels."""
    register = scenario.register
    unknown = 0 if register is None else int((register.level == UNKNOWN_LEVEL).sum())
    if not unknown:
        return
    for row, target in enumerate(scenario.targets or ()):
        if target.scope in ("recognised", "national"):
            found = say("a target of scope `{scope}`", scope=target.scope)
            allowed = say(
                "a scope without levels (listed, operating): the registry gives no level of {n} carriers",
                n=unknown,
            )
            advice = say("give the registry a column 载体级别, or ask for another scope")
            faults.append(Fault.at(document.place(("targets", row)), found, allowed, advice))


def _posterior(
    scenario: Scenario, document: Document, city: CityTables, faults: list[Fault]
) -> Posterior | None:
    """The posterior that the scenario names."""
    if scenario.posterior is None or not _digest(
        scenario._folder / scenario.posterior, document, "posterior", faults
    ):
        return None
    numbers = (*city.parameters, *city.baseline)
    unknowns = [one.name for one in numbers if one.kind == "unknown"]
    place = document.place(("posterior",))
    return read_posterior(scenario._folder / scenario.posterior, place, unknowns, scenario.as_of, faults)


def _digest(path: Path | None, document: Document, key: str, faults: list[Fault]) -> str:
    """The SHA-256 of a file's bytes; a fault when there is no such file."""
    if path is None:
        return ""
    if not path.is_file():
        place, found = document.place((key,)), quoted(document.data.get(key))
        faults.append(
            Fault.at(
                place, say("{found}, which is no file", found=found), say("a file, relative to the scenario")
            )
        )
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()
