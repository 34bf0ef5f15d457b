"""Other cities from data alone: Hangzhou as published, and a city that ``carriersim new`` writes."""

import csv
from pathlib import Path

import openpyxl
import pytest

import simulation
from simulation.cli.main import main
from simulation.engines.mesa import simulate
from simulation.rules import codes
from simulation.scenario import load, study
from tests.registry.registries import INCUBATOR, MAKERSPACE

ROOT = Path(__file__).parents[2]
HANGZHOU = Path(simulation.__file__).parent / "cities" / "hangzhou"
# As published: https://en.hangzhou.com.cn/News/content/2022-06/24/content_8289606.html
PUBLISHED = {
    "binjiang": 14, "yuhang": 8, "shangcheng": 6, "xihu": 6, "gongshu": 5, "xiaoshan": 5, "qiantang": 5,
    "linping": 3, "linan": 3, "fuyang": 1, "tonglu": 1,
}  # fmt: skip


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def test_hangzhou_has_its_published_incubators() -> None:
    made = study(load(ROOT / "scenarios" / "hangzhou.yaml"))
    world = made.world(1, 0, 0)
    carriers = world.carriers
    national = (carriers.level == codes.NATIONAL) & (carriers.type == codes.INCUBATOR)
    assert int(national.sum()) == sum(PUBLISHED.values()) == 57
    shares = {one.code: one.share for one in made.city.districts}
    assert shares == {code: pytest.approx(count / 57, abs=1e-4) for code, count in PUBLISHED.items()}


def test_of_hangzhou_only_what_has_a_source_is_not_assumed() -> None:
    graded = []
    for path in sorted(HANGZHOU.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            graded += [(path.name, row) for row in csv.DictReader(file) if "grade" in row]
    known = {row["source"] for _, row in graded if row["grade"] != "assumed"}
    assert "template" not in known
    assert "hangzhou_2022" in known
    assert "press_2021" not in known
    own = [row for _, row in graded if row.get("source") == "hangzhou_2022" and row["grade"] == "published"]
    assert [(row["name"], row["value"]) for row in own] == [("carriers[incubator][national]", "57")]


def test_margins_add_up(tmp_path: Path) -> None:
    for scenario in (
        ROOT / "scenarios" / "hangzhou.yaml",
        new(tmp_path, "--carriers", "77") / "scenario.yaml",
    ):
        numbers = study(load(scenario)).baseline_numbers
        cells = {name: value for name, value in numbers.items() if name.startswith("carriers[")}
        assert sum(cells.values()) == numbers["recognised"] + numbers["registered_only"]
        for level in ("municipal", "provincial", "national"):
            assert (
                sum(value for name, value in cells.items() if name.endswith(f"[{level}]")) == numbers[level]
            )
        running = sum(value for name, value in numbers.items() if name.startswith("running["))
        assert running == sum(cells.values())


def new(folder: Path, *options: str) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert run("new", "my-city", *options) == 0
    return folder / "my-city"


def test_a_new_city_runs_at_once(tmp_path: Path) -> None:
    folder = new(tmp_path, "--carriers", "60", "--start", "2023", "--lang", "zh")
    assert load(folder / "scenario.yaml").warnings == ()
    made = study(load(folder / "scenario.yaml", ["until=2024Q4"]))
    world = made.world(1, 0, 0)
    assert len(world.carriers.id) == 60
    outcome = simulate(made.setting(1, 0, 0), world)
    assert outcome.stocks.shape[:2] == (5, 3)
    assert "力度1为条款要求" in (folder / "scenario.yaml").read_text(encoding="utf-8")


def test_the_template_takes_a_registry_that_check_accepts(tmp_path: Path) -> None:
    folder = new(tmp_path)
    path = folder / "registry-template.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    titles = {cell.value: cell.column for cell in sheet[1]}
    lists = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    assert len(lists) >= 9  # district, type, level, mode, sector, kind, platform, grade, status
    from simulation.registry.columns import COLUMNS

    for row, carrier in enumerate((INCUBATOR | {"district": "东区"}, MAKERSPACE | {"district": "南区"}), 2):
        for column in COLUMNS:
            if carrier.get(column.name):
                sheet.cell(row, titles[column.title], carrier[column.name])
    book.save(path)
    assert run("check", str(path), "--city", str(folder / "tables"), "--as-of", "2024-12-31") == 0


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = new(tmp_path)
    before = (folder / "scenario.yaml").read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        assert run("new", "my-city") == 2
        assert run("new", "../outside") == 2
        assert run("new", "con:x") == 2
    assert (folder / "scenario.yaml").read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["my-city"]
    assert "is there already" in capsys.readouterr().err


def test_hangzhous_tables_are_those_that_the_tool_writes(tmp_path: Path) -> None:
    from simulation.scenario.new_city import write_tables
    from tools import hangzhou

    write_tables(tmp_path, hangzhou.tables())
    (tmp_path / "derivations.csv").write_text(hangzhou.derivations(), encoding="utf-8")
    drifted = [
        one.name for one in tmp_path.glob("*.csv") if one.read_bytes() != (HANGZHOU / one.name).read_bytes()
    ]
    assert drifted == [], "run tools/hangzhou.py"
