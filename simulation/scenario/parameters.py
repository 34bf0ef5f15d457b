"""The numbers of the rulebook: every field of the rules' named tuples has a row, and every row a field."""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_args, get_type_hints

from simulation.engines.setting import Parameters
from simulation.faults import Fault, did_you_mean, quoted, say
from simulation.scenario.numbers import Number, to_chance_a_quarter

A_YEAR = "chance/year"


@cache
def parts() -> dict[str, tuple[type[Any], dict[str, tuple[str, ...] | None]]]:
    """By rule file: its named tuple, and its fields, each with the words of its code list (``None``: a number)."""
    found = {}
    for part, kind in get_type_hints(Parameters).items():
        fields = {}
        for name, hint in get_type_hints(kind, include_extras=True).items():
            words = get_args(hint)[1:]
            fields[name] = tuple(words[0]) if words else None
        found[part] = (kind, fields)
    return found


@cache
def names() -> tuple[str, ...]:
    """The name of every number of the rulebook, in the order of its files: ``founding.preparation[bank]``."""
    found = []
    for part, (_, fields) in parts().items():
        for field, words in fields.items():
            stem = f"{part}.{field}"
            found += [stem] if words is None else [f"{stem}[{word}]" for word in words]
    return tuple(found)


def check(numbers: tuple[Number, ...], label: str, faults: list[Fault]) -> None:
    """Add a fault for each field without a row and each row without a field."""
    rows = {number.name for number in numbers}
    for number in numbers:
        if number.name not in names():
            found, advice = (
                say("the row {name}", name=quoted(number.name)),
                did_you_mean(number.name, names()),
            )
            faults.append(Fault.at(number.row.place, found, say("a number of the rulebook"), advice))
    for name in names():
        if name not in rows:
            advice = say("add one, or see whether it is known only after the date of the run")
            faults.append(
                Fault(
                    label,
                    0,
                    0,
                    say("no row for {name}", name=quoted(name)),
                    say("one row for each number"),
                    advice,
                )
            )


def assemble(values: Mapping[str, float], units: Mapping[str, str]) -> Parameters:
    """The rulebook's numbers from values in the units of their rows; a chance a year becomes one a quarter."""

    def value(name: str) -> float:
        given = float(values[name])
        return to_chance_a_quarter(given) if units[name] == A_YEAR else given

    made = {}
    for part, (kind, fields) in parts().items():
        made[part] = kind(
            **{
                field: value(f"{part}.{field}")
                if words is None
                else tuple(value(f"{part}.{field}[{word}]") for word in words)
                for field, words in fields.items()
            }
        )
    return Parameters(**made)
