"""What a carrier is: a place with tenants, in a cell of the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.engines import books, events
from simulation.engines.mesa.agents.member import Member
from simulation.engines.mesa.books import Cell
from simulation.engines.mesa.rings import points_of
from simulation.engines.setting import aimed_strength
from simulation.rules import admission, codes
from simulation.world import Carriers

if TYPE_CHECKING:
    from simulation.engines.mesa.agents.district import District
    from simulation.engines.mesa.agents.sponsor import Sponsor
    from simulation.engines.mesa.agents.startup import Startup
    from simulation.engines.mesa.model import CarrierModel


OF_TENANTS = ("tenants", "by_sector", "by_field", "funded_tenants", "points")


class Place(Member):
    """A carrier as a place: what it is, who its tenants are, and where it stands in the books."""

    # Slots keep a carrier's many columns close together in memory: startups look at them all the time.
    __slots__ = (*(column for column in Carriers._fields if column != "id"), *OF_TENANTS)

    def __init__(
        self, model: CarrierModel, district: District, sponsor: Sponsor | None, **columns: Any
    ) -> None:
        super().__init__(model)
        self.district = district
        self.sponsor = sponsor
        self.tenants: dict[int, Startup] = {}
        self.by_sector = [0] * len(model.city.field_of)
        self.by_field = [0] * model.setting.fields
        self.funded_tenants = 0
        for name, value in columns.items():
            setattr(self, name, value)
        self.resize(self.area, self.places)

    if TYPE_CHECKING:
        kind: int
        type: int
        sector: int
        mode: int
        mode_in_fact: int
        converting_since: int
        converted: int
        level: int
        status: int
        opened: int
        registered: int
        level_since: int
        stopped: int
        area: int
        places: int
        platform: int
        fund: int
        capability: float
        reserve: float
        shock: float
        graduates: int
        graduates_this_year: int
        graduates_last_year: int
        admitted_this_year: int
        admitted_last_year: int
        grade: int
        unqualified_years: int
        failed_reviews: int
        unspecialised_years: int
        park: int
        parent: int
        deregistered: int
        reported: int
        applied_level: int
        applied_label: int

    # --- what it is ---

    @property
    def listed(self) -> bool:
        """Whether it is on the list: registered at least with its district, and not taken off."""
        return self.level >= codes.DISTRICT and self.status in (codes.OPERATING, codes.STOPPED)

    @property
    def focused(self) -> bool:
        """Whether it has a field of specialisation: specialised, or converting to it."""
        return self.sector >= 0

    @property
    def field(self) -> int:
        """The field of its specialisation; -1 without."""
        return self.model.city.field_of[self.sector] if self.sector >= 0 else -1

    @property
    def field_tenants(self) -> int:
        """Its tenants in its own field, or in its largest one when it has no focus."""
        return self.by_field[self.field] if self.sector >= 0 else max(self.by_field)

    @property
    def occupancy(self) -> float:
        """The share of its places that are taken."""
        return len(self.tenants) / self.places

    @property
    def large(self) -> bool:
        """Whether it counts as a large carrier."""
        return len(self.tenants) >= self.model.parameters.conversion.large

    def cell(self) -> Cell | None:
        """The cell of the books in which it stands; none when it is not on the list."""
        if not self.listed:
            return None
        operating = 1 if self.status == codes.OPERATING else 0
        return (self.district.place, self.type, self.mode, self.mode_in_fact, self.level - 1, operating)

    def strength(self, lever: int) -> float:
        """The strength of a lever for this carrier."""
        strength, model = self.district.strengths[lever], self.model
        if strength == 0.0 or model.aimed_at_all[lever]:
            return strength
        return aimed_strength(
            model.setting.levers,
            lever,
            model.index,
            self.district.place,
            self.type,
            self.level,
            self.mode,
            self.sector,
            self.kind,
        )

    def resize(self, area: int, places: int) -> None:
        """Have so much floor and so many places; larger ones are met more often by those who look."""
        self.area, self.places = area, places
        self.points = points_of(self.id, places)

    def change(self, cause: int, **changes: Any) -> None:
        """Change what it is, for a cause, and enter the move in the books."""
        before = self.cell()
        for name, value in changes.items():
            setattr(self, name, value)
        self.model.ledger.move(self.model.index, before, self.cell(), cause)

    # --- tenants ---

    def take(self, startup: Startup) -> None:
        """Take a startup in as a tenant."""
        self.tenants[startup.id] = startup
        self.by_sector[startup.sector] += 1
        self.by_field[startup.field] += 1
        self.funded_tenants += startup.funded
        startup.carrier = self

    def admit(self, startup: Startup) -> None:
        """Take a startup in, and enter it in the books."""
        self.take(startup)
        startup.stay = startup.waiting = startup.upward = 0
        self.admitted_this_year += 1
        self.model.ledger.counts[self.district.place][startup.sector][books.ADMITTED] += 1
        startup.tell(events.ADMITTED, self.id)

    def release(self, startup: Startup, count: int) -> None:
        """Let a tenant go, and enter it in the books under ``count``."""
        del self.tenants[startup.id]
        self.by_sector[startup.sector] -= 1
        self.by_field[startup.field] -= 1
        self.funded_tenants -= startup.funded
        startup.carrier = None
        self.model.ledger.counts[self.district.place][startup.sector][count] += 1

    def takes(self, startup: Startup) -> bool:
        """Whether it has a free place for a startup, and takes its field."""
        if len(self.tenants) >= self.places or (startup.upward and self.type == codes.MAKERSPACE):
            return False
        if self.sector < 0:
            return True
        field = self.model.city.field_of[self.sector]
        return admission.takes(
            startup.field == field,
            True,
            self.converting_since > 0,
            len(self.tenants),
            self.by_field[field],
            self.model.parameters.admission,
        )
