"""The life of one carrier in plain sentences, from the events of one replicate."""

from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.engines import events
from simulation.engines.books import Outcome
from simulation.quarters import quarter_name
from simulation.reporting.clauses import Clauses
from simulation.reporting.names import Names, own_id
from simulation.reporting.text import Words, language_of
from simulation.rules import codes
from simulation.world import Carriers, World

# Events of startups that belong to the life of the carrier that their first detail names.
_OF_TENANTS = (
    events.ADMITTED,
    events.FUNDED,
    events.FAILED,
    events.GRADUATED,
    events.LEFT,
    events.MOVED_UP,
)
_LEAVING = (events.FAILED, events.GRADUATED, events.LEFT, events.MOVED_UP)


_FEWEST_DIGITS = 4  # of our own id, to ask for a carrier
_MOST_NEAR = 3


class UnknownCarrierError(LookupError):
    """No carrier has this id, or several begin so; ``near`` are ids to choose from."""

    def __init__(self, text: str, near: list[str], *, ambiguous: bool) -> None:
        what = "begins the ids of several carriers" if ambiguous else "is no carrier; nearest"
        super().__init__(f"{text!r} {what}: {', '.join(near)}")
        self.near = near
        self.ambiguous = ambiguous


class Event(NamedTuple):
    """One event of one agent: see ``simulation.engines.events`` for what the details say."""

    quarter: int
    kind: int
    who: int
    first: int
    second: int


@dataclass(frozen=True)
class Replicate:
    """One replicate with its events, and the names to tell it by."""

    start: World
    outcome: Outcome
    names: Names
    number: int
    seed: int

    def ids(self) -> list[int]:
        """All carriers that ever were: those at the start and those that opened."""
        return [int(one) for one in self.outcome.world.carriers.id]

    def find(self, text: str) -> int:
        """The carrier of a registry id, or of the beginning of our own. Raises ``UnknownCarrierError``."""
        ids = self.ids()
        by_label = {self.names.label(one): one for one in ids}
        if text in by_label:
            return by_label[text]
        began = [one for one in ids if len(text) >= _FEWEST_DIGITS and own_id(one).startswith(text.lower())]
        if len(began) == 1:
            return began[0]
        if began:
            raise UnknownCarrierError(text, [own_id(one) for one in began[:_MOST_NEAR]], ambiguous=True)
        raise UnknownCarrierError(
            text, get_close_matches(text, by_label, _MOST_NEAR, cutoff=0.0), ambiguous=False
        )

    def carrier(self, carrier_id: int) -> dict[str, int]:
        """A carrier at the end, by column. Raises ``KeyError`` when there is none of this id."""
        return _row(self.outcome.world.carriers, carrier_id)

    def life(self, carrier_id: int) -> "Life":
        """The life of a carrier. Raises ``KeyError`` when there is none of this id."""
        return Life(self, carrier_id)


def _row(carriers: Carriers, carrier_id: int) -> dict[str, int]:
    place = int(np.searchsorted(carriers.id, carrier_id))
    if place == len(carriers.id) or int(carriers.id[place]) != carrier_id:
        raise KeyError(carrier_id)
    return {name: getattr(carriers, name)[place].item() for name in carriers._fields}


class Life:
    """What happened to one carrier, quarter by quarter; ``str()`` tells it in the language of the locale."""

    def __init__(self, replicate: Replicate, carrier_id: int) -> None:
        self.replicate = replicate
        self.id = carrier_id
        self.end = replicate.carrier(carrier_id)
        self.start: dict[str, int] | None
        try:
            self.start = _row(replicate.start.carriers, carrier_id)
        except KeyError:
            self.start = None  # it opened in the run
        self.events = _events_of(replicate, carrier_id, self.end)

    @property
    def label(self) -> str:
        """The id by which one asks for it: that of the registry, or the first digits of our own."""
        return self.replicate.names.label(self.id)

    def tenants_at_start(self) -> int:
        """Its tenants in the start world; 0 for one that opened later."""
        return int((self.replicate.start.startups.carrier == self.id).sum())

    def tenants_at_end(self) -> int:
        """Its tenants in the end world."""
        return int((self.replicate.outcome.world.startups.carrier == self.id).sum())

    def tenants(self) -> dict[int, int]:
        """Its tenants at the end of each quarter in which their number moved, counted from the events."""
        count, by_quarter = self.tenants_at_start(), {}
        for event in self.events:
            if event.kind == events.ADMITTED:
                count += 1
            elif event.kind in _LEAVING:
                count -= 1
            elif event.kind == events.SPLIT and event.who == self.id:
                count -= event.second
            else:
                continue
            by_quarter[event.quarter] = count
        return by_quarter

    def sentences(self, words: Words) -> list[str]:
        """The title, where it stood at the start, a sentence a quarter, and where it stands at the end."""
        clauses = Clauses(words, self.replicate.names, self.end, self.events)
        name = self.replicate.names.carrier(self.id, self.end, words)
        title = words(
            "story.title", name=name, id=self.label, replicate=self.replicate.number, seed=self.replicate.seed
        )
        told = [title]
        if self.start is not None:
            told.append(self._stood(words, clauses))
        tenants = self.tenants()
        for quarter in sorted({event.quarter for event in self.events}):
            of_quarter = [event for event in self.events if event.quarter == quarter]
            said = clauses.of_quarter(of_quarter, tenants.get(quarter))
            if said:
                joined = words("clause.separator").join(said)
                told.append(words("story.quarter", quarter=words.quarter(quarter), clauses=joined))
        return [*told, self._stands(words, clauses)]

    def record(self, words: Words) -> dict[str, object]:
        """The life for other programs: who it is, its events with their details, and the sentences."""
        return {
            "id": self.label,
            "name": self.replicate.names.carrier(self.id, self.end, words),
            "replicate": self.replicate.number,
            "seed": self.replicate.seed,
            "events": [
                {
                    "quarter": quarter_name(event.quarter),
                    "kind": events.NAMES[event.kind],
                    "who": str(event.who),  # 63 bits do not fit the numbers of JSON's readers
                    "details": [str(event.first), str(event.second)],
                }
                for event in self.events
            ],
            "sentences": self.sentences(words),
        }

    def _stood(self, words: Words, clauses: Clauses) -> str:
        start = self.start or {}
        where = words(
            "story.stood",
            end=words.end_of(self.replicate.start.quarter),
            what=clauses.what(start),
            district=self.replicate.names.district(start["district"], words),
            kind=words.named("kind", codes.SPONSOR_KINDS[start["kind"]]),
            opened=words.quarter(start["opened"]),
            tenants=words.count("story.tenants", self.tenants_at_start()),
            places=words.whole(start["places"]),
            area=words.whole(start["area"]),
        )
        said = [where]
        if start["status"] == codes.STOPPED:
            said.append(words("story.already_stopped"))
        if start["converting_since"]:
            said.append(words("story.already_converting"))
        return words("story.sentence", clauses=words("clause.separator").join(said))

    def _stands(self, words: Words, clauses: Clauses) -> str:
        end = words.end_of(self.replicate.outcome.world.quarter)
        graduates = words.whole(self.end["graduates"])
        if self.end["status"] == codes.DELISTED:
            return words("story.end.gone", end=end, graduates=graduates)
        return words(
            "story.end",
            end=end,
            what=clauses.what(self.end),
            district=self.replicate.names.district(self.end["district"], words),
            status=words.named("status", codes.STATUSES[self.end["status"]]),
            tenants=words.count("story.tenants", self.tenants_at_end()),
            places=words.whole(self.end["places"]),
            graduates=graduates,
        )

    def __str__(self) -> str:
        return "\n".join(self.sentences(Words(language_of())))


def _events_of(replicate: Replicate, carrier_id: int, end: dict[str, int]) -> list[Event]:
    """The events of a carrier, of its tenants in it, its own splitting off, and how its sponsor began."""
    log = replicate.outcome.events
    quarter, kind, who, first = log[:, 0], log[:, 1], log[:, 2], log[:, 3]
    own = (who == carrier_id) & (kind >= events.OPENED) & (kind < events.FORMED)
    of_tenants = np.isin(kind, _OF_TENANTS) & (first == carrier_id)
    as_child = (kind == events.SPLIT) & (first == carrier_id)
    opened = log[own & (kind == events.OPENED)]
    began: NDArray[np.bool_] = np.zeros(len(log), bool)
    if len(opened):
        began = (kind == events.COMMITTED) & (who == opened[0, 3]) & (quarter <= end["opened"])
        began[np.flatnonzero(began)[:-1]] = False  # earlier projects of the sponsor are other stories
    return [Event(*row) for row in log[own | of_tenants | as_child | began].tolist()]


# What makes a life worth reading, the rarest first; of each the richest life is shown.
_WORTH = (
    events.SPLIT,
    events.WITHDRAWN,
    events.DEMOTED,
    events.LABELLED,
    events.GAVE_UP_CONVERTING,
    events.RELABELLED,
    events.REPORTED,
    events.PROMOTED,
    events.TRANSFERRED,
    events.DELISTED,
    events.RECOGNISED,
    events.REGISTERED,
)


def worth_reading(replicate: Replicate, most: int = 10) -> list[Life]:
    """A few lives that between them show what can happen to a carrier."""
    log = replicate.outcome.events
    kinds = log[:, 1]
    own = log[(kinds >= events.OPENED) & (kinds < events.FORMED)]
    known = set(replicate.ids())
    richness = Counter(int(who) for who in own[:, 2].tolist() if who in known)
    chosen: list[int] = []
    for kind in _WORTH:
        able = {int(who) for who in own[own[:, 1] == kind, 2].tolist()} & known - set(chosen)
        if able and len(chosen) < most:
            chosen.append(max(able, key=lambda one: (richness[one], one)))
    return [replicate.life(one) for one in chosen]


def turning_points(life: Life, words: Words, most: int = 3) -> str:
    """What happened to a carrier in a few words: its rarest events with their quarters."""
    own = [event for event in life.events if event.who == life.id and event.kind in _WORTH]
    rarest = sorted(own, key=lambda event: (_WORTH.index(event.kind), event.quarter))[:most]
    return words("clause.separator").join(
        words("story.point", quarter=quarter_name(event.quarter), clause=_point(event, words))
        for event in sorted(rarest, key=lambda event: event.quarter)
    )


def _point(event: Event, words: Words) -> str:
    """An event in a few words. A first detail that names a level or mode is told, any other is not."""
    levels, modes = codes.LEVELS, codes.MODES
    return words(
        f"point.{events.NAMES[event.kind]}",
        level=words.named("level", levels[event.first]) if 0 <= event.first < len(levels) else "",
        mode=words.named("mode", modes[event.first]) if 0 <= event.first < len(modes) else "",
    )
