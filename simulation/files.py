"""Files that people write: plain CSV, every fault reported with its place."""

import csv
import io
from pathlib import Path

from simulation.faults import Fault, say

_MOST_BYTES = 5_000_000


def read_csv(path: Path, label: str, faults: list[Fault]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header of a CSV file and its rows with their line numbers; faults when it is no such file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        faults.append(
            Fault(
                label,
                0,
                0,
                say("no readable file ({reason})", reason=reason),
                say("a CSV file in UTF-8"),
                say("check the name"),
            )
        )
        return [], []
    if len(data) > _MOST_BYTES:
        faults.append(
            Fault(
                label,
                0,
                0,
                say("{n} bytes", n=len(data)),
                say("at most {most} bytes", most=_MOST_BYTES),
            )
        )
        return [], []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        faults.append(
            Fault(
                label,
                line,
                0,
                say("bytes that are not UTF-8"),
                "UTF-8",
                say("save the file again as CSV UTF-8"),
            )
        )
        return [], []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as error:
        found = say("broken quoting ({error})", error=error)
        faults.append(Fault(label, reader.line_num, 0, found, say('cells quoted with " on both sides')))
    if not rows:
        faults.append(
            Fault(label, 1, 0, say("no header"), say("a header line with the names of the columns"))
        )
        return [], []
    return rows[0][1], rows[1:]
