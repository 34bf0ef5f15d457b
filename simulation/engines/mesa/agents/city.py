"""The city: its calendar and the luck of its rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation import decisions
from simulation.engines.mesa.agents.member import Member
from simulation.rules import admission, rounds
from simulation.rules.chance import whole

if TYPE_CHECKING:
    from simulation.engines.mesa.model import CarrierModel


class City(Member):
    """The city: its calendar, the luck of its rounds, and the money it spends."""

    def __init__(self, model: CarrierModel) -> None:
        super().__init__(model)
        self.id = model.setting.city.id
        self.field_of: list[int] = model.setting.city.field.tolist()
        self.long_term: list[int] = model.setting.city.long_term.tolist()
        self.sectors_of_field = [
            [sector for sector, field in enumerate(self.field_of) if field == wanted]
            for wanted in range(model.setting.fields)
        ]
        self.match = self._matches()

    def _matches(self) -> list[list[float]]:
        """How well a focus on each sector fits a startup of each; the last row is for carriers without."""
        sectors, p = range(len(self.field_of)), self.model.parameters.admission
        return [
            *(
                [
                    admission.match(True, focus == sector, self.field_of[focus] == self.field_of[sector], p)
                    for sector in sectors
                ]
                for focus in sectors
            ),
            [admission.match(False, False, False, p) for _ in sectors],
        ]

    def happens(self, event: str) -> bool:
        """Whether an event of the calendar falls in this quarter."""
        return bool(getattr(self.model.setting.calendar, event)[self.model.index])

    def national_places(self, carrier_type: int, share: float, applicants: int) -> int:
        """The national places of this year's round for one type."""
        p = self.model.parameters.rounds
        luck = rounds.year_luck(self.draw(decisions.ROUND_LUCK), p)
        expected = rounds.national_places(luck, applicants, share, p)
        return whole(expected, self.draw(decisions.ROUND_PLACES_BY_TYPE + carrier_type))
