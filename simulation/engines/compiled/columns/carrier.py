"""Columns of carriers. ``SPONSOR`` is a row, -1 for none; ``TENANTS`` and ``FUNDED`` are counted here.

Measures (capability, reserve, shock) are columns of a matrix of their own."""

(
    ID,
    SPONSOR,
    KIND,
    DISTRICT,
    TYPE,
    SECTOR,
    MODE,
    MODE_IN_FACT,
    CONVERTING_SINCE,
    CONVERTED,
    LEVEL,
    STATUS,
    OPENED,
    REGISTERED,
    LEVEL_SINCE,
    STOPPED,
    AREA,
    PLACES,
    PLATFORM,
    FUND,
    GRADUATES,
    GRADUATES_THIS_YEAR,
    GRADUATES_LAST_YEAR,
    ADMITTED_THIS_YEAR,
    ADMITTED_LAST_YEAR,
    GRADE,
    UNQUALIFIED_YEARS,
    FAILED_REVIEWS,
    UNSPECIALISED_YEARS,
    PARK,
    PARENT,
    DEREGISTERED,
    REPORTED,
    APPLIED_LEVEL,
    APPLIED_LABEL,
    TENANTS,
    FUNDED,
) = range(37)

# Measures.
CAPABILITY, RESERVE, SHOCK = range(3)
