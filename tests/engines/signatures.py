"""What each lever is held to: the rows of ``lever_signatures.csv``, and numbers set to isolate a mechanism."""

import csv
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import simulation
from simulation.engines import events
from simulation.engines.setting import Setting
from simulation.rules import codes
from simulation.world import World

TABLE = Path(simulation.__file__).parent / "cities" / "wuhan" / "lever_signatures.csv"


class Signature(NamedTuple):
    """One row of the table; each cell taken apart at ``;``."""

    lever: str
    rules: tuple[str, ...]  # the rule files through which it acts
    first_events: tuple[str, ...]  # kinds of which the first difference may be, on the city's own numbers
    alone: tuple[str, ...]  # numbers that leave the lever's main mechanism alone
    direction: str  # how the main kind then differs: one of DIRECTIONS
    whom: str  # the group in which it does
    not_only: str  # a smaller group that does not hold all of them
    counted: str  # the kind and group of which there are more, or fewer, over the horizon
    untouched: tuple[str, ...]  # kinds of event that are equal to the last bit over the whole horizon ...
    closed: tuple[str, ...]  # ... when these numbers close the named ways to them
    only_multiplies: tuple[str, ...]  # the chances of which it is a factor, when it does nothing else
    acts_only_if: (
        str  # what must hold for it to change any event; empty when it does on the city's own numbers
    )

    @property
    def row(self) -> int:
        """The code of the lever."""
        return codes.LEVERS.index(self.lever)

    def exempt(self) -> dict[str, str]:
        """Where ``untouched`` says ``all``: the kinds left out, each with its group ("" for the whole kind)."""
        left_out = (claim[1:].partition("@") for claim in self.untouched if claim.startswith("-"))
        return {kind: group for kind, _, group in left_out}

    def claims(self) -> list[str]:
        """What must be untouched, as ``kind[@group]`` for each kind of event."""
        if "all" not in self.untouched:
            return list(self.untouched)
        exempt = self.exempt()
        return [
            f"{kind}@!{exempt[kind]}" if exempt.get(kind) else kind
            for kind in events.NAMES
            if exempt.get(kind) != ""
        ]


# more: the lever adds events in its group; fewer: it takes some away; instead: it adds some in its group and
# takes as many away outside it; elsewhere: it moves them.
DIRECTIONS = ("more", "fewer", "instead", "elsewhere")

# The step of the quarter in which a kind of event belongs: what differs in the earliest step came first. Steps:
# 1 policy, 2 founding, 3 formation, 4 admission, 5 incubation, 6 operations, 7 conversion, 8 evaluation,
# 9 rounds, 10 inspection. A kind that several steps tell stands in the earliest (``left`` also in 6, ...).
STEP = {
    "transferred": 1,
    "committed": 2, "lost": 2, "opened": 2,
    "formed": 3,
    "admitted": 4, "gave_up_looking": 4,
    "failed": 5, "graduated": 5, "funded": 5, "moved_up": 5, "left": 5,
    "platform": 6, "fund": 6, "stopped": 6,
    "converting": 7, "gave_up_converting": 7, "specialised_in_fact": 7, "comprehensive_in_fact": 7, "split": 7,
    "graded": 8, "withdrawn": 8, "label_lost": 8, "failed_review": 8, "demoted": 8,
    "promoted": 9, "recognised": 9, "labelled": 9, "registered": 9, "applied": 9, "applied_label": 9,
    "deregistered": 10, "reported": 10, "delisted": 10, "relabelled": 10,
}  # fmt: skip


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split(";")))


@cache
def signatures() -> tuple[Signature, ...]:
    """All rows, in the order of the levers."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    whole = ("lever", "direction", "whom", "not_only", "counted", "acts_only_if")
    return tuple(
        Signature(**{name: cell if name in whole else _parts(cell) for name, cell in row.items()})
        for row in rows
    )


def kind_code(kind: str) -> int:
    """The code of a kind of event."""
    return events.NAMES.index(kind)


def with_numbers(
    setting: Setting, world: World, lever: int, numbers: tuple[str, ...]
) -> tuple[Setting, World]:
    """A setting and world in which numbers are set: ``name=value``, the name as in ``parameters.csv``.

    A parameter with one number a word and no word given is set for all. Besides parameters:
    ``districts.space`` (m² free in every district), ``levers.unit_cost`` (of the lever), ``milestones``,
    ``transfers``.
    """
    for number in numbers:
        name, value = number.split("=")
        if name == "districts.space":
            space = np.full_like(world.districts.space, int(value))
            world = world._replace(districts=world.districts._replace(space=space))
        elif name == "levers.unit_cost":
            cost = setting.levers.unit_cost.copy()
            cost[lever] = int(value)
            setting = setting._replace(levers=setting.levers._replace(unit_cost=cost))
        elif name == "milestones":
            setting = setting._replace(milestones=np.full_like(setting.milestones, int(value)))
        elif name == "transfers":
            city = setting.city
            rows = slice(0, int(value))
            fewer = {
                field: getattr(city, field)[rows].copy()
                for field in city._fields
                if field.startswith("transfer_")
            }
            setting = setting._replace(city=city._replace(**fewer))
        else:
            setting = setting._replace(parameters=_with_parameter(setting.parameters, name, float(value)))
    return setting, world


def _with_parameter(parameters: Any, name: str, value: float) -> Any:
    part, field = name.split(".")
    rules = getattr(parameters, part)
    before = getattr(rules, field)
    after = (value,) * len(before) if isinstance(before, tuple) else value
    return parameters._replace(**{part: rules._replace(**{field: after})})
