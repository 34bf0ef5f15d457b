"""Parameters of which a test gives those that the rule should use; any use of another one fails the test."""

from typing import get_type_hints


class NotGiven:
    """Stands for a parameter that a test does not give. Whatever is done with it says so and fails."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"<{self.name} not given>"


def _refuse(self, *_):
    raise AssertionError(f"the rule uses {self.name}, which this test does not give")


for _operation in (
    *("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "floordiv", "neg", "abs"),
    *("lt", "le", "gt", "ge", "eq", "ne", "bool", "int", "float", "index", "getitem", "round", "trunc"),
):
    setattr(NotGiven, f"__{_operation}__", _refuse)


def words_of(table):
    """The code list of each field that has one number a word."""
    hints = get_type_hints(table, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}


def parameters(table, **given):
    """A rule file's parameters: those given, and ``NotGiven`` for the rest.

    A field with one number a word is given as a mapping from words: ``preparation={"university": 9.0}``.
    """
    lists = words_of(table)
    unknown = [name for name in given if name not in table._fields]
    if unknown:
        raise AssertionError(f"{table.__name__} has no {unknown}")
    filled = {name: NotGiven(f"{table.__name__}.{name}") for name in table._fields}
    for name, value in given.items():
        filled[name] = _by_word(name, value, lists[name]) if name in lists else float(value)
    return table(**filled)


def _by_word(name, given, words):
    unknown = [word for word in given if word not in words]
    if unknown:
        raise AssertionError(f"{name} has no {unknown}, only {words}")
    return tuple(float(given[word]) if word in given else NotGiven(f"{name}[{word}]") for word in words)
