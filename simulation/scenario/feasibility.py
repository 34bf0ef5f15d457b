"""What a scenario asks for that cannot be, found by counting before anything is simulated.

A target can ask for more carriers than there are founders and floor, or than the rounds that are left have
places; for a share that no round is left to recognise; or for what is there already. Nobody needs a simulation
to see that. The bounds are generous: what they refuse, no luck brings about.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.faults import NOTE, WARNING, Fault, Place, say
from simulation.quarters import quarter_name
from simulation.rules import codes
from simulation.scenario.study import Study
from simulation.scenario.tables import Row
from simulation.scenario.tasks import LOWEST_LEVEL, Target
from simulation.world import World

SEED = 1  # any: the published margins of a start population are the same in every draw


class Reach(NamedTuple):
    """A count at the start, and what the count can rise to by a date at most."""

    now: int  # carriers
    most: int  # carriers
    bound: str  # what binds, said in a few words


def findings(study: Study, world: World | None = None) -> list[Fault]:
    """A warning for each target that cannot be met, a note for each that is met already or rests on luck.

    ``world`` is a start of the study, when there is one already.
    """
    world = study.world(SEED, 0, 0) if world is None else world
    found = list[Fault]()
    for row, target in enumerate(study.scenario.targets or ()):
        aim = Target(**dict(target), district=None, grade="scenario")
        if study.first_quarter <= aim.by <= study.scenario.until:
            place = study.scenario.places.get(("targets", row, "at_least"), Place("targets.csv"))
            found += _of(aim, place, study, world)
    if study.scenario.annex is not None:
        for task in study.tasks:
            found += _of(task, Place(str(study.scenario.annex)), study, world)
    return found


def _of(target: Target, place: Place, study: Study, world: World) -> Iterator[Fault]:
    if target.measure == "count":
        yield from _of_count(target, place, study, world)
    else:
        yield from _of_share(target, place, study, world)


def _of_count(target: Target, place: Place, study: Study, world: World) -> Iterator[Fault]:
    reach = reachable(target, study, world)
    asked = say("{n:g} carriers of scope `{scope}`{where}", n=target.at_least, scope=target.scope,
                where=_where(target, study))  # fmt: skip
    if target.at_least > reach.most:
        allowed = say("{most} at most by {by}: {bound}", most=reach.most, by=quarter_name(target.by),
                      bound=reach.bound)  # fmt: skip
        yield _fault(
            place, asked, allowed, say("no mix of levers reaches it; ask for less, or later"), WARNING
        )
    elif target.at_least <= reach.now:
        there = say("{now} are there at the start", now=reach.now)
        yield _fault(place, asked, there, say("it is met unless carriers are lost"), NOTE)
    elif target.scope == "national" and target.district is None:
        yield from _of_national_places(target, place, asked, reach.now, study)


def _of_national_places(target: Target, place: Place, asked: str, now: int, study: Study) -> Iterator[Fault]:
    """A national target that needs more places a round than the city is expected to get."""
    rounds = announced(study, "national", target.by)
    low, usual, high = study.priors.get("rounds.national_places", (np.inf,) * 3)
    needed = (target.at_least - now) / rounds if rounds else np.inf
    if needed > usual:
        allowed = say(
            "{usual:g} places a round ({low:g} to {high:g}) in {rounds} national rounds by {by}",
            usual=usual,
            low=low,
            high=high,
            rounds=rounds,
            by=quarter_name(target.by),
        )
        advice = say("it takes {needed:.1f} a round: above the middle of what is assumed", needed=needed)
        if needed > high:
            advice = say("it takes {needed:.1f} a round: above the most that is assumed", needed=needed)
        yield _fault(place, asked, allowed, advice, NOTE)


def _of_share(target: Target, place: Place, study: Study, world: World) -> Iterator[Fault]:
    counted = _counted(target, study, world)
    mode = world.carriers.mode if target.basis == "label" else world.carriers.mode_in_fact
    total, part = int(counted.sum()), int((counted & (mode == codes.SPECIALISED)).sum())
    asked = say("a share of {share:.3g} specialised in scope `{scope}`{where}", share=target.at_least,
                scope=target.scope, where=_where(target, study))  # fmt: skip
    if total and part >= target.at_least * total:
        there = say("{part} of {total} are specialised at the start", part=part, total=total)
        yield _fault(place, asked, there, say("it is met unless that changes"), NOTE)
    elif target.basis == "label" and not announced(study, "municipal", target.by):
        none = say("{part} of {total} at the start, and no round by {by} that could recognise more",
                   part=part, total=total, by=quarter_name(target.by))  # fmt: skip
        yield _fault(place, asked, none, say("no mix of levers reaches it; ask for less, or later"), WARNING)


def _fault(place: Place, found: str, allowed: str, advice: str, severity: str) -> Fault:
    return Fault(
        place.file, place.line, place.column, found, allowed, advice, kind="feasibility", severity=severity
    )


def _where(target: Target, study: Study) -> str:
    if target.district is None:
        return ""
    unit = next(one for one in study.city.districts if one.code == target.district)
    return say(" in {district}", district=f"{unit.name_en} {unit.name_zh}")


def reachable(target: Target, study: Study, world: World) -> Reach:
    """How far a count can rise by the date of a target at most, and what binds.

    Every founder that is idle opens, every large carrier splits, and every round fills its places.
    """
    listed = _can_be_listed(target, study, world)
    now = int(_counted(target, study, world).sum())
    if target.scope in ("listed", "operating"):
        return Reach(now, max(now, listed.most), listed.bound)
    bounds = [(listed.most, listed.bound)]
    recognised = _level_count(target, study, world, codes.MUNICIPAL)
    rounds, places = announced(study, "municipal", target.by), int(_highest(study, "rounds.municipal_places"))
    if target.district is None or rounds == 0:
        bound = say("{now} recognised at the start, and {rounds} municipal rounds with {places} places at most",
                    now=recognised, rounds=rounds, places=places)  # fmt: skip
        bounds.append((recognised + rounds * places, bound))
    if target.scope == "national":
        bounds.append(_by_rungs(target, study, world, now))
    most, bound = min(bounds, key=lambda one: one[0])
    return Reach(now, max(now, most), bound)


def _by_rungs(target: Target, study: Study, world: World, now: int) -> tuple[int, str]:
    """National carriers come from provincial ones: no rung is skipped."""
    rounds = announced(study, "national", target.by)
    provincial = _level_count(target, study, world, codes.PROVINCIAL) - now
    before = announced(study, "provincial", target.by - 1)  # in time for a national round to open after it
    places = int(_highest(study, "rounds.provincial_places"))
    if rounds == 0:
        return now, say("{now} at the start, and no national round is announced by then", now=now)
    bound = say(
        "{now} national and {provincial} provincial at the start, and {rounds} provincial rounds with {places} places",
        now=now,
        provincial=provincial,
        rounds=before,
        places=places,
    )
    return now + provincial + before * places, bound


def _can_be_listed(target: Target, study: Study, world: World) -> Reach:
    """Carriers on the list or open at the start, and all that founders and splits can add."""
    here = _in_district(world.carriers.district, target, study)
    there = int((here & (world.carriers.status != codes.DELISTED)).sum())
    founders = world.sponsors.state != codes.RUNNING
    able = int((founders & _in_district(world.sponsors.district, target, study)).sum())
    splits = _most_splits(target, study, world)
    bound = say(
        "{there} carriers at the start, {able} founders that run none, {splits} carriers that could be split off",
        there=there,
        able=able,
        splits=splits,
    )
    if _districts_can_gain(target, study):
        return Reach(there, np.iinfo(np.int32).max, bound)
    return Reach(there, there + able + splits, bound)


def _most_splits(target: Target, study: Study, world: World) -> int:
    """Carriers that the lever convert_large can split off: none without it."""
    lever = study.scenario.levers[codes.LEVERS[codes.CONVERT_LARGE]]
    if lever.strength == 0.0 or not lever.active(study.first_quarter, target.by):
        return 0
    children = int(_highest(study, "conversion.most_children"))
    comprehensive = world.carriers.mode_in_fact == codes.COMPREHENSIVE
    return children * int((comprehensive & _in_district(world.carriers.district, target, study)).sum())


def _districts_can_gain(target: Target, study: Study) -> bool:
    """Whether carriers are transferred to the district of a target from others, which no count here bounds."""
    if target.district is None:
        return False
    return target.district in {one.new for one in study.city.transfers}


def announced(study: Study, event: str, by: int) -> int:
    """How many rounds are both opened and announced from the first quarter of a run to the end of ``by``."""
    return sum(
        study.first_quarter <= opens and announces <= by
        for row in study.city.calendar
        if row["event"] == event
        for opens, announces in _rounds(row, study)
    )


def _rounds(row: Row, study: Study) -> Iterator[tuple[int, int]]:
    first = study.first_quarter - study.first_quarter % 4
    for january in range(first, study.scenario.until + 1, 4):
        opens = january + int(row["opens"][1]) - 1
        yield opens, january + 4 * int(row["years_later"]) + int(row["announces"][1]) - 1


def _highest(study: Study, name: str) -> float:
    """The highest value that a number of the rulebook can take in this scenario."""
    if name in study.priors:
        return study.priors[name][2]
    fixed = {one.name: one.value for one in study.city.parameters} | study.scenario.rules
    return fixed[name]


def _counted(target: Target, study: Study, world: World) -> NDArray[np.bool_]:
    """(carriers) Which carriers of the start a target counts."""
    counted = _on_list(target, study, world, LOWEST_LEVEL[target.scope])
    if target.scope == "operating":
        counted &= world.carriers.status == codes.OPERATING
    return counted


def _level_count(target: Target, study: Study, world: World, level: int) -> int:
    return int(_on_list(target, study, world, level).sum())


def _on_list(target: Target, study: Study, world: World, level: int) -> NDArray[np.bool_]:
    """(carriers) Those of the start at a level or above where a target counts, stopped ones included."""
    carriers = world.carriers
    counted = _in_district(carriers.district, target, study)
    counted &= (carriers.status == codes.OPERATING) | (carriers.status == codes.STOPPED)
    counted &= carriers.level >= level
    return counted


def _in_district(districts: NDArray[np.integer], target: Target, study: Study) -> NDArray[np.bool_]:
    if target.district is None:
        return np.ones(len(districts), bool)
    here: NDArray[np.bool_] = districts == study.city.index(target.district)
    return here
