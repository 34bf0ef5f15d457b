"""The cells of one row of a registry: read as what they must be, with a fault for each that is not clean."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from simulation.faults import ERROR, NOTE, WARNING, Fault, column_letters, did_you_mean, one_of, quoted, say
from simulation.registry import values
from simulation.registry.columns import BLANKS, BY_NAME, SUFFIXES, SYNONYMS, WORDS, YES_NO
from simulation.registry.grid import BROKEN, FORMULA, NUMBER, Line
from simulation.registry.register import UNKNOWN
from simulation.registry.report import Report
from simulation.registry.values import Day

# Control characters, marks without width, and marks that turn the direction of writing.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]")
_GUARD = re.compile(r"'[=+\-@\t]")  # how a text that looks like a formula is kept from being one
_LOOK_CLOSER = frozenset(
    (" ", "'", *(one[0] for one in BLANKS))
)  # what a cell may begin with that is not clean
_KEEPS_DASHES = ("id", "name", "operator", "note")  # columns in which a dash is a text like any other


@dataclass(frozen=True)
class Sheet:
    """A registry's sheet while it is read: where its columns stand, in which units, and what is wrong."""

    report: Report
    name: str  # empty for a text file
    places: Mapping[str, int]  # name of a column: its place, from 0
    titles: Mapping[str, str]  # name of a column: its title in the file
    factors: Mapping[str, float] = field(default_factory=dict)  # of columns whose title names a unit
    shares: frozenset[str] = frozenset()  # columns in per cent
    questions: frozenset[str] = frozenset()  # columns whose title asks a question: yes and no
    dates_1904: bool = False
    merged: dict[tuple[int, int], str] = field(default_factory=dict)  # row and place: the merged cell's text
    clean: dict[tuple[str, str], int] = field(
        default_factory=dict
    )  # what clean texts mean, by column and text
    days: dict[str, Day] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)  # what is told once a sheet

    def title(self, name: str) -> str:
        """The title of a column as the file has it, or would have it."""
        return self.titles.get(name) or BY_NAME[name].title


class Cells:
    """One row. A cell that is blank or wrong reads as ``UNKNOWN``; what is wrong is a fault of the sheet."""

    def __init__(self, sheet: Sheet, line: Line) -> None:
        self.sheet, self.line = sheet, line
        self._refused: set[str] = set()  # columns with an error: nothing more is said of them
        self.repaired: dict[str, str] = {}  # texts as --fix writes them, where they differ
        values, marks = line.values, line.marks
        width = len(values)
        texts: dict[str, str] = {}
        self._texts = texts
        for name, place in sheet.places.items():
            raw = values[place] if place < width else ""
            # Nearly every cell is clean, and a registry may have millions.
            if (
                raw
                and raw.isprintable()
                and raw[0] not in _LOOK_CLOSER
                and raw[-1] != " "
                and place not in marks
            ):
                texts[name] = raw
            elif raw or sheet.merged:
                texts[name] = self._read(name, raw)

    def raw(self, name: str) -> str:
        """A cell as it stands in the file; empty where there is none."""
        place = self.sheet.places.get(name, -1)
        return self.line.values[place] if 0 <= place < len(self.line.values) else ""

    def mark(self, name: str) -> str:
        """What a cell of a workbook is besides text."""
        return self.line.marks.get(self.sheet.places.get(name, -1), "") if self.line.marks else ""

    def text(self, name: str) -> str:
        """The text of a cell, without spaces around it; empty when it is blank, or there is no such column."""
        return self._texts.get(name, "")

    def _read(self, name: str, raw: str) -> str:
        if not raw:
            return self._filled_down(name)
        mark = self.mark(name)
        if mark in (FORMULA, BROKEN) and name != "note":
            self._refuse_formula(name, mark)
            return ""
        text = raw.strip()
        if _INVISIBLE.search(raw):
            text = _INVISIBLE.sub("", re.sub(r"[\r\n\t]+", " ", raw)).strip()
            if text != raw.strip() and name != "note":
                self.repair(name, text, "invisible", say("characters that do not show"))
        if text == raw.strip() != raw:
            self.repair(name, text, "space", say("spaces around it"))
        if _GUARD.match(text):
            text = text[1:]
        return "" if text in BLANKS and name not in _KEEPS_DASHES else text

    def _filled_down(self, name: str) -> str:
        if not self.sheet.merged:
            return ""
        text = self.sheet.merged.get((self.line.row, self.sheet.places.get(name, -1)), "").strip()
        if not text:
            return ""
        if not BY_NAME[name].fills_down:
            self.fault(
                name,
                "merged",
                say("a value in every row"),
                say("part the merged cells and write each row's value"),
            )
            return ""
        found = say("a merged cell as `{title}`", title=self.sheet.title(name))
        allowed = say("a value in every row; {text} is taken", text=quoted(text))
        self._add(name, found, allowed, "", "merged", WARNING)
        self.repaired[name] = text
        return text

    def _refuse_formula(self, name: str, mark: str) -> None:
        cell = f"{column_letters(self.sheet.places[name] + 1)}{self.line.row}"
        if mark == FORMULA:
            allowed = say("a formula with its stored value, or a number")
            advice = say(
                "open it in Excel, let it calculate, save; or write the value into {cell}", cell=cell
            )
            self.fault(name, "formula", allowed, advice)
        else:
            self.fault(name, "error_value", say("a value"), say("mend the formula in {cell}", cell=cell))

    # ------------------------------------------------------------------------------------------ faults

    def fault(self, name: str, kind: str, allowed: str, advice: str = "", severity: str = ERROR) -> None:
        """Note that a cell is not as it must be; of a cell with an error nothing more is said."""
        if severity == ERROR:
            if name in self._refused:
                return
            self._refused.add(name)
        found = self.raw(name).strip() or self._texts.get(name, "")
        shown = quoted(found) if found else say("nothing")
        self._add(
            name,
            say("{text} as `{title}`", text=shown, title=self.sheet.title(name)),
            allowed,
            advice,
            kind,
            severity,
        )

    def _add(self, name: str, found: str, allowed: str, advice: str, kind: str, severity: str) -> None:
        self.sheet.report.add(
            Fault(
                self.sheet.report.file,
                self.line.number,
                self.sheet.places.get(name, -1) + 1,
                found,
                allowed,
                advice,
                kind,
                severity,
                self.sheet.name,
                self.line.row,
            )
        )

    def repair(self, name: str, text: str, kind: str, what: str) -> None:
        """Note how a cell was read that is not quite as it should be."""
        self.repaired[name] = text
        found = say(
            "{what} in {text} as `{title}`",
            what=what,
            text=quoted(self.raw(name)),
            title=self.sheet.title(name),
        )
        self._add(name, found, say("{text}, as it is read", text=quoted(text)), "", kind, WARNING)

    def once(self, key: str) -> bool:
        """Whether something that is told once a sheet is told here."""
        first = key not in self.sheet.told
        self.sheet.told.add(key)
        return first

    def has(self, name: str) -> bool:
        """Whether the file has a column."""
        return name in self.sheet.places

    def refused(self, name: str) -> bool:
        """Whether a cell has an error."""
        return name in self._refused

    def need(self, names: tuple[str, ...], allowed: str, advice: str = "") -> None:
        """Note each of these cells that is blank; a column that is not there is told of once, at the header."""
        for name in names:
            if name in self.sheet.places and not self._texts.get(name) and name not in self._refused:
                self.fault(name, "blank", allowed, advice)

    # ------------------------------------------------------------------------------------------ meanings

    def word(self, name: str, advice: str = "") -> int:
        """The code of a word; ``advice`` is for one that is like none."""
        text = self._texts.get(name, "")
        if not text:
            return UNKNOWN
        known = self.sheet.clean.get((name, text))
        if known is not None:
            return known
        canonical = canonical_word(name, text, name in self.sheet.questions)
        if canonical is None:
            self._refuse_word(name, text, advice)
            return UNKNOWN
        if canonical != text:
            self.repaired[name] = canonical  # a declared spelling: nothing to report
        else:
            self.sheet.clean[name, text] = WORDS[name][canonical]
        return WORDS[name][canonical]

    def _refuse_word(self, name: str, text: str, advice: str) -> None:
        words = WORDS[name]
        parts = [one for one in re.split(r"[/／、，,;；和及|]", text) if one.strip()]
        named = [one for one in parts if canonical_word(name, one, False) is not None]
        if len(named) > 1:
            kind, advice = "two_values", say("which is it: {names}?", names=tuple(named))
        elif re.search(r"申报|拟|待|备选|培育", text):
            kind = "not_yet"
        else:
            kind = "word"
            advice = did_you_mean(text, words) or advice
        chinese = not self.sheet.title(name).isascii()
        self.fault(name, kind, one_of((one for one in words if one.isascii() != chinese), 10), advice)

    def whole(self, name: str, most: int) -> int:
        """A whole number."""
        value = self._number(name, most, whole=True)
        return UNKNOWN if value is None else int(value)

    def scaled(self, name: str, most: int) -> int:
        """A number in the unit of its title, as m² or CNY; parts of one dropped."""
        value = self._number(name, most, whole=False)
        return UNKNOWN if value is None else int(value)

    def share(self, name: str) -> float | None:
        """A share under a title in per cent."""
        text = self._texts.get(name, "").removesuffix("%").removesuffix("％")
        found = values.number(text) if text else None
        if found is None or found.wrong or found.value > 100:
            if found is not None:
                self.fault(name, found.wrong or "too_large", say("a share from 0 to 100"))
            return None
        return found.value / 100.0

    def _number(self, name: str, most: int, whole: bool) -> float | None:
        text = self._texts.get(name, "")
        if not text:
            return None
        known = self.sheet.clean.get((name, text))
        if known is not None:
            return known
        kind = BY_NAME[name].unit
        found = values.number(text, SUFFIXES[kind], whole)
        if found.wrong:
            self._refuse_number(name, found.wrong, whole)
            return None
        factor = self.sheet.factors.get(name)
        if "unit" in found.repaired:
            factor = 1.0
        elif factor is None:
            self._refuse_unit(name)
            return None
        value = round(found.value * factor, 6)
        if value > most:
            self.fault(
                name,
                "too_large",
                say("a number up to {most:,}", most=most),
                say("is the unit that of the title?"),
            )
            return None
        mended = [one for one in found.repaired if one != "unit"]
        if mended:
            self.repair(name, f"{found.value:.15g}", mended[0], _REPAIRS[mended[0]])
        elif not found.repaired:
            self.sheet.clean[name, text] = int(value)
        else:
            self.repaired[name] = f"{found.value:.15g}"
        return value

    def _refuse_number(self, name: str, wrong: str, whole: bool) -> None:
        allowed = (
            say("a whole number in digits, not below 0") if whole else say("a number in digits, not below 0")
        )
        advice = {
            "about": say("give the exact number"),
            "in_words": say("write the number in digits, in the unit of the title"),
            "range": say("give one number"),
            "mixed": say("give the number alone; the rest belongs in columns of its own"),
        }.get(wrong, "")
        self.fault(name, wrong, allowed, advice)

    def _refuse_unit(self, name: str) -> None:
        if self.once(f"unit {name}"):
            units = ("平方米", "万平方米") if BY_NAME[name].unit == "area" else ("万元", "千元", "元")
            title = self.sheet.title(name)
            advice = say("write the title as {titles}", titles=tuple(f"{title}（{unit}）" for unit in units))
            self.fault(name, "no_unit", say("a unit in the title: it is never guessed"), advice)
        self._refused.add(name)

    def day(self, name: str) -> Day | None:
        """A month, perhaps with its day; ``None`` when it is blank or wrong."""
        text = self._texts.get(name, "")
        if not text or text == "无":
            return None
        found = self.sheet.days.get(text)
        if found is not None:
            return found
        found = values.day(text, self.mark(name) == NUMBER, self.sheet.dates_1904)
        if found.wrong:
            self._refuse_day(name, found)
            return None
        if found.repaired:
            self.repair(name, found.shown, found.repaired[0], _REPAIRS[found.repaired[0]])
        else:
            self.sheet.days[text] = found
        return found

    def _refuse_day(self, name: str, found: Day) -> None:
        year = say("a year alone does not say when: give the month")
        advice = {
            "year_alone": year,
            "serial": say("it looks like Excel's number of {day}: write the date", day=found.shown),
            "january_or_october": say("is it January or October? write -01 or -10"),
            "impossible": say("there is no such day or month"),
            "two_readings": say("day, month and year can be read in two orders: write 2019-05"),
            "batch": say("a batch or a document does not say when: give the month"),
            "year": say("is it Excel's empty date, or a slip of the pen?"),
        }.get(found.wrong, "")
        self.fault(name, found.wrong, say("a month such as 2019-05, or a day such as 2019-05-01"), advice)

    def note(self, name: str, kind: str, allowed: str, advice: str = "") -> None:
        """Tell how a cell was read where that is worth knowing."""
        self.fault(name, kind, allowed, advice, NOTE)


_REPAIRS = {
    "full_width": say("full-width digits or marks"),
    "thousands": say("commas between thousands"),
    "serial": say("the number of a day"),
}


def folded(text: str) -> str:
    """A word as it is compared: half width, small letters, no spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


@cache
def _spellings(name: str, question: bool) -> dict[str, str]:
    found = {folded(word): word for word in WORDS[name]}
    found |= {folded(word): meant for word, meant in SYNONYMS.get(name, {}).items()}
    if question:
        found |= {folded(word): meant for word, meant in YES_NO.get(name, {}).items()}
    return found


def canonical_word(name: str, text: str, question: bool) -> str | None:
    """The word that a spelling is declared to mean; ``None`` for any other."""
    return _spellings(name, question).get(folded(text))
