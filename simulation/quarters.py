"""Quarters as whole numbers, so that both engines, draws and files mean the same quarter by one number."""

import re

_FORM = re.compile(r"(\d{4})Q([1-4])")


def quarter(text: str) -> int:
    """The number of the quarter written ``2021Q1``: four times the year plus 0 to 3.

    Raises ``ValueError`` for any other form.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"a quarter is written like 2021Q1, not {text!r}")
    return 4 * int(match[1]) + int(match[2]) - 1


def quarter_name(number: int) -> str:
    """How a quarter's number is written: ``quarter_name(8084) == "2021Q1"``."""
    return f"{year_of(number)}Q{number % 4 + 1}"


def year_of(number: int) -> int:
    """The calendar year in which a quarter lies."""
    return number // 4


def quarter_of_date(year: int, month: int) -> int:
    """The quarter in which a month lies."""
    return 4 * year + (month - 1) // 3
