"""The answer of an explanation: one sentence, what each lever contributes, the bridge, and who misses why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulation.quarters import quarter
from simulation.reporting.city_names import CityNames
from simulation.reporting.compare_page import adding_up
from simulation.reporting.phrases import SHARE, Phrases, kind_of
from simulation.reporting.tables import WIDTH, page, said, table
from simulation.reporting.text import Words
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.projection.bridge import BridgeRow
    from simulation.projection.explanation import Explanation, Share
    from simulation.projection.misses import Miss

_SHARE_WIDTHS, _BRIDGE_WIDTHS, _MISS_WIDTHS = (14, 16), (10, 10, 12), (7, 8, 40)
_MOST_NAMED, _MOST_REASONS, _MOST_RISKS = 3, 2, 15
_LEAST_NAMED = 0.005  # of a chance: less is printed as 0.00 and names no lever
REST = "everything_else"
_REGISTRATION = "registration_"


@dataclass(frozen=True)
class ExplainPage:
    """What an explanation has to tell, set for a terminal."""

    words: Words
    found: Explanation
    names: CityNames
    districts: Sequence[str]
    out: str = ""
    files: Sequence[str] = ()

    def lines(self) -> list[str]:
        """The page, none of its lines wider than 80 columns."""
        if not self.found.n:
            return page([self._opening(), self._failures(), self._origin()])
        blocks = [self._opening() + self._sentences(), self._failures()]
        blocks += [self._table(chance, expected) for chance, expected in self._pairs()]
        blocks += [self._how(), *self._bridges(), self._by_district(), *self._misses(), self._risks()]
        return page([*blocks, self._origin()])

    def _opening(self) -> list[str]:
        words, found = self.words, self.found
        told = {"base": visible(found.base), "variant": visible(found.variant), "n": found.n}
        lines = said(words("explain.opening", **told))
        if found.n and not found.players:
            lines += said(words("explain.identical"))
        return lines

    def _failures(self) -> list[str]:
        words, failures = self.words, self.found.failures
        if not failures:
            return []
        head = words.count("run.failed", len(failures), used=self.found.n, asked=self.found.n + len(failures))
        return said(head) + [
            line for number, error in failures[:5] for line in said(f"  {number}: {visible(error)}")
        ]

    # --- shares ---

    def _pairs(self) -> list[tuple[Share, Share]]:
        """The share of each official target's chance, with that of the expected value."""
        shares = {one.quantity: one for one in self.found.shares}
        made = []
        for one, share in shares.items():
            if one.official and one.outcome == "chance":
                other = one._replace(outcome="expected", at_least=None)
                made.append((share, shares.get(other) or shares[other._replace(official=False)]))
        return made

    def _sentences(self) -> list[str]:
        lines = []
        for chance, _ in self._pairs():
            lines += said(self._sentence(chance))
        return lines

    def _sentence(self, chance: Share) -> str:
        words, one = self.words, chance.quantity
        phrases = Phrases(words, self.found.n)
        told = {
            "what": phrases.what(one.scope, one.measure),
            "at_least": phrases.asked(one.at_least or 0.0, one.measure),
            "end": words.end_of(one.by),
            "base": f"{chance.base:.2f}",
            "variant": f"{chance.variant:.2f}",
        }
        head = words(f"explain.sentence.{kind_of(one.measure)}", **told)
        told_apart = [
            lever
            for lever in chance.levers
            if abs(lever.share) > 2.0 * lever.error and abs(lever.share) >= _LEAST_NAMED
        ]
        up = sorted((lever for lever in told_apart if lever.share > 0), key=lambda lever: -lever.share)
        down = sorted((lever for lever in told_apart if lever.share < 0), key=lambda lever: lever.share)
        parts = [head]
        for key, levers in (("explain.most", up), ("explain.against", down)):
            if levers:
                named = [
                    words("explain.named", lever=self._lever(lever.lever), share=_signed(lever.share, 2))
                    for lever in levers[:_MOST_NAMED]
                ]
                parts.append(words(key, levers=words.listing(named)))
        if not told_apart and self.found.players:
            crossed = any(lever.share or lever.error for lever in chance.levers)
            parts.append(words("explain.none_told" if crossed else "explain.none_crosses"))
        return words("explain.end", sentence=words("explain.joiner").join(parts))

    def _lever(self, name: str) -> str:
        return self.words("explain.rest") if name == REST else self.names.lever(name, self.words)

    def _table(self, chance: Share, expected: Share) -> list[str]:
        """What each lever adds to the chance and to the expected value; rounded so that both columns add up."""
        words, one = self.words, chance.quantity
        phrases = Phrases(words, self.found.n)
        key = f"explain.table.{kind_of(one.measure)}"
        at_least = phrases.asked(one.at_least or 0.0, one.measure)
        lines = said(
            words(key, what=phrases.what(one.scope, one.measure), at_least=at_least, end=words.end_of(one.by))
        )
        scale = 100.0 if one.measure == SHARE else 1.0
        chances = adding_up([lever.share for lever in chance.levers], 2)
        means = adding_up([scale * lever.share for lever in expected.levers], 1)
        order = sorted(range(len(chances)), key=lambda at: (-abs(chances[at]), -abs(means[at]), at))
        rows, silent = [], 0
        for at in order:
            if chances[at] == 0.0 and means[at] == 0.0:
                silent += 1
                continue
            rows.append(
                [
                    self._lever(chance.levers[at].lever),
                    _with_error(chances[at], chance.levers[at].error, 2),
                    _with_error(means[at], scale * expected.levers[at].error, 1),
                ]
            )
        if silent:
            rows.append([words.count("explain.others", silent), "0.00", "0.0"])
        rows.append(
            [
                words("explain.difference"),
                _with_error(round(sum(chances), 2), chance.error, 2),
                _with_error(round(sum(means), 1), scale * expected.error, 1),
            ]
        )
        heads = [
            words("explain.lever"),
            words("explain.chance"),
            words(f"explain.expected.{kind_of(one.measure)}"),
        ]
        widths = (WIDTH - sum(_SHARE_WIDTHS) - 2, *_SHARE_WIDTHS)
        return lines + table(heads, widths, rows, "lrr")

    def _how(self) -> list[str]:
        words, found = self.words, self.found
        key = "explain.how.exact" if found.exact else "explain.how"
        lines = said(words("explain.meaning"))
        told = {
            "n": found.n,
            "evaluations": words.whole(found.evaluations),
            "error": f"{found.largest_error:.3f}",
        }
        return [*lines, *said(words(key, **told))]

    # --- bridge ---

    def _bridges(self) -> list[list[str]]:
        scopes = dict.fromkeys(
            one.quantity.scope
            for one in self.found.shares
            if one.quantity.official and one.quantity.measure == "count"
        )
        return [self._bridge(scope) for scope in scopes or ("recognised",)]

    def _bridge(self, scope: str) -> list[str]:
        words = self.words
        base, variant = (
            next(row for row in rows if (row.scope, row.district, row.basis) == (scope, None, None))
            for rows in (self.found.bridge_of_base, self.found.bridge)
        )
        causes = list(dict.fromkeys(str(flow["cause"]) for row in (base, variant) for flow in row.flows))
        columns = [self._rounded(row, causes) for row in (base, variant)]
        names = [words("explain.bridge.opening"), *(self.cause(one) for one in causes)]
        rows = [
            [name, _plain(ours), _plain(theirs), _signed(theirs - ours, 1)]
            for name, ours, theirs in zip(names, *columns, strict=True)
            if ours or theirs  # what is 0.0 as shown takes nothing from the sum
        ]
        ours, theirs = (sum(column) for column in columns)
        rows.append(
            [words("explain.bridge.closing"), f"{ours:.1f}", f"{theirs:.1f}", _signed(theirs - ours, 1)]
        )
        heads = [words("explain.bridge.cause"), words("explain.bridge.base"), words("explain.bridge.variant")]
        heads.append(words("explain.bridge.difference"))
        widths = (WIDTH - sum(_BRIDGE_WIDTHS) - 3, *_BRIDGE_WIDTHS)
        what = Phrases(words, self.found.n).what(scope, "count")
        title = words("explain.bridge.title", what=what, end=words.end_of(quarter(self.found.last)))
        return [*said(title), *table(heads, widths, rows, "lrrr")]

    @staticmethod
    def _rounded(row: BridgeRow, causes: Sequence[str]) -> list[float]:
        """Opening and flows, rounded so that they add up to the closing stock as shown."""
        flows = {str(flow["cause"]): float(flow["count"]) for flow in row.flows}
        return adding_up([row.opening, *(flows.get(cause, 0.0) for cause in causes)])

    def cause(self, cause: str) -> str:
        """What a cause of the books is called."""
        return cause_name(cause, self.words)

    def _by_district(self) -> list[str]:
        """The bridge of each district: opening, gains, losses, transfers, closing."""
        words = self.words
        scope = next(
            (
                one.quantity.scope
                for one in self.found.shares
                if one.quantity.official and one.quantity.measure == "count"
            ),
            "recognised",
        )
        rows = []
        for code in self.districts:
            row = next(
                one
                for one in self.found.bridge
                if (one.scope, one.district, one.basis) == (scope, code, None)
            )
            flows = {str(flow["cause"]): float(flow["count"]) for flow in row.flows}
            moved = flows.pop("transfer", 0.0)
            up = sum(count for count in flows.values() if count > 0.0)
            down = sum(count for count in flows.values() if count < 0.0)
            parts = adding_up([row.opening, up, down, moved])
            rows.append(
                [
                    self.names.short_district(code, words),
                    f"{parts[0]:.1f}",
                    *(_signed(part, 1) for part in parts[1:]),
                    f"{sum(parts):.1f}",
                ]
            )
        heads = [
            words("run.table.district"),
            *(words(f"explain.district.{one}") for one in _DISTRICT_COLUMNS),
        ]
        widths = (WIDTH - 5 * 10 - 5, *(10,) * 5)
        what = Phrases(words, self.found.n).what(scope, "count")
        lines = said(words("explain.district.title", what=what, scenario=visible(self.found.variant)))
        return lines + table(heads, widths, rows, "lrrrrr")

    # --- who misses ---

    def _misses(self) -> list[list[str]]:
        groups: dict[tuple[str, str, str], list[Miss]] = {}
        for one in self.found.misses:
            groups.setdefault((one.scope, one.measure, one.basis), []).append(one)
        if not groups:
            return [said(self.words("explain.miss.none"))]
        return [self._miss_table(key, rows) for key, rows in groups.items()]

    def _miss_table(self, key: tuple[str, str, str], misses: Sequence[Miss]) -> list[str]:
        words = self.words
        scope, measure, _ = key
        what = Phrases(words, self.found.n).what(scope, measure)
        lines = said(words("explain.miss.title", what=what, scenario=visible(self.found.variant)))
        scale = 100.0 if measure == SHARE else 1.0
        ordered = sorted(
            misses, key=lambda one: (one.district is not None, -one.miss_share, one.district or "")
        )
        rows = [
            [
                words("explain.miss.city")
                if one.district is None
                else self.names.short_district(one.district, words),
                f"{one.miss_share:.2f}",
                f"{scale * one.shortfall:.1f}",
                self._reasons(one),
            ]
            for one in ordered
        ]
        heads = [words("run.table.district"), words("explain.miss.share"), words("explain.miss.short")]
        heads.append(words("explain.miss.reason"))
        widths = (WIDTH - sum(_MISS_WIDTHS) - 3, *_MISS_WIDTHS)
        return lines + table(heads, widths, rows, "lrrl")

    def _reasons(self, one: Miss) -> str:
        words = self.words
        binding = [words(f"explain.reason.{one.reason}")] if one.reason in ("no_sponsors", "too_few") else []
        named: Mapping[str, float] = {str(held["reason"]): float(held["carriers"]) for held in one.reasons}
        listed = [
            words("explain.reason.held", reason=words(f"explain.reason.{reason}"), n=words.whole(count))
            for reason, count in list(named.items())[:_MOST_REASONS]
            if count >= 0.5
        ]
        if not binding and not listed:
            listed = [words(f"explain.reason.{one.reason}")]
        return words.listing([*binding, *listed])

    def _risks(self) -> list[str]:
        words, risks = self.words, self.found.risks
        if not risks:
            return said(words("explain.risk.no_registry"))
        rows = [
            [
                visible(one.carrier),
                visible(one.name),
                f"{one.lost_share:.2f}",
                words(f"explain.fate.{one.reason}"),
            ]
            for one in risks[:_MOST_RISKS]
        ]
        heads = [words("trace.column.id"), words("trace.column.name"), words("explain.risk.share")]
        heads.append(words("explain.risk.reason"))
        lines = said(words("explain.risk.title", n=len(risks)))
        return lines + table(heads, (12, 34, 8, 23), rows, "llrl")

    def _origin(self) -> list[str]:
        if not self.out:
            return []
        words = self.words
        return said(words("run.written", out=visible(self.out), files=words.listing(list(self.files))))


_DISTRICT_COLUMNS = ("opening", "gains", "losses", "transfers", "closing")


def _signed(value: float, digits: int) -> str:
    shown = f"{value:+.{digits}f}".replace("-", "−")
    return shown[1:] if not float(shown.replace("−", "-")) else shown


def _plain(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def _with_error(value: float, error: float, digits: int) -> str:
    """A number with its error; none beside a 0 that no future moves from."""
    if value == 0.0 and error == 0.0:
        return f"{0.0:.{digits}f}"
    return f"{_signed(value, digits)}±{error:.{digits}f}"


def cause_name(cause: str, words: Words) -> str:
    """What a cause of the books is called."""
    if cause.startswith(_REGISTRATION):
        return words("cause.registration", kind=words.named("kind", cause.removeprefix(_REGISTRATION)))
    return words(f"cause.{cause}")
