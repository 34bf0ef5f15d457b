"""Step 3, formation: each district forms startups that seek a place, by sector."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

from simulation import decisions
from simulation.draws import identity

if TYPE_CHECKING:
    from simulation.engines.mesa.model import CarrierModel


def formation(model: CarrierModel) -> None:
    """Form this quarter's seekers; one more or fewer changes none of the others."""
    newcomers = [
        (identity(district.id, model.quarter_number, rank), district)
        for district in model.districts
        for rank in range(district.seekers())
    ]
    ids = np.array([startup_id for startup_id, _ in newcomers], np.int64)
    model.luck.draw_ahead(ids, decisions.AGE_AT_ENTRY_1, decisions.AGE_AT_ENTRY_2, decisions.FUNDED_AT_ENTRY)
    sectors = model.luck.numbers(ids, decisions.SECTOR).tolist()
    for (startup_id, district), draw in zip(newcomers, sectors, strict=True):
        model.form_startup(startup_id, district, bisect_right(district.cumulative, draw))
