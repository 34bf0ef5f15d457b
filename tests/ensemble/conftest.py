import pytest

from simulation.ensemble import blocks, manifest, settling

SOURCE = "5" * 64


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of 4 replicates, so that few replicates fill several."""
    monkeypatch.setattr(blocks, "BLOCK_SIZE", 4)
    monkeypatch.setattr(manifest, "BLOCK_SIZE", 4)
    monkeypatch.setattr(settling, "BLOCK_SIZE", 4)


@pytest.fixture
def settled_source(monkeypatch):
    """The source is the same in every process of a test, also while somebody edits it."""
    monkeypatch.setattr(manifest, "source_hash", lambda: SOURCE)
