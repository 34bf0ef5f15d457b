"""Variants on the same luck: kept at once, gone on with after an interruption, failures apart."""

import math

import numpy as np
import pytest

from simulation.ensemble.store import FolderRefused
from simulation.projection.evaluations import EVALUATIONS, Evaluator, Job, Kept, met, open_kept
from simulation.quarters import quarter
from tests.ensemble.fakes import SCRIPTED, FakeScenario, FakeStudy, Target, cells

TARGETS = (
    Target("recognised", "label", "count", 5, quarter("2021Q2")),
    Target("recognised", "label", "specialised_share", 0.5, quarter("2021Q1")),
)


def study_of(*script, faults=None):
    scenario = FakeScenario()
    object.__setattr__(scenario, "covers", None)
    return FakeStudy(scenario=scenario, quarters=2, script=script, faults=faults or {})


@pytest.fixture
def two():
    return study_of(
        cells(2, north=[1, 2, 3], north_label=[0, 2, 1]), cells(2, east=[4, 4, 5], south_both=[0, 0, 0])
    )


def evaluator(kept, workers=2):
    return Evaluator(SCRIPTED, 1, TARGETS, kept, workers)


def test_values_are_those_of_the_targets_at_their_quarters(two):
    found = evaluator(Kept()).run({"a": two}, [0, 1])["a"]
    assert found[:, 0].tolist() == [4.0, 5.0]
    assert found[:, 1].tolist() == [0.5, 0.0]
    assert met(found, TARGETS).tolist() == [[False, True], [True, False]]
    assert (found[:, 2] >= 0).all()


def test_a_share_of_nobody_is_no_number_and_meets_nothing():
    found = evaluator(Kept()).run({"a": study_of(cells(2, north=[0, 0, 1]))}, [0])["a"]
    assert math.isnan(found[0, 1])
    assert not met(found, TARGETS)[0, 1]


def test_what_is_kept_is_not_simulated_again(two, tmp_path):
    kept = open_kept(tmp_path, {"what": "test"}, resume=False, overwrite=False)
    first = evaluator(kept).run({"a": two}, [0, 1])["a"]
    kept.close()
    again = open_kept(tmp_path, {"what": "test"}, resume=True, overwrite=False)
    broken = study_of(cells(2), faults={0: "raises", 1: "raises"})
    assert np.array_equal(evaluator(again).run({"a": broken}, [0, 1])["a"], first, equal_nan=True)
    again.close()


def test_a_line_that_was_cut_short_is_done_again(two, tmp_path):
    kept = open_kept(tmp_path, {"what": "test"}, resume=False, overwrite=False)
    evaluator(kept, 1).run({"a": two}, [0, 1])
    kept.close()
    path = tmp_path / EVALUATIONS
    path.write_bytes(path.read_bytes()[:-7])
    again = open_kept(tmp_path, {"what": "test"}, resume=True, overwrite=False)
    assert len(again.known) == 1
    assert evaluator(again).run({"a": two}, [0, 1])["a"][:, 0].tolist() == [4.0, 5.0]
    again.close()


def test_other_inputs_and_taken_folders_are_refused(tmp_path):
    open_kept(tmp_path, {"what": "test"}, resume=False, overwrite=False).close()
    with pytest.raises(FolderRefused, match="already"):
        open_kept(tmp_path, {"what": "test"}, resume=False, overwrite=False)
    with pytest.raises(FolderRefused, match="what"):
        open_kept(tmp_path, {"what": "other"}, resume=True, overwrite=False)


def test_a_future_that_fails_is_recorded_and_the_rest_go_on(tmp_path):
    kept = Kept()
    study = study_of(cells(2, north=[1, 2, 3]), cells(2, north=[1, 2, 4]), faults={0: "raises"})
    told = []
    found = evaluator(kept).run({"a": study}, [0, 1], lambda *now: told.append(now[:3]))["a"]
    assert np.isnan(found[0]).all()
    assert found[1, 0] == 4.0
    assert "has no luck" in kept.errors[Job("a", 0)]
    assert told[-1] == (2, 1, 2)
