"""What every rule file has in common: the house rules that hold the two engines together."""

import ast
import re
from typing import get_type_hints

import numpy as np
import pytest

from . import rulebook

RULE_FILES = [pytest.param(path, id=path.stem) for path in rulebook.rule_files()]
RULES = [
    pytest.param(path, node, id=f"{path.stem}.{node.name}")
    for path in rulebook.rule_files()
    for node in rulebook.functions(path)
]
FIELDS = [
    pytest.param(path, field, id=f"{path.stem}.{table.name}.{field.target.id}")
    for path in rulebook.rule_files()
    for table in rulebook.tables(path)
    for field in table.body
    if isinstance(field, ast.AnnAssign)
]
ALL_FILES = [
    pytest.param(path, id=path.relative_to(rulebook.FOLDER.parent).as_posix())
    for path in rulebook.all_files()
]


def test_the_rulebook_has_a_file_for_each_process():
    assert {path.stem for path in rulebook.rule_files()} >= {
        *("policy", "founding", "formation", "admission", "incubation", "operations"),
        *("conversion", "evaluation", "places", "rounds", "inspection"),
    }
    assert len(RULES) > 60
    assert len(FIELDS) > 150


# ------------------------------------------------ what neither side of an equality may use


def is_power(node):
    if isinstance(node, ast.BinOp | ast.AugAssign):
        return isinstance(node.op, ast.Pow)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "pow"


def attributes_of(tree, *names):
    """What is taken from modules: for numpy, ``np.X``."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names
    }


def adds_floats(name):
    """Whether a function of numpy computes floats in an order or precision of its own."""
    if name in ("maximum", "minimum", "add"):  # they choose; np.add.at counts whole numbers in books
        return False
    reductions = (
        "sum",
        "prod",
        "mean",
        "average",
        "std",
        "var",
        "dot",
        "matmul",
        "cumprod",
        "nansum",
        "linalg",
    )
    return isinstance(getattr(np, name, None), np.ufunc) or name in reductions


def faults(tree):
    found = ["**"] if any(is_power(node) for node in ast.walk(tree)) else []
    found += [f"np.{name}" for name in attributes_of(tree, "np", "numpy") if adds_floats(name)]
    found += [f"math.{name}" for name in attributes_of(tree, "math") & {"gamma", "lgamma", "fsum"}]
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("math", "numpy")
        for alias in node.names
    }
    return found + sorted(imported)  # np.exp and math.gamma are seen by their module's name only


@pytest.mark.parametrize("path", ALL_FILES)
def test_nothing_that_python_and_compiled_code_compute_differently(path):
    assert faults(rulebook.source(path).tree) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x = a ** 2", "**"),
        ("x **= 3", "**"),
        ("x = pow(a, 2)", "**"),
        ("x = np.exp(a)", "np.exp"),
        ("x = np.sum(a)", "np.sum"),
        ("x = numpy.log(a)", "np.log"),
        ("x = math.lgamma(a)", "math.lgamma"),
        ("from math import gamma", "gamma"),
    ],
)
def test_what_is_forbidden_is_found(text, fault):
    assert faults(ast.parse(text)) == [fault]


def test_what_is_allowed_is_not_found():
    allowed = "x = math.pow(a, 2) + math.exp(b)\ny = np.argsort(c)\nf(**d)\nz = np.zeros(3)"
    assert faults(ast.parse(allowed)) == []


# ------------------------------------------------ what a rule is


@pytest.mark.parametrize("path", RULE_FILES)
def test_a_rule_file_says_first_what_happens(path):
    docstring = ast.get_docstring(rulebook.source(path).tree)
    assert docstring
    assert len(docstring.splitlines()[0]) > 30


@pytest.mark.parametrize(("path", "node"), RULES)
def test_a_rule_is_a_plain_function(path, node):
    assert [ast.unparse(mark) for mark in node.decorator_list] == ["rule"]
    assert ast.get_docstring(node)
    assert not node.args.defaults, "a default"
    assert [node.args.kwonlyargs, node.args.vararg, node.args.kwarg] == [[], None, None]
    assert all(argument.annotation for argument in node.args.args)
    assert node.returns is not None
    for inner in ast.walk(node):
        assert not isinstance(
            inner,
            ast.Raise | ast.Try | ast.Global | ast.Nonlocal | ast.Assert | ast.With | ast.Lambda | ast.Yield,
        ), ast.unparse(inner)
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
            assert inner.func.id not in ("sum", "print", "open", "round", "sorted"), ast.unparse(inner)


@pytest.mark.parametrize(("path", "node"), RULES)
def test_a_rule_uses_every_fact_it_asks_for(path, node):
    used = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    assert {argument.arg for argument in node.args.args} <= used


@pytest.mark.parametrize(("path", "node"), RULES)
def test_a_rule_takes_the_parameters_of_its_own_file(path, node):
    own = {table.name for table in rulebook.tables(path)}
    for argument in node.args.args:
        words = re.findall(r"\w*Parameters\b", ast.unparse(argument.annotation))
        assert set(words) <= own, "parameters of another file"


@pytest.mark.parametrize("path", RULE_FILES)
def test_a_rule_file_knows_no_clock_store_or_random_source(path):
    imported = set()
    for node in ast.walk(rulebook.source(path).tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    allowed = {"math", "typing", "numpy", "numpy.typing"}
    assert {name for name in imported if not name.startswith("simulation.rules.")} <= allowed


# ------------------------------------------------ what a parameter is

# A unit, or what the number is: a share, a chance, a factor; "by <lever>" and "that, ..." go on from the line above.
UNIT = re.compile(
    r"\b(shares?|chance|CNY|m²|quarters?|years?|tenants?|firms and teams|carriers?|startups|graduates|events|children"
    r"|desks|ratio|times|relative|exponent|power|standard deviation|utility|weight|score|capability|effort|match|rent"
    r"|growth|added|mean of|target|to date|of these|platform of its own|by [a-z_]+)\b|^# that, |\b[01]: "
)


@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_every_parameter_says_its_unit(path, field):
    comments = rulebook.source(path).comments
    beside = [comments[line] for line in range(field.lineno, field.end_lineno + 1) if line in comments]
    assert len(beside) == 1, "one comment beside it"
    assert UNIT.search(beside[0]), beside[0]


@pytest.mark.parametrize("path", RULE_FILES)
def test_parameters_are_floats_or_one_float_a_word(path):
    for table in rulebook.tables(path):
        if table.name.endswith("Parameters"):
            hints = get_type_hints(getattr(rulebook.module_of(path), table.name))
            assert set(hints.values()) <= {float, tuple[float, ...]}


def test_every_parameter_is_used_by_a_rule_or_an_engine():
    read = {
        node.attr
        for path in rulebook.all_files()
        for node in ast.walk(rulebook.source(path).tree)
        if isinstance(node, ast.Attribute)
    }
    for path in rulebook.rule_files():
        for table in rulebook.tables(path):
            fields = {field.target.id for field in table.body if isinstance(field, ast.AnnAssign)}
            assert fields <= read, f"{path.stem}: nobody reads {sorted(fields - read)}"
