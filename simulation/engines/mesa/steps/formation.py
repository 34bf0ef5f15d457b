"""Step 3, formation: each district forms startups that seek a place, by sector."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from simulation import decisions
from simulation.draws import identity

if TYPE_CHECKING:
    from simulation.engines.mesa.agents import District
    from simulation.engines.mesa.model import CarrierModel


def formation(model: CarrierModel) -> None:
    """Form this quarter's seekers; one more or fewer changes none of the others."""
    for district in model.districts:
        for rank in range(district.seekers()):
            startup_id = identity(district.id, model.quarter_number, rank)
            model.form_startup(startup_id, district, _sector(model, district, startup_id))


def _sector(model: CarrierModel, district: District, startup_id: int) -> int:
    return bisect_right(district.cumulative, model.draw_of(startup_id)(decisions.SECTOR))
