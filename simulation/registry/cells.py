"""The cells of one row of a registry: read as what they must be, with a fault for each that is not clean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from simulation.faults import Fault, did_you_mean, one_of, quoted
from simulation.quarters import quarter_of_date
from simulation.registry.columns import COLUMNS, Words
from simulation.registry.register import UNKNOWN

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_WHOLE = re.compile(r"\d{1,12}")
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?")


@dataclass(frozen=True)
class Sheet:
    """A registry's file while it is read: where its columns stand, and what is wrong."""

    file: str
    places: Mapping[str, int]  # name of a column: its place, from 0
    titles: Mapping[str, str]  # name of a column: its title in the file
    faults: list[Fault] = field(default_factory=list)

    def title(self, name: str) -> str:
        """The title of a column as the file has it, or would have it."""
        return self.titles.get(name) or next(one.title for one in COLUMNS if one.name == name)


@dataclass(frozen=True)
class Cells:
    """One row. A cell that is blank or wrong reads as ``UNKNOWN``; what is wrong is a fault of the sheet."""

    sheet: Sheet
    line: int
    values: list[str]

    def text(self, name: str) -> str:
        """The text of a cell; empty when it is blank, or there is no such column."""
        place = self.sheet.places.get(name)
        return "" if place is None else self.values[place]

    def fault(self, name: str, allowed: str, advice: str = "") -> None:
        """Note that a cell is not as it must be."""
        found = quoted(self.text(name)) if self.text(name) else "nothing"
        column = self.sheet.places.get(name, -1) + 1
        said = f"{found} as `{self.sheet.title(name)}`"
        self.sheet.faults.append(Fault(self.sheet.file, self.line, column, said, allowed, advice))

    def need(self, names: tuple[str, ...], allowed: str) -> None:
        """Note each of these cells that is blank."""
        for name in names:
            if not self.text(name):
                self.fault(name, allowed)

    def word(self, name: str, words: Words, advice: str = "") -> int:
        """The code of a word; ``advice`` is for one that is like none."""
        text = self.text(name)
        if text and text not in words:
            self.fault(name, one_of(words, 20), did_you_mean(text, words) or advice)
        return words.get(text, UNKNOWN)

    def whole(self, name: str, most: int) -> int:
        """A whole number."""
        return self._number(name, _WHOLE, "a whole number in digits, without unit or sign", most)

    def area(self, name: str, most: int) -> int:
        """A number of m², parts of one dropped."""
        return self._number(name, _NUMBER, "a number in digits, without unit or comma", most)

    def _number(self, name: str, form: re.Pattern[str], allowed: str, most: int) -> int:
        text = self.text(name)
        if not text:
            return UNKNOWN
        if form.fullmatch(text) is None or not text.isascii():
            digits = re.sub(r"[,，\s]", "", text)
            advice = f"write {digits}" if form.fullmatch(digits) and digits.isascii() else ""
            self.fault(name, allowed, advice)
            return UNKNOWN
        number = int(float(text))
        if number > most:
            self.fault(name, f"a number up to {most}", "is the unit that of the title?")
            return UNKNOWN
        return number

    def month(self, name: str) -> int:
        """A month, as its quarter."""
        text = self.text(name)
        if not text:
            return UNKNOWN
        match = _MONTH.fullmatch(text)
        if match is None or not text.isascii():
            self.fault(name, "a month such as 2019-05", _month_advice(text))
            return UNKNOWN
        return quarter_of_date(int(match[1]), int(match[2]))


def _month_advice(text: str) -> str:
    """How a month that is written otherwise would be written."""
    if re.fullmatch(r"\d{4}年?", text):
        return "a year alone does not say when: give the month"
    parts = re.fullmatch(r"(\d{4})[-./年](\d{1,2})(?:月|[-./月]\d{1,2}日?)?", text)
    if parts is not None and 1 <= int(parts[2]) <= 12:
        return f"write {parts[1]}-{int(parts[2]):02d}"
    return ""
