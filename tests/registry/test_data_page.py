"""docs/data.md says what the program reads and gives; and its recipe for another city works."""

import csv
import re
import shutil
from pathlib import Path

import pytest

import simulation
from simulation.engines import books
from simulation.engines.compiled import simulate
from simulation.ensemble.frames import COLUMNS as RESULTS
from simulation.registry import columns
from simulation.rules import codes
from simulation.scenario import load, study
from simulation.scenario.tables import TABLES
from tests.registry.conftest import ROOT

PAGE = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
WUHAN = Path(simulation.__file__).parent / "cities" / "wuhan"


def row_of(name: str) -> str:
    """The row of a table of the page whose first cell is a name."""
    found = re.findall(rf"^\| `?{re.escape(name)}`? \|.*$", PAGE, flags=re.MULTILINE)
    assert len(found) == 1, name
    return str(found[0])


def test_every_column_of_a_registry_is_described() -> None:
    titles = re.findall(
        r"^\| (\S+) \| (\w+) \|.*\| ([^|]+) \|$", PAGE.split("## The tables")[0], re.MULTILINE
    )
    described = [(zh, en, needed.startswith("yes")) for zh, en, needed in titles if zh != "中文"]
    assert described == [(one.title, one.name, one.needed) for one in columns.COLUMNS]


@pytest.mark.parametrize(
    "name", ["mode_in_fact", "type", "level", "sponsor_kind", "platform", "grade", "status"]
)
def test_every_word_of_a_registry_is_described(name: str) -> None:
    words = {
        "mode_in_fact": columns.IN_FACT,
        "type": columns.TYPES,
        "level": columns.LEVELS,
        "sponsor_kind": columns.KINDS,
        "platform": columns.PLATFORM,
        "grade": columns.GRADES,
        "status": columns.STATUSES,
    }[name]
    title = next(one.title for one in columns.COLUMNS if one.name == name)
    row = row_of(title)
    assert [word for word in words if word not in row] == []


def test_every_declared_spelling_is_described() -> None:
    spellings = [one for of_column in columns.SYNONYMS.values() for one in of_column]
    assert [one for one in (*spellings, *columns.TYPES_WITH_MODE) if one not in PAGE] == []


def test_columns_about_persons_are_described() -> None:
    assert [
        word
        for word in ("联系人", "电话", "身份证", "信用代码", "地址", "经纬度", "法人")
        if word not in PAGE
    ] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_a_citys_table_is_described(table: str) -> None:
    described = re.findall(r"(\*\*)?`([^`]+)`", row_of(table))[1:]
    in_order = [name for _, name in described if name in TABLES[table].columns]
    assert in_order == list(TABLES[table].columns)
    assert {name for bold, name in described if bold} == set(TABLES[table].key)


def test_every_file_of_wuhan_is_named() -> None:
    assert [path.name for path in WUHAN.glob("*.csv") if f"`{path.name}`" not in PAGE] == []


@pytest.mark.parametrize("table", ["stocks", "startups", "money", "capacity", "unknowns"])
def test_every_column_of_a_result_is_described(table: str) -> None:
    named = re.findall(r"`(\w+)`", row_of(table))[1:]
    assert [name for name in named if name in RESULTS[table]] == list(RESULTS[table])


def test_another_city_is_data_alone(tmp_path: Path) -> None:
    folder = tmp_path / "my_city"
    shutil.copytree(WUHAN, folder, ignore=shutil.ignore_patterns("__*"))
    kept = ("caidian", "huangpi", "xinzhou")

    def change(name: str, keep: object = None, **cells: str) -> None:
        """Keep some rows of a table, and write cells of the rows that are kept; the first cell names a row."""
        with (folder / name).open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))
        if callable(keep):
            rows = [row for row in rows if keep(dict(zip(header, row, strict=True)))]
        for row in rows:
            if row[0] in cells:
                row[header.index("value")] = cells[row[0]]
                row[header.index("low")] = row[header.index("high")] = cells[row[0]]
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])

    change("districts.csv", lambda row: row["code"] in kept)
    change("aliases.csv", lambda row: row["code"] in kept and row["ruling"] == "accept")
    change("sector_mix.csv", lambda row: row["district"] in kept)
    change("transfers.csv", lambda row: False)
    change("parameters.csv", **{"formation.seekers": "500"})
    counts = {"makerspace": (6, 5, 3, 1), "incubator": (4, 5, 2, 2), "accelerator": (2, 0, 0, 0)}
    margins = {
        f"carriers[{kind}][{level}]": str(count)
        for kind, row in counts.items()
        for level, count in zip(codes.LISTED_LEVELS, row, strict=True)
    }
    running = [6, 4, 4, 2, 2, 1, 2, 6, 3]
    for kind, number in zip(codes.SPONSOR_KINDS, running, strict=True):
        margins |= {f"running[{kind}]": str(number), f"sponsors[{kind}]": str(3 * number)}
    whole = {"recognised": 18, "municipal": 10, "provincial": 5, "national": 3, "registered_only": 12}
    margins |= {name: str(count) for name, count in whole.items()}
    change("baseline.csv", **margins, university_run="2", floor_area="200000", preparing="8")
    (tmp_path / "mine.yaml").write_text("name: mine\ncity: my_city\nuntil: 2022Q4\n", encoding="utf-8")
    made = study(load(tmp_path / "mine.yaml"))
    outcome = simulate(made.setting(1, 0, 0), made.world(1, 0, 0))
    assert books.imbalance(outcome) == []
    assert outcome.stocks[0].sum() == 30
    assert outcome.stocks.shape[1] == 3
    assert outcome.startups[-1, ..., books.TENANTS].sum() > 200
