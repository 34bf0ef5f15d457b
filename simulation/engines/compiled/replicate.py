"""What the kernels of a replicate share: tables, city, levers, calendar and books, passed by one reference.

Handing a kernel some fifty arrays one by one would cost more than most of its work, and minutes of compiling.
"""

from typing import Any

from numba.core import types
from numba.experimental import structref

FIELDS = (
    # where we are
    "key",  # 63-bit key of the replicate
    "index",  # quarter, counted from the first simulated one
    "now",  # quarter, four times the year plus 0 to 3
    # tables: matrices whose columns ``columns`` names, one row an agent
    "districts",
    "effort",
    "sponsors",
    "carriers",
    "measures",
    "by_sector",
    "by_field",
    "startups",
    "used",  # rows in use: carriers, startups, events; and startups that were there before the quarter
    "status",  # status, and the id that it concerns
    # the city
    "city_id",
    "usual_effort",
    "university",
    "park",
    "rent",
    "seekers_since",
    "seeker_share",
    "sector_cumulative",
    "field_of",
    "long_term",
    "space_growth",
    "space_by_lever",
    "transfer_quarter",
    "transfer_from",
    "transfer_to",
    "transfer_share",
    # levers, calendar, tasks
    "levers",
    "lever_strength",
    "lever_cost",
    "aimed_at_all",  # levers for which ``levers`` need not be looked at
    "calendar",
    "thresholds",
    "milestones",
    # books
    "stocks",
    "flows",
    "startup_counts",
    "money",
    "capacity",
    "events",
)


@structref.register
class ReplicateType(types.StructRef):
    """The compiled type of a replicate."""

    def preprocess_fields(self, fields: Any) -> Any:
        """Forget that a field was given as a literal: every replicate has one type."""
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


class Replicate(structref.StructRefProxy):
    """A replicate in compiled code; kernels read its fields by name and change them in place."""


structref.define_constructor(Replicate, ReplicateType, list(FIELDS))
structref.define_attributes(ReplicateType)
