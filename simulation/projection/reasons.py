"""Who misses, and why: of the carriers one rung below a level, the threshold that binds, or what else stands between.

Each carrier has one reason. It stopped; it waits for an announcement; it applied within two years and there was no
place; it meets everything and has not applied; or it lacks something: then the threshold counts of which it has the
smallest part. A carrier that is not labelled specialised has one too: no platform, too small a share in one field,
or the facts without the label.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulation.engines import events
from simulation.engines.books import Outcome
from simulation.engines.setting import Setting, aimed_strength
from simulation.rules import codes, rounds
from simulation.rules.rounds import Standing, Thresholds
from simulation.world import World

I64 = NDArray[np.int64]

_RECENT = 8  # quarters: an application within them that came to nothing met no place
OTHER = ("stopped", "pending", "no_place", "not_applied")
REASONS = (*Thresholds._fields, *OTHER)
STOPPED, PENDING, NO_PLACE, NOT_APPLIED = range(len(Thresholds._fields), len(REASONS))

LABEL_REASONS = ("no_platform", "field_share", "no_label")
NO_PLATFORM, FIELD_SHARE, NO_LABEL = range(3)

LEVELS = (codes.MUNICIPAL, codes.NATIONAL)  # that a target can be short of; the columns of ``below``


def shortfalls(standing: Standing, asked: Thresholds, density_counts: float) -> Iterator[tuple[str, float]]:
    """Each threshold that a carrier does not meet, and which part of it it has (0 to 1)."""
    have = {
        "quarters_open": standing.quarters_open,
        "quarters_registered": standing.quarters_registered,
        "statistics_years": standing.quarters_registered // 4,
        "area": standing.area,
        "used_share": standing.used_area / max(1, standing.area),
        "places": standing.places,
        "tenants": standing.tenants,
        "density": 1000.0 * standing.tenants / max(1, standing.area),
        "graduates": standing.graduates,
        "fund": standing.fund,
        "funded_tenants": standing.funded_tenants,
        "funded_share": standing.funded_tenants / max(1, standing.tenants),
        "field_share": standing.field_tenants / max(1, standing.tenants),
        "platform": float(standing.platform),
        "admitted": standing.admitted,
        "events": standing.events,
    }
    blank = Thresholds(*(0.0,) * len(Thresholds._fields))
    for name, asks in asked._asdict().items():
        if asks > 0.0 and not rounds.eligible(standing, blank._replace(**{name: asks}), density_counts):
            yield name, min(1.0, have[name] / asks)


def binding(standing: Standing, asked: Thresholds, density_counts: float) -> int | None:
    """The reason for a carrier that lacks something: the threshold of which it has the smallest part."""
    unmet = sorted(
        (part, Thresholds._fields.index(name)) for name, part in shortfalls(standing, asked, density_counts)
    )
    return unmet[0][1] if unmet else None


def standings(world: World, setting: Setting) -> Iterator[tuple[int, Standing]]:
    """What each operating carrier has to show at the end of a run, with its row."""
    tenants, funded, by_field = _tenants(world, setting)
    c, p, levers = world.carriers, setting.parameters.rounds, setting.levers
    last = setting.quarters - 1
    for row in np.flatnonzero(c.status == codes.OPERATING).tolist():
        strength = aimed_strength(
            levers,
            codes.EVENTS,
            last,
            int(c.district[row]),
            int(c.type[row]),
            int(c.level[row]),
            int(c.mode[row]),
            int(c.sector[row]),
            int(c.kind[row]),
        )
        count, sector = int(tenants[row]), int(c.sector[row])
        field = by_field[row, setting.city.field[sector]] if sector >= 0 else by_field[row].max()
        yield (
            row,
            Standing(
                quarters_open=world.quarter - int(c.opened[row]),
                quarters_registered=world.quarter - int(c.registered[row]) if c.registered[row] else 0,
                area=int(c.area[row]),
                used_area=rounds.used_area(int(c.area[row]), count, int(c.places[row]), p),
                places=int(c.places[row]),
                tenants=count,
                funded_tenants=int(funded[row]),
                field_tenants=int(field),
                graduates=int(c.graduates[row]),
                fund=int(c.fund[row]),
                platform=bool(c.platform[row]),
                admitted=max(int(c.admitted_this_year[row]), int(c.admitted_last_year[row])),
                events=rounds.events_held(float(c.capability[row]), strength, p),
            ),
        )


def _tenants(world: World, setting: Setting) -> tuple[I64, I64, I64]:
    """Tenants of each carrier, those funded, and (carriers, fields) those of each field."""
    c, s = world.carriers, world.startups
    order = np.argsort(c.id)
    housed = s.carrier != 0
    row = order[np.searchsorted(c.id[order], s.carrier[housed])]
    tenants = np.bincount(row, minlength=len(c.id))
    funded = np.bincount(row, weights=s.funded[housed], minlength=len(c.id)).astype(np.int64)
    by_field = np.zeros((len(c.id), setting.fields), np.int64)
    np.add.at(by_field, (row, setting.city.field[s.sector[housed]]), 1)
    return tenants, funded, by_field


def below(setting: Setting, outcome: Outcome) -> I64:
    """(districts, levels, reasons) Carriers one rung below each of ``LEVELS`` at the end, by what stands between."""
    world = outcome.world
    c = world.carriers
    found = np.zeros((len(world.districts.id), len(LEVELS), len(REASONS)), np.int64)
    applied = _applications(outcome, world.quarter)
    for column, level in enumerate(LEVELS):
        stopped = (c.status == codes.STOPPED) & (c.level == level - 1)
        np.add.at(found, (c.district[stopped], column, STOPPED), 1)
    for row, standing in standings(world, setting):
        level = int(c.level[row]) + 1
        if level not in LEVELS:
            continue
        asked = Thresholds(
            *setting.thresholds[setting.quarters - 1, c.type[row], level, c.mode_in_fact[row]].tolist()
        )
        reason = binding(standing, asked, setting.parameters.rounds.density_counts)
        if c.applied_level[row] == level:
            reason = PENDING
        elif (int(c.id[row]), level) in applied:
            reason = NO_PLACE
        elif reason is None:
            reason = NOT_APPLIED
        found[c.district[row], LEVELS.index(level), reason] += 1
    return found


def _applications(outcome: Outcome, now: int) -> set[tuple[int, int]]:
    """Who has applied for which level lately: those who hold it, or wait, are told apart by what they are."""
    e = outcome.events
    recent = e[(e[:, 1] == events.APPLIED) & (e[:, 0] > now - _RECENT)]
    return {(int(who), int(level)) for _, _, who, level, _ in recent.tolist()}


def unlabelled(setting: Setting, outcome: Outcome) -> I64:
    """(districts, label reasons) Recognised carriers without the label at the end, by what stands between."""
    world = outcome.world
    c = world.carriers
    found = np.zeros((len(world.districts.id), len(LABEL_REASONS)), np.int64)
    for row, standing in standings(world, setting):
        if c.level[row] < codes.MUNICIPAL or c.mode[row] == codes.SPECIALISED:
            continue
        if c.mode_in_fact[row] == codes.SPECIALISED:
            reason = NO_LABEL
        elif standing.tenants and standing.field_tenants >= 0.75 * standing.tenants:
            reason = NO_PLATFORM
        else:
            reason = FIELD_SHARE
        found[c.district[row], reason] += 1
    return found


def idle_sponsors(world: World) -> I64:
    """(districts) Potential founders that have not founded."""
    s = world.sponsors
    return np.bincount(s.district[s.state == codes.IDLE], minlength=len(world.districts.id))


KEPT, LOST_STOPPED, LOST_DELISTED, LOST_TITLE = range(4)
FATES = ("kept", "stopped", "delisted", "title_lost")


def fates(start: World, end: World) -> NDArray[np.int8]:
    """What became of each carrier that was recognised at the start; -1 for those that were not. Ids as at the start."""
    c, e = start.carriers, end.carriers
    order = np.argsort(e.id)
    row = order[np.searchsorted(e.id[order], c.id)]  # every carrier keeps its row
    found = np.full(len(c.id), -1, np.int8)
    recognised = (c.level >= codes.MUNICIPAL) & (c.status != codes.DELISTED)
    now = np.full(len(c.id), KEPT, np.int8)
    now[e.level[row] < codes.MUNICIPAL] = LOST_TITLE
    now[e.status[row] == codes.STOPPED] = LOST_STOPPED
    now[e.status[row] == codes.DELISTED] = LOST_DELISTED
    found[recognised] = now[recognised]
    return found
