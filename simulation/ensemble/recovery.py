"""A scenario from what the manifest of its run keeps, whole or with parts of another run's in their place."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.ensemble.manifest import Manifest
from simulation.faults import ScenarioErrors
from simulation.scenario import Study, load, study
from simulation.scenario.schema import SYNTHETIC


class UnrecoverableError(Exception):
    """A run cannot be made again: ``reason`` is one word (city, registry, annex, scenario), the text says more."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Inputs:
    """The inputs of a run: the resolved scenario, and the folders in which its files may lie."""

    content: dict[str, Any]
    folders: tuple[Path, ...]
    registry_digest: str

    @classmethod
    def of(cls, manifest: Manifest, folders: Sequence[Path] = ()) -> Inputs:
        """The inputs that a manifest keeps; files are looked for in ``folders`` and where one is now."""
        around = dict.fromkeys([*folders, Path.cwd(), Path.cwd() / "scenarios"])
        return cls(json.loads(manifest.scenario_text), tuple(around), manifest.registry_digest)

    def replaced(self, other: Inputs, keys: Sequence[str]) -> Inputs:
        """These inputs with some keys as in another run's."""
        content = {key: value for key, value in self.content.items() if key not in keys}
        content |= {key: value for key, value in other.content.items() if key in keys}
        registry = other.registry_digest if "baseline" in keys else self.registry_digest
        return Inputs(content, (*other.folders, *self.folders), registry)

    def study(self) -> Study:
        """The study of these inputs with the tables and the program of today.

        Raises ``UnrecoverableError`` when a file that they name is gone or has changed.
        """
        content = dict(self.content)
        if content.get("baseline", SYNTHETIC) != SYNTHETIC:
            content["baseline"] = str(self._registry(content["baseline"]))
        if content.get("annex") is not None:
            content["annex"] = str(self._file("annex", content["annex"]))
        if content.get("posterior") is not None:
            content["posterior"] = str(self._file("posterior", content["posterior"]))
        folder = next((one for one in self.folders if (one / str(content["city"])).is_dir()), None)
        if folder is not None:
            content["city"] = str((folder / content["city"]).resolve())
        with tempfile.TemporaryDirectory(prefix="carriersim-") as there:
            file = Path(there) / "scenario.yaml"
            file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
            try:
                scenario = load(file)
            except ScenarioErrors as wrong:
                raise UnrecoverableError("scenario", str(wrong)) from None
        return study(scenario)

    def _registry(self, name: str) -> Path:
        """The registry that was used: the same bytes, wherever it lies now."""
        for folder in self.folders:
            path = folder / name
            if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == self.registry_digest:
                return path.resolve()
        raise UnrecoverableError("registry", f"the registry {name} is not there any more as it was")

    def _file(self, what: str, name: str) -> Path:
        for folder in self.folders:
            if (folder / name).is_file():
                return (folder / name).resolve()
        raise UnrecoverableError(what, f"the file {name} is not there any more")


def recovered(manifest: Manifest, folders: Sequence[Path] = ()) -> Study:
    """The study of a finished run. Raises ``UnrecoverableError`` when its data have changed."""
    made = Inputs.of(manifest, folders).study()
    if made.city.digest != manifest.city_digest:
        raise UnrecoverableError("city", "the tables of the city have changed since")
    return made
