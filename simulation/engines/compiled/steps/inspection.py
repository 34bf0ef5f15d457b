"""Step 10, inspection: stopped carriers are found and taken off the list; a stocktake corrects labels."""

from typing import Any

from simulation import decisions
from simulation.draws import uniform
from simulation.engines import events
from simulation.engines.compiled.changes import delist, enter, listed, strength_for, tell
from simulation.engines.compiled.columns import carrier as c
from simulation.engines.compiled.state import CARRIERS
from simulation.kernels import kernel
from simulation.rules import codes
from simulation.rules import inspection as rules


@kernel
def inspection(r: Any, p: Any, founding: Any) -> None:
    """Look at every carrier on the list."""
    carriers = r.carriers
    for carrier in range(r.used[CARRIERS]):
        if not listed(carriers, carrier):
            continue
        if carriers[carrier, c.STATUS] == codes.STOPPED:
            _inspect(r, p, founding, carrier)
        elif carriers[carrier, c.LEVEL] >= codes.MUNICIPAL:
            _correct_label(r, p, carrier)


@kernel
def _inspect(r: Any, p: Any, founding: Any, carrier: int) -> None:
    carriers = r.carriers
    who = carriers[carrier, c.ID]
    if not carriers[carrier, c.DEREGISTERED]:
        if uniform(r.key, who, r.now, decisions.DEREGISTERED) < p.deregistered:
            carriers[carrier, c.DEREGISTERED] = 1
            tell(r, events.DEREGISTERED, who, 0, 0)
    if carriers[carrier, c.REPORTED] or not _is_found(r, p, carrier):
        return
    if rules.ends_at_review(carriers[carrier, c.LEVEL]):
        carriers[carrier, c.REPORTED] = 1
        tell(r, events.REPORTED, who, carriers[carrier, c.LEVEL], 0)
    else:
        delist(r, founding, carrier, codes.DELISTING)


@kernel
def _is_found(r: Any, p: Any, carrier: int) -> bool:
    """Whether a carrier is found to have stopped this quarter."""
    carriers = r.carriers
    clean_up = strength_for(r, codes.CLEAN_UP, carrier)
    if not rules.past_grace(r.now - carriers[carrier, c.STOPPED], clean_up, p):
        return False
    stocktake = strength_for(r, codes.STOCKTAKE, carrier)
    chance = rules.finding_chance(stocktake, clean_up, carriers[carrier, c.DEREGISTERED] > 0, p)
    return uniform(r.key, carriers[carrier, c.ID], r.now, decisions.INSPECTED) < chance


@kernel
def _correct_label(r: Any, p: Any, carrier: int) -> None:
    """Give the label that the facts call for (重新归类), where a stocktake finds the wrong one."""
    carriers = r.carriers
    if not rules.label_is_wrong(carriers[carrier, c.MODE], carriers[carrier, c.MODE_IN_FACT]):
        return
    chance = rules.relabelling_chance(strength_for(r, codes.STOCKTAKE, carrier), p)
    if uniform(r.key, carriers[carrier, c.ID], r.now, decisions.RELABELLED) < chance:
        enter(r, carrier, codes.RELABELLING, -1)
        carriers[carrier, c.MODE] = carriers[carrier, c.MODE_IN_FACT]
        enter(r, carrier, codes.RELABELLING, 1)
        carriers[carrier, c.APPLIED_LABEL] = 0
        tell(r, events.RELABELLED, carriers[carrier, c.ID], carriers[carrier, c.MODE], 0)
