"""Columns of sponsors. ``RUNS`` is the row of the carrier it runs, -1 for none."""

(
    ID,
    KIND,
    DISTRICT,
    SECTOR,
    STATE,
    QUARTERS_LEFT,
    PLANNED_TYPE,
    PLANNED_AREA,
    FREE_FROM,
    RUNS,
) = range(10)
