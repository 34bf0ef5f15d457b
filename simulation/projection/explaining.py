"""What an explanation is asked for, and the files it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulation.ensemble.store import write_whole
from simulation.projection import shapley
from simulation.projection.coalitions import Game
from simulation.projection.comparison import as_csv
from simulation.projection.explanation import Explanation
from simulation.projection.journal import JOURNAL
from simulation.projection.misses import Risk
from simulation.quarters import quarter_name
from simulation.scenario import Study
from simulation.source import source_hash

FILES = ("shares.csv", "bridge.csv", "misses.csv", "at_risk.csv", JOURNAL)
_SHARES = (
    *(
        "outcome",
        "scope",
        "basis",
        "measure",
        "at_least",
        "by",
        "official",
        "lever",
        "share",
        "error",
        "difference",
    ),
)


def ends_of(study: Study) -> tuple[int, ...]:
    """The quarters that the city's targets name."""
    return tuple(sorted({one.by for one in study.targets}))


def pairs_of(game: Game, orderings: int | None) -> int | None:
    """Pairs of orders a replicate: ``None``, all coalitions, for few levers unless orders are asked for."""
    if orderings is not None:
        return (orderings + 1) // 2
    return None if len(game.players) <= shapley.MOST_EXACT else 1


def evaluations(game: Game, pairs: int | None) -> int:
    """How many coalitions are evaluated for one replicate."""
    players = len(game.players)
    orders = None if pairs is None else shapley.orders(players, pairs, [game.seed, 0])
    return len(list(shapley.coalitions(players, orders)))


def identity(game: Game) -> dict[str, Any]:
    """What must be equal for an explanation to be gone on with."""
    return {
        "base": game.base.scenario.digest(),
        "variant": game.variant.scenario.digest(),
        "engine": game.engine,
        "seed": game.seed,
        "source_hash": source_hash("projection"),
    }


def write(found: Explanation, folder: Path) -> None:
    """Write shares, bridges, misses and carriers at risk as tables that Excel opens."""
    write_whole(folder / "shares.csv", as_csv(_SHARES, list(_shares(found))))
    bridge = ("scenario", "scope", "basis", "district", "cause", "count")
    write_whole(folder / "bridge.csv", as_csv(bridge, list(_bridges(found))))
    misses = ("scope", "measure", "basis", "district", "at_least", "by", "miss_share", "shortfall", "reason")
    write_whole(folder / "misses.csv", as_csv(misses, [one[:9] for one in found.misses]))
    write_whole(folder / "at_risk.csv", as_csv(Risk._fields, found.risks))


def _shares(found: Explanation) -> Iterator[tuple[Any, ...]]:
    for share in found.shares:
        one = share.quantity
        head = (
            one.outcome,
            one.scope,
            one.basis,
            one.measure,
            one.at_least,
            quarter_name(one.by),
            one.official,
        )
        for lever in share.levers:
            yield (*head, *lever, share.difference)


def _bridges(found: Explanation) -> Iterator[tuple[Any, ...]]:
    for name, rows in ((found.base, found.bridge_of_base), (found.variant, found.bridge)):
        for row in rows:
            head = (name, row.scope, row.basis, row.district)
            yield (*head, "opening", row.opening)
            for flow in row.flows:
                yield (*head, flow["cause"], flow["count"])
            yield (*head, "closing", row.closing)
