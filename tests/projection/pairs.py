"""Two or more runs of scripted futures, to be compared in pairs. Worker processes import this file."""

import json
from dataclasses import dataclass

from simulation.ensemble import run
from simulation.rules import codes
from tests.ensemble.fakes import SCRIPTED, FakeScenario, FakeStudy


@dataclass(frozen=True)
class PairScenario(FakeScenario):
    """A fake scenario whose text is JSON, as a real one's is: levers by name with strength and districts."""

    levers: tuple = ()

    def text(self):
        given = {name: (strength, where) for name, strength, where in self.levers}
        levers = {}
        for name in codes.LEVERS:
            strength, where = given.get(name, (0.0, None))
            levers[name] = {"strength": strength} | ({"districts": list(where)} if where else {})
        told = {"name": self.name, "city": "nowhere", "seeds_per_draw": self.seeds_per_draw}
        return json.dumps(told | {"levers": levers})

    def digest(self):
        return f"digest of {self.text()}"


def scripted_run(
    folder, name, script, *, levers=(), seed=1, seeds_per_draw=1, faults=None, targets=(), tasks=()
):
    """The result of a run whose stocks are given, an array a replicate."""
    study = FakeStudy(
        scenario=PairScenario(name=name, seeds_per_draw=seeds_per_draw, levers=tuple(levers)),
        quarters=len(script[0]) - 1,
        script=tuple(script),
        faults=faults or {},
        targets=tuple(targets),
        tasks=tuple(tasks),
    )
    return run(study, len(script), seed, folder, 1, engine=SCRIPTED, seeds_per_draw=seeds_per_draw)
