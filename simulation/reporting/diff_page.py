"""What ``carriersim diff`` answers: a sentence, then each value that differs with the place that sets it."""

from collections.abc import Iterator, Sequence
from typing import Any

from simulation.reporting.text import Words
from simulation.reporting.width import visible, wrap
from simulation.scenario.difference import Difference
from simulation.scenario.origins import Origin

_WIDTH = 80


class DiffPage:
    """The differences of two scenarios in one language; ``a`` and ``b`` are their files."""

    def __init__(self, words: Words, a: str, b: str, found: Sequence[Difference]) -> None:
        self.words, self.a, self.b, self.found = words, a, b, found

    def record(self) -> dict[str, Any]:
        """The answer for other programs."""
        return {
            "a": self.a,
            "b": self.b,
            "differences": [
                {
                    "path": one.path,
                    "a": None if one.a is None else one.a.value,
                    "b": None if one.b is None else one.b.value,
                    "where_a": None if one.a is None else one.a.where,
                    "where_b": None if one.b is None else one.b.where,
                }
                for one in self.found
            ],
        }

    def lines(self) -> Iterator[str]:
        """The answer for a person."""
        words, names = self.words, {"a": visible(self.a), "b": visible(self.b)}
        if not self.found:
            yield from wrap(words("diff.same", **names), _WIDTH, "  ")
            return
        yield from wrap(words.count("diff.heading", len(self.found), **names), _WIDTH, "  ")
        yield ""
        for one in self.found:
            yield visible(one.path)
            for name, origin in (("A", one.a), ("B", one.b)):
                first, *rest = wrap(self._shown(origin), _WIDTH - 5)
                yield f"  {name}  {first}"
                yield from (f"     {line}" for line in rest)

    def _shown(self, origin: Origin | None) -> str:
        if origin is None:
            return self.words("diff.absent")
        value = f"{origin.value:g}" if isinstance(origin.value, float) else str(origin.value)
        where = origin.where or self.words("diff.default")
        return visible(f"{value} ({where})")
