"""The compiled engine: a replicate from a world to the end of its setting."""

from typing import Any

from simulation.engines import books, events
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
from simulation.engines.compiled.steps.record import count, record
from simulation.engines.compiled.steps.rounds import rounds
from simulation.engines.setting import Setting
from simulation.kernels import kernel
from simulation.world import World


@kernel
def quarter(state: Any, s: Any, index: int, now: int) -> None:
    """One quarter: the eleven steps, in order."""
    p = s.parameters
    policy(state, s.key, index, now, s.city, s.levers, s.milestones, p.policy)
    founding(
        state, s.key, index, now, s.city, s.levers, p.founding, p.operations.topped_up_reserve, p.formation
    )
    formation(state, s.key, index, now, s.city, s.levers, p.formation)
    admission(state, s.key, index, now, s.city, s.levers, p.admission)
    incubation(state, s.key, index, now, s.city, s.levers, p.incubation, p.admission)
    operations(state, s.key, index, now, s.city, s.levers, p.operations, p.founding)
    conversion(state, s.key, index, now, s.city, s.levers, p.conversion, p.founding)
    evaluation(
        state,
        s.key,
        index,
        now,
        s.city,
        s.levers,
        s.calendar,
        p.evaluation,
        p.conversion,
        p.operations,
        p.founding,
    )
    rounds(state, s.key, index, now, s.city, s.levers, s.calendar, s.thresholds, p.rounds, p.evaluation)
    inspection(state, s.key, index, now, s.levers, p.inspection, p.founding)
    record(state, index, now)


@kernel
def run(state: Any, setting: Any) -> None:
    """All quarters; stops early when something has run out of room, which the status says."""
    count(state, 0)
    for index in range(setting.quarters):
        quarter(state, setting, index, setting.first_quarter + index)
        if state.status[0] != FINE:
            return


def simulate(setting: Setting, world: World, keep_events: bool = False) -> books.Outcome:
    """Run one replicate in the compiled engine, from a world to the end of the setting.

    A table that runs out of room is made larger and the replicate run again; nothing is ever cut off. Raises
    ``ValueError`` when two agents get one id.
    """
    room = enough_room(setting, world, keep_events)
    while True:
        state = start(setting, world, room)
        run(state, setting)
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
