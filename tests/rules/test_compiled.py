"""Every rule gives the same bits from Python and from a kernel that calls it."""

import struct
from typing import get_type_hints

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from simulation.kernels import JIT_DISABLED
from simulation.rules import codes

from . import rulebook
from .filling import words_of

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="NUMBA_DISABLE_JIT: nothing is compiled")

ROUNDS = 200

# Whole numbers that are codes or small by nature; every other one lies between 1 and 300.
WHOLE_NUMBERS = {
    "kind": range(len(codes.SPONSOR_KINDS)),
    "carrier_type": range(len(codes.TYPES)),
    "level": range(len(codes.LEVELS)),
    "mode": range(len(codes.MODES)),
    "mode_in_fact": range(len(codes.MODES)),
    "age": range(20),
    "stay": range(20),
    "waiting": range(6),
    "failed_years": range(4),
    "years_below": range(4),
    "quarters_stopped": range(5),
    "quarters_converting": range(4),
    "quarter_of_year": range(4),
}


def any_fact(name, hint, rng):
    """A value of a rule's argument; draws in the open unit interval, shares and strengths around 1."""
    if hint is bool:
        return bool(rng.integers(2))
    if hint is int:
        return int(rng.choice(WHOLE_NUMBERS.get(name, range(1, 301))))
    if hint is float:
        if "draw" in name:
            return float(
                rng.choice([rng.uniform(2.0**-53, 1.0 - 2.0**-53), 2.0**-53, 1.0 - 2.0**-53, 0.07, 0.5])
            )
        return float(
            rng.choice([rng.uniform(0.0, 2.0), rng.uniform(0.0, 1.0), rng.uniform(-0.5, 0.0), 0.0, 1.0])
        )
    if hasattr(hint, "_fields"):
        return any_table(hint, rng)
    assert hint == NDArray[np.float64], f"no values known for {name}: {hint}"
    return np.round(rng.uniform(-1.0, 1.0, 40), 1)  # with ties


def any_table(table, rng):
    """A NamedTuple of random numbers, positive so that a rule may divide by any of them."""
    words = words_of(table)
    hints = get_type_hints(table)
    return table(
        *(
            tuple(rng.uniform(0.05, 1.5, len(words[name])).tolist())
            if name in words
            else float(rng.uniform(0.05, 1.5))
            if hints[name] is float
            else any_fact(name, hints[name], rng)
            for name in table._fields
        )
    )


def bits(value):
    """An answer to the last bit."""
    if isinstance(value, np.ndarray):
        return value.dtype, value.tobytes()
    return struct.pack("<d", value) if isinstance(value, float) else value


class Flat:
    """Facts laid out in an array a type, and the source that reads them back.

    Given one by one, or as tables, facts would take a kernel ten times longer to compile than the rules do.
    """

    def __init__(self):
        self.numbers, self.wholes, self.truths, self.rows = [], [], [], []

    def spell(self, value):
        """Add a value; gives the expression that reads it."""
        if hasattr(value, "_fields"):
            return f"{type(value).__name__}({', '.join(self.spell(one) for one in value)})"
        if isinstance(value, tuple):
            return f"({', '.join(self.spell(one) for one in value)})"
        kept = {bool: "truths", int: "wholes", float: "numbers", np.ndarray: "rows"}[type(value)]
        getattr(self, kept).append(value)
        return f"{kept}[{len(getattr(self, kept)) - 1}]"

    @property
    def arrays(self):
        return (
            np.array(self.numbers, float),
            np.array(self.wholes, np.int64),
            np.array(self.truths, bool),
            np.array(self.rows or [[]], float),
        )


def laid_out(facts):
    """The facts of all rules of a file in flat arrays, and the source of a kernel that calls the rules."""
    flat, lines, calls, tables = Flat(), [], [], {}
    for place, given in enumerate(facts):
        arguments = []
        for value in given:
            if hasattr(value, "_fields"):  # the same for all rules of the file
                name = f"table_{type(value).__name__}"
                if name not in tables:
                    tables[name] = type(value)
                    lines.append(f"    {name} = {flat.spell(value)}")
                arguments.append(name)
            else:
                arguments.append(flat.spell(value))
        calls.append(f"rule_{place}({', '.join(arguments)}), ")
    source = "\n".join(
        ["def kernel(numbers, wholes, truths, rows):", *lines, f"    return ({''.join(calls)})"]
    )
    return flat.arrays, source, {table.__name__: table for table in tables.values()}


def facts_of(rule):
    return {name: hint for name, hint in get_type_hints(rule).items() if name != "return"}


def some_facts(rules, rng):
    """Facts for each rule of a file; one table of each kind for all of them."""
    hints = [facts_of(rule) for rule in rules]
    kinds = dict.fromkeys(hint for one in hints for hint in one.values() if hasattr(hint, "_fields"))
    tables = {kind: any_table(kind, rng) for kind in kinds}
    return [
        [tables[hint] if hint in tables else any_fact(name, hint, rng) for name, hint in one.items()]
        for one in hints
    ]


def kernel_of(rules, source, tables):
    names = {f"rule_{place}": rule for place, rule in enumerate(rules)} | tables
    exec(source, names)
    return njit(names["kernel"])


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in rulebook.rule_files()])
def test_rules_give_the_same_bits_from_python_and_compiled(path):
    rules = [getattr(rulebook.module_of(path), node.name) for node in rulebook.functions(path)]
    rng = np.random.default_rng([2021, *path.stem.encode()])
    _, source, tables = laid_out(some_facts(rules, rng))
    kernel = kernel_of(rules, source, tables)
    seen = [set() for _ in rules]
    for _ in range(ROUNDS):
        facts = some_facts(rules, rng)
        arrays, same_source, _ = laid_out(facts)
        assert same_source == source
        from_python = [rule(*given) for rule, given in zip(rules, facts, strict=True)]
        compiled = kernel(*arrays)
        for rule, given, one, other, answers in zip(rules, facts, from_python, compiled, seen, strict=True):
            where = f"{path.stem}.{rule.__name__}{tuple(given)}"
            assert bits(other) == bits(one), where
            assert type(other) is type(one), where
            answers.add(bits(one))
    for rule, answers in zip(rules, seen, strict=True):
        assert len(answers) > 1, f"these facts never move {rule.__name__}, so nothing was compared"
