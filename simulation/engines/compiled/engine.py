"""The compiled engine: a replicate from a world to the end of its setting."""

from typing import Any

from simulation.engines import books, events
from simulation.engines.compiled.changes import fine
from simulation.engines.compiled.numbers import records
from simulation.engines.compiled.replicate import Replicate
from simulation.engines.compiled.state import (
    COLLISION,
    EVENTS,
    FINE,
    State,
    enough_room,
    finish,
    more_room,
    start,
)
from simulation.engines.compiled.steps.admission import admission
from simulation.engines.compiled.steps.conversion import conversion
from simulation.engines.compiled.steps.evaluation import evaluation
from simulation.engines.compiled.steps.formation import formation
from simulation.engines.compiled.steps.founding import founding
from simulation.engines.compiled.steps.incubation import incubation
from simulation.engines.compiled.steps.inspection import inspection
from simulation.engines.compiled.steps.operations import operations
from simulation.engines.compiled.steps.policy import policy
from simulation.engines.compiled.steps.record import count, count_tenants, record
from simulation.engines.compiled.steps.rounds import rounds
from simulation.engines.setting import Setting, aimed_at_all
from simulation.kernels import JIT_DISABLED, kernel
from simulation.world import World

NEEDS_COMPILER = (
    "the compiled engine needs numba's compiler, and NUMBA_DISABLE_JIT turns it off: unset that, or run with "
    "--engine mesa, which gives the same results"
)


@kernel
def quarter(r: Any, p: Any) -> None:
    """One quarter: the eleven steps, in order."""
    policy(r, p.policy)
    founding(r, p.founding, p.operations, p.formation)
    formation(r, p.formation)
    admission(r, p.admission)
    incubation(r, p.incubation, p.admission, p.conversion)
    operations(r, p.operations, p.founding)
    conversion(r, p.conversion, p.founding)
    evaluation(r, p.evaluation, p.conversion, p.operations, p.founding)
    rounds(r, p.rounds, p.evaluation)
    inspection(r, p.inspection, p.founding)
    record(r)


@kernel
def run(
    state: Any,
    key: int,
    first: int,
    quarters: int,
    city: Any,
    levers: Any,
    aimed: Any,
    dates: Any,
    asked: Any,
    tasks: Any,
    p: Any,
) -> None:
    """All quarters; stops early when something has run out of room, which the status says."""
    r: Any = Replicate(
        key,
        -1,
        first - 1,
        state.districts,
        state.effort,
        state.sponsors,
        state.carriers,
        state.measures,
        state.by_sector,
        state.by_field,
        state.startups,
        state.used,
        state.status,
        city.id,
        city.usual_effort,
        city.university,
        city.park,
        city.rent,
        city.seekers_since,
        city.seeker_share,
        city.sector_cumulative,
        city.field,
        city.long_term,
        city.space_growth,
        city.space_by_lever,
        city.transfer_quarter,
        city.transfer_from,
        city.transfer_to,
        city.transfer_share,
        levers,
        levers.strength,
        levers.unit_cost,
        aimed,
        dates,
        asked,
        tasks,
        state.log.stocks,
        state.log.flows,
        state.log.startups,
        state.log.money,
        state.log.capacity,
        state.log.events,
    )
    count_tenants(r)
    count(r, 0)
    for i in range(quarters):
        r.index = i
        r.now = first + i
        quarter(r, p)
        if not fine(r):
            return


def simulate(setting: Setting, world: World, keep_events: bool = False) -> books.Outcome:
    """Run one replicate in the compiled engine, from a world to the end of the setting.

    A table that runs out of room is made larger and the replicate run again; nothing is ever cut off. Raises
    ``ValueError`` when two agents get one id, and ``RuntimeError`` where the compiler is turned off.
    """
    if JIT_DISABLED:
        raise RuntimeError(NEEDS_COMPILER)
    room, numbers = enough_room(setting, world, keep_events), records(setting.parameters)
    while True:
        state = start(setting, world, room)
        run(
            state,
            setting.key,
            setting.first_quarter,
            setting.quarters,
            setting.city,
            setting.levers,
            aimed_at_all(setting.levers),
            setting.calendar,
            setting.thresholds,
            setting.milestones,
            numbers,
        )
        status, who = state.status.tolist()
        if status == FINE:
            return _outcome(setting, state)
        if status == COLLISION:
            raise ValueError(f"two agents have the id {who}: choose another seed")
        room = more_room(room, status)


def _outcome(setting: Setting, state: State) -> books.Outcome:
    log = state.log
    return books.Outcome(
        log.stocks,
        log.flows,
        log.startups,
        log.money,
        log.capacity,
        finish(state, setting.first_quarter + setting.quarters - 1),
        events.in_order(log.events[: state.used[EVENTS]]),
    )
