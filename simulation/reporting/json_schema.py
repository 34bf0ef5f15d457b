"""The JSON Schema of scenario files: what an editor needs to complete and explain them."""

from typing import Any

from simulation.reporting.text import Words
from simulation.rules import codes
from simulation.scenario.city import MEASURES, CityTables
from simulation.scenario.levers import NO_SECTOR
from simulation.scenario.schema import AIM_OF, AIMS, FIRST_YEAR, LAST_YEAR, MOST_STRENGTH

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_QUARTER = {"type": "string", "pattern": "^[0-9]{4}Q[1-4]$", "examples": ["2021Q4"]}
_DAY = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "examples": ["2021-08-25"]}


class ScenarioSchema:
    """The schema for one city, its descriptions in one language."""

    def __init__(self, words: Words, city: CityTables) -> None:
        self.words, self.city = words, city

    def document(self) -> dict[str, Any]:
        """The whole schema."""
        top = {
            "extends": {"type": "string", "pattern": r"\.ya?ml$"},
            "name": {"type": "string", "minLength": 1, "maxLength": 200},
            "description": {"type": "string"},
            "city": {"type": "string"},
            "as_of": _DAY,
            "baseline": {"type": "string"},
            "covers": self._names(self._districts()),
            "start": _QUARTER,
            "until": _QUARTER,
            "seeds_per_draw": {"type": "integer", "minimum": 1, "maximum": 10_000},
            "levers": self._map({one.name: self._lever(one.name) for one in self.city.levers}),
            "unknowns": {**self._unknowns(), "type": ["object", "string"]},  # a text names a posterior
            "posterior": {"type": "string"},
            "rules": self._rules(),
            "targets": {"type": "array", "items": self._target()},
            "annex": {"type": "string"},
            "switches": self._keys("switches", {"accelerators_recognised": {"type": "boolean"}}),
        }
        made = self._keys("scenario", top)
        return {
            "$schema": DIALECT,
            "title": self.words("schema.title", first=FIRST_YEAR, last=LAST_YEAR),
            **made,
            "anyOf": [{"required": ["name"]}, {"required": ["extends"]}],
        }

    def _keys(self, group: str, keys: dict[str, Any]) -> dict[str, Any]:
        """A map of known keys, each with what it means."""
        told = {
            key: {**schema, "description": self.words(f"schema.{group}.{key}")}
            for key, schema in keys.items()
        }
        return self._map(told)

    @staticmethod
    def _map(keys: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "properties": keys, "additionalProperties": False}

    @staticmethod
    def _names(words: list[str]) -> dict[str, Any]:
        """A list of words: those known are offered, other spellings are for the reader to judge."""
        return {
            "type": "array",
            "minItems": 1,
            "items": {"anyOf": [{"enum": words}, {"type": "string"}]},
        }

    def _districts(self) -> list[str]:
        return [one for district in self.city.districts for one in (district.name_zh, district.code)]

    def _aims(self) -> dict[str, list[str]]:
        sectors = [one for sector in self.city.sectors for one in (sector.name_zh, sector.code)]
        return {**{aim: list(words) for aim, words in AIMS.items()}, "sectors": [*sectors, NO_SECTOR]}

    def _lever(self, name: str) -> dict[str, Any]:
        aims = self._aims()
        listed = {
            aim: {"type": "array", "minItems": 1, "items": {"enum": words}} for aim, words in aims.items()
        }
        where = {
            key: {"anyOf": [{"enum": aims[aim]}, listed[aim]]}
            for key, aim in AIM_OF.items()
            if not key.endswith("s")
        }
        keys = {
            "strength": {"type": "number", "minimum": 0, "maximum": MOST_STRENGTH, "examples": [1]},
            "from": _QUARTER,
            "until": _QUARTER,
            "ramp": {
                "anyOf": [
                    {"type": "integer", "minimum": 0, "maximum": 99},
                    {"type": "string", "pattern": "^[0-9]{1,2} quarters?$"},
                ]
            },
            "districts": self._names(self._districts()),
            "where": self._map(where),
            "cost": {"type": "integer", "minimum": 0, "maximum": 10_000_000_000},
            **listed,
        }
        lever = next(one for one in self.city.levers if one.name == name)
        title = lever.name_zh if self.words.language == "zh" else lever.name_en
        return {
            **self._keys("lever", keys),
            "description": f"{title} ({lever.clause})" if lever.clause else title,
        }

    def _unknowns(self) -> dict[str, Any]:
        number = {"type": "number"}
        corners = dict.fromkeys(("value", "low", "mid", "high"), number)
        found = {}
        for one in (*self.city.parameters, *self.city.baseline):
            if one.kind == "unknown":
                told = self.words(
                    "schema.number",
                    low=f"{one.low:g}",
                    mid=f"{one.value:g}",
                    high=f"{one.high:g}",
                    unit=one.unit,
                )
                found[one.name] = {"anyOf": [number, self._map(corners)], "description": told}
        return self._map(found)

    def _rules(self) -> dict[str, Any]:
        return self._map(
            {
                one.name: {
                    "type": "number",
                    "description": self.words("schema.rule", value=f"{one.value:g}", unit=one.unit),
                }
                for one in self.city.parameters
                if one.kind == "fixed"
            }
        )

    def _target(self) -> dict[str, Any]:
        keys = {
            "scope": {"enum": list(codes.SCOPES)},
            "basis": {"enum": list(codes.BASES)},
            "measure": {"enum": list(MEASURES)},
            "at_least": {"type": "number", "minimum": 0},
            "by": _QUARTER,
            "official": {"type": "boolean"},
        }
        return {**self._keys("target", keys), "required": ["at_least"]}
