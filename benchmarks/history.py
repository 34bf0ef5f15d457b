"""The ratios of earlier benchmarks: ``benchmarks/history.csv``, one row a benchmark and commit."""

import csv
import subprocess
from datetime import UTC, datetime
from pathlib import Path

FILE = Path(__file__).parent / "history.csv"
COLUMNS = ("date", "commit", "benchmark", "ratio", "value")
WORSE = 1.3  # how many times worse than recorded a ratio may be


def recorded(benchmark: str, ratio: str) -> float | None:
    """The value that was recorded last."""
    rows = [row for row in _rows() if (row["benchmark"], row["ratio"]) == (benchmark, ratio)]
    return float(rows[-1]["value"]) if rows else None


def record(benchmark: str, **ratios: float) -> None:
    """Add ratios of today."""
    told = subprocess.run(
        ["git", "-C", str(FILE.parent), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
    )
    now = datetime.now(UTC).date().isoformat()
    rows = [
        {
            "date": now,
            "commit": told.stdout.strip() or "unknown",
            "benchmark": benchmark,
            "ratio": name,
            "value": f"{value:.3g}",
        }
        for name, value in ratios.items()
    ]
    new = not FILE.exists()
    with FILE.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerows(rows)


def worse(benchmark: str, ratio: str, now: float) -> str | None:
    """What to say when a ratio is ``WORSE`` times as large as recorded; ``None`` when it is not."""
    before = recorded(benchmark, ratio)
    if before is None or now <= WORSE * before:
        return None
    return f"{benchmark}: {ratio} is {now:.2f}, {now / before:.2f} times the recorded {before:.2f}"


def _rows() -> list[dict[str, str]]:
    if not FILE.exists():
        return []
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
