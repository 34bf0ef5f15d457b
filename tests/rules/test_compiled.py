"""Every rule gives the same bits from Python and from a kernel that calls it."""

import struct
from typing import get_type_hints

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from simulation.rules import codes

from . import rulebook
from .filling import words_of

ROUNDS = 300

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


def kernel_of(rules, tables):
    """A kernel that calls all rules of a file, as compiled loops do, and gives their answers.

    One kernel a file, because compiling the way in of a table with 40 fields takes longer than all its rules.
    """
    calls = []
    facts = []
    for place, rule in enumerate(rules):
        given = [
            hint.__name__ if hint in tables else f"rule_{place}_{name}"
            for name, hint in facts_of(rule).items()
        ]
        facts += [name for name in given if name.startswith("rule_")]
        calls.append(f"rules_{place}({', '.join(given)}), ")
    signature = ", ".join([table.__name__ for table in tables] + facts)
    names = {f"rules_{place}": rule for place, rule in enumerate(rules)}
    exec(f"def kernel({signature}):\n    return ({''.join(calls)})", names)
    return njit(names["kernel"])


def facts_of(rule):
    return {name: hint for name, hint in get_type_hints(rule).items() if name != "return"}


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in rulebook.rule_files()])
def test_rules_give_the_same_bits_from_python_and_compiled(path):
    rules = [getattr(rulebook.module_of(path), node.name) for node in rulebook.functions(path)]
    hints = [hint for rule in rules for hint in facts_of(rule).values()]
    tables = [hint for hint in dict.fromkeys(hints) if hasattr(hint, "_fields")]
    kernel = kernel_of(rules, tables)
    rng = np.random.default_rng([2021, *path.stem.encode()])
    seen = [set() for _ in rules]
    for _ in range(ROUNDS):
        filled = {table: any_table(table, rng) for table in tables}
        facts = [
            [
                filled[hint] if hint in filled else any_fact(name, hint, rng)
                for name, hint in facts_of(rule).items()
            ]
            for rule in rules
        ]
        from_python = [rule(*given) for rule, given in zip(rules, facts, strict=True)]
        flat = [fact for given in facts for fact in given if type(fact) not in filled]
        compiled = kernel(*filled.values(), *flat)
        for rule, given, one, other, answers in zip(rules, facts, from_python, compiled, seen, strict=True):
            where = f"{path.stem}.{rule.__name__}{tuple(given)}"
            assert bits(other) == bits(one), where
            assert type(other) is type(one), where
            answers.add(bits(one))
    for rule, answers in zip(rules, seen, strict=True):
        assert len(answers) > 1, f"these facts never move {rule.__name__}, so nothing was compared"
