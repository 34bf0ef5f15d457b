"""The hash of this package's source: what decides a result besides its inputs."""

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent

# What stands above the ensemble: it reads results and cannot change one, for imports point down only.
ABOVE = (
    "calibration",
    "cli",
    "dashboard",
    "projection",
    "reporting",
    "__init__.py",
    "__main__.py",
    "api.py",
    "figures.py",
)


def source_hash(*above: str) -> str:
    """The hash of the Python files that decide a replicate's results, besides its inputs.

    Args:
        above: Of :data:`ABOVE`, what decides the answer in question too (``"projection"`` for an explanation).
    """
    left_out = {name for name in ABOVE if name not in above}
    files = (file for file in ROOT.rglob("*.py") if file.relative_to(ROOT).parts[0] not in left_out)
    return hash_of(tuple(sorted(files)))


@cache
def hash_of(files: tuple[Path, ...]) -> str:
    """The SHA-256 of the names and bytes of some files of this package."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()
