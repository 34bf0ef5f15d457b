import pytest

from simulation.ensemble import run
from tests.ensemble.fakes import SCRIPTED, FakeScenario, FakeStudy


@pytest.fixture
def scripted(tmp_path):
    """Makes the result of a run whose stocks are given, an array a replicate."""

    def make(*script, seeds_per_draw=1, faults=None, targets=(), tasks=()):
        study = FakeStudy(
            scenario=FakeScenario(seeds_per_draw=seeds_per_draw),
            quarters=len(script[0]) - 1,
            script=script,
            faults=faults or {},
            targets=tuple(targets),
            tasks=tuple(tasks),
        )
        return run(study, len(script), 1, tmp_path / "results", 1, engine=SCRIPTED)

    return make
