"""Registries as arguments of commands: read whole, or refused with every fault."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.cli.terminal import Refused, Terminal
from simulation.reporting import fault_text
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.registry.snapshot import Entry
    from simulation.scenario import CityTables


def city_of(terminal: Terminal, name: str, day: date) -> "CityTables":
    """A city as a registry that stands on a day is read against. Raises ``Refused``."""
    from simulation.faults import ScenarioErrors
    from simulation.scenario import checking

    try:
        return checking.city_on(name, day)
    except ScenarioErrors as wrong:
        raise Refused(
            "\n".join(fault_text.sentence(fault, terminal.words) for fault in wrong.faults)
        ) from None


def entries_of(terminal: Terminal, path: str, city: "CityTables") -> "list[Entry]":
    """The carriers of a registry. Raises ``Refused`` with every error of it."""
    from simulation.faults import ERROR
    from simulation.registry.snapshot import snapshot

    words = terminal.words
    report, entries = snapshot(Path(path), city)
    if report.errors:
        told = [fault_text.sentence(fault, words) for fault in report.faults if fault.severity == ERROR]
        raise Refused("\n".join([words.count("error.registry", report.errors, file=visible(path)), *told]))
    warnings = sum(report.counts.values())
    if warnings:
        terminal.note(words.count("registry.notes", warnings, file=visible(path)))
    return entries
