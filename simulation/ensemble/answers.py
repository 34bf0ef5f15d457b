"""The folder of an answer about several runs: the runs lie in folders in it, the answer's files beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simulation.ensemble.store import FIGURES, MANIFEST, FolderRefused

OF_DESKTOPS = (".DS_Store", "Thumbs.db", "desktop.ini")  # left behind by looking at a folder


def refuse_foreign_answers(folder: Path, files: Sequence[str], allowed: bool) -> None:
    """Raise ``FolderRefused`` unless a folder may take the answer of a comparison: ``files`` beside runs.

    An answer that lies there already is replaced only when that is ``allowed``.
    """
    if folder.exists() and not folder.is_dir():
        raise FolderRefused("foreign", f"{folder} is a file: choose a folder for the results")
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    own = {*files, FIGURES, *OF_DESKTOPS}
    foreign = [path.name for path in inside if path.name not in own and not (path / MANIFEST).is_file()]
    if foreign:
        raise FolderRefused(
            "foreign", f"{folder} holds files that are not of a run ({', '.join(foreign[:5])})"
        )
    if not allowed and any(path.name in files for path in inside):
        raise FolderRefused("taken", f"{folder} holds results already: resume or overwrite them")
