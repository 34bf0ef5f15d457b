"""Columns of startups. ``CARRIER`` is a row, or SEEKING or GONE."""

(
    ID,
    DISTRICT,
    SECTOR,
    CARRIER,
    AGE,
    STAY,
    FUNDED,
    WAITING,
    UPWARD,
) = range(9)
