"""Looking into the folder of a run."""

from pathlib import Path

from simulation.ensemble.store import Store


def parquet(folder: Path) -> dict[str, bytes]:
    """The bytes of every Parquet file of a run."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.parquet")}
    assert files
    return files


def spans_of(folder: Path) -> list[tuple[int, int]]:
    return [tuple(span) for span in Store(folder).blocks()]
