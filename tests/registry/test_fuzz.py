"""Readers under any input: a registry is read or refused, a scenario is loaded or refused, and nothing else happens.

Run longer with `make test-full`: the slow ones take the same strategies through many more examples.
"""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.faults import ScenarioErrors
from simulation.registry import fixing, reading
from simulation.registry.columns import COLUMNS, SYNONYMS, WORDS
from simulation.reporting import fault_text
from simulation.reporting.check_page import CheckPage
from simulation.reporting.text import Words
from simulation.scenario import CityTables, load
from simulation.scenario.document import parse
from tests.registry.registries import INCUBATOR, MAKERSPACE, PROJECT, text

CELLS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            "",
            " ",
            "-",
            "—",
            "/",
            "无",
            "0",
            "-1",
            "１８",
            "1,200",
            "1.2万",
            "约3",
            "18家",
            "1e9",
            "9" * 30,
            ".5",
            "5.",
            "2019.1",
            "2019-05",
            "2019年5月",
            "2019.13",
            "45047",
            "0000-00-00",
            "9999-12-31",
            "=1+1",
            "'=1",
            "高新区",
            "光谷",
            "洪山区",
            "合计",
            "注：",
            "国家级（申报中）",
            "\u202e",
            "\ufeff",
            "\x00",
            "²",
            "٣",
            "½",
            "Ⅷ",
            "㎡",
            "2019-02-30 00:00:00",
        ]
    ),
    st.sampled_from([word for words in (*WORDS.values(), *SYNONYMS.values()) for word in words]),
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from([INCUBATOR, MAKERSPACE, PROJECT]),
        st.dictionaries(st.sampled_from([one.name for one in COLUMNS]), CELLS, max_size=6),
    ),
    max_size=5,
)

# Pieces of scenario files, sound and broken, put together in any order.
PIECES = st.sampled_from(
    [
        "name: a",
        "levers:",
        "  clean_up: {strength: 1}",
        "  clean_up:",
        "    strength: ",
        "until: 2025Q4",
        "- ",
        "? ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        "&a ",
        "*a",
        "<<: ",
        "!!python/object:os.system ",
        "%YAML 1.1",
        "---",
        "...",
        "\t",
        "：",
        "，",
        "'",
        '"',
        "|",
        ">",
        "#",
        "extends: ",
        "../x.yaml",
        "x.yaml",
        "covers: [洪山]",
        "baseline: r.csv",
        "where: {type: incubator}",
        "targets: [{at_least: 1}]",
        "1e400",
        ".nan",
        "0x1F",
        "0o7",
        "no",
        "~",
        "unknowns: {rounds.national_places: {low: 1}}",
        "rules: {founding.cool_down: 1}",
        "as_of: 2021-13-45",
        "switches: 1",
        "seeds_per_draw: 99999999999999999999",
    ]
)
SCENARIOS = st.lists(st.one_of(PIECES, st.text(max_size=6), st.just("\n"), st.just("\n  ")), max_size=25).map(
    "".join
)


def reads_or_refuses(content: bytes, folder: Path, city: CityTables) -> None:
    path, out = folder / "registry.csv", folder / "fixed.csv"
    path.write_bytes(content)
    out.unlink(missing_ok=True)
    found, _ = fixing.fix(path, out, city)
    assert (found.register is None) == (found.report.errors > 0)
    for language in ("en", "zh"):
        page = CheckPage(Words(language), [found.report])
        assert list(page.lines())
        assert len(page.record()["files"][0]["faults"]) == len(found.report.faults)
    if out.exists() and found.register is not None:
        again = reading.read(out, city)  # what is mended can be read, and says the same
        assert again.register is not None, [str(one) for one in again.report.faults]
        assert again.register.label == found.register.label
        assert again.register.name == found.register.name
        assert again.register.tenants.tolist() == found.register.tenants.tolist()
        assert again.register.opened.tolist() == found.register.opened.tolist()


def loads_or_refuses(content: str, folder: Path) -> None:
    parse(content, "s.yaml", [])
    path = folder / "s.yaml"
    path.write_text(content, encoding="utf-8", errors="surrogatepass")
    faults = []
    try:
        faults = list(load(path).warnings)
    except ScenarioErrors as wrong:
        faults = wrong.faults
    assert all(fault_text.sentence(one, Words("zh")) for one in faults)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def table(rows: list[tuple[dict[str, str], dict[str, str]]]) -> bytes:
    made = [base | {"id": f"F{place}"} | changes for place, (base, changes) in enumerate(rows)]
    return text(made).encode("utf-8", errors="ignore")


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_any_cells(rows: list[tuple[dict[str, str], dict[str, str]]], folder: Path, city: CityTables) -> None:
    reads_or_refuses(table(rows), folder, city)


@settings(max_examples=60, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=200), st.binary(max_size=60).map(lambda some: text([INCUBATOR]).encode() + some)
    )
)
def test_any_bytes(content: bytes, folder: Path, city: CityTables) -> None:
    reads_or_refuses(content, folder, city)


@settings(max_examples=100, deadline=None)
@given(content=SCENARIOS)
def test_any_scenario(content: str, folder: Path) -> None:
    loads_or_refuses(content, folder)


@pytest.mark.slow
@settings(max_examples=2000, deadline=None)
@given(rows=ROWS)
def test_any_cells_for_longer(
    rows: list[tuple[dict[str, str], dict[str, str]]], folder: Path, city: CityTables
) -> None:
    reads_or_refuses(table(rows), folder, city)


@pytest.mark.slow
@settings(max_examples=2000, deadline=None)
@given(content=SCENARIOS)
def test_any_scenario_for_longer(content: str, folder: Path) -> None:
    loads_or_refuses(content, folder)


def test_a_file_of_ten_megabytes_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("name: a\ndescription: " + "长" * 3_400_000, encoding="utf-8")
    with pytest.raises(ScenarioErrors, match="at most 256000 bytes"):
        load(path)


def test_names_are_kept_from_being_formulas_and_come_back(tmp_path: Path, city: CityTables) -> None:
    from dataclasses import replace

    names = ["=1+1", "+1", "-1", "@SUM(A1)", "'=x", '=HYPERLINK("http://x")']
    path = tmp_path / "registry.csv"
    path.write_text(
        text([INCUBATOR | {"id": str(n), "name": one} for n, one in enumerate(names)]), encoding="utf-8"
    )
    out = tmp_path / "fixed.csv"
    fixing.fix(path, out, replace(city))
    cells = [line.split(",")[1] for line in io.StringIO(out.read_text(encoding="utf-8-sig")).readlines()[1:]]
    assert all(one.lstrip('"')[0] == "'" for one in cells)
    of: Callable[[Path], tuple[str, ...]] = lambda file: reading.register(file, city).name  # noqa: E731
    assert of(out) == of(path)
