"""What the numbers suggest doing: a few sentences, each made from a number of the record, for people to edit."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.quarters import quarter
from simulation.reporting.compare_page import BETTER, change_of_chance
from simulation.reporting.phrases import SHARE
from simulation.reporting.report.facts import Facts

_MOST_DISTRICTS = 3
_LIKELY = 0.8  # a target of this chance needs no sentence of its own (an assumption)


def advice(facts: Facts) -> list[str]:
    """The sentences, what concerns the whole city first. What a variant gains stands with the answer: ``gains``."""
    return [*_weakest(facts), *_districts(facts), *_unknown(facts)]


def _weakest(facts: Facts) -> Iterator[str]:
    """The official target that is least likely, and what is missing on average."""
    run = facts.main
    if not run.official:
        return
    one = min(run.official, key=lambda each: each.chance)
    if one.chance >= _LIKELY or one.expected_shortfall is None:
        return
    phrases = facts.phrases(run)
    key = "report.advice.weakest.share" if one.measure == SHARE else "report.advice.weakest.count"
    yield facts.words(key, target=facts.target(one), chance=phrases.chance(one), gap=phrases.shortfall(one))


def gains(facts: Facts) -> Iterator[str]:
    """The variant that raises the chance of an official target most, where that is more than luck, and its cost."""
    made, words = facts.comparison, facts.words
    if made is None:
        return
    found = [one for one in made.chances if one.official and one.district is None and one.verdict == BETTER]
    if not found:
        yield words("report.advice.no_variant", n=made.n)
        return
    best = max(found, key=lambda each: each.difference)
    extra = made.total_costs[1 + made.variants.index(best.variant)] - made.total_costs[0]
    what = facts.phrases(facts.main).what(best.scope, best.measure)
    yield words(
        "report.advice.variant",
        variant=best.variant,
        what=what,
        end=words.end_of(quarter(best.by)),
        base=f"{best.base_chance:.2f}",
        chance=f"{best.variant_chance:.2f}",
        change=change_of_chance(best),
        money=words.money(round(abs(extra) / 100_000) * 100_000),
        more=words("report.advice.more" if extra >= 0 else "report.advice.less"),
    )


def _districts(facts: Facts) -> Iterator[str]:
    """The districts that are least likely to meet their first task."""
    run, words = facts.main, facts.words
    tasks = [one for one in run.tasks if one.district not in facts.hidden]
    if not tasks:
        return
    first = tasks[0]
    own = [one for one in tasks if (one.scope, one.measure, one.by) == (first.scope, first.measure, first.by)]
    phrases = facts.phrases(run)
    named = [
        words(
            "report.advice.district",
            name=facts.names.short_district(one.district or "", words),
            chance=phrases.chance(one).partition("±")[0],
        )
        for one in sorted(own, key=lambda each: each.chance)[:_MOST_DISTRICTS]
    ]
    yield words(
        "report.advice.districts", what=phrases.what(first.scope, first.measure), names=words.listing(named)
    )


def _unknown(facts: Facts) -> Iterator[str]:
    """The unknown number that goes most with a target, where that is more than luck."""
    told = [each for found in facts.main.drivers.values() for each in found if each.told]
    if told:
        strongest = max(told, key=lambda each: abs(each.correlation))
        correlation = f"{strongest.correlation:+.2f}".replace("-", "−")
        yield facts.words("report.advice.unknown", name=strongest.name, correlation=correlation)
