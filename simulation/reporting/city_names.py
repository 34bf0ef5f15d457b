"""What the districts and levers of a finished run are called, from the tables of its city."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.reporting.text import Words
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.ensemble.manifest import Manifest
    from simulation.scenario.city import CityTables


@dataclass(frozen=True)
class CityNames:
    """Names by code, in both languages; a code that has none is shown as it is."""

    districts: dict[str, tuple[str, str]]  # code: en, zh
    levers: dict[str, tuple[str, str]]

    def district(self, code: str, words: Words) -> str:
        """The name of a district."""
        return _named(self.districts, code, words)

    def short_district(self, code: str, words: Words) -> str:
        """That without the other names that stand in brackets."""
        return self.district(code, words).split("（")[0].split(" (")[0]

    def lever(self, name: str, words: Words) -> str:
        """The name of a lever."""
        return _named(self.levers, name, words)


def _named(names: dict[str, tuple[str, str]], code: str, words: Words) -> str:
    found = names.get(code, (code, code))
    return visible(found[0] if words.language == "en" else found[1])


def city_names(manifest: Manifest) -> CityNames:
    """The names in the city of a run; codes stand for them where its tables cannot be found any more."""
    city = city_of(manifest)
    return CityNames({}, {}) if city is None else names_of_city(city)


def city_of(manifest: Manifest) -> CityTables | None:
    """The tables of the city of a run, ``None`` where they cannot be found or read any more."""
    from simulation.faults import Fault
    from simulation.scenario.reading import find_city, read_city

    found = find_city(str(json.loads(manifest.scenario_text).get("city", "")), Path(manifest.scenario_folder))
    faults: list[Fault] = []
    return None if found is None else read_city(*found, None, faults)


def names_of_city(city: CityTables) -> CityNames:
    """The names that a city's tables give."""
    return CityNames(
        {one.code: (one.name_en, one.name_zh) for one in city.districts},
        {one.name: (one.name_en, one.name_zh) for one in city.levers},
    )
