"""Step 10, inspection: stopped carriers are found and taken off the list; a stocktake corrects labels."""

from typing import Any

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.compiled.changes import delist, enter, listed, strength_for, tell
from simulation.engines.compiled.state import CARRIERS
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import inspection as rules


@kernel
def inspection(state: Any, key: int, index: int, quarter: int, levers: Any, p: Any, founding: Any) -> None:
    """Look at every carrier on the list."""
    carriers = state.carriers
    for carrier in range(state.used[CARRIERS]):
        if not listed(carriers, carrier):
            continue
        if carriers.status[carrier] == codes.STOPPED:
            _inspect(state, key, index, quarter, levers, p, founding, carrier)
        elif carriers.level[carrier] >= codes.MUNICIPAL:
            _correct_label(state, key, index, quarter, levers, p, carrier)


@kernel
def _inspect(
    state: Any, key: int, index: int, quarter: int, levers: Any, p: Any, founding: Any, carrier: int
) -> None:
    carriers = state.carriers
    who = carriers.id[carrier]
    if not carriers.deregistered[carrier]:
        if uniform(key, who, quarter, decisions.DEREGISTERED) < p.deregistered:
            carriers.deregistered[carrier] = 1
            tell(state, quarter, events.DEREGISTERED, who, 0, 0)
    if carriers.reported[carrier] or not _is_found(state, key, index, quarter, levers, p, carrier):
        return
    if rules.ends_at_review(carriers.level[carrier]):
        carriers.reported[carrier] = 1
        tell(state, quarter, events.REPORTED, who, carriers.level[carrier], 0)
    else:
        delist(state, founding, index, quarter, carrier, codes.DELISTING)


@kernel
def _is_found(state: Any, key: int, index: int, quarter: int, levers: Any, p: Any, carrier: int) -> bool:
    """Whether a carrier is found to have stopped this quarter."""
    carriers = state.carriers
    clean_up = strength_for(state, levers, codes.CLEAN_UP, index, carrier)
    if not rules.past_grace(quarter - carriers.stopped[carrier], clean_up, p):
        return False
    stocktake = strength_for(state, levers, codes.STOCKTAKE, index, carrier)
    chance = rules.finding_chance(stocktake, clean_up, carriers.deregistered[carrier] > 0, p)
    return uniform(key, carriers.id[carrier], quarter, decisions.INSPECTED) < chance


@kernel
def _correct_label(state: Any, key: int, index: int, quarter: int, levers: Any, p: Any, carrier: int) -> None:
    """Give the label that the facts call for (重新归类), where a stocktake finds the wrong one."""
    carriers = state.carriers
    if not rules.label_is_wrong(carriers.mode[carrier], carriers.mode_in_fact[carrier]):
        return
    chance = rules.relabelling_chance(strength_for(state, levers, codes.STOCKTAKE, index, carrier), p)
    if uniform(key, carriers.id[carrier], quarter, decisions.RELABELLED) < chance:
        enter(state, index, carrier, codes.RELABELLING, -1)
        carriers.mode[carrier] = carriers.mode_in_fact[carrier]
        enter(state, index, carrier, codes.RELABELLING, 1)
        carriers.applied_label[carrier] = 0
        tell(state, quarter, events.RELABELLED, carriers.id[carrier], carriers.mode[carrier], 0)
