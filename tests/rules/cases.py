"""Reads the cases of tests/cases: sentences that an expert on incubators can check.

A case names a rule, what is given and the answer. A twin differs from its case in exactly the one field that it
names; a file with a twin that does not is refused, and so is one with anything unknown, missing or said twice.
"""

from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from simulation.rules.rounds import Standing

from . import rulebook

FOLDER = Path(__file__).parents[1] / "cases"
ELIGIBLE = "rounds.eligible"

_OF_CASE = {"case", "rule", "asked", "with", "assuming", "given", "threshold", "answer", "twins"}
_OF_TWIN = {"twin", "differs_in", "given", "threshold", "answer"}


class Case(NamedTuple):
    """One question with its answer."""

    says: str  # the sentence
    rule: str  # file.name
    asked: dict[str, Any]  # for eligibility: type, level, mode, quarter, and the thresholds
    numbers: dict[str, Any]  # the rule's parameters that must be those of the city
    assuming: dict[str, Any]  # those that no source gives
    given: dict[str, Any]  # the facts
    threshold: str | None  # for eligibility: the only threshold that is missed
    answer: Any


class CaseError(Exception):
    """A case file that cannot be trusted."""


def read(text: str, file: str) -> list[Case]:
    """The cases of a file and their twins."""
    read_cases: list[Case] = []
    for entry in YAML(typ="safe", pure=True).load(text):
        base = _base(entry, file)
        read_cases.append(base)
        read_cases += [_twin(base, twin, file) for twin in entry.get("twins", ())]
    says = [case.says for case in read_cases]
    twice = {sentence for sentence in says if says.count(sentence) > 1}
    if twice:
        raise CaseError(f"{file}: said twice: {sorted(twice)}")
    return read_cases


def all_cases() -> list[Case]:
    """Every case of the folder."""
    files = sorted(FOLDER.glob("*.yaml"))
    return [case for file in files for case in read(file.read_text(encoding="utf-8"), file.name)]


def _base(entry: dict[str, Any], file: str) -> Case:
    _hold_keys(entry, _OF_CASE, {"case", "rule", "given", "answer"}, file)
    case = Case(
        entry["case"],
        entry["rule"],
        entry.get("asked", {}),
        entry.get("with", {}),
        entry.get("assuming", {}),
        entry["given"],
        entry.get("threshold"),
        entry["answer"],
    )
    if case.rule not in rulebook.rules():
        raise CaseError(f"{file}: {case.says!r}: there is no rule {case.rule!r}")
    facts = set(Standing._fields) if case.rule == ELIGIBLE else _facts_of(case.rule)
    if set(case.given) != facts:
        raise CaseError(f"{file}: {case.says!r}: given must be {sorted(facts)}, not {sorted(case.given)}")
    return _hold_threshold(case, file)


def _twin(base: Case, entry: dict[str, Any], file: str) -> Case:
    _hold_keys(entry, _OF_TWIN, {"twin", "differs_in", "given", "answer"}, file)
    says = f"{base.says} / {entry['twin']}"
    unknown = set(entry["given"]) - set(base.given)
    if unknown:
        raise CaseError(f"{file}: {says!r}: its base is not given {sorted(unknown)}")
    differs = {name for name, value in entry["given"].items() if value != base.given[name]}
    if differs != {entry["differs_in"]} or set(entry["given"]) != differs:
        raise CaseError(
            f"{file}: {says!r}: a twin differs from its base in exactly the field it names, "
            f"{entry['differs_in']!r}; this one gives {sorted(entry['given'])} and differs in {sorted(differs)}"
        )
    given = base.given | entry["given"]
    twin = base._replace(says=says, given=given, threshold=entry.get("threshold"), answer=entry["answer"])
    return _hold_threshold(twin, file)


def _hold_threshold(case: Case, file: str) -> Case:
    if (case.rule == ELIGIBLE and case.answer is False) != (case.threshold is not None):
        raise CaseError(f"{file}: {case.says!r}: name the one threshold that is missed, there and only there")
    return case


def _hold_keys(entry: dict[str, Any], known: set[str], needed: set[str], file: str) -> None:
    if not needed <= set(entry) <= known:
        raise CaseError(
            f"{file}: {next(iter(entry.values()))!r} has {sorted(entry)}; needed are {sorted(needed)}, "
            f"known {sorted(known)}"
        )


def _facts_of(rule: str) -> set[str]:
    return {name for name in rulebook.arguments(rulebook.rules()[rule]) if name != "p"}
