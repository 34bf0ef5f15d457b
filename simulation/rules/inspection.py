"""How a carrier that has stopped comes off the list, and how a stocktake corrects labels.

Four events differ: stopped (停运), taken off the list (摘牌), title withdrawn (取消资格), deregistered (注销).
A district takes its own registrations off. It reports a provincial or national one, whose title ends at that
level's next review; until then it counts.
"""

from typing import NamedTuple

from simulation.rules.chance import between
from simulation.rules.codes import PROVINCIAL
from simulation.rules.rule import rule


class InspectionParameters(NamedTuple):
    """Numbers of the inspection step."""

    found: float  # chance a quarter that a stopped carrier is found, levers at 0
    stocktake_gain: float  # added by the lever stocktake at 1
    clean_up_gain: float  # added by the lever clean_up at 1
    grace: float  # quarters after stopping in which nobody is taken off
    clean_up_grace: float  # quarters of that grace the lever clean_up at 1 takes away
    deregistered: float  # chance a quarter that the operator of a stopped carrier is struck off
    relabelled: float  # chance a quarter that a wrong label is corrected, lever stocktake at 1


@rule
def past_grace(quarters_stopped: int, clean_up: float, p: InspectionParameters) -> bool:
    """Whether a carrier has been stopped for at least the grace given."""
    return quarters_stopped >= p.grace - clean_up * p.clean_up_grace


@rule
def finding_chance(stocktake: float, clean_up: float, struck_off: bool, p: InspectionParameters) -> float:
    """The chance a quarter that a stopped carrier is found; certain once its operator is deregistered."""
    if struck_off:
        return 1.0
    return between(p.found + stocktake * p.stocktake_gain + clean_up * p.clean_up_gain, 0.0, 1.0)


@rule
def ends_at_review(level: int) -> bool:
    """Whether a carrier found stopped must wait for the review of the level that holds its title."""
    return level >= PROVINCIAL


@rule
def label_is_wrong(mode: int, mode_in_fact: int) -> bool:
    """Whether the label of a carrier contradicts the facts."""
    return mode != mode_in_fact


@rule
def relabelling_chance(stocktake: float, p: InspectionParameters) -> float:
    """The chance a quarter that a stocktake corrects a label that the facts contradict (重新归类)."""
    return between(stocktake * p.relabelled, 0.0, 1.0)
