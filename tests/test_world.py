import ast
import inspect
import io
import json
import re
import tokenize

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import world as worlds
from simulation.world import TABLES, Carriers, Districts, Sponsors, Startups, World

# ------------------------------------------------ a small world, no two numbers of which are equal by accident


def columns(table, rows, start=1):
    """Columns of a table that hold different numbers in every cell of their own, and ids out of order."""
    filled = {}
    for place, (name, dtype) in enumerate(worlds.dtypes(table).items()):
        numbers = np.arange(rows) + start + place
        filled[name] = numbers / 7 if dtype is np.float64 else (numbers % 120).astype(dtype)
    filled["id"] = np.array([(start + 3 * row) * 0x1E3779B97F4A7C15 % 2**63 for row in range(rows)])
    return filled


def table(kind, rows=4, **changed):
    return worlds.build(kind, **columns(kind, rows) | changed)


def world(**changed):
    tables = {
        name: table(kind, rows) for (name, kind), rows in zip(TABLES.items(), (3, 5, 4, 6), strict=True)
    }
    return World(**{"quarter": 8083, **tables} | changed)


# ------------------------------------------------ build


def test_a_table_keeps_its_columns_and_their_dtypes():
    built = table(Carriers, area=[500, 2**31 - 1, 0, 12_000], reserve=[0.1, -2.5, 3.0, 1e-300])
    assert {name: getattr(built, name).dtype for name in built._fields} == worlds.dtypes(Carriers)
    by_id = dict(zip(columns(Carriers, 4)["id"].tolist(), (500, 2**31 - 1, 0, 12_000), strict=True))
    assert dict(zip(built.id.tolist(), built.area.tolist(), strict=True)) == by_id


def test_a_missing_column_is_refused():
    given_columns = columns(Districts, 2)
    del given_columns["space"]
    with pytest.raises(ValueError, match=r"Districts has the columns \['id', 'space'\], not \['id'\]"):
        worlds.build(Districts, **given_columns)


def test_an_unknown_column_is_refused():
    with pytest.raises(ValueError, match=r"Districts has the columns .* not .*'spaces'"):
        worlds.build(Districts, **columns(Districts, 2), spaces=[1, 2])


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="Startups are of unequal length"):
        table(Startups, age=np.arange(3))


def test_two_rows_of_one_id_are_refused():
    with pytest.raises(ValueError, match="two rows of Sponsors have the same id"):
        table(Sponsors, rows=3, id=[7, 2**62, 7])


@pytest.mark.parametrize(
    ("kind", "column", "holds", "refused"),
    [
        (Carriers, "level", 127, 128),
        (Carriers, "sector", -128, -129),
        (Startups, "age", 2**15 - 1, 2**15),
        (Carriers, "area", 2**31 - 1, 2**31),
        (Sponsors, "planned_area", -(2**31), -(2**31) - 1),
        (Sponsors, "carrier", 2**63 - 1, 2**63),
        (Districts, "space", 12_000.0, 12_000.5),  # a float is taken when it is whole
    ],
)
def test_what_a_dtype_cannot_hold_is_refused_by_table_and_column(kind, column, holds, refused):
    values = columns(kind, 2)[column].tolist()
    built = table(kind, rows=2, **{column: [values[0], holds]})
    assert holds in getattr(built, column).tolist()
    with pytest.raises(ValueError, match=rf"{kind.__name__}\.{column} has values that int\d+ cannot hold"):
        table(kind, rows=2, **{column: [values[0], refused]})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300, -(2.0**63) * 1.5])
def test_a_number_that_no_whole_number_stands_for_is_refused(value):
    with pytest.raises(ValueError, match=r"Carriers\.fund has values that int64 cannot hold"):
        table(Carriers, rows=2, fund=[5_000_000.0, value])


def test_a_missing_number_is_refused_by_table_and_column():
    with pytest.raises(ValueError, match=r"Carriers\.shock"):
        table(Carriers, rows=2, shock=[0.25, float("nan")])


@pytest.mark.parametrize("values", [[[1, 2], [3, 4]], 5])
def test_a_column_is_one_row_of_cells(values):
    with pytest.raises(ValueError, match=r"Districts"):
        table(Districts, rows=2, space=values)


def test_an_empty_table_has_every_column_and_no_row():
    for kind in TABLES.values():
        nothing = worlds.empty(kind)
        assert {name: getattr(nothing, name).dtype for name in nothing._fields} == worlds.dtypes(kind)
        assert {len(column) for column in nothing} == {0}


# ------------------------------------------------ canonical order


@settings(deadline=None)
@given(order=st.permutations(range(6)), kind=st.sampled_from([Sponsors, Carriers, Startups]))
def test_rows_stand_by_id_whatever_their_order(order, kind):
    rows = columns(kind, 6)
    built = worlds.build(kind, **rows)
    shuffled = worlds.build(kind, **{name: values[list(order)] for name, values in rows.items()})
    assert built.id.tolist() == sorted(rows["id"].tolist())
    for name in kind._fields:
        assert getattr(built, name).tobytes() == getattr(shuffled, name).tobytes(), name
        # Each row stays together: the cell beside an id is the one that was given beside it.
        beside = dict(zip(rows["id"].tolist(), rows[name].tolist(), strict=True))
        assert getattr(built, name).tolist() == [beside[one] for one in built.id.tolist()]


def test_districts_keep_the_order_of_the_city():
    built = table(Districts, rows=3, id=[30, 10, 20], space=[1, 2, 3])
    assert built.id.tolist() == [30, 10, 20]
    assert built.space.tolist() == [1, 2, 3]


# ------------------------------------------------ write and read


@st.composite
def any_world(draw):
    tables = {}
    for name, kind in TABLES.items():
        rows = draw(st.integers(0, 3))
        filled = {}
        for column, dtype in worlds.dtypes(kind).items():
            if dtype is np.float64:
                cells = st.floats(allow_nan=False)
            else:
                limits = np.iinfo(dtype)
                cells = st.integers(int(limits.min), int(limits.max))
            unique = column == "id"
            filled[column] = np.array(
                draw(st.lists(cells, min_size=rows, max_size=rows, unique=unique)), dtype
            )
        tables[name] = worlds.build(kind, **filled)
    return World(quarter=draw(st.integers(0, 40_000)), **tables)


def bits(one):
    """Everything a world holds, to the bit."""
    return one.quarter, [[column.tobytes() for column in getattr(one, name)] for name in TABLES]


@settings(deadline=None, max_examples=40)  # each example writes a file
@given(before=any_world())
def test_a_world_comes_back_to_the_last_bit(before, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.world"
    worlds.write(before, path)
    after = worlds.read(path)
    assert bits(after) == bits(before)
    assert worlds.differences(before, after) == []
    assert type(after.quarter) is int
    for name, kind in TABLES.items():
        assert [column.dtype for column in getattr(after, name)] == list(worlds.dtypes(kind).values())


def test_a_file_is_the_same_bytes_for_the_same_world(tmp_path):
    worlds.write(world(), tmp_path / "one")
    worlds.write(world(), tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


@pytest.mark.parametrize("version", [0, worlds.SCHEMA_VERSION + 1])
def test_another_schema_version_is_refused(tmp_path, version):
    path = tmp_path / "other.world"
    worlds.write(world(), path)
    with np.load(path) as file:
        arrays = dict(file)
    head = json.loads(str(arrays.pop("head")))
    assert head == {"schema_version": worlds.SCHEMA_VERSION, "quarter": 8083}
    with path.open("wb") as file:
        np.savez_compressed(file, head=np.array(json.dumps(head | {"schema_version": version})), **arrays)
    with pytest.raises(ValueError, match=rf"other\.world: a world of version {version}, not "):
        worlds.read(path)


# ------------------------------------------------ differences


def test_a_world_does_not_differ_from_itself():
    assert worlds.differences(world(), world()) == []


@pytest.mark.parametrize(
    ("name", "column"), [(name, column) for name, kind in TABLES.items() for column in kind._fields[1:]]
)
def test_a_changed_cell_is_found_by_table_column_and_id(name, column):
    one = world()
    rows = getattr(one, name)
    values = getattr(rows, column).copy()
    before = values[1]
    values[1] = before + 1
    other = one._replace(**{name: rows._replace(**{column: values})})
    assert worlds.differences(one, other) == [f"{name}.{column} of {rows.id[1]}: {before} and {values[1]}"]


def test_another_quarter_and_other_ids_are_found():
    one = world()
    other = world(quarter=8084, sponsors=table(Sponsors, rows=2))
    gone = sorted(set(one.sponsors.id.tolist()) - set(other.sponsors.id.tolist()))
    assert worlds.differences(one, other) == [
        "quarter: 8083 and 8084",
        f"sponsors: ids {gone} only in one, [] only in the other",
    ]
    assert worlds.differences(other, one)[1] == f"sponsors: ids [] only in one, {gone} only in the other"


def test_floats_are_compared_to_the_bit_and_a_nan_equals_itself():
    one = world()
    one.carriers.shock[:] = [np.nan, 0.0, 0.1 + 0.2, np.inf]
    same = world()
    same.carriers.shock[:] = one.carriers.shock
    assert worlds.differences(one, same) == []
    other = world()
    other.carriers.shock[:] = [1.0, -0.0, 0.3, -np.inf]
    found = worlds.differences(one, other)
    assert len(found) == 3  # at most three sentences a column
    assert found[0] == f"carriers.shock of {one.carriers.id[0]}: nan and 1.0"
    assert found[1] == f"carriers.shock of {one.carriers.id[1]}: 0.0 and -0.0"
    assert found[2] == f"carriers.shock of {one.carriers.id[2]}: {0.1 + 0.2} and 0.3"


def test_no_more_sentences_than_asked_for():
    one, other = world(), world()
    for column in other.carriers[1:]:
        column[:] = column + 1
    assert len(worlds.differences(one, other)) == 10
    assert len(worlds.differences(one, other, most=2)) == 2


# ------------------------------------------------ every column says what it holds

# What a column's name and comment may give: a unit, a code list, or what the whole number stands for.
MEANS = re.compile(
    r"m²|CNY|quarters?\b|years?\b|tenants|0 to 1|1 when|\bcodes? of [A-Z_]+|code of the park|hash|\bid\b|\bids\b"
    r"|place in the (city's )?(district table|sector list)|running cost|to date|since January|calendar year"
    r"|part of income|reviews?\b"
)


def comments_by_line():
    tokens = tokenize.generate_tokens(io.StringIO(inspect.getsource(worlds)).readline)
    return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


def fields_with_comments():
    comments = comments_by_line()
    tree = ast.parse(inspect.getsource(worlds))
    names = {kind.__name__ for kind in TABLES.values()}
    return [
        pytest.param(field.target.id, comments.get(field.end_lineno, ""), id=f"{node.name}.{field.target.id}")
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name in names
        for field in node.body
        if isinstance(field, ast.AnnAssign)
    ]


@pytest.mark.parametrize(("name", "comment"), fields_with_comments())
def test_every_column_gives_its_unit_or_code_list(name, comment):
    assert len(comment) > len("# id"), "no comment"
    assert MEANS.search(f"{name} {comment}"), f"neither a unit nor a code list: {comment!r}"


def test_every_code_list_that_a_comment_names_exists():
    from simulation.rules import codes

    named = set(re.findall(r"\bcode of ([A-Z_]+)", inspect.getsource(worlds)))
    assert named >= {"TYPES", "LEVELS", "MODES", "STATUSES", "GRADES", "SPONSOR_KINDS", "SPONSOR_STATES"}
    for name in named:
        assert isinstance(getattr(codes, name), tuple), name
