"""What a check of one file found: its encoding, its rows, and every fault with its place."""

from collections import Counter
from dataclasses import dataclass, field

from simulation.faults import ERROR, Fault

MOST_KEPT = 20_000  # faults of one file that are kept with their places; all are counted


@dataclass
class Report:
    """The findings about one file."""

    file: str
    encoding: str | None = None  # None for a workbook
    rows: int | None = None  # carriers; None for a file that holds none
    faults: list[Fault] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)  # of every severity and kind

    def add(self, fault: Fault) -> None:
        """Note a fault; beyond ``MOST_KEPT`` it is counted only, errors before all else."""
        self.counts[fault.severity, fault.kind] += 1
        if len(self.faults) < MOST_KEPT or (fault.severity == ERROR and self.errors <= MOST_KEPT):
            self.faults.append(fault)

    @property
    def errors(self) -> int:
        """How many errors were found; with one, the file is refused."""
        return sum(number for (severity, _), number in self.counts.items() if severity == ERROR)

    @property
    def not_kept(self) -> int:
        """How many faults were counted beyond those that are kept."""
        return sum(self.counts.values()) - len(self.faults)

    def sort(self) -> None:
        """Bring the faults into the order of the file."""
        self.faults.sort(key=lambda one: one.in_order)
