"""What a scenario may say: every key, its type, its bounds and its default."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from simulation.quarters import quarter, quarter_name
from simulation.rules import codes

SYNTHETIC = "synthetic"
LEVER_FROM = quarter("2021Q4")
UNTIL = quarter("2025Q4")
MOST_STRENGTH = 2.0
_RAMP = re.compile(r"(\d{1,2}) quarters?")
FIRST_YEAR, LAST_YEAR = 1990, 2100


def _quarter(given: object) -> int:
    if isinstance(given, str):
        try:
            number = quarter(given)
        except ValueError:
            number = 0
        if 4 * FIRST_YEAR <= number < 4 * (LAST_YEAR + 1):
            return number
    raise PydanticCustomError("quarter", f"a quarter such as 2021Q4, from {FIRST_YEAR} to {LAST_YEAR}")


def _date(given: object) -> date:
    if isinstance(given, date):
        return given
    if isinstance(given, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass  # said below: a day that the calendar does not have
    raise PydanticCustomError("date", "a date such as 2021-08-25")


def _ramp(given: object) -> int:
    if isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= 99:
        return given
    match = _RAMP.fullmatch(given) if isinstance(given, str) else None
    if match is not None:
        return int(match[1])
    raise PydanticCustomError("ramp", "a number of quarters such as 2, or `2 quarters`")


def _tuple(given: object) -> object:
    return tuple(given) if isinstance(given, list) else given


def _prior(given: object) -> object:
    if isinstance(given, int | float) and not isinstance(given, bool):
        return {"value": given}
    return given


Quarter = Annotated[int, BeforeValidator(_quarter), PlainSerializer(quarter_name)]
Day = Annotated[date, BeforeValidator(_date), PlainSerializer(date.isoformat)]
Names = Annotated[tuple[str, ...], BeforeValidator(_tuple), Field(min_length=1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Part(BaseModel):
    """A part of a scenario: nothing is guessed, nothing is added, nothing changes later."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", serialize_by_alias=True)


class LeverSetting(Part):
    """How a lever is set: how strong, from when to when, where, aimed at what, at what cost."""

    strength: float = Field(0.0, ge=0.0, le=MOST_STRENGTH, allow_inf_nan=False)
    from_: Quarter = Field(LEVER_FROM, alias="from")
    until: Quarter | None = None  # the last quarter in which it acts; None: to the horizon
    ramp: Annotated[int, BeforeValidator(_ramp)] = 0
    districts: Names | None = None
    types: Names | None = None
    levels: Names | None = None
    modes: Names | None = None
    sectors: Names | None = None
    sponsor_kinds: Names | None = None
    cost: int | None = Field(None, ge=0, le=10_000_000_000)  # CNY a unit at strength 1; None: the city's

    def active(self, first: int, last: int) -> bool:
        """Whether it acts in any quarter from first to last."""
        end = last if self.until is None else self.until
        return self.strength > 0.0 and max(self.from_, first) <= min(end, last)


class Prior(Part):
    """An unknown number: a triangle from low to high with its peak at mid, or one value that pins it."""

    value: Finite | None = None
    low: Finite | None = None
    mid: Finite | None = None
    high: Finite | None = None


class TargetSetting(Part):
    """A target: so many carriers, or such a share specialised, by the end of a quarter."""

    scope: str = "recognised"
    basis: str = "label"
    measure: str = "count"
    at_least: float = Field(ge=0.0, allow_inf_nan=False)
    by: Quarter = UNTIL
    official: bool = False


class Switches(Part):
    """Readings of the rules that are a matter of choice."""

    accelerators_recognised: bool = False  # whether accelerators may get titles above the district's


class ScenarioFields(Part):
    """The keys of a scenario, ``extends`` aside."""

    name: str = Field(min_length=1, max_length=200)
    description: str = ""
    city: str = "wuhan"
    as_of: Day | None = None  # nothing known later is used; None: all that the city's tables hold
    baseline: str = SYNTHETIC  # or the path of a registry
    covers: Names | None = None  # districts that the registry covers; None: the whole city
    start: Quarter | None = None  # the quarter whose end is the opening stock; None: the baseline's
    until: Quarter = UNTIL  # the last quarter simulated
    seeds_per_draw: int = Field(1, ge=1, le=10_000)
    levers: dict[str, LeverSetting] = {}
    unknowns: dict[str, Annotated[Prior, BeforeValidator(_prior)]] = {}
    posterior: str | None = None  # the path of a posterior of the unknowns; `unknowns: FILE` means the same
    rules: dict[str, Finite] = {}
    targets: Annotated[tuple[TargetSetting, ...], BeforeValidator(_tuple)] | None = None
    annex: str | None = None  # the path of a table of district tasks
    switches: Switches = Switches()


def keys(model: type[Part]) -> list[str]:
    """The keys that a part of a scenario may have."""
    return [field.alias or name for name, field in model.model_fields.items()]


# What may be aimed at, by key of a lever: a code list of the rulebook.
AIMS: dict[str, tuple[str, ...]] = {
    "types": codes.TYPES,
    "levels": codes.LEVELS,
    "modes": codes.MODES,
    "sponsor_kinds": codes.SPONSOR_KINDS,
}


def canonical(model: Part) -> dict[str, Any]:
    """A part of a scenario as plain values, what is not said left out."""
    return model.model_dump(mode="json", exclude_none=True)


# What ``where`` of a lever may say, and the key of the lever that means the same.
AIM_OF: dict[str, str] = {
    **{one: one for one in (*AIMS, "sectors")},
    **{one.removesuffix("s"): one for one in (*AIMS, "sectors")},
}
