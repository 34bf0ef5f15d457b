"""Everything we say, in English and Chinese, from one catalogue in the words of Wuhan's officials.

``catalogue.csv`` holds one row a sentence: key, en, zh. Placeholders are those of ``str.format``. A key that
ends in ``.one`` is the same sentence for a count of 1. Names from data (districts, sectors, carriers) are not
in the catalogue: they are shown as the data give them.
"""

import csv
import math
import os
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from simulation.quarters import quarter_name, year_of

LANGUAGES = ("en", "zh")


class Words:
    """The catalogue in one language."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"a language is one of {', '.join(LANGUAGES)}, not {language!r}")
        self.language = language
        self._texts = _catalogue()[language]

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of a key, its placeholders filled in. Raises ``KeyError`` for an unknown key."""
        return self._texts[key].format(**values)

    def has(self, key: str) -> bool:
        """Whether the catalogue holds a key."""
        return key in self._texts

    def count(self, key: str, n: int, **values: object) -> str:
        """The sentence of a key for a count ``n``, which is also its placeholder ``n``."""
        one = f"{key}.one"
        return self(one if n == 1 and self.has(one) else key, n=self.whole(n), **values)

    def named(self, group: str, word: str) -> str:
        """What a word of a code list is called: ``named("level", "national")``."""
        return self(f"{group}.{word}")

    def quarter(self, number: int) -> str:
        """A quarter in running text: 2022Q3, 2022年三季度."""
        if self.language == "en":
            return quarter_name(number)
        return f"{year_of(number)}年{'一二三四'[number % 4]}季度"

    def end_of(self, number: int) -> str:
        """The end of a quarter in running text: the end of 2025, 2025年底."""
        key = "time.end_of_year" if number % 4 == 3 else "time.end_of_quarter"
        return self(key, year=year_of(number), quarter=self.quarter(number))

    def whole(self, number: float) -> str:
        """A whole number with separators between thousands from 10,000 on: 1500, 16,000. A half goes up."""
        rounded = math.floor(number + 0.5)
        return f"{rounded:,}" if abs(rounded) >= 10_000 else str(rounded)

    def money(self, yuan: int) -> str:
        """An amount in CNY: 5 million CNY, 500万元."""
        unit, name = (1_000_000, "money.million") if self.language == "en" else (10_000, "money.ten_thousand")
        if yuan < unit:
            return self("money.whole", n=self.whole(yuan))
        return self(name, n=f"{yuan / unit:g}")

    def listing(self, items: list[str]) -> str:
        """Several words in a row: a, b, c."""
        return self("list.separator").join(items)


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    text = files("simulation.reporting").joinpath("catalogue.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {language: {row["key"]: row[language] for row in rows} for language in LANGUAGES}


def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of a language by key."""
    return _catalogue()[language]


def language_of(environment: Mapping[str, str] = os.environ) -> str:
    """The language of the user's locale: zh for a Chinese one, else en."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].lower().startswith("zh") else "en"
    import locale  # only where no variable says it, as on Windows

    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
