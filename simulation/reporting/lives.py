"""Lives for a terminal: one told in full, or a list of some worth reading."""

from typing import Any

from simulation.reporting.story import Life, Replicate, turning_points, worth_reading
from simulation.reporting.tables import WIDTH, said, table
from simulation.reporting.text import Words

_WIDTHS = (9, 21, 18)  # id, name, district; what happened takes the rest


def story(life: Life, words: Words) -> list[str]:
    """A life, a sentence a quarter; what does not fit a line goes on below, set in."""
    return [line for sentence in life.sentences(words) for line in said(sentence, "    ")]


def lines(replicate: Replicate, words: Words) -> list[str]:
    """Some carriers worth reading, with the ids by which to ask for them."""
    heads = [words(f"trace.column.{name}") for name in ("id", "name", "district", "what")]
    rows = [list(_row(life, words).values()) for life in worth_reading(replicate)]
    widths = (*_WIDTHS, WIDTH - sum(_WIDTHS) - len(_WIDTHS))
    return [*said(words("trace.pick")), *table(heads, widths, rows)]


def record(replicate: Replicate, words: Words) -> dict[str, Any]:
    """The same list for other programs."""
    return {
        "replicate": replicate.number,
        "seed": replicate.seed,
        "carriers": [_row(life, words) for life in worth_reading(replicate)],
    }


def _row(life: Life, words: Words) -> dict[str, str]:
    names = life.replicate.names
    return {
        "id": life.label,
        "name": names.carrier(life.id, life.end, words),
        "district": names.district(life.end["district"], words),
        "what_happened": turning_points(life, words),
    }
