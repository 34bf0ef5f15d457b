"""Kept blocks: the same bytes as simulating, whatever other processes or a damaged disk do to them."""

import os
from pathlib import Path

import pytest

from simulation.ensemble import blocks, reuse, run
from simulation.ensemble.blocks import Block, Job, Span
from simulation.ensemble.tables import TABLES
from tests.ensemble.fakes import RANDOM, FakeScenario, FakeStudy
from tests.ensemble.files import parquet

pytestmark = pytest.mark.usefixtures("small_blocks", "settled_source", "cache")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of the test's own; the fake engine counts as ours."""
    monkeypatch.setenv("CARRIERSIM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv(reuse.LIMIT_VARIABLE, "1000000000")
    monkeypatch.setattr(reuse, "ENGINES", {RANDOM: RANDOM})
    monkeypatch.setattr(reuse, "BLOCK_SIZE", 4)
    return tmp_path / "cache" / "blocks"


def go(folder, replicates=10, study=None, seed=7, workers=1, **options):
    return run(study or FakeStudy(), replicates, seed, folder, workers, engine=RANDOM, **options)


def kept_in(cache) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


FIRST = Span(0, 4)


def block_of(size=100, span=FIRST) -> Block:
    return Block(span, {name: name.encode() * (size // 8) for name in TABLES}, failed=0)


def test_a_second_run_is_reused_whole_and_has_the_same_bytes(tmp_path, cache):
    first, second = go(tmp_path / "first"), go(tmp_path / "second", study=FakeStudy(faults={3: "raises"}))
    assert (first.manifest.n_reused, second.manifest.n_reused) == (0, 10)  # it was not even asked for
    assert parquet(tmp_path / "second") == parquet(tmp_path / "first")
    assert len(kept_in(cache)) == 3


def test_a_longer_run_reuses_the_blocks_of_a_shorter_one(tmp_path):
    go(tmp_path / "short", 8)
    assert go(tmp_path / "long", 12).manifest.n_reused == 8
    assert go(tmp_path / "fresh", 12, reuse=False).manifest.n_reused == 0
    assert parquet(tmp_path / "long") == parquet(tmp_path / "fresh")


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 8},
        {"seeds_per_draw": 2},
        {"study": FakeStudy(scenario=FakeScenario("another"))},
    ],
)
def test_other_inputs_reuse_nothing(tmp_path, change):
    go(tmp_path / "first")
    assert go(tmp_path / "other", **change).manifest.n_reused == 0


@pytest.mark.parametrize("what", ["source_hash", "version"])
def test_other_code_or_libraries_reuse_nothing(tmp_path, monkeypatch, what):
    go(tmp_path / "first")
    monkeypatch.setattr(reuse, what, lambda *_: "another")
    assert go(tmp_path / "other").manifest.n_reused == 0


def test_an_engine_from_elsewhere_is_never_reused(tmp_path, cache, monkeypatch):
    monkeypatch.setattr(reuse, "ENGINES", blocks.ENGINES)
    go(tmp_path / "first")
    assert go(tmp_path / "second").manifest.n_reused == 0
    assert kept_in(cache) == []


def test_no_reuse_neither_reads_nor_keeps(tmp_path, cache):
    go(tmp_path / "first", reuse=False)
    assert kept_in(cache) == []


def test_blocks_with_failed_replicates_are_not_kept(tmp_path, cache):
    go(tmp_path / "first", study=FakeStudy(faults={5: "raises"}))
    assert [path.name for path in kept_in(cache)] == ["0000000-0000003", "0000008-0000009"]


def test_whatever_a_kept_block_lost_it_is_simulated_again(tmp_path, cache):
    go(tmp_path / "first")
    whole = parquet(tmp_path / "first")
    half, flipped, empty = kept_in(cache)
    half.write_bytes(half.read_bytes()[:-7])
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 1
    flipped.write_bytes(content)
    empty.write_bytes(b"")
    assert go(tmp_path / "second").manifest.n_reused == 0
    assert parquet(tmp_path / "second") == whole
    assert go(tmp_path / "third").manifest.n_reused == 10  # and kept anew


def test_a_cache_that_cannot_be_written_stops_no_run(tmp_path, cache):
    cache.parent.mkdir()
    cache.write_text("a file where the folder should be")
    assert go(tmp_path / "first").n_used == 10
    assert go(tmp_path / "second").manifest.n_reused == 0


def test_a_writer_that_is_stopped_midway_leaves_no_block(tmp_path, cache, monkeypatch):
    def full(path, target):
        raise OSError(28, "No space left on device")

    kept = reuse.Reuse(Job(FakeStudy(), RANDOM, 7, 1))
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        kept.keep(block_of())
    assert kept_in(cache) == []
    assert kept.find(Span(0, 4)) is None


def test_two_writers_of_one_block_do_each_other_no_harm(cache, monkeypatch):
    one, other = (reuse.Reuse(Job(FakeStudy(), RANDOM, 7, 1)) for _ in range(2))
    one.keep(block_of())
    replace = Path.replace

    def meanwhile(path, target):  # the other process writes just before this one renames
        monkeypatch.setattr(Path, "replace", replace)
        monkeypatch.setattr(os, "getpid", lambda: 99999)
        other.keep(block_of())
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", meanwhile)
    one.keep(block_of())
    assert one.find(Span(0, 4)) == other.find(Span(0, 4)) == block_of()
    assert len(kept_in(cache)) == 1


def test_what_was_used_longest_ago_is_removed_first(cache):
    kept = reuse.Reuse(Job(FakeStudy(), RANDOM, 7, 1))
    spans = [Span(first, first + 4) for first in (0, 4, 8)]
    for age, span in zip((300, 200, 100), spans, strict=True):
        kept.keep(block_of(8000, span))
        path = kept._path(span)
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    kept.find(spans[0])  # the oldest is used again
    size = kept_in(cache)[0].stat().st_size
    reuse.tidy(most=3 * size)
    assert len(kept_in(cache)) == 3
    reuse.tidy(most=2 * size)
    assert [kept.find(span) is not None for span in spans] == [True, False, True]
    reuse.tidy(most=0)
    assert kept_in(cache) == []


def test_the_cache_stays_within_its_limit(tmp_path, cache, monkeypatch):
    go(tmp_path / "first")
    monkeypatch.setenv(reuse.LIMIT_VARIABLE, str(kept_in(cache)[0].stat().st_size + 10))
    go(tmp_path / "second", seed=9)
    assert len(kept_in(cache)) == 1


def test_a_limit_of_zero_turns_it_off(tmp_path, cache, monkeypatch):
    monkeypatch.setenv(reuse.LIMIT_VARIABLE, "0")
    go(tmp_path / "first")
    assert kept_in(cache) == []
