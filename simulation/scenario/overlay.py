"""Overlays: a scenario that extends another says only what differs. Maps merge, lists replace."""

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from simulation.faults import Fault, Place, did_you_mean, quoted
from simulation.scenario.document import Document, Path_, parse, read_document
from simulation.scenario.schema import ScenarioFields, keys

EXTENDS = "extends"
MOST_OVERLAYS = 10
FILES = ("baseline", "annex", "city")  # keys whose value may be a path, relative to the file that says it
_FLAT = ("rules", "unknowns")  # maps whose keys have dots in them
_OF_PRIOR = ("value", "low", "mid", "high")


def read_chain(path: Path, faults: list[Fault]) -> Document | None:
    """A scenario file on top of those that it extends; ``None`` when the file itself cannot be read."""
    return _read(path, path.name, path.parent, [], faults)


def _read(path: Path, label: str, root: Path, above: list[Path], faults: list[Fault]) -> Document | None:
    document = read_document(path, label, faults)
    if document is None:
        return None
    _rebase(document, path.parent, root)
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
    allowed = "the name of a scenario file in the same folder or below it, such as base.yaml"
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
        faults.append(Fault.at(place, f"{quoted(given)}, which is no file", allowed, near))
        return None
    resolved = base.resolve()
    if not resolved.is_relative_to(root.resolve()):
        faults.append(Fault.at(place, f"{quoted(given)}, which leads out of the folder", allowed))
        return None
    if resolved in chain:
        faults.append(Fault.at(place, f"{quoted(given)}, which closes a circle of `extends`", "no circle"))
        return None
    if len(chain) > MOST_OVERLAYS:
        faults.append(Fault.at(place, f"{len(chain)} overlays", f"at most {MOST_OVERLAYS}"))
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


def merged(below: Document, above: Document) -> Document:
    """Two documents as one: maps merge key by key, anything else above replaces what is below."""
    result = Document(dict(below.data), dict(below.keys), dict(below.values))
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
            document = merged(document, layer)
    return document


def _layer(document: Document, setting: str, faults: list[Fault]) -> Document | None:
    """A setting as a document of one value."""
    label = f"--set {setting}"
    left, equals, right = setting.partition("=")
    path = _path(left.strip())
    if not equals or not path:
        allowed = "PATH=VALUE such as levers.clean_up.strength=0.5"
        faults.append(Fault(label, 0, 0, quoted(setting), allowed))
        return None
    if path[0] == EXTENDS or path[0] not in keys(ScenarioFields):
        valid = keys(ScenarioFields)
        faults.append(
            Fault(label, 0, 0, quoted(path[0]), "a key of a scenario", did_you_mean(path[0], valid))
        )
        return None
    value = parse(right, label, faults, top=object)
    if value is None:
        return None
    if _passes_list(document.data, path):
        faults.append(Fault(label, 0, 0, quoted(left), "a path without a list", "set the whole list"))
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
