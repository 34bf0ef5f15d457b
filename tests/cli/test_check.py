"""``carriersim check`` as planners and other programs call it."""

import csv
import json
from pathlib import Path

import pytest

from simulation.cli.main import main
from tests.registry.registries import INCUBATOR, MAKERSPACE, text


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    path = tmp_path / "台账.csv"
    path.write_text(text([INCUBATOR, MAKERSPACE]), encoding="gb18030")
    return path


def test_a_clean_registry_can_be_used(registry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(registry), "--as-of", "2022-12-31", "--lang", "zh") == 0
    told = capsys.readouterr()
    assert "台账.csv：2家载体，GB18030（GBK）编码。可以使用：未发现问题。" in told.out.replace("\n  ", "")
    assert "2022-12-31" in told.err


def test_json_is_as_promised(registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.tsv"
    bad.write_text(text([INCUBATOR | {"district": "高新区"}]).replace(",", "\t"), encoding="utf-8")
    scenario = tmp_path / "s.yaml"
    scenario.write_text("name: a\nname: b\n", encoding="utf-8")
    assert run("check", str(registry), str(bad), str(scenario), "--json", "--as-of", "2022-12-31") == 2
    files = json.loads(capsys.readouterr().out)["files"]
    assert [(Path(one["file"]).name, one["encoding"], one["rows"]) for one in files] == [
        ("台账.csv", "gb18030", 2), ("bad.tsv", "utf-8", 1), ("s.yaml", "utf-8", None),
    ]  # fmt: skip
    assert set(files[1]) == {"file", "encoding", "rows", "faults"}
    fault = files[1]["faults"][0]
    assert set(fault) == {
        "kind", "sheet", "row", "column", "line", "found", "allowed", "advice", "severity",
    }  # fmt: skip
    assert (fault["kind"], fault["row"], fault["line"], fault["column"]) == ("district", 2, 2, 3)
    assert files[2]["faults"][0]["line"] == 2


def test_fix_writes_the_safe_repairs_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "r.csv", tmp_path / "fixed.csv"
    rows = [
        INCUBATOR
        | {
            "name": "=SUM(A1) ",
            "district": "桥口区",
            "tenants": "４０",
            "level": "省",
            "floor_area_m2": "约1.2万",
        },
        MAKERSPACE | {"district": "光谷", "opened": "２０１９－０３"},
    ]
    path.write_text(text(rows) + "合计," + "," * 28 + "\n", encoding="utf-8")
    assert run("check", str(path), "--fix", str(out), "--as-of", "2022-12-31") == 2
    told = capsys.readouterr()
    assert "2 rows, 6 cells mended" in told.err.replace("\n  ", " ")
    with out.open(encoding="utf-8-sig", newline="") as file:
        one, two = csv.DictReader(file)
    assert one["载体名称"] == "'=SUM(A1)"
    assert (one["所属区（开发区）"], one["在孵企业数（家）"], one["载体级别"]) == ("硚口区", "40", "省级")
    assert one["孵化总面积（平方米）"] == "约1.2万"  # an error stays what it was
    assert (two["所属区（开发区）"], two["投入运营时间"]) == ("武汉东湖新技术开发区", "2019-03")
    assert run("check", str(path), "--fix", str(out)) == 2
    assert "is not replaced" in capsys.readouterr().err
    # What was mended is clean now, and the name is what it was.
    assert run("check", str(out), "--json", "--as-of", "2022-12-31") == 2
    faults = json.loads(capsys.readouterr().out)["files"][0]["faults"]
    assert [one["kind"] for one in faults] == ["about"]


def test_fix_wants_one_registry_and_a_csv_file(registry: Path, tmp_path: Path) -> None:
    assert run("check", str(registry), str(registry), "--fix", str(tmp_path / "a.csv")) == 2
    assert run("check", str(registry), "--fix", str(tmp_path / "a.xlsx")) == 2
    assert sorted(one.name for one in tmp_path.iterdir()) == ["台账.csv"]


def test_fix_of_nothing_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    assert run("check", str(empty), "--fix", str(tmp_path / "out.csv")) == 2
    assert "Nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_a_file_that_is_not_there_and_a_city_that_is_none_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", str(tmp_path / "none.csv"), "--lang", "zh") == 2
    assert "无法读取的文件" in capsys.readouterr().out
    assert run("check", str(tmp_path / "none.csv"), "--city", "atlantis") == 2
    assert "atlantis" in capsys.readouterr().err
