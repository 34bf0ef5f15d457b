"""The answer of ``carriersim verify``: whether a run matches, and what does not."""

from collections.abc import Iterable
from pathlib import Path

from simulation.ensemble.verifying import Verification
from simulation.reporting.tables import WIDTH, said
from simulation.reporting.text import Words
from simulation.reporting.width import visible, wrap

_MOST = 10  # blocks or replicates that are named


def lines(words: Words, found: Verification, folder: Path) -> list[str]:
    """The page, none of its lines wider than 80 columns."""
    told = said(f"{visible(found.manifest.scenario)} ({visible(str(folder))})")
    if found.matches:
        return told + said(words("verify.matches", n=len(found.checked), held=found.held))
    told += said(words("verify.differs"))
    if found.damaged:
        told += said(words.count("verify.damaged", len(found.damaged)))
        told += _listed(words, (_damage(words, one) for one in found.damaged), len(found.damaged))
    if found.unequal:
        told += said(words.count("verify.unequal", len(found.unequal), checked=len(found.checked)))
        named = (
            words("verify.replicate", replicate=one.replicate, tables=words.listing(list(one.tables)))
            for one in found.unequal
        )
        told += _listed(words, named, len(found.unequal))
    return told


def _damage(words: Words, one: "tuple[tuple[int, int], str]") -> str:
    (first, stop), what = one
    return words("verify.damage", first=first, last=stop - 1, what=words(f"verify.damage.{what}"))


def _listed(words: Words, items: Iterable[str], number: int) -> list[str]:
    shown = [item for item, _ in zip(items, range(_MOST), strict=False)]
    if number > _MOST:
        shown.append(words("verify.more", n=number - _MOST))
    return ["  " + line for item in shown for line in wrap(item, WIDTH - 2, "  ")]
