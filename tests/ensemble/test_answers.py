import pytest

from simulation.ensemble import FolderRefused, run
from simulation.ensemble.answers import refuse_foreign_answers
from tests.ensemble.fakes import RANDOM, FakeStudy

A = FakeStudy()


def test_an_answer_goes_beside_runs_and_nothing_else(tmp_path):
    run(A, 5, 7, tmp_path / "a", 1, engine=RANDOM)
    refuse_foreign_answers(tmp_path, ["effects.csv"], False)
    (tmp_path / "effects.csv").write_text("", encoding="utf-8")
    with pytest.raises(FolderRefused) as refused:
        refuse_foreign_answers(tmp_path, ["effects.csv"], False)
    assert refused.value.reason == "taken"
    refuse_foreign_answers(tmp_path, ["effects.csv"], True)
    (tmp_path / "letter.docx").write_text("", encoding="utf-8")
    with pytest.raises(FolderRefused) as refused:
        refuse_foreign_answers(tmp_path, ["effects.csv"], True)
    assert refused.value.reason == "foreign"
