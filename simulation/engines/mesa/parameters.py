"""The numbers of the rulebook as plain attributes, for rules that are called half a million times a replicate."""

from typing import Any, cast

from simulation.engines.setting import Parameters


def plain(parameters: Parameters) -> Parameters:
    """The same numbers under the same names, in objects that are no tuples.

    To a rule it is all the same, but until Python 3.12 an attribute is read several times faster than the field
    of a NamedTuple, and rules read little else. The tuples themselves stay in the setting.
    """
    parts = {name: _plain(part) for name, part in zip(parameters._fields, parameters, strict=True)}
    return cast(Parameters, _with_attributes("Parameters", parts))


def _plain(part: Any) -> Any:
    return _with_attributes(type(part).__name__, part._asdict())


def _with_attributes(name: str, attributes: dict[str, Any]) -> Any:
    """An object of a class of its own, so that the interpreter can learn where its attributes are."""
    made = type(name, (), {"__slots__": tuple(attributes), "__doc__": plain.__doc__})()
    for attribute, value in attributes.items():
        setattr(made, attribute, value)
    return made
