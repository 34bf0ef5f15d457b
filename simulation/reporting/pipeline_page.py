"""What ``carriersim pipeline`` answers: a sentence, then named lists, each gap as have, need and what is missing."""

from typing import Any

from simulation.registry.pipeline import LISTS, Gap, Named
from simulation.reporting.tables import WIDTH, page, said
from simulation.reporting.text import Words
from simulation.reporting.width import visible, wrap
from simulation.rules import codes
from simulation.scenario import CityTables

_SHARES = ("field_share",)


class PipelinePage:
    """The lists from one registry in one language; ``by`` is ``list`` or ``district``."""

    def __init__(
        self, words: Words, city: CityTables, file: str, day: str, found: list[Named], by: str
    ) -> None:
        self.words, self.city, self.file, self.day, self.found, self.by = words, city, file, day, found, by

    def record(self) -> dict[str, Any]:
        """The answer for other programs; numbers that the registry does not give are null."""
        return {
            "file": self.file,
            "on": self.day,
            "lists": [
                {
                    "list": kind,
                    "carriers": [
                        {
                            "id": one.id, "name": one.name, "district": one.district, "target": one.target or None,
                            "earliest": one.earliest or None, "reason": one.reason or None,
                            "gaps": [gap._asdict() for gap in one.gaps],
                        }
                        for one in self.found
                        if one.list == kind
                    ],
                }
                for kind in LISTS
            ],
        }  # fmt: skip

    def lines(self) -> list[str]:
        """The answer for a person."""
        words = self.words
        counts = [
            words(f"pipeline.count.{kind}", n=sum(one.list == kind for one in self.found)) for kind in LISTS
        ]
        first = said(
            words("pipeline.sentence", file=visible(self.file), day=self.day, counts=words.listing(counts))
        )
        if self.by == "district":
            blocks = [block for code in self.city.codes for block in self._district(code)]
        else:
            blocks = [self._list(kind, [one for one in self.found if one.list == kind]) for kind in LISTS]
        return page([first, *blocks, said(words("pipeline.note"))])

    def _district(self, code: str) -> list[list[str]]:
        own = [one for one in self.found if one.district == code]
        if not own:
            return []
        blocks = [self._list(kind, [one for one in own if one.list == kind]) for kind in LISTS]
        blocks = [block for block in blocks if block]
        blocks[0] = [self.words("pipeline.district", name=self._name(code), n=len(own)), *blocks[0]]
        return blocks

    def _list(self, kind: str, named: list[Named]) -> list[str]:
        if not named:
            return []
        lines = [self.words(f"pipeline.list.{kind}")]
        for one in named:
            lines += _indented(self._who(one), 2)
            for gap in one.gaps:
                if gap.have is None or gap.gap > 0.0:
                    lines += _indented(self._gap(gap), 4)
            met = [self._met(gap) for gap in one.gaps if gap.have is not None and gap.gap <= 0.0]
            if met and one.target:
                lines += _indented(self.words("pipeline.met", items=self.words.listing(met)), 4)
        return lines

    def _who(self, one: Named) -> str:
        words = self.words
        text = f"{visible(one.id)} {visible(one.name)}"
        if self.by != "district":
            text += words("pipeline.in", district=self._name(one.district))
        if one.reason:
            text += words("pipeline.because", reason=words(f"pipeline.reason.{one.reason}"))
        if one.target:
            group = "level" if one.target in codes.LEVELS else "mode"
            key = "pipeline.target" if one.earliest else "pipeline.target.mode"
            text += words(key, target=words.named(group, one.target), earliest=one.earliest)
        return text

    def _gap(self, gap: Gap) -> str:
        what = self.words(f"pipeline.gap.{gap.what}")
        need = self._number(gap.what, gap.need)
        if gap.have is None:
            return self.words("pipeline.unknown", what=what, need=need)
        have = self._number(gap.what, gap.have)
        return self.words(
            "pipeline.gap", what=what, have=have, need=need, gap=self._number(gap.what, gap.gap)
        )

    def _met(self, gap: Gap) -> str:
        what, have = self.words(f"pipeline.gap.{gap.what}"), self._number(gap.what, gap.have or 0.0)
        return self.words("pipeline.met.item", what=what, have=have, need=self._number(gap.what, gap.need))

    def _number(self, what: str, number: float) -> str:
        return f"{100 * number:.1f} %" if what in _SHARES else self.words.whole(number)

    def _name(self, code: str) -> str:
        district = self.city.districts[self.city.index(code)]
        return visible(district.name_zh if self.words.language == "zh" else district.name_en)


def _indented(text: str, by: int) -> list[str]:
    return [" " * by + line for line in wrap(text, WIDTH - by, "  ")]
