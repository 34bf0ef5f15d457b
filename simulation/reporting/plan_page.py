"""What ``carriersim plan`` answers: the cheapest mix or that there is none, the front, and what it would take."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from simulation.projection.comparison import as_csv
from simulation.projection.mixes import Judged, key_of
from simulation.projection.planning import Need, Option, Plan
from simulation.quarters import quarter_name
from simulation.reporting.city_names import CityNames
from simulation.reporting.phrases import NOTHING, SHARE, Phrases
from simulation.reporting.tables import page, said, table
from simulation.reporting.text import Words
from simulation.reporting.width import visible
from simulation.scenario.tasks import Target

_FRONT_WIDTHS = (3, 13, 8, 8, 8, 10, 11, 10)
_MOST_TARGETS = 3


class PlanPage:
    """The answer in one language, none of the lines wider than 80 columns."""

    def __init__(self, words: Words, found: Plan, names: CityNames, out: str) -> None:
        self.words, self.found, self.names, self.out = words, found, names, out
        self._phrases = Phrases(words, found.asked.fresh)
        self._targets = found.space.study.targets

    def lines(self) -> list[str]:
        """The page."""
        words, found = self.words, self.found
        blocks = [
            self._opening(),
            self._mix(found.nearest),
            *([self._needs()] if found.needs else []),
            *([self._doses()] if found.doses else []),
            self._front(),
            self._robust(),
            said(words(f"plan.search.{self._state()}", **self._searched())),
            *([said(words("sweep.failed", n=found.failed))] if found.failed else []),
            said(words("plan.note", replicates=found.asked.replicates, fresh=found.asked.fresh)),
            said(words("plan.written", out=visible(self.out))),
        ]
        return page(blocks)

    def _opening(self) -> list[str]:
        words, found = self.words, self.found
        told = {
            "scenario": visible(found.space.study.scenario.name),
            "percent": f"{100 * found.asked.chance:g}",
            "budget": ""
            if found.asked.budget is None
            else words("plan.budget", money=self._money(found.asked.budget)),
        }
        if found.winner is None or found.final is None:
            return said(words("plan.none", **told, chances=self._chances(found.nearest.judged)))
        return said(
            words(
                "plan.winner", **told, cost=self._money(found.final.cost), chances=self._chances(found.final)
            )
        )

    def _chances(self, by: Judged) -> str:
        parts = [
            self.words(
                "plan.chance",
                what=self._what(at),
                chance=f"{chance:.2f}",
                error=f"{error:.2f}",
            )
            for at, (chance, error) in enumerate(zip(by.chances, by.errors, strict=True))
        ]
        return self.words("clause.separator").join(parts)

    def _what(self, at: int) -> str:
        one = self._targets[at]
        return self.words(
            "plan.what", asked=self._asked(one, " "), what=self._phrases.what(one.scope, one.measure)
        )

    def _asked(self, target: Target, blank: str = "") -> str:
        """What a target asks for: 600, 50%."""
        unit = f"{blank}%" if target.measure == SHARE else ""
        return self._phrases.asked(target.at_least, target.measure) + unit

    def _mix(self, option: Option) -> list[str]:
        words = self.words
        parts = [
            words(
                "plan.lever.leading" if dose.leading else "plan.lever",
                name=self.names.lever(name, words),
                strength=f"{dose.strength:g}",
                start=quarter_name(dose.start),
            )
            for name, dose in option.mix.items()
            if dose.strength > 0.0
        ]
        key = "plan.mix" if self.found.winner is not None else "plan.mix.nearest"
        return said(words(key, levers=words("clause.separator").join(parts) or words("plan.nothing")))

    def _needs(self) -> list[str]:
        return [line for one in self.found.needs for line in said(self._need(one) + self._rise(one))]

    def _rise(self, one: Need) -> str:
        return "" if one.rise is None else self.words("plan.need.rise", rise=f"{one.rise:.1f}")

    def _need(self, one: Need) -> str:
        words, margin = self.words, self.found.nearest.judged.margins[one.target]
        short = -100 * margin if self._targets[one.target].measure == SHARE else -margin
        told = {
            "what": self._what(one.target),
            "short": f"{short:.1f}".removesuffix(".0") if math.isfinite(short) else NOTHING,
            "unit": words(
                "plan.unit.share" if self._targets[one.target].measure == SHARE else "plan.unit.count"
            ),
            "chance": f"{one.chance:.2f}",
        }
        if one.unknown is None or one.value is None:
            return words("plan.need.none", **told)
        name = (
            words(f"unknown.{one.unknown}") if words.has(f"unknown.{one.unknown}") else visible(one.unknown)
        )
        bounds = {"low": f"{one.low:g}", "high": f"{one.high:g}"}
        key = "plan.need.least" if one.at_least else "plan.need.most"
        return words(key, **told, name=name, value=f"{one.value:.3g}", **bounds)

    def _doses(self) -> list[str]:
        words = self.words
        heads = [words(f"plan.head.{name}") for name in ("lever", "dose", "latest")]
        rows = [
            [self.names.lever(one.lever, words), f"{one.strength:g}", quarter_name(one.latest)]
            for one in self.found.doses
        ]
        return [*said(words("plan.doses")), *table(heads, (48, 12, 12), rows, "lrr")]

    def _front(self) -> list[str]:
        words = self.words
        shown = self._targets[:_MOST_TARGETS]
        heads = [
            "", words("plan.head.cost"),
            *(self._asked(one) for one in shown),
            words("plan.head.all"), words("plan.head.best"), words("plan.head.regret"),
        ]  # fmt: skip
        rows = []
        for place, one in enumerate(self.found.options, 1):
            mark = "*" if one is self.found.winner else ""
            rows.append(
                [
                    f"{place}{mark}", self._cost(one.judged.cost),
                    *(f"{chance:.2f}" for chance in one.judged.chances[: len(shown)]),
                    f"{one.all_met:.2f}", f"{one.best_share:.2f}", f"{one.regret:.2f}",
                ]
            )  # fmt: skip
        widths = (*_FRONT_WIDTHS[:2], *_FRONT_WIDTHS[2 : 2 + len(shown)], *_FRONT_WIDTHS[5:])
        return [*said(words("plan.front")), *table(heads, widths, rows, "lrrrrrrr")]

    def _robust(self) -> list[str]:
        words, deciding = self.words, self.found.deciding
        if deciding is None:
            return said(words("plan.robust.none"))
        name = (
            words(f"unknown.{deciding[0]}") if words.has(f"unknown.{deciding[0]}") else visible(deciding[0])
        )
        return said(words("plan.robust", name=name, points=f"{100 * deciding[1]:.1f}"))

    def _state(self) -> str:
        if not self.found.volumes:
            return "all"
        return "settled" if self.found.settled else "open"

    def _searched(self) -> dict[str, str]:
        return {"mixes": self.words.whole(self.found.tried), "generations": str(len(self.found.volumes))}

    def _cost(self, yuan: float) -> str:
        """An amount for a cell, in the unit of its head: million CNY, 万元."""
        if not math.isfinite(yuan):
            return NOTHING
        return f"{yuan / 1e6:,.1f}" if self.words.language == "en" else f"{yuan / 1e4:,.0f}"

    def _money(self, yuan: float) -> str:
        if not math.isfinite(yuan):
            return NOTHING
        step = 1_000_000 if yuan >= 10_000_000 else 10_000
        return self.words.money(int(round(yuan / step) * step))


def tables(found: Plan, scenario: str) -> dict[str, bytes]:
    """The files of the answer, by name; ``plan.yaml`` is an overlay on the scenario."""
    targets = found.space.study.targets
    names = [f"{one.scope} {one.measure} {one.at_least:g} {quarter_name(one.by)}" for one in targets]
    return {
        "front.csv": as_csv(
            (
                "mix",
                "chosen",
                "cost_CNY",
                *(f"chance: {one}" for one in names),
                "all_met",
                "best_share",
                "regret",
            ),
            list(_front(found)),
        ),
        "mixes.csv": as_csv(("mix", "lever", "strength", "from", "leading_districts"), list(_mixes(found))),
        "needs.csv": as_csv(Need._fields, found.needs),
        "plan.yaml": overlay(found, scenario).encode("utf-8"),
    }


def _front(found: Plan) -> Iterator[tuple[Any, ...]]:
    for place, one in enumerate(found.options, 1):
        by = one.judged
        cost = by.cost if math.isfinite(by.cost) else None
        yield (place, one is found.winner, cost, *by.chances, one.all_met, one.best_share, one.regret)


def _mixes(found: Plan) -> Iterator[tuple[Any, ...]]:
    for place, one in enumerate(found.options, 1):
        for name, dose in one.mix.items():
            if dose.strength > 0.0:
                yield (place, name, dose.strength, quarter_name(dose.start), dose.leading)


def overlay(found: Plan, scenario: str) -> str:
    """The mix as a scenario that extends the one planned for: to be put beside it."""
    lines = [
        "# Written by carriersim plan: put it beside the scenario that it extends.",
        f"extends: {json.dumps(scenario, ensure_ascii=False)}",
        f"name: {json.dumps(f'{found.space.study.scenario.name}: plan'[:200], ensure_ascii=False)}",
        "levers:",
    ]
    for name, dose in found.nearest.mix.items():
        settings = f"strength: {dose.strength:g}, from: {quarter_name(dose.start)}"
        if dose.leading:
            settings += f", districts: [{', '.join(found.space.leading)}]"
        lines.append(f"  {name}: {{{settings}}}")
    lines.append(f"# mix: {key_of(found.nearest.mix)}")
    return "\n".join(lines) + "\n"
