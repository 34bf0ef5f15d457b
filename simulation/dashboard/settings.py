"""A setting: a scenario of the folder and what is changed in it; as a page's address, and as an overlay file.

An address and an upload come from anybody. They may change levers and numbers, and name scenarios of the folder;
they can name no other file.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from simulation.faults import Fault, ScenarioErrors, quoted, say
from simulation.scenario import Scenario, Study, load, study
from simulation.scenario.document import MOST_BYTES, parse

# What a setting may change. Everything else of a scenario names files, or decides how much is to be computed.
KEYS = ("name", "description", "levers", "unknowns", "rules", "targets", "switches")
MOST_CHANGES = 300
MOST_LENGTH = 4000  # characters of a change
_ENDINGS = (".yaml", ".yml")


class Setting(NamedTuple):
    """A scenario of the folder by its stem, and changes as ``--set`` takes them: path, value as JSON."""

    preset: str
    changes: tuple[tuple[str, str], ...] = ()

    def changed(self, path: str, value: Any) -> Setting:
        """The setting with one more change; ``None`` takes the change back."""
        kept = {key: text for key, text in self.changes if key != path}
        if value is not None:
            kept[path] = json.dumps(value, ensure_ascii=False)
        return self._replace(changes=tuple(sorted(kept.items())))

    @property
    def as_settings(self) -> tuple[str, ...]:
        """The changes as the command line takes them: ``levers.clean_up.strength=0.5``."""
        return tuple(f"{path}={value}" for path, value in self.changes)


class Presets:
    """The scenarios of a folder, which settings start from."""

    def __init__(self, first: Path) -> None:
        """``first`` is the scenario that a page starts with; the others are those beside it."""
        self.first, self.folder = first.stem, first.parent
        files = sorted(path for path in self.folder.iterdir() if path.suffix in _ENDINGS and path.is_file())
        self.files = {first.stem: first} | {path.stem: path for path in files if path.stem != first.stem}

    def scenario(self, setting: Setting) -> Scenario:
        """The scenario of a setting. Raises ``ScenarioErrors``."""
        self._refuse(setting)
        return _load(self.files[setting.preset], setting.as_settings, _times(self.files.values()))

    def study(self, setting: Setting) -> Study:
        """Its study. Raises ``ScenarioErrors``."""
        self._refuse(setting)
        return _study(self.files[setting.preset], setting.as_settings, _times(self.files.values()))

    def _refuse(self, setting: Setting) -> None:
        faults = []
        if setting.preset not in self.files:
            allowed = say("one of {names}", names=tuple(self.files))
            faults.append(Fault("scenario=", 0, 0, quoted(setting.preset), allowed))
        if len(setting.changes) > MOST_CHANGES:
            found = say("{n} changes", n=len(setting.changes))
            faults.append(Fault("set=", 0, 0, found, say("at most {most}", most=MOST_CHANGES)))
        for path, value in setting.changes:
            if path.split(".")[0] not in KEYS:
                faults.append(Fault("set=", 0, 0, quoted(path), _allowed()))
            elif len(path) + len(value) > MOST_LENGTH:
                found = say("{n} characters", n=len(path) + len(value))
                faults.append(Fault("set=", 0, 0, found, say("at most {most}", most=MOST_LENGTH)))
        if faults:
            raise ScenarioErrors(faults)

    def from_yaml(self, data: bytes, name: str) -> Setting:
        """The setting that an overlay file says. Raises ``ScenarioErrors`` with every fault in it.

        Its faults are found as the command line would find them, in a folder of copies.
        """
        label = _plain_name(name)
        if label in {one.name for one in self.files.values()}:
            label = f"uploaded-{label}"  # it may extend the one of its own name
        if len(data) > MOST_BYTES:
            found, allowed = say("{n} bytes", n=len(data)), say("at most {most} bytes", most=MOST_BYTES)
            raise ScenarioErrors([Fault(label, 0, 0, found, allowed)])
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            advice = say("save the file again as UTF-8")
            raise ScenarioErrors(
                [Fault(label, 0, 0, say("bytes that are not UTF-8"), "UTF-8", advice)]
            ) from None
        faults: list[Fault] = []
        document = parse(text, label, faults)
        if document is None or faults:
            raise ScenarioErrors(faults)
        for key in document.data:
            if key not in ("extends", *KEYS):
                faults.append(Fault.at(document.place((key,), of_key=True), quoted(key), _allowed()))
        base = document.data.get("extends")
        stem = Path(base).stem if isinstance(base, str) else ""
        if stem not in self.files or base != self.files[stem].name:
            files = tuple(one.name for one in self.files.values())
            allowed = say("`extends:` and one of {names}", names=files)
            found = say("nothing") if base is None else quoted(base)
            faults.append(Fault.at(document.place(("extends",)), found, allowed))
        if faults:
            raise ScenarioErrors(faults)
        self._check(data, label)
        changes = [one for key in KEYS if key in document.data for one in _flat(key, document.data[key])]
        setting = Setting(stem, tuple(sorted((path, _json(value)) for path, value in changes)))
        self.scenario(setting)
        return setting

    def _check(self, data: bytes, label: str) -> None:
        with tempfile.TemporaryDirectory(prefix="carriersim-") as folder:
            for file in self.files.values():
                shutil.copyfile(file, Path(folder, file.name))
            path = Path(folder, label)
            path.write_bytes(data)
            load(path, folder=self.folder)

    def to_yaml(self, setting: Setting, name: str) -> str:
        """The overlay file of a setting, to lie beside the scenario that it extends."""
        scenario = self.files[setting.preset]
        plain = dict(setting.changes) | {"name": _json(name)}
        lines = [f"extends: {_json(scenario.name)}", f"name: {plain.pop('name')}"]
        sections: dict[str, dict[str, dict[str, str]]] = {}
        for path, value in plain.items():
            section, _, rest = path.partition(".")
            if not rest:
                lines.append(f"{section}: {value}")
                continue
            entry, key = _entry(section, rest)
            sections.setdefault(section, {}).setdefault(entry, {})[key] = value
        for section, entries in sections.items():
            lines += ["", f"{section}:"]
            for entry, keys in entries.items():
                whole = (
                    keys.get("") or "{" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}"
                )
                lines.append(f"  {_json(entry) if section != 'levers' else entry}: {whole}")
        return "\n".join(lines) + "\n"


def from_address(values: Sequence[str], preset: str) -> Setting:
    """The setting of an address: its scenario, and each ``set=`` of it."""
    changes = {}
    for one in values[: MOST_CHANGES + 1]:
        path, _, value = one.partition("=")
        changes[path.strip()] = value.strip()
    return Setting(preset, tuple(sorted(changes.items())))


def _entry(section: str, rest: str) -> tuple[str, str]:
    """The entry of a section and the key in it that a path names; names of unknowns have dots of their own."""
    if section == "unknowns":
        name, _, last = rest.rpartition(".")
        return (name, last) if last in ("value", "low", "mid", "high") and name else (rest, "")
    if section == "rules":
        return rest, ""
    entry, _, key = rest.partition(".")
    return entry, key


def _flat(key: str, value: Any) -> Iterable[tuple[str, Any]]:
    """The changes that a key of an overlay comes to."""
    if key not in ("levers", "unknowns", "rules", "switches") or not isinstance(value, dict):
        yield key, value
        return
    for name, inner in value.items():
        if key == "levers" and isinstance(inner, dict):
            yield from ((f"{key}.{name}.{part}", one) for part, one in inner.items())
        else:
            yield f"{key}.{name}", inner


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _allowed() -> str:
    return say("one of {names}: here a file names no other files", names=KEYS)


def _plain_name(name: str) -> str:
    """The name of an upload, safe to be a file's name."""
    stem = re.sub(r"[^\w.-]+", "_", Path(name.replace("\\", "/")).name).strip("._")[:80]
    return stem if stem.endswith(_ENDINGS) else f"{stem or 'upload'}.yaml"


def _times(files: Iterable[Path]) -> tuple[int, ...]:
    """When the files were last written, so that an edited scenario is read again."""
    return tuple(one.stat().st_mtime_ns for one in files if one.exists())


@lru_cache(maxsize=128)
def _load(file: Path, settings: tuple[str, ...], times: tuple[int, ...]) -> Scenario:
    del times  # part of the key alone
    return load(file, settings)


@lru_cache(maxsize=128)
def _study(file: Path, settings: tuple[str, ...], times: tuple[int, ...]) -> Study:
    return study(_load(file, settings, times))
