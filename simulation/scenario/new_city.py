"""The tables of a new city: what holds nation-wide is kept with its source, all else is Wuhan's, scaled and assumed.

Nothing that is known of Wuhan alone keeps its grade: a planner sees in the ledger what is still to be replaced.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from simulation.quarters import quarter, year_of
from simulation.registry.register import quotas
from simulation.rules import codes
from simulation.scenario.reading import find_city
from simulation.scenario.tables import TABLES

Rows = list[dict[str, str]]
TEMPLATE = "template"  # key of the source of what was taken over
# Sources that speak of the whole country.
_NATIONAL = (
    "most_2018_300",
    "torch_2017_120",
    "saic_2013",
    "torch_2019",
    "torch_evaluation_2019",
    "torch_2021_65",
)
_OF_SIZE = (
    *("formation.seekers", "rounds.municipal_places", "rounds.recommendations", "rounds.provincial_places"),
    "rounds.national_places",
)
_FREE_FLOOR, _FLOOR_A_QUARTER, _FLOOR_BY_LEVER = 600_000, 90_000, 30_000  # m² of a city with 600 carriers
_WUHAN_CARRIERS = 600


class Unit(NamedTuple):
    """A district of a new city."""

    code: str
    name_zh: str
    name_en: str
    share: float  # of the city's carriers
    university: bool = False


def new_tables(
    code: str, name_zh: str, name_en: str, units: Sequence[Unit], carriers: int, baseline: str
) -> dict[str, Rows]:
    """The tables of a city with so many listed carriers at the end of a quarter, by file name."""
    found = find_city("wuhan", Path())
    if found is None:
        raise FileNotFoundError("the package's own city is not installed")
    tables = {name: _read(found[0] / name) for name in TABLES}
    known_on = f"{year_of(quarter(baseline))}-12-31"
    maker = _Maker(tables, known_on, carriers / _WUHAN_CARRIERS)
    tables["city.csv"] = [
        {"code": code, "name_zh": name_zh, "name_en": name_en, "source": TEMPLATE, "known_on": known_on}
    ]
    tables["districts.csv"] = [maker.district(place, unit) for place, unit in enumerate(units, 1)]
    tables["aliases.csv"] = [row for unit in units for row in maker.aliases(unit, name_zh)]
    tables["transfers.csv"], tables["sector_mix.csv"] = [], []
    tables["baseline.csv"] = maker.margins(tables["baseline.csv"], carriers, baseline)
    maker.assume(tables)
    tables["targets.csv"] = maker.targets(tables["baseline.csv"], quarter(baseline))
    tables["sources.csv"] = maker.sources(tables)
    return tables


def write_tables(folder: Path, tables: dict[str, Rows]) -> None:
    """Write tables to a folder that is there."""
    for name, rows in tables.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, TABLES[name].columns, lineterminator="\n")
            out.writeheader()
            out.writerows(rows)


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class _Maker:
    def __init__(self, tables: dict[str, Rows], known_on: str, scale: float) -> None:
        self.wuhan_sources = {row["key"]: row for row in tables["sources.csv"]}
        self.known_on, self.scale = known_on, scale
        self.basis = {"grade": "assumed", "source": TEMPLATE, "known_on": known_on}

    def district(self, place: int, unit: Unit) -> dict[str, str]:
        """A row of districts.csv; free floor in proportion to the share."""
        floor = {
            "space_m2": _FREE_FLOOR,
            "space_growth_m2": _FLOOR_A_QUARTER,
            "space_by_lever_m2": _FLOOR_BY_LEVER,
        }
        return {
            "order": str(place), "code": unit.code, "name_zh": unit.name_zh, "name_en": unit.name_en,
            "valid_from": "", "valid_to": "", "task_2021": "yes", "university": str(int(unit.university)), "park": "",
            "usual_effort": "1.0", "rent": "1.0", "share_low": f"{0.7 * unit.share:.4f}", "share": f"{unit.share:.4f}",
            "share_high": f"{1.3 * unit.share:.4f}",
            **{name: str(round(area * self.scale * unit.share, -2)).removesuffix(".0") for name, area in floor.items()},
            **self.basis,
        }  # fmt: skip

    def aliases(self, unit: Unit, city: str) -> Rows:
        """The spellings of a district: its code and names, with the city's name before it, and without 区."""
        spellings = {unit.name_zh: "zh", f"{city}{unit.name_zh}": "zh", unit.name_en: "en", unit.code: "en"}
        if unit.name_zh.endswith("区") and len(unit.name_zh) > 2:
            spellings[unit.name_zh[:-1]] = "zh"
        return [
            {
                "alias": text, "code": unit.code, "language": language, "valid_from": "", "valid_to": "",
                "ruling": "accept", "candidates": "", "note": "", "source": TEMPLATE, "known_on": self.known_on,
            }
            for text, language in spellings.items()
        ]  # fmt: skip

    def margins(self, rows: Rows, carriers: int, baseline: str) -> Rows:
        """The margins of the start population: numbers of carriers and sponsors scaled, and adding up."""
        of = {row["name"]: row for row in rows}
        cells = [name for name in of if name.startswith("carriers[")]
        counts = self._shared(of, cells, carriers)
        running = self._shared(of, [name for name in of if name.startswith("running[")], carriers)
        levels = {
            level: sum(number for name, number in counts.items() if name.endswith(f"[{level}]"))
            for level in codes.LISTED_LEVELS
        }
        sponsors = {
            name: max(
                round(self.scale * float(of[name]["value"])), running[name.replace("sponsors", "running")]
            )
            for name in of
            if name.startswith("sponsors[")
        }
        recognised = carriers - levels["district"]
        numbers: dict[str, int] = {
            **counts, **running, **sponsors,
            "recognised": recognised, "national": levels["national"], "provincial": levels["provincial"],
            "municipal": levels["municipal"], "registered_only": levels["district"],
            "university_run": round(0.09 * recognised), "floor_area": 15_351 * recognised,
            "preparing": max(1, round(85 * self.scale)),
        }  # fmt: skip
        for name, number in numbers.items():
            _set(of[name], number)
            of[name]["meaning"] = of[name]["meaning"].split(":")[0]
        of["baseline_quarter"] |= {
            "value": baseline, "low": baseline, "high": baseline,
            "meaning": "the opening stock is that of the end of this quarter",
        }  # fmt: skip
        return rows

    @staticmethod
    def _shared(of: dict[str, dict[str, str]], names: list[str], total: int) -> dict[str, int]:
        shares = np.array([float(of[name]["value"]) for name in names])
        return dict(zip(names, quotas(shares, total).tolist(), strict=True))

    def assume(self, tables: dict[str, Rows]) -> None:
        """Take the grade from what rests on Wuhan, and bring numbers of a city's size to this one's."""
        for name, rows in tables.items():
            for row in rows if name != "sources.csv" else ():
                if not self._holds_everywhere(row):
                    row["source"], row["known_on"] = TEMPLATE, self.known_on
                    if "grade" in row:
                        row["grade"] = "assumed"
        for row in tables["parameters.csv"]:
            if row["name"] in _OF_SIZE:
                for key in ("low", "value", "high"):
                    row[key] = str(max(1, round(self.scale * float(row[key]))))

    def _holds_everywhere(self, row: dict[str, str]) -> bool:
        return row.get("grade") in ("published", "derived") and all(
            key in _NATIONAL for key in row["source"].split(";")
        )

    def targets(self, margins: Rows, baseline: int) -> Rows:
        """Targets to begin with: a third more carriers in five years, half of them specialised."""
        of = {row["name"]: float(row["value"]) for row in margins if row["name"] != "baseline_quarter"}
        by = f"{year_of(baseline) + 5}Q4"
        asked = (
            ("recognised", "count", str(round(1.3 * of["recognised"]))),
            ("national", "count", str(round(1.3 * of["national"]))),
            ("recognised", "specialised_share", "0.5"),
        )
        return [
            {
                "scope": scope, "basis": "label", "measure": measure, "at_least": at_least, "by": by, "official": "1",
                **self.basis, "note": "an example: put your own target here",
            }
            for scope, measure, at_least in asked
        ]  # fmt: skip

    def sources(self, tables: dict[str, Rows]) -> Rows:
        """The sources that the rows name."""
        used = {
            key
            for name, rows in tables.items()
            if name != "sources.csv"
            for row in rows
            for key in row["source"].split(";")
        }
        own = {
            "key": TEMPLATE, "title_zh": "沿用武汉数据表的数值（按规模缩放），本市尚无依据", "title_en":
            "Values taken over from Wuhan's tables, scaled to the size of the city; no evidence of this city's own",
            "issuer": "this project", "where": "carriersim new", "known_on": self.known_on,
        }  # fmt: skip
        return [row for key, row in self.wuhan_sources.items() if key in used and key in _NATIONAL] + [own]


def _set(row: dict[str, str], number: int) -> None:
    """A number with the range that Wuhan's has, in proportion."""
    before = float(row["value"])
    low, high = (float(row["low"]) / before, float(row["high"]) / before) if before else (1.0, 1.0)
    row["value"], row["low"], row["high"] = (
        str(number),
        str(int(low * number)),
        str(max(number, int(high * number))),
    )
