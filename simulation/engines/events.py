"""What both engines record of single agents, for telling a life and for comparing engines.

An event is five whole numbers: quarter, kind, who, and two details that depend on the kind.
"""

import numpy as np
from numpy.typing import NDArray

# kind of event: what its two details say
KINDS = {
    # sponsors
    "committed": "type, quarters until opening",
    "lost": "type, -",
    # carriers
    "opened": "sponsor, type",
    "registered": "sponsor kind, -",
    "applied": "level, -",
    "applied_label": "-, -",
    "recognised": "level, mode",
    "promoted": "level, -",
    "demoted": "level, -",
    "withdrawn": "-, -",
    "converting": "sector, -",
    "gave_up_converting": "quarters converting, -",
    "specialised_in_fact": "sector, 1 by converting",
    "comprehensive_in_fact": "-, -",
    "labelled": "1 by converting, -",
    "relabelled": "mode, -",
    "label_lost": "-, -",
    "platform": "-, -",
    "fund": "CNY, -",
    "split": "child, tenants",
    "graded": "grade, -",
    "failed_review": "level, years in a row",
    "stopped": "tenants, -",
    "deregistered": "-, -",
    "reported": "level, -",
    "delisted": "level, -",
    "transferred": "from district, to district",
    # startups
    "formed": "district, sector",
    "admitted": "carrier, -",
    "funded": "carrier, -",
    "failed": "carrier, -",
    "graduated": "carrier, -",
    "left": "carrier, 1 displaced",
    "moved_up": "carrier, -",
    "gave_up_looking": "quarters looked, -",
}
NAMES = tuple(KINDS)
(
    COMMITTED, LOST, OPENED, REGISTERED, APPLIED, APPLIED_LABEL, RECOGNISED, PROMOTED, DEMOTED, WITHDRAWN,
    CONVERTING, GAVE_UP_CONVERTING, SPECIALISED_IN_FACT, COMPREHENSIVE_IN_FACT, LABELLED, RELABELLED, LABEL_LOST,
    PLATFORM, FUND, SPLIT, GRADED, FAILED_REVIEW, STOPPED, DEREGISTERED, REPORTED, DELISTED, TRANSFERRED,
    FORMED, ADMITTED, FUNDED, FAILED, GRADUATED, LEFT, MOVED_UP, GAVE_UP_LOOKING,
) = range(len(NAMES))  # fmt: skip


def in_order(events: NDArray[np.int64]) -> NDArray[np.int64]:
    """Events in canonical order: by quarter, kind, who, details."""
    return events[np.lexsort(events.T[::-1])]
