"""The Mesa model: the reference engine, to read, trace, draw and subclass."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from simulation import decisions
from simulation.engines import books, events
from simulation.engines.mesa.agents import Carrier, City, District, Member, Sponsor, Startup
from simulation.engines.mesa.books import Ledger
from simulation.engines.mesa.collecting import collector
from simulation.engines.mesa.exchange import populate, world_of
from simulation.engines.mesa.luck import Luck, ids_of
from simulation.engines.mesa.parameters import plain
from simulation.engines.mesa.roster import RosterModel
from simulation.engines.mesa.steps.admission import admission
from simulation.engines.mesa.steps.conversion import conversion
from simulation.engines.mesa.steps.evaluation import evaluation
from simulation.engines.mesa.steps.formation import formation
from simulation.engines.mesa.steps.founding import founding
from simulation.engines.mesa.steps.incubation import incubation
from simulation.engines.mesa.steps.inspection import inspection
from simulation.engines.mesa.steps.operations import operations
from simulation.engines.mesa.steps.policy import policy
from simulation.engines.mesa.steps.record import count, record
from simulation.engines.mesa.steps.rounds import rounds
from simulation.engines.setting import Setting, aimed_at_all
from simulation.rules import codes
from simulation.rules import formation as formation_rules
from simulation.rules.rounds import Thresholds
from simulation.world import World


class CarrierModel(RosterModel):
    """A city of districts, sponsors, carriers and startups, quarter by quarter.

    The classes of its agents are arguments: subclass one to try another behaviour. All luck is drawn at
    addresses; the model's own random stream is never used.
    """

    def __init__(
        self,
        setting: Setting,
        world: World,
        *,
        keep_events: bool = False,
        district: type[District] = District,
        sponsor: type[Sponsor] = Sponsor,
        carrier: type[Carrier] = Carrier,
        startup: type[Startup] = Startup,
    ) -> None:
        super().__init__()
        self.setting = setting
        self.parameters = plain(setting.parameters)
        self.index = -1  # the quarter just ended, counted from the first simulated one
        self.luck = Luck(setting.key, self.quarter_number)
        self.aimed_at_all: list[int] = aimed_at_all(setting.levers).tolist()
        self.ledger = Ledger(setting, keep_events)
        self.district_class, self.sponsor_class = district, sponsor
        self.carrier_class, self.startup_class = carrier, startup
        self.city = City(self)
        self.districts: list[District] = []
        self.sponsors: list[Sponsor] = []
        self.carriers: dict[int, Carrier] = {}
        self.startups: dict[int, Startup] = {}
        self._thresholds: dict[tuple[int, int, int, int], Thresholds] = {}
        populate(self, world)
        count(self, 0)
        self.datacollector = collector()
        self.datacollector.collect(self)

    @property
    def quarter_number(self) -> int:
        """The quarter being simulated: four times the year plus 0 to 3."""
        return self.setting.first_quarter + self.index

    def step(self) -> None:
        """Go on to the next quarter and live through it; the name is the one that Mesa's tools call."""
        self.index += 1
        self.luck.turn_to(self.quarter_number)
        self.quarter()
        self.datacollector.collect(self)

    def quarter(self) -> None:
        """One quarter: the eleven steps, in order."""
        policy(self)
        founding(self)
        formation(self)
        admission(self)
        incubation(self)
        operations(self)
        conversion(self)
        evaluation(self)
        rounds(self)
        inspection(self)
        record(self)

    def world(self) -> World:
        """The world at the end of the quarter."""
        return world_of(self)

    # --- whom the steps go through ---

    def operating(self) -> list[Carrier]:
        """The carriers that operate now, on the list or not yet."""
        return [carrier for carrier in self.carriers.values() if carrier.status == codes.OPERATING]

    def listed(self) -> list[Carrier]:
        """The carriers on the list now, those that have stopped included."""
        return [carrier for carrier in self.carriers.values() if carrier.listed]

    def draw_ahead(self, agents: Iterable[Member], *wanted: int) -> None:
        """Draw what agents are about to decide, all at once: the same numbers, sooner."""
        self.luck.draw_ahead(ids_of(agents), *wanted)

    # --- what steps share ---

    def draw_of(self, who: int) -> Callable[[int], float]:
        """The draws of this quarter at the address of somebody who may not exist yet."""
        return lambda decision: self.luck.draw(who, decision)

    def thresholds(self, carrier_type: int, level: int, mode: int) -> Thresholds:
        """What a level asks this quarter of a carrier of a type and mode."""
        address = (self.index, carrier_type, level, mode)
        if address not in self._thresholds:
            self._thresholds[address] = Thresholds(*self.setting.thresholds[address].tolist())
        return self._thresholds[address]

    def add_carrier(self, district: District, sponsor: Sponsor | None, **columns: Any) -> Carrier:
        """A carrier opens. Raises ``ValueError`` when its id is taken."""
        _refuse_collision(columns["id"], self.carriers)
        carrier = self.carrier_class(self, district, sponsor, **columns)
        self.carriers[carrier.id] = carrier
        return carrier

    def form_startup(self, startup_id: int, district: District, sector: int) -> Startup:
        """A startup comes up, with the age and funding that its draws give it."""
        _refuse_collision(startup_id, self.startups)
        p = self.parameters.formation
        draw = self.luck.draw
        startup = self.startup_class(
            self,
            district,
            id=startup_id,
            sector=sector,
            age=formation_rules.age_at_entry(
                draw(startup_id, decisions.AGE_AT_ENTRY_1), draw(startup_id, decisions.AGE_AT_ENTRY_2), p
            ),
            funded=int(draw(startup_id, decisions.FUNDED_AT_ENTRY) < p.funded_at_entry),
        )
        self.startups[startup_id] = startup
        self.ledger.counts[district.place][sector][books.FORMED] += 1
        startup.tell(events.FORMED, district.place, sector)
        return startup

    def remove_startup(self, startup: Startup) -> None:
        """A startup leaves the model: failed, graduated, gone or no longer looking."""
        del self.startups[startup.id]
        startup.remove()

    def delist(self, carrier: Carrier, cause: int = codes.DELISTING) -> None:
        """A carrier is taken off the list (摘牌); its sponsor may found another after a while."""
        level = carrier.level
        carrier.change(cause, status=codes.DELISTED)
        carrier.tell(events.DELISTED, level)
        sponsor = carrier.sponsor
        if sponsor is not None and sponsor.carrier is carrier:
            sponsor.rest(self.parameters.founding.cool_down)


def _refuse_collision(new_id: int, taken: dict[int, Any]) -> None:
    if new_id in taken:
        raise ValueError(f"two agents have the id {new_id}: choose another seed")


def simulate(
    setting: Setting, world: World, keep_events: bool = False, model: type[CarrierModel] = CarrierModel
) -> books.Outcome:
    """Run one replicate in Mesa, from a world to the end of the setting.

    ``model`` may be a subclass of ``CarrierModel``. Raises ``ValueError`` when two agents get one id.
    """
    with _collector_at_rest():
        return _simulate(setting, world, keep_events, model)


def _simulate(setting: Setting, world: World, keep_events: bool, model: type[CarrierModel]) -> books.Outcome:
    city = model(setting, world, keep_events=keep_events)
    try:
        for _ in range(setting.quarters):
            city.step()
        return city.ledger.outcome(city.world())
    finally:
        city.let_go()


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep Python's search for reference cycles out of a replicate, and leave it afterwards as it was.

    It would walk through all living agents again and again and find nothing: an agent that leaves is freed
    without it. The model itself is a cycle; it is found as soon as the collector works again.
    """
    at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if at_work:
            gc.enable()
