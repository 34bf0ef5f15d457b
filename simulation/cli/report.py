"""``carriersim report``: what to hand on, from one finished run or several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulation.cli.help import Helped, Option
from simulation.cli.pairs import open_result
from simulation.cli.terminal import Refused, Terminal, answering
from simulation.reporting.width import visible

if TYPE_CHECKING:
    from simulation.registry.pipeline import Named
    from simulation.reporting.report.facts import Facts

AUDIENCES = ("internal", "public")
_File = click.Path(path_type=Path, dir_okay=False)
_Folder = click.Path(path_type=Path, file_okay=False)


class _Report(Helped):
    example = "carriersim report results/wuhan-2025 --lang zh --out report.html"


@click.command("report", cls=_Report)
@click.argument("folders", metavar="DIR...", type=click.Path(), nargs=-1, required=True)
@click.option("--out", "out_report", type=_File, metavar="FILE", cls=Option)
@click.option("--xlsx", "out_workbook", type=_File, metavar="FILE", cls=Option)
@click.option("--docx", "out_memo", type=_File, metavar="FILE", cls=Option)
@click.option("--cards", "out_cards", type=_File, metavar="FILE", cls=Option)
@click.option("--csv", "out_csv", type=_Folder, metavar="DIR", cls=Option)
@click.option("--hub", "out_hub", type=_Folder, metavar="DIR", cls=Option)
@click.option(
    "--for", "audience", type=click.Choice(AUDIENCES), default=AUDIENCES[0], show_default=True, cls=Option
)
@click.option("--registry", "registry_file", type=click.Path(), metavar="FILE", cls=Option)
@click.option("--overwrite", "overwrite_files", is_flag=True, cls=Option)
@answering
def command(
    terminal: Terminal,
    folders: Sequence[str],
    audience: str,
    registry_file: str | None,
    overwrite_files: bool,
    **wanted: Path | None,
) -> None:
    """Write a report from the folders of finished runs."""
    paths = {name.removeprefix("out_"): path for name, path in wanted.items() if path is not None}
    if not paths:
        first = Path(folders[0]).resolve()
        paths = {"report": first.with_name(f"{first.name}.html")}
    faults = [] if overwrite_files else _already_there(terminal, paths.values())
    results = []
    for folder in dict.fromkeys(folders):
        try:
            results.append(open_result(terminal, folder))
        except Refused as refused:
            faults.append(refused.message)
    if faults:
        raise Refused("\n".join(faults))
    from simulation.reporting.report.facts import Facts

    facts = Facts.of(results, terminal.words, public=audience == "public")
    named = None if registry_file is None else _named(terminal, registry_file, facts)
    made = {kind: _made(terminal, kind, facts, named) for kind in paths}
    for kind, path in paths.items():
        _write(terminal, path, made[kind])
    _answer(terminal, facts, paths)


def _already_there(terminal: Terminal, paths: Iterable[Path]) -> list[str]:
    """What may not be replaced: a file, or a folder that is not empty."""
    taken = [path for path in paths if path.is_file() or (path.is_dir() and any(path.iterdir()))]
    return [terminal.words("synthesise.exists", out=visible(str(path))) for path in taken]


def _named(terminal: Terminal, registry: str, facts: Facts) -> list[Named]:
    """Whom to call, from a registry as of the day of the report. Raises ``Refused`` with every fault of it."""
    from datetime import date

    from simulation.cli.registries import city_of, entries_of
    from simulation.registry.pipeline import pipeline

    name = "" if facts.city is None else facts.city.name
    city = city_of(terminal, name, date.fromisoformat(facts.main.date))
    return pipeline(entries_of(terminal, registry, city), city)


def _made(terminal: Terminal, kind: str, facts: Facts, named: list[Named] | None) -> bytes | dict[str, bytes]:
    """The bytes of a form, or those of several files by their names."""
    from simulation.reporting import exchange
    from simulation.reporting.report import cards, memo, page, workbook

    makers: dict[str, Callable[[], bytes | dict[str, bytes]]] = {
        "report": lambda: page.page(facts),
        "workbook": lambda: workbook.workbook(facts),
        "memo": lambda: memo.memo(facts),
        "cards": lambda: cards.cards(facts, named),
        "hub": lambda: exchange.hub_files(facts.main.result),
        "csv": lambda: workbook.csv_files(facts),
    }
    try:
        return makers[kind]()
    except memo.MissingPackageError:
        raise Refused(terminal.words("error.package", form="--docx", package="python-docx")) from None


def _write(terminal: Terminal, path: Path, made: bytes | dict[str, bytes]) -> None:
    from simulation.ensemble.store import write_whole

    files = {path: made} if isinstance(made, bytes) else {path / name: one for name, one in made.items()}
    for file, content in files.items():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(file, content)
        except OSError as error:
            reason = visible(error.strerror or type(error).__name__)
            raise Refused(terminal.words("error.write", path=visible(str(file)), reason=reason)) from None


def _answer(terminal: Terminal, facts: Facts, paths: dict[str, Path]) -> None:
    from simulation.reporting import records
    from simulation.reporting.tables import page, said

    words = terminal.words

    def record() -> dict[str, Any]:
        return {
            "date": facts.main.date,
            "audience": AUDIENCES[facts.public],
            "files": {kind: str(path) for kind, path in paths.items()},
            "runs": [records.of_run(run.result, run.answers) for run in facts.runs],
        }

    def lines() -> list[str]:
        told = [
            said(words("report.answer.of", run=visible(run.name), answer=facts.answer(run)))
            for run in facts.runs
        ]
        files = words.listing([visible(str(path)) for path in paths.values()])
        return page([[line for one in told for line in one], said(words("report.written", files=files))])

    terminal.answer(record, lines)
