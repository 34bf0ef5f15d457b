"""The mark of a rule: a plain Python function that compiled loops may call too."""

from collections.abc import Callable
from typing import Any, TypeVar

from numba.extending import register_jitable

Function = TypeVar("Function", bound=Callable[..., Any])


def rule(function: Function) -> Function:
    """Mark a plain scalar function as a rule.

    Mesa, the debugger, coverage and mypy see the Python function itself; kernels compile it when they
    call it. Called from Python a rule costs what any function costs; made with ``njit`` it would cost
    some ten times more for each named tuple it takes.
    """
    marked: Function = register_jitable(function)
    return marked
