"""The answer of a comparison: what differs, what it changes, whether that is luck, what it costs, and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from simulation.quarters import quarter
from simulation.reporting.city_names import CityNames
from simulation.reporting.phrases import NOTHING, SHARE, Phrases, kind_of
from simulation.reporting.tables import WIDTH, page, said, table
from simulation.reporting.text import Words
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.projection.comparison import Comparison
    from simulation.projection.effects import ChanceChange, Effect
    from simulation.projection.inputs import Difference

BETTER, WORSE, UNCLEAR, SAME = "better", "worse", "cannot be told apart", "no difference"
VERDICT_KEYS = {BETTER: "better", WORSE: "worse", UNCLEAR: "unclear", SAME: "same"}
_TOLD_APART = (BETTER, WORSE)
_MARK = "*"
_CHANCE_WIDTHS = (6, 7, 11, 9, 22)
_EFFECT_WIDTHS = (8, 15, 6, 26)
_MOST_INPUTS, _MOST_COSTS, _MOST_SPILLOVERS, _MOST_NAMES = 8, 10, 10, 4
_TASKS_A_TABLE = 3


@dataclass(frozen=True)
class ComparePage:
    """What a comparison has to tell, set for a terminal."""

    words: Words
    comparison: Comparison
    names: CityNames
    out: str = ""
    files: Sequence[str] = ()

    def lines(self) -> list[str]:
        """The page, none of its lines wider than 80 columns."""
        blocks = [self._opening()]
        for place, variant in enumerate(self.comparison.variants, 1):
            blocks += self._variant(place, variant)
        return page([*blocks, self._notes(), self._origin()])

    @property
    def _phrases(self) -> Phrases:
        return Phrases(self.words, self.comparison.n)

    def _opening(self) -> list[str]:
        words, comparison = self.words, self.comparison
        lines = said(words("compare.opening", base=visible(comparison.base), n=comparison.n))
        if comparison.matched.left_out:
            lines += said(words("compare.left_out", n=comparison.matched.left_out))
        return lines

    # --- one variant ---

    def _variant(self, place: int, variant: str) -> list[list[str]]:
        title = said(visible(variant))
        if self.comparison.matched.identical(place):
            return [[*title, *said(self.words("compare.identical", n=self.comparison.n))]]
        changes = [one for one in self.comparison.chances if one.variant == variant]
        return [
            title + self._inputs(place, variant) + self._sentences(place, variant, changes),
            self._chance_table(changes),
            self._effect_table(variant),
            self._cost_table(variant),
            self._payment_table(variant),
            self._districts(variant, changes),
            self._spillovers(variant),
            self._multiplicity(variant),
        ]

    def _inputs(self, place: int, variant: str) -> list[str]:
        """What differs, like changes of several levers told together."""
        from simulation.projection.inputs import other_program

        words, differences = self.words, self.comparison.inputs[variant]
        grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
        for one in differences:
            grouped[self._what_changes(one)].append(one.lever or one.path)
        lines = said(words.count("compare.inputs", len(differences)))
        shown = sorted(grouped.items(), key=lambda item: -len(item[1]))
        for (field, change), owners in shown[:_MOST_INPUTS]:
            named = [self.names.lever(one, words) if field else visible(one) for one in owners[:_MOST_NAMES]]
            listed = words.listing(named)
            if len(owners) > _MOST_NAMES:
                listed = words("compare.inputs.more_names", names=listed, n=len(owners) - _MOST_NAMES)
            key = "compare.inputs.lever" if field else "compare.inputs.other"
            lines += said("  " + words(key, field=field, change=change, names=listed), "    ")
        if len(shown) > _MOST_INPUTS:
            lines += said("  " + words("compare.inputs.more", n=len(shown) - _MOST_INPUTS), "    ")
        manifests = self.comparison.matched.base.manifest, self.comparison.matched.results[place].manifest
        for what in other_program(*manifests):
            lines += said(words("compare.other_program", what=words(f"compare.program.{what}")))
        return lines

    def _what_changes(self, one: Difference) -> tuple[str, str]:
        """The field of a lever (empty for other inputs), and its change."""
        field = one.path.split(".")[2] if one.lever is not None else ""
        return field, self.words("compare.change", old=_value(one.base), new=_value(one.variant))

    def _sentences(self, place: int, variant: str, changes: Sequence[ChanceChange]) -> list[str]:
        words, phrases = self.words, self._phrases
        lines: list[str] = []
        for one in changes:
            if one.official and one.district is None:
                told = {
                    "what": phrases.what(one.scope, one.measure),
                    "at_least": phrases.asked(one.at_least, one.measure),
                    "end": words.end_of(quarter(one.by)),
                    "base": f"{one.base_chance:.2f}",
                    "variant": f"{one.variant_chance:.2f}",
                    "change": change_of_chance(one),
                    "verdict": self.verdict(one.verdict, one.n_needed),
                }
                lines += said(words(f"compare.sentence.{kind_of(one.measure)}", **told))
        extra = self.comparison.total_costs[place] - self.comparison.total_costs[0]
        key = "compare.costs_more" if extra >= 0 else "compare.costs_less"
        lines += said(words(key, money=words.money(round(abs(extra) / 100_000) * 100_000)))
        for one in changes:
            if (
                one.official
                and one.district is None
                and one.cost_per_point is not None
                and one.difference > 0
            ):
                lines += said(self._per_point(one))
        del variant
        return lines

    def _per_point(self, one: ChanceChange) -> str:
        values = (one.cost_per_point, one.cost_per_point_low, one.cost_per_point_high)
        unit, digits = self._unit
        cost, low, high = (f"{(value or 0.0) / unit:.{digits}f}" for value in values)
        return self.words(
            "compare.per_point",
            what=self._phrases.what(one.scope, one.measure),
            cost=cost,
            low=low,
            high=high,
        )

    def verdict(self, verdict: str, n_needed: int | None) -> str:
        """A verdict in words, with the n that would be needed where luck could explain the difference."""
        words = self.words
        if verdict != UNCLEAR:
            return words(f"compare.verdict.{VERDICT_KEYS[verdict]}")
        if n_needed is None:
            return words("compare.verdict.unclear", n=self.comparison.n)
        return words("compare.verdict.needs", n=self.comparison.n, needed=_rounded_up(n_needed, words))

    def _short(self, verdict: str, n_needed: int | None) -> str:
        """A verdict for a cell."""
        words = self.words
        if verdict != UNCLEAR:
            return words(f"compare.verdict.{VERDICT_KEYS[verdict]}")
        needed = NOTHING if n_needed is None else _rounded_up(n_needed, words)
        return words("compare.verdict.short", needed=needed)

    def _chance_table(self, changes: Sequence[ChanceChange]) -> list[str]:
        words, phrases = self.words, self._phrases
        heads = [words(f"compare.table.{name}") for name in ("scope", "base", "variant", "change", "flips")]
        heads.append(words("compare.table.verdict"))
        widths = (WIDTH - sum(_CHANCE_WIDTHS) - len(_CHANCE_WIDTHS), *_CHANCE_WIDTHS)
        lines = [*said(words("compare.table.chances")), *table(heads, widths, [], "lrrrrl")]
        city = [
            one for one in changes if one.district is None and (one.measure == SHARE or one.basis == "label")
        ]
        for (measure, at_least, by), group in groupby(
            city, key=lambda one: (one.measure, one.at_least, one.by)
        ):
            lines += said(
                words(
                    f"compare.table.group.{kind_of(measure)}",
                    at_least=phrases.asked(at_least, measure),
                    end=words.end_of(quarter(by)),
                )
            )
            rows = [
                [
                    ("* " if one.official else "  ") + self._scope(one),
                    f"{one.base_chance:.2f}",
                    f"{one.variant_chance:.2f}",
                    change_of_chance(one),
                    f"+{one.gained} −{one.lost}",
                    self._short(one.verdict, one.n_needed),
                ]
                for one in group
            ]
            lines += table(None, widths, rows, "lrrrrl")
        return lines

    def _scope(self, one: ChanceChange | Effect) -> str:
        name = self.words.named("scope", one.scope)
        if one.measure != SHARE:
            return name
        basis = self.words(f"basis_short.{one.basis}")
        return self.words("run.table.scope_basis", scope=name, basis=basis)

    def _effect_table(self, variant: str) -> list[str]:
        words, last = self.words, self.comparison.last
        found = [
            one
            for one in self.comparison.effects
            if one.variant == variant
            and one.quarter == last
            and one.district is None
            and (one.measure == SHARE or one.basis == "label")
        ]
        heads = [words(f"compare.table.{name}") for name in ("scope", "difference", "interval", "helps")]
        heads.append(words("compare.table.verdict"))
        widths = (WIDTH - sum(_EFFECT_WIDTHS) - len(_EFFECT_WIDTHS), *_EFFECT_WIDTHS)
        lines = said(words("compare.table.effects", end=words.end_of(quarter(last))))
        lines += table(heads, widths, [], "lrrrl")
        for measure in dict.fromkeys(one.measure for one in found):
            lines += said(words(f"compare.table.{kind_of(measure)}"))
            rows = [
                [
                    "  " + self._scope(one),
                    signed(one.mean, measure),
                    interval(one.low, one.high, measure),
                    NOTHING if one.helps_share is None else f"{one.helps_share:.2f}",
                    self._short(one.verdict, one.n_needed),
                ]
                for one in found
                if one.measure == measure
            ]
            lines += table(None, widths, rows, "lrrrl")
        return lines

    # --- money ---

    def _cost_table(self, variant: str) -> list[str]:
        """Extra cost by measure, payer and year, the dearest first; what is paid the year after is marked."""
        words = self.words
        found = [one for one in self.comparison.costs if one.variant == variant and one.base != one.cost]
        if not found:
            return said(words("compare.cost.none"))
        years = sorted({one.year for one in found})
        sums: dict[tuple[str, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
        late: set[str] = set()
        for one in found:
            sums[one.purpose, one.payer][one.year] += one.difference
            if one.payment_year > one.year:
                late.add(one.purpose)
        order = sorted(sums, key=lambda key: -abs(sum(sums[key].values())))
        rows = [
            [
                self.names.lever(purpose, words) + (_MARK if purpose in late else ""),
                words.named("payer", payer),
                *self._years(sums[purpose, payer], years),
            ]
            for purpose, payer in order[:_MOST_COSTS]
        ]
        for payer in sorted({payer for _, payer in sums}):
            everything = {year: sum(sums[key][year] for key in sums if key[1] == payer) for year in years}
            rows.append(
                [words("compare.cost.all"), words.named("payer", payer), *self._years(everything, years)]
            )
        heads = [words("compare.cost.measure"), words("compare.cost.payer"), *map(str, years)]
        heads.append(words("compare.cost.total"))
        numbers = (7,) * (len(years) + 1)
        widths = (WIDTH - sum(numbers) - 8 - len(numbers) - 1, 8, *numbers)
        lines = said(words("compare.cost.title"))
        lines += table(heads, widths, rows, "ll" + "r" * len(numbers))
        hidden = len(order) - _MOST_COSTS
        if hidden > 0:
            lines += said(words("compare.cost.more", n=hidden))
        return lines + (said(words("compare.cost.late")) if late else [])

    def _years(self, amounts: dict[int, float], years: Sequence[int]) -> list[str]:
        """Amounts in millions, rounded so that what is shown adds up to the total shown."""
        unit, digits = self._unit
        shown = adding_up([amounts.get(year, 0.0) / unit for year in years], digits)
        return [f"{value:.{digits}f}" for value in (*shown, sum(shown))]

    @property
    def _unit(self) -> tuple[float, int]:
        """CNY a unit of the tables of money, and digits shown: millions, 万元 in Chinese."""
        return (1_000_000.0, 1) if self.words.language == "en" else (10_000.0, 0)

    def _payment_table(self, variant: str) -> list[str]:
        """Extra cost by payer and payment year."""
        words = self.words
        found = [one for one in self.comparison.costs if one.variant == variant and one.base != one.cost]
        if not found:
            return []
        years = sorted({one.payment_year for one in found})
        sums: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for one in found:
            sums[one.payer][one.payment_year] += one.difference
        rows = [[words.named("payer", payer), *self._years(sums[payer], years)] for payer in sorted(sums)]
        heads = [words("compare.cost.payer"), *map(str, years), words("compare.cost.total")]
        numbers = (7,) * (len(years) + 1)
        widths = (min(20, WIDTH - sum(numbers) - len(numbers)), *numbers)
        lines = said(words("compare.cost.payments"))
        return lines + table(heads, widths, rows, "l" + "r" * len(numbers))

    # --- districts ---

    def _districts(self, variant: str, changes: Sequence[ChanceChange]) -> list[str]:
        """Districts won and lost: the change of each district's task, with the difference in the count."""
        words = self.words
        tasks = [one for one in changes if one.district is not None and one.asked]
        if not tasks:
            return []
        lines = said(words("compare.districts.title"))
        keys = list(dict.fromkeys((one.scope, one.measure, one.basis, one.by) for one in tasks))
        for number, key in enumerate(keys, 1):
            scope, measure, basis, by = key
            named = words(
                f"run.districts.{kind_of(measure)}",
                n=number,
                what=self._phrases.what(scope, measure),
                end=words.end_of(quarter(by)),
                basis=words.named("basis", basis),
            )
            lines += said("  " + named, "      ")
            lines += said("      " + self._won_and_lost([one for one in tasks if _key(one) == key]), "      ")
        for first in range(0, len(keys), _TASKS_A_TABLE):
            lines += self._district_table(variant, tasks, first, keys[first : first + _TASKS_A_TABLE])
        return [*lines, *said(words("compare.districts.note"))]

    def _won_and_lost(self, tasks: Sequence[ChanceChange]) -> str:
        words = self.words
        won, lost = (
            [self.names.short_district(one.district or "", words) for one in tasks if one.verdict == which]
            for which in _TOLD_APART
        )
        none = words("compare.districts.none")
        return words(
            "compare.districts.won_lost",
            won=words.listing(won) or none,
            lost=words.listing(lost) or none,
            n=len(tasks),
        )

    def _district_table(
        self,
        variant: str,
        tasks: Sequence[ChanceChange],
        first: int,
        keys: Sequence[tuple[str, str, str, str]],
    ) -> list[str]:
        words = self.words
        effects = {
            (one.scope, one.measure, one.basis, one.quarter, one.district): one
            for one in self.comparison.effects
            if one.variant == variant
        }
        found = {(one.district, _key(one)): one for one in tasks}
        heads = ["\n" + words("run.table.district")]
        for number in range(first + 1, first + 1 + len(keys)):
            heads += [
                f"({number})\n{words('compare.table.difference')}",
                f"\n{words('compare.table.chance')}",
            ]
        widths = (9, 10) * len(keys)
        rows = []
        for code in self.comparison.matched.base.districts:
            cells = [self._district_cells(found.get((code, key)), effects.get((*key, code))) for key in keys]
            if any(any(pair) for pair in cells):
                rows.append(
                    [self.names.short_district(code, words), *(cell for pair in cells for cell in pair)]
                )
        return table(heads, (WIDTH - sum(widths) - len(widths), *widths), rows, "l" + "r" * len(widths))

    @staticmethod
    def _district_cells(task: ChanceChange | None, effect: Effect | None) -> list[str]:
        if task is None or effect is None:
            return ["", ""]
        told = _MARK if effect.verdict in _TOLD_APART else " "
        changed = _MARK if task.verdict in _TOLD_APART else " "
        return [signed(effect.mean, effect.measure) + told, f"{_sign(task.difference)}{changed}"]

    def _spillovers(self, variant: str) -> list[str]:
        words, touched = self.words, self.comparison.touched[variant]
        districts = self.comparison.matched.base.districts
        if touched is None:
            return said(words("compare.spillovers.everywhere"))
        apart = [one for one in districts if one not in touched]
        if not apart:
            return said(words("compare.spillovers.all_touched"))
        moved = [
            one
            for one in self.comparison.spillovers
            if one.variant == variant
            and one.verdict in _TOLD_APART
            and (one.measure == SHARE or one.basis == "label")
        ]
        lines = said(words("compare.spillovers.title", n=len(apart), told=len(moved)))
        moved.sort(key=lambda one: (one.measure, -abs(one.mean)))
        rows = [
            [
                self.names.district(one.district, words),
                self._phrases.what(one.scope, one.measure),
                signed(one.mean, one.measure),
                interval(one.low, one.high, one.measure),
            ]
            for one in moved[:_MOST_SPILLOVERS]
        ]
        if not rows:
            return lines
        heads = [words("run.table.district"), words("compare.spillovers.measure")]
        heads += [words("compare.table.difference"), words("compare.table.interval")]
        return lines + table(heads, (22, 30, 9, 16), rows, "llrr")

    # --- the end ---

    def _multiplicity(self, variant: str) -> list[str]:
        made = self.comparison.comparisons(variant)
        words = self.words
        by_luck = words.whole(0.05 * made.made)
        told = {"made": words.whole(made.made), "told": words.whole(made.told_apart), "luck": by_luck}
        return said(words("compare.multiplicity", **told))

    def _notes(self) -> list[str]:
        words = self.words
        seeds = self.comparison.matched.base.manifest.seeds_per_draw
        method = "compare.note.method" if seeds == 1 else "compare.note.method_draws"
        lines = said(words("run.table.note.official"))
        return [
            *lines,
            *said(words(method)),
            *said(words("compare.note.chance")),
            *said(words("compare.note.needed")),
        ]

    def _origin(self) -> list[str]:
        if not self.out:
            return []
        words = self.words
        return said(words("run.written", out=visible(self.out), files=words.listing(list(self.files))))


def _key(one: ChanceChange) -> tuple[str, str, str, str]:
    return one.scope, one.measure, one.basis, one.by


def _value(value: object) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return visible(", ".join(map(str, value)))
    return visible(str(value))


def _sign(value: float) -> str:
    """A number with two digits and its sign; no sign for what rounds to 0."""
    shown = f"{value:+.2f}".replace("-", "−")
    return "0.00" if shown in ("+0.00", "−0.00") else shown


def signed(value: float | None, measure: str) -> str:
    """A difference with its sign: carriers, or percentage points of a share, one digit."""
    if value is None:
        return NOTHING
    scaled = 100.0 * value if measure == SHARE else value
    shown = f"{scaled:+.1f}".replace("-", "−")
    return "0" if value == 0.0 else shown


def interval(low: float | None, high: float | None, measure: str) -> str:
    """A 95 % interval of a difference."""
    if low is None or high is None:
        return NOTHING
    if low == high == 0.0:
        return "0"
    scale = 100.0 if measure == SHARE else 1.0
    digits = 1 if max(abs(low), abs(high)) * scale >= 0.1 else 2
    ends = (f"{scale * end:+.{digits}f}".replace("-", "−") for end in (low, high))
    return "[" + ", ".join(ends) + "]"


def change_of_chance(one: ChanceChange) -> str:
    """The change of a chance with its error; a bound where no pair disagrees."""
    if one.gained == one.lost == 0:
        return "0" if one.error == 0.0 else f"0±{max(one.error, 0.005):.2f}"
    return f"{_sign(one.difference)}±{one.error:.2f}"


def adding_up(values: Sequence[float], digits: int = 1) -> list[float]:
    """Values rounded so that they add up to their rounded sum: the largest remainders are rounded up."""
    scale = 10**digits
    scaled = [value * scale for value in values]
    floors = [int(value // 1) for value in scaled]
    missing = round(sum(scaled)) - sum(floors)
    by_remainder = sorted(range(len(values)), key=lambda at: (floors[at] - scaled[at], at))
    for at in by_remainder[:missing]:
        floors[at] += 1
    return [value / scale for value in floors]


def _rounded_up(n: int, words: Words) -> str:
    """A number of futures to two digits, rounded up: 1234 is about 1300."""
    if n > 10_000_000:
        return words("compare.needed.endless")
    scale = 10 ** max(0, len(str(n)) - 2)
    return words.whole(-(-n // scale) * scale)
