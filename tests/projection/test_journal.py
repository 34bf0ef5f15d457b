"""The journal: what is read is what was written, also after a kill; other inputs are refused."""

import numpy as np
import pytest

from simulation.ensemble import FolderRefused
from simulation.projection.bridge import Bridge
from simulation.projection.journal import JOURNAL, Ending, open_journal

IDENTITY = {"base": "a", "variant": "b", "seed": 1}


def ending(seed):
    rng = np.random.default_rng(seed)

    def some(*shape):
        return rng.integers(-5, 900, shape)

    one, other = (Bridge(some(12, 3), some(24, 12, 3), some(12, 3)) for _ in range(2))
    return Ending(one, other, some(3, 2, 20), some(3, 3), some(3), rng.integers(-1, 4, 7).astype(np.int8))


def written(folder):
    journal = open_journal(folder, IDENTITY, resume=False, overwrite=False)
    journal.add(0, 0, np.arange(24).reshape(1, 12, 2))
    journal.ended(0, ending(1))
    journal.add(3, (1 << 26) - 1, np.arange(24, 48).reshape(1, 12, 2))
    journal.close()
    return journal


def read(folder, **identity):
    journal = open_journal(folder, IDENTITY | identity, resume=True, overwrite=False)
    journal.close()
    return journal


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_what_is_read_is_what_was_written(tmp_path):
    journal, again = written(tmp_path), read(tmp_path)
    assert again.known.keys() == {0, 3}
    assert np.array_equal(again.known[3][(1 << 26) - 1], journal.known[3][(1 << 26) - 1])
    ours, theirs = journal.endings[0], again.endings[0]
    assert same(ours.base, theirs.base)
    assert same(ours.variant, theirs.variant)
    assert same(ours[2:], theirs[2:])
    assert theirs.fates.dtype == np.int8


def test_a_line_cut_short_by_a_kill_is_left_out_and_written_over(tmp_path):
    written(tmp_path)
    path = tmp_path / JOURNAL
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    journal = open_journal(tmp_path, IDENTITY, resume=True, overwrite=False)
    assert journal.known.keys() == {0}
    journal.add(3, (1 << 26) - 1, np.arange(24, 48).reshape(1, 12, 2))
    journal.close()
    assert path.read_bytes() == whole


def test_a_journal_of_other_inputs_is_refused(tmp_path):
    written(tmp_path)
    with pytest.raises(FolderRefused, match="seed") as refused:
        read(tmp_path, seed=2)
    assert refused.value.reason == "other"


def test_a_journal_is_never_replaced_unasked(tmp_path):
    written(tmp_path)
    with pytest.raises(FolderRefused):
        open_journal(tmp_path, IDENTITY, resume=False, overwrite=False)
    anew = open_journal(tmp_path, IDENTITY, resume=False, overwrite=True)
    anew.close()
    assert read(tmp_path).known == {}


def test_what_is_no_journal_is_refused(tmp_path):
    (tmp_path / JOURNAL).write_text("dear", encoding="utf-8")
    with pytest.raises(FolderRefused) as refused:
        read(tmp_path)
    assert refused.value.reason == "damaged"
