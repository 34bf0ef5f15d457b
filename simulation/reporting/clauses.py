"""What is said of each kind of event: one clause an event, tenants counted together."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from simulation.engines import events
from simulation.reporting.names import Names
from simulation.reporting.text import Words
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.reporting.story import Event

# Moves of tenants in the order in which they are told.
_FLOWS = (
    (events.ADMITTED, "admitted"),
    (events.FUNDED, "funded"),
    (events.FAILED, "failed"),
    (events.GRADUATED, "graduated"),
    (events.LEFT, "left"),
    (events.MOVED_UP, "moved_up"),
)
# A carrier is told to have opened before it registers, to have applied before it is promoted, and so on: the
# order of the steps in a quarter, in which rounds announce before they open.
_ORDER = {
    kind: place
    for place, kind in enumerate(
        (
            events.TRANSFERRED, events.COMMITTED, events.OPENED, events.PLATFORM, events.FUND, events.STOPPED,
            events.SPLIT, events.CONVERTING, events.GAVE_UP_CONVERTING, events.SPECIALISED_IN_FACT,
            events.COMPREHENSIVE_IN_FACT, events.GRADED, events.LABEL_LOST, events.WITHDRAWN,
            events.FAILED_REVIEW, events.DEMOTED, events.PROMOTED, events.RECOGNISED, events.LABELLED,
            events.REGISTERED, events.APPLIED, events.APPLIED_LABEL, events.DEREGISTERED, events.REPORTED,
            events.RELABELLED, events.DELISTED,
        )
    )
}  # fmt: skip


class Clauses:
    """Says the events of one carrier in one language."""

    def __init__(self, words: Words, names: Names, carrier: dict[str, int], life: Sequence["Event"]) -> None:
        self.words = words
        self.names = names
        self.carrier = carrier
        self._transfers = [event for event in life if event.kind == events.TRANSFERRED]
        self._say: dict[int, Callable[[Event], str]] = {
            events.COMMITTED: self._committed,
            events.OPENED: lambda event: self._plain("opened", event, kind=self._kind()),
            events.REGISTERED: lambda event: self._plain("registered", event),
            events.APPLIED: lambda event: self._plain("applied", event, level=self._level(event.first)),
            events.APPLIED_LABEL: lambda event: self._plain("applied_label", event),
            events.RECOGNISED: lambda event: self._plain(
                "recognised", event, level=self._level(event.first), mode=self._mode(event.second)
            ),
            events.PROMOTED: lambda event: self._plain("promoted", event, level=self._level(event.first)),
            events.DEMOTED: lambda event: self._plain("demoted", event, level=self._level(event.first)),
            events.WITHDRAWN: lambda event: self._plain("withdrawn", event),
            events.CONVERTING: lambda event: self._plain(
                "converting", event, sector=self._sector(event.first)
            ),
            events.GAVE_UP_CONVERTING: lambda event: words.count("story.gave_up_converting", event.first),
            events.SPECIALISED_IN_FACT: lambda event: self._plain(
                "specialised_in_fact.converting" if event.second else "specialised_in_fact",
                event,
                sector=self._sector(event.first),
            ),
            events.COMPREHENSIVE_IN_FACT: lambda event: self._plain("comprehensive_in_fact", event),
            events.LABELLED: lambda event: self._plain(
                "labelled.converting" if event.first else "labelled", event
            ),
            events.RELABELLED: lambda event: self._plain("relabelled", event, mode=self._mode(event.first)),
            events.LABEL_LOST: lambda event: self._plain("label_lost", event),
            events.PLATFORM: lambda event: self._plain("platform", event),
            events.FUND: lambda event: self._plain("fund", event, money=words.money(event.first)),
            events.SPLIT: self._split,
            events.GRADED: lambda event: self._plain(
                "graded", event, grade=words.named("grade", codes.GRADES[event.first])
            ),
            events.FAILED_REVIEW: lambda event: words.count(
                "story.failed_review", event.second, level=self._level(event.first)
            ),
            events.STOPPED: lambda event: words.count("story.stopped", event.first),
            events.DEREGISTERED: lambda event: self._plain("deregistered", event),
            events.REPORTED: lambda event: self._plain("reported", event, level=self._level(event.first)),
            events.DELISTED: lambda event: self._plain(
                "delisted.never_listed" if event.first == codes.NONE else "delisted", event
            ),
            events.TRANSFERRED: lambda event: self._plain(
                "transferred",
                event,
                old=names.district(event.first, words),
                new=names.district(event.second, words),
            ),
        }

    def of_event(self, event: "Event") -> str:
        """What is said of one event of the carrier itself."""
        return self._say[event.kind](event)

    def of_quarter(self, of_quarter: Sequence["Event"], tenants: int | None) -> list[str]:
        """The clauses of one quarter; ``tenants`` is their number at its end, none when it did not move."""
        own = sorted((event for event in of_quarter if event.kind in _ORDER), key=lambda e: _ORDER[e.kind])
        # The excellent are graded qualified first; only the last word counts.
        grades = [event for event in own if event.kind == events.GRADED]
        said = [self.of_event(event) for event in own if event not in grades[:-1]]
        flows = self._flows(of_quarter)
        if flows and tenants is not None:
            said.append(
                self.words(
                    "story.tenants_moved", flows=self.words.listing(flows), n=self.words.whole(tenants)
                )
            )
        return said

    def what(self, row: dict[str, int]) -> str:
        """What a carrier is: type, level and mode, and how label and fact differ."""
        words = self.words
        key = "story.what" if row["level"] > codes.NONE else "story.what.unlisted"
        text = words(
            key,
            mode=self._mode(row["mode"]),
            type=words.named("type", codes.TYPES[row["type"]]),
            level=self._level(row["level"]),
        )
        if row["mode"] != row["mode_in_fact"]:
            text = words(
                "story.what.in_fact",
                what=text,
                fact=words(f"story.in_fact.{codes.MODES[row['mode_in_fact']]}"),
            )
        return text

    def _flows(self, of_quarter: Sequence["Event"]) -> list[str]:
        counts = {kind: 0 for kind, _ in _FLOWS}
        for event in of_quarter:
            if event.kind in counts:
                counts[event.kind] += 1
            elif event.kind == events.SPLIT and event.first == self.carrier["id"]:
                counts[events.ADMITTED] -= event.second  # told as those with whom it split off
            elif event.kind == events.STOPPED:
                counts[events.LEFT] -= event.first  # told as those who had to look for another place
        return [self.words(f"story.flow.{name}", n=counts[kind]) for kind, name in _FLOWS if counts[kind] > 0]

    def _plain(self, key: str, event: "Event", **values: object) -> str:
        return self.words(f"story.{key}", district=self._district_in(event.quarter), **values)

    def _committed(self, event: "Event") -> str:
        return self.words.count("story.committed", event.second, kind=self._kind())

    def _split(self, event: "Event") -> str:
        if event.first == self.carrier["id"]:
            parent = self.names.label(event.who)
            return self.words.count(
                "story.split_off", event.second, parent=parent, district=self._district_in(event.quarter)
            )
        return self.words.count("story.split", event.second, child=self.names.label(event.first))

    def _district_in(self, quarter: int) -> str:
        """The district in which it lay: that of the end, unless it went over later."""
        later = [event.first for event in self._transfers if event.quarter > quarter]
        return self.names.district(later[0] if later else self.carrier["district"], self.words)

    def _kind(self) -> str:
        return self.words.named("kind", codes.SPONSOR_KINDS[self.carrier["kind"]])

    def _level(self, level: int) -> str:
        return self.words.named("level", codes.LEVELS[level])

    def _mode(self, mode: int) -> str:
        return self.words.named("mode", codes.MODES[mode])

    def _sector(self, sector: int) -> str:
        return self.names.sector(sector, self.words)
