"""Texts of cells as numbers and dates: declared forms only, and for anything else the reason in one word."""

import re
import unicodedata
from typing import NamedTuple

from simulation.registry.worksheet import date_of_serial

_DASHES = "−－–—‐‑‒"
_DIGITS = {
    ord(wide): plain
    for wide, plain in zip("０１２３４５６７８９．，／－：％＋", "0123456789.,/-:%+", strict=True)
}
_PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,12})?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,12})?")
_DATES = (
    re.compile(
        r"(?P<year>\d{4})-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII
    ),
    re.compile(r"(?P<year>\d{4})/(?P<month>\d{1,2})(?:/(?P<day>\d{1,2}))?(?: 0?0:00(?::00)?)?", re.ASCII),
    re.compile(r"(?P<year>\d{4})\.(?P<month>\d{1,2})(?:\.(?P<day>\d{1,2}))?", re.ASCII),
    re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?", re.ASCII),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII),
)
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
EARLIEST_YEAR, LATEST_YEAR = 1980, 2100  # the first incubator of China opened in 1987


class Number(NamedTuple):
    """A number as it was read; ``wrong`` is the reason in one word why it is none, ``repaired`` what was mended."""

    value: float = 0.0
    wrong: str = ""
    repaired: tuple[str, ...] = ()


class Day(NamedTuple):
    """A month, perhaps with its day (else 0); ``wrong`` and ``repaired`` as for a number."""

    year: int = 0
    month: int = 0
    day: int = 0
    wrong: str = ""
    repaired: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """As it is written: 2019-05, 2019-05-01."""
        return f"{self.year:04d}-{self.month:02d}" + (f"-{self.day:02d}" if self.day else "")

    def before(self, other: "Day") -> bool:
        """Whether it is surely earlier: of two in one month only when both have a day."""
        if (self.year, self.month) != (other.year, other.month):
            return (self.year, self.month) < (other.year, other.month)
        return 0 < self.day < other.day


def half_width(text: str) -> str:
    """Digits and the marks around them in half width; a minus in any form as a hyphen."""
    plain = text.translate(_DIGITS)
    return "".join("-" if one in _DASHES else one for one in plain)


def number(text: str, suffixes: tuple[str, ...] = (), whole: bool = False) -> Number:
    """A number in digits, with commas between thousands and one of the units that may stand behind it."""
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return Number(float(text))
    plain = half_width(text)
    repaired = ("full_width",) if plain != text and not plain.startswith("-") else ()
    body = unicodedata.normalize("NFKC", plain).replace(" ", "").casefold()
    unit = next((one for one in sorted(suffixes, key=len, reverse=True) if body.endswith(one)), "")
    body = body.removesuffix(unit)
    if re.fullmatch(r"-[\d.,]+", body):
        return Number(wrong="negative")
    if _THOUSANDS.fullmatch(body):
        repaired = (*repaired, "thousands")
        body = body.replace(",", "")
    if not body.isascii() or _PLAIN.fullmatch(body) is None:
        return Number(wrong=_why_no_number(body))
    value = float(body)
    if whole and value != int(value):
        return Number(wrong="not_whole")
    return Number(value, "", (*repaired, "unit") if unit else repaired)


def _why_no_number(body: str) -> str:
    if re.search(r"约|近|左右|余|多|以上|大概|\+$|^[~≈><]", body):
        return "about"
    if re.fullmatch(r"[\d.,]+(?:万|亿|千|百|w|k)\S*", body):
        return "in_words"
    if re.fullmatch(r"[\d.,]+[-~至到][\d.,]+\D*", body):
        return "range"
    if re.fullmatch(r"\d+\D*[(（].*[)）]", body):
        return "mixed"
    if re.fullmatch(r"[\d.]+e[-+]?\d+", body):
        return "scientific"
    return "not_a_number"


def day(text: str, is_number: bool = False, dates_1904: bool = False) -> Day:
    """A month or a day in a declared form. ``is_number``: it is a number of a workbook, not a text."""
    plain = half_width(text)
    repaired = ("full_width",) if plain != text else ()
    match = next(filter(None, (form.fullmatch(plain) for form in _DATES)), None)
    if match is None or not plain[:4].isascii():
        return _no_date(plain, is_number, dates_1904)
    if re.fullmatch(r"\d{4}\.1", plain):
        return Day(wrong="january_or_october")
    found = Day(int(match["year"]), int(match["month"]), int(match["day"] or 0), repaired=repaired)
    return found._replace(wrong=_impossible(found))


def _impossible(of: Day) -> str:
    if not 1 <= of.month <= 12 or of.day > _MONTH_DAYS[of.month - 1]:
        return "impossible"
    leap = of.year % 4 == 0 and (of.year % 100 != 0 or of.year % 400 == 0)
    if of.month == 2 and of.day == 29 and not leap:
        return "impossible"
    return "" if EARLIEST_YEAR <= of.year <= LATEST_YEAR else "year"


def _no_date(plain: str, is_number: bool, dates_1904: bool) -> Day:
    """Why a text is no date in a declared form; the number of a day is one in a workbook alone."""
    if re.fullmatch(r"\d{4}年?", plain):
        return Day(wrong="year_alone")
    if re.fullmatch(r"\d{5}(?:\.\d+)?", plain):
        meant = date_of_serial(float(plain), dates_1904)
        if meant is None or not EARLIEST_YEAR <= meant.year <= LATEST_YEAR:
            return Day(wrong="not_a_date")
        found = Day(meant.year, meant.month, meant.day)
        return found._replace(repaired=("serial",)) if is_number else found._replace(wrong="serial")
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{2}[-/.年]\d{1,2}\D?\d{0,2}\D?", plain):
        return Day(wrong="two_readings")
    if re.search(r"批|号|〔|\[20", plain):
        return Day(wrong="batch")
    return Day(wrong="not_a_date")
