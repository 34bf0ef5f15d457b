"""Overlays: a scenario that extends another says only what differs. Maps merge, lists replace."""

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from simulation.faults import Fault, Place, did_you_mean, quoted, say
from simulation.scenario.document import Document, Path_, parse, read_document
from simulation.scenario.schema import AIM_OF, ScenarioFields, keys

EXTENDS = "extends"
UNKNOWNS, POSTERIOR = "unknowns", "posterior"
MOST_OVERLAYS = 10
FILES = (
    "baseline",
    "annex",
    "city",
    "posterior",
)  # keys whose value may be a path, relative to the file that says it
_FLAT = ("rules", "unknowns")  # maps whose keys have dots in them
_OF_PRIOR = ("value", "low", "mid", "high")


def read_chain(path: Path, faults: list[Fault]) -> Document | None:
    """A scenario file on top of those that it extends; ``None`` when the file itself cannot be read."""
    return _read(path, path.name, path.parent, [], faults)


def _read(path: Path, label: str, root: Path, above: list[Path], faults: list[Fault]) -> Document | None:
    document = read_document(path, label, faults)
    if document is None:
        return None
    name_posterior(document)
    _rebase(document, path.parent, root)
    flatten_aims(document)
    if EXTENDS not in document.data:
        return document
    place = document.place((EXTENDS,))
    base = _base(document.data.pop(EXTENDS), path, place, root, [*above, path.resolve()], faults)
    if base is None:
        return document
    below = _read(base, base.relative_to(root).as_posix(), root, [*above, path.resolve()], faults)
    return document if below is None else merged(below, document)


def _base(
    given: object, path: Path, place: Place, root: Path, chain: list[Path], faults: list[Fault]
) -> Path | None:
    """The file that ``extends`` names: in the folder of the first scenario or below it, and no circle."""
    allowed = say("the name of a scenario file in the same folder or below it, such as base.yaml")
    if not isinstance(given, str):
        faults.append(Fault.at(place, quoted(given), allowed))
        return None
    parts = PurePosixPath(given.replace("\\", "/"))
    inside = not parts.is_absolute() and ".." not in parts.parts and ":" not in given
    if not inside or parts.suffix not in (".yaml", ".yml"):
        faults.append(Fault.at(place, quoted(given), allowed))
        return None
    base = path.parent / parts
    if not base.is_file():
        near = did_you_mean(given, (one.name for one in path.parent.glob("*.y*ml")))
        faults.append(Fault.at(place, say("{given}, which is no file", given=quoted(given)), allowed, near))
        return None
    resolved = base.resolve()
    if not resolved.is_relative_to(root.resolve()):
        faults.append(
            Fault.at(place, say("{given}, which leads out of the folder", given=quoted(given)), allowed)
        )
        return None
    if resolved in chain:
        faults.append(
            Fault.at(
                place,
                say("{given}, which closes a circle of `extends`", given=quoted(given)),
                say("no circle"),
            )
        )
        return None
    if len(chain) > MOST_OVERLAYS:
        faults.append(
            Fault.at(place, say("{n} overlays", n=len(chain)), say("at most {most}", most=MOST_OVERLAYS))
        )
        return None
    return base


def _rebase(document: Document, folder: Path, root: Path) -> None:
    """Paths are relative to the file that says them; from here on to the folder of the first scenario."""
    for key in FILES:
        given = document.data.get(key)
        if isinstance(given, str) and "/" not in given and not (folder / given).exists():
            continue  # a word such as `synthetic` or the name of a city
        if isinstance(given, str) and folder != root and not Path(given).is_absolute():
            document.data[key] = Path(os.path.relpath(folder / given, root)).as_posix()


def name_posterior(document: Document) -> None:
    """``unknowns: FILE`` is ``posterior: FILE`` with no unknown set."""
    given = document.data.get(UNKNOWNS)
    if isinstance(given, str) and POSTERIOR not in document.data:
        document.data[POSTERIOR] = document.data.pop(UNKNOWNS)
        for places in (document.keys, document.values):
            if (UNKNOWNS,) in places:
                places[(POSTERIOR,)] = places.pop((UNKNOWNS,))


def flatten_aims(document: Document) -> None:
    """Write what a lever's ``where`` says as keys of the lever: ``where: {type: incubator}`` is ``types``.

    A key that is no aim stays where it is, and is a fault later.
    """
    levers = document.data.get("levers")
    for name, lever in levers.items() if isinstance(levers, dict) else ():
        where = lever.get("where") if isinstance(lever, dict) else None
        if not isinstance(where, dict):
            continue
        for key in [one for one in where if one in AIM_OF]:
            value, aim = where.pop(key), AIM_OF[key]
            lever[aim] = [value] if isinstance(value, str) else value
            old, new = ("levers", name, "where", key), ("levers", name, aim)
            for places in (document.keys, document.values):
                moved = {
                    new + one[len(old) :]: places.pop(one) for one in list(places) if one[: len(old)] == old
                }
                if isinstance(value, str) and new in moved:
                    moved[(*new, 0)] = moved[new]
                places.update(moved)
        if not where:
            del lever["where"]


def merged(below: Document, above: Document) -> Document:
    """Two documents as one: maps merge key by key, anything else above replaces what is below."""
    result = Document(dict(below.data), dict(below.keys), dict(below.values))
    if POSTERIOR in above.data:  # it stands in the place of all that was said of unknowns below
        _forget(result, (UNKNOWNS,))
        result.data.pop(UNKNOWNS, None)
        below = Document({key: value for key, value in below.data.items() if key != UNKNOWNS})
    result.data = _merge(below.data, above.data, (), result, above)
    return result


def _merge(
    below: dict[str, Any], above: dict[str, Any], path: Path_, result: Document, source: Document
) -> dict[str, Any]:
    together = dict(below)
    for key, value in above.items():
        here = (*path, key)
        old = below.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            together[key] = _merge(old, value, here, result, source)
        else:
            together[key] = value
            _forget(result, here)
            _adopt(result, source, here)
        for places, new in ((result.keys, source.keys), (result.values, source.values)):
            if here in new:
                places[here] = new[here]
    return together


def _forget(document: Document, path: Path_) -> None:
    for places in (document.keys, document.values):
        for one in [one for one in places if one[: len(path)] == path]:
            del places[one]


def _adopt(document: Document, source: Document, path: Path_) -> None:
    for places, new in ((document.keys, source.keys), (document.values, source.values)):
        places.update({one: place for one, place in new.items() if one[: len(path)] == path})


def apply_settings(document: Document, settings: Iterable[str], faults: list[Fault]) -> Document:
    """Settings such as ``levers.clean_up.strength=0.5`` on top of a document: the path is that in the file."""
    for setting in settings:
        layer = _layer(document, setting, faults)
        if layer is not None:
            name_posterior(layer)
            flatten_aims(layer)
            document = merged(document, layer)
    return document


def _layer(document: Document, setting: str, faults: list[Fault]) -> Document | None:
    """A setting as a document of one value."""
    label = f"--set {setting}"
    left, equals, right = setting.partition("=")
    path = _path(left.strip())
    if not equals or not path:
        allowed = say("PATH=VALUE such as levers.clean_up.strength=0.5")
        faults.append(Fault(label, 0, 0, quoted(setting), allowed))
        return None
    if path[0] == EXTENDS or path[0] not in keys(ScenarioFields):
        valid = keys(ScenarioFields)
        faults.append(
            Fault(label, 0, 0, quoted(path[0]), say("a key of a scenario"), did_you_mean(path[0], valid))
        )
        return None
    value = parse(right, label, faults, top=object)
    if value is None:
        return None
    if _passes_list(document.data, path):
        faults.append(
            Fault(label, 0, 0, quoted(left), say("a path without a list"), say("set the whole list"))
        )
        return None
    place = Place(label, 1, len(left) + 2)
    layer = Document()
    inner: Any = value.data["value"] if value.wrapped else value.data
    for step in range(len(path), 0, -1):
        layer.keys[path[:step]] = layer.values[path[:step]] = place
        inner = {path[step - 1]: inner}
    layer.data = inner
    return layer


def _path(text: str) -> tuple[str, ...]:
    """The keys of a path; names of rules and unknowns keep the dots that are theirs."""
    section, _, rest = text.partition(".")
    if section not in _FLAT or not rest:
        return tuple(text.split(".")) if text else ()
    name, _, last = rest.rpartition(".")
    if section == "unknowns" and last in _OF_PRIOR:
        return (section, name, last)
    return (section, rest)


def _passes_list(data: Any, path: tuple[str, ...]) -> bool:
    for key in path[:-1]:
        if isinstance(data, list):
            return True
        data = data.get(key) if isinstance(data, dict) else None
    return isinstance(data, list)
