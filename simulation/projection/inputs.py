"""In what the inputs of two runs differ: every value of the resolved scenario, and the data behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from simulation.ensemble.manifest import Manifest

# Said elsewhere, or no input of the simulation.
_NOT_COMPARED = ("name", "description")
_PROGRAM = {"engine": "engine", "source_hash": "program"}


class Difference(NamedTuple):
    """One value that differs: its path in the scenario, and what it is in either run (``None``: not said)."""

    path: str
    base: Any
    variant: Any

    @property
    def lever(self) -> str | None:
        """The lever that it belongs to, if any."""
        parts = self.path.split(".")
        return parts[1] if parts[0] == "levers" and len(parts) > 1 else None


def differences(base: Manifest, variant: Manifest) -> list[Difference]:
    """Every input that differs, levers in the order of the notice; empty when the runs have the same inputs."""
    ours, theirs = flat(base.scenario_text), flat(variant.scenario_text)
    paths = list(dict.fromkeys([*ours, *theirs]))
    found = [
        Difference(path, ours.get(path), theirs.get(path))
        for path in paths
        if ours.get(path) != theirs.get(path)
    ]
    if base.registry_digest != variant.registry_digest and not any(one.path == "baseline" for one in found):
        found.append(Difference("baseline", base.registry_digest[:12], variant.registry_digest[:12]))
    if base.city_digest != variant.city_digest:
        found.append(Difference("city", base.city_digest[:12], variant.city_digest[:12]))
    if base.as_of != variant.as_of and not any(one.path == "as_of" for one in found):
        found.append(Difference("as_of", base.as_of, variant.as_of))
    if not found and base.scenario_digest != variant.scenario_digest:
        found.append(Difference("annex", base.scenario_digest[:12], variant.scenario_digest[:12]))
    return found


def other_program(base: Manifest, variant: Manifest) -> list[str]:
    """What differs of the program itself: the engine, or its source code."""
    return [said for name, said in _PROGRAM.items() if getattr(base, name) != getattr(variant, name)]


def flat(text: str) -> dict[str, Any]:
    """The values of a resolved scenario by path; a list is one value, targets one a place."""
    found = dict(_walk(json.loads(text), ""))
    return {path: value for path, value in found.items() if path not in _NOT_COMPARED}


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _walk(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for place, inner in enumerate(value):
            yield from _walk(inner, f"{path}.{place}")
    else:
        yield path, value


def touched(base: Manifest, variant: Manifest) -> set[str] | None:
    """The districts in which a lever is set differently; ``None`` when something differs that is everywhere.

    A lever set alike but for its list of districts differs in those that only one list names.
    """
    ours, theirs = json.loads(base.scenario_text), json.loads(variant.scenario_text)
    if any(one.lever is None for one in differences(base, variant) if not one.path.startswith("targets")):
        return None
    everywhere = set(base.districts)
    found: set[str] = set()
    for name in ours["levers"].keys() | theirs["levers"].keys():
        a, b = ours["levers"].get(name, {}), theirs["levers"].get(name, {})
        if a == b or not (_acts(a) or _acts(b)):
            continue
        where = [set(one["districts"]) if one.get("districts") else everywhere for one in (a, b)]
        where = [there if _acts(one) else set() for there, one in zip(where, (a, b), strict=True)]
        alike = {**a, "districts": None} == {**b, "districts": None}
        found |= where[0] ^ where[1] if alike else where[0] | where[1]
    return found


def _acts(lever: dict[str, Any]) -> bool:
    return bool(lever.get("strength", 0.0) > 0.0)
