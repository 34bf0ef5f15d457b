"""A world's carriers as a registry: read back, it gives the same world for the same draw."""

import csv
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING

import numpy as np

from simulation.quarters import year_of
from simulation.registry.columns import COLUMNS, GRADES, IN_FACT, KINDS, LEVELS, STATUSES, TYPES, Words
from simulation.registry.fixing import guarded
from simulation.rules import codes
from simulation.world import World

if TYPE_CHECKING:
    from simulation.scenario.city import CityTables

_TITLES = ("registered_on", "municipal_on", "provincial_on", "national_on")


def write_registry(
    file: IO[str], world: World, city: "CityTables", labels: Mapping[int, str], desks_per_place: float
) -> int:
    """Write the carriers of a world that are not off the list, by their registry ids; how many they are.

    ``labels`` gives the registry id of each carrier's own id.
    """
    out = csv.writer(file)
    out.writerow(one.title for one in COLUMNS)
    tenants = dict(zip(*np.unique(world.startups.carrier, return_counts=True), strict=True))
    rows = [
        _row(
            {name: getattr(world.carriers, name)[place].item() for name in world.carriers._fields},
            labels[int(world.carriers.id[place])],
            int(tenants.get(world.carriers.id[place], 0)),
            city,
            desks_per_place,
        )
        for place in range(len(world.carriers.id))
        if world.carriers.status[place] != codes.DELISTED
    ]
    for row in sorted(rows, key=lambda one: one["id"]):
        out.writerow(guarded(row.get(one.name, "")) for one in COLUMNS)
    return len(rows)


def _row(
    of: dict[str, int], label: str, tenants: int, city: "CityTables", desks_per_place: float
) -> dict[str, str]:
    makerspace, stopped = of["type"] == codes.MAKERSPACE, of["status"] == codes.STOPPED
    mode = "转型中" if of["converting_since"] else _word(IN_FACT, of["mode"])
    row = {
        "id": label,
        "name": label,
        "district": city.districts[of["district"]].name_zh,
        "type": _word(TYPES, of["type"]),
        "level": _word(LEVELS, of["level"]),
        "mode": mode,
        "mode_in_fact": _word(IN_FACT, of["mode_in_fact"]),
        "sector": "" if of["sector"] < 0 else city.sectors[of["sector"]].name_zh,
        "sponsor_kind": _word(KINDS, of["kind"]),
        "opened": _month(of["opened"]),
        "floor_area_m2": str(of["area"]),
        "desks": f"{of['places'] * desks_per_place:g}" if makerspace else "",
        "tenants": str(tenants),
        "teams": "0" if makerspace else "",
        "graduates": str(of["graduates"]),
        "platform": "有" if of["platform"] else "无",
        "fund_10k": f"{of['fund'] / 10_000:g}",
        "grade": _word(GRADES, of["grade"]),
        "park": city.parks[of["park"]] if of["park"] >= 0 else "",
        "status": _word(STATUSES, of["status"]),
        "stopped_on": _month(of["stopped"]) if stopped else "",
    }
    if of["level"] >= codes.DISTRICT:
        row["registered_on"] = _month(of["registered"])
    for level in range(codes.MUNICIPAL, of["level"] + 1):
        row[_TITLES[level - 1]] = _month(of["level_since"])  # when it got the titles below is not known
    return row


def _word(words: Words, code: int) -> str:
    """The Chinese word of a code, the first that means it."""
    return next(word for word, meant in words.items() if meant == code)


def _month(quarter: int) -> str:
    """The first month of a quarter."""
    return f"{year_of(quarter):04d}-{1 + 3 * (quarter % 4):02d}"
