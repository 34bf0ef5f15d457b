"""The rulebook as source and as objects: every rule file, every rule, every parameter."""

import ast
import importlib
import inspect
import io
import tokenize
from functools import cache
from pathlib import Path
from typing import NamedTuple

import simulation.rules

FOLDER = Path(simulation.rules.__file__).parent
ENGINES = FOLDER.parent / "engines"
# Not processes: the package's words, the mark of a rule, the code lists.
APART = ("__init__", "rule", "codes")


class Source(NamedTuple):
    path: Path
    text: str
    tree: ast.Module
    comments: dict[int, str]  # the comment on each line that has one


@cache
def source(path):
    text = path.read_text(encoding="utf-8")
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}
    return Source(path, text, ast.parse(text, str(path)), comments)


def rule_files():
    """The files of the rulebook that hold rules."""
    return [path for path in sorted(FOLDER.glob("*.py")) if path.stem not in APART]


def all_files():
    """Every file of the rulebook and of the engines."""
    return sorted(FOLDER.glob("*.py")) + sorted(ENGINES.rglob("*.py"))


def functions(path):
    return [node for node in source(path).tree.body if isinstance(node, ast.FunctionDef)]


def tables(path):
    """The NamedTuples of a file."""
    return [node for node in source(path).tree.body if isinstance(node, ast.ClassDef)]


def module_of(path):
    return importlib.import_module(f"simulation.rules.{path.stem}")


def rules():
    """Every rule of the rulebook as an object, by ``file.name``."""
    return {
        f"{path.stem}.{node.name}": getattr(module_of(path), node.name)
        for path in rule_files()
        for node in functions(path)
    }


def arguments(rule):
    """The arguments of a rule, each with its type."""
    return {name: one.annotation for name, one in inspect.signature(rule).parameters.items()}
