"""Columns of districts."""

(
    ID,
    SPACE,
) = range(2)
