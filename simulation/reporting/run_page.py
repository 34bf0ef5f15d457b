"""The answer of a run: sentences first, then every target under every scope, districts, evidence, files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from simulation.quarters import quarter
from simulation.reporting.phrases import SHARE, Phrases, kind_of
from simulation.reporting.tables import WIDTH, page, said, table
from simulation.reporting.text import Words
from simulation.reporting.width import visible, wrap
from simulation.rules import codes

if TYPE_CHECKING:
    from simulation.ensemble import Result
    from simulation.projection import TargetAnswer
    from simulation.scenario import Study

_COLUMNS = ("chance", "median", "q50", "q80", "q95", "shortfall", "first_met")
_WIDTHS = (9, 6, 9, 9, 9, 6, 6)
_TASK_WIDTHS = (4, 6, 6)  # task, median, chance
_TASKS_A_TABLE = 3
_OFFICIAL, _NOT_OFFICIAL = "* ", "  "
_MOST_FAILURES = 5

_TaskKey = tuple[str, str, str, str]


class Evidence(NamedTuple):
    """How the numbers behind an answer are known."""

    published: int
    derived: int
    assumed: int
    scenario: int  # set by the scenario
    unknown: int  # of all of them, those drawn anew in each draw


class Failed(NamedTuple):
    """A replicate that gave no result."""

    replicate: int
    draw: int
    seed: int
    error: str


@dataclass(frozen=True)
class RunPage:
    """What a run has to tell, set for a terminal."""

    words: Words
    scenario: str
    answers: Sequence["TargetAnswer"]
    districts: Mapping[str, str]  # code: name, in official order
    tasks_assumed: bool
    n_used: int
    n_asked: int
    failures: Sequence[Failed]
    n_reused: int
    until: str | None
    stopped_by: str | None
    evidence: Evidence
    out: str
    files: Sequence[str]

    @classmethod
    def of(
        cls, words: Words, study: "Study", result: "Result", answers: Sequence["TargetAnswer"]
    ) -> "RunPage":
        """The page of a finished run."""
        ledger = result.ledger
        grades = {grade: int((ledger["grade"] == grade).sum()) for grade in Evidence._fields[:-1]}
        inside = sorted(path.name + ("/" if path.is_dir() else "") for path in result.folder.iterdir())
        return cls(
            words=words,
            scenario=result.manifest.scenario,
            answers=answers,
            districts={
                one.code: one.name_zh if words.language == "zh" else one.name_en
                for one in study.city.districts
            },
            tasks_assumed=any(task.grade == "assumed" for task in study.tasks),
            n_used=result.n_used,
            n_asked=result.n_requested,
            failures=[Failed(*one) for one in result.failures],
            n_reused=result.manifest.n_reused,
            until=result.manifest.until,
            stopped_by=result.manifest.stopped_by,
            evidence=Evidence(**grades | {"unknown": int((ledger["kind"] == "unknown").sum())}),
            out=str(result.folder),
            files=inside,
        )

    def lines(self) -> list[str]:
        """The page, none of its lines wider than 80 columns."""
        answers = [self._scopes(), self._district_tasks(), self._notes()] if self.n_used else []
        return page([self._sentences(), *answers, self._origin()])

    @property
    def _phrases(self) -> Phrases:
        return Phrases(self.words, self.n_used)

    @property
    def _of_city(self) -> list["TargetAnswer"]:
        """The city's answers; a count is the same on every basis and is told once."""
        return [
            answer
            for answer in self.answers
            if answer.district is None and (answer.measure == SHARE or answer.basis == codes.BASES[0])
        ]

    @property
    def _tasks(self) -> list["TargetAnswer"]:
        return [answer for answer in self.answers if answer.district is not None and answer.asked]

    def _sentences(self) -> list[str]:
        """What is read first: the official targets, and how many replicates the answer is of."""
        lines = said(visible(self.scenario))
        for answer in self._of_city if self.n_used else []:
            if answer.official:
                lines += said(self._phrases.sentence(answer))
        used = self.words("run.used", used=self.n_used, asked=self.n_asked)
        lines += said(used if self.n_used else self.words("run.none_finished"))
        return lines + self._course() + self._failures()

    def _course(self) -> list[str]:
        """How the run went, where it is worth telling: what was reused, and what stopped it."""
        words, lines = self.words, list[str]()
        if self.n_reused:
            lines += said(words.count("run.reused", self.n_reused))
        if self.stopped_by is not None:
            condition, _, _ = (self.until or "").partition(",")
            told = words(f"run.stopped_by.{self.stopped_by}", condition=visible(condition), n=self.n_asked)
            lines += said(told)
        return lines

    def _failures(self) -> list[str]:
        if not self.failures:
            return []
        words = self.words
        lines = said(words.count("run.failed", len(self.failures), used=self.n_used, asked=self.n_asked))
        for one in self.failures[:_MOST_FAILURES]:
            told = one._replace(error=visible(one.error))._asdict()
            lines += ["  " + line for line in wrap(words("run.failure", **told), WIDTH - 2, "  ")]
        more = len(self.failures) - _MOST_FAILURES
        return lines + (["  " + words("run.more_failures", n=more)] if more > 0 else [])

    def _scopes(self) -> list[str]:
        """Every target under every scope and basis, side by side, the official one marked."""
        words, phrases = self.words, self._phrases
        heads = [words("run.table.scope"), *(words(f"run.table.{name}") for name in _COLUMNS)]
        widths = (WIDTH - sum(_WIDTHS) - len(_WIDTHS), *_WIDTHS)
        justify = "l" + "r" * len(_WIDTHS)
        lines = [*said(words("run.table.title")), *table(heads, widths, [], justify)]
        groups = groupby(self._of_city, key=lambda one: (one.measure, one.at_least, one.by))
        for (measure, at_least, by), group in groups:
            key = f"run.table.group.{kind_of(measure)}"
            end = words.end_of(quarter(by))
            lines += said(words(key, at_least=phrases.asked(at_least, measure), end=end))
            rows = [
                [
                    (_OFFICIAL if answer.official else _NOT_OFFICIAL) + phrases.scope(answer),
                    *phrases.cells(answer),
                ]
                for answer in group
            ]
            lines += table(None, widths, rows, justify)
        return lines

    def _district_tasks(self) -> list[str]:
        """What each district is asked, its median and its chance: a group of columns for each task."""
        keys = list(dict.fromkeys(_task_key(answer) for answer in self._tasks))
        if not keys:
            return []
        words = self.words
        lines = said(words("run.districts.title"))
        for number, key in enumerate(keys, 1):
            lines += said("  " + self._task_name(number, key), "      ")
        for first in range(0, len(keys), _TASKS_A_TABLE):
            shown = keys[first : first + _TASKS_A_TABLE]
            lines += self._task_table(first + 1, shown)
        error = max(answer.chance_error for answer in self._tasks)
        note = "run.districts.assumed" if self.tasks_assumed else "run.districts.given"
        return [*lines, *said(words(note)), *said(words("run.districts.error", error=f"{error:.2f}"))]

    def _task_name(self, number: int, key: _TaskKey) -> str:
        scope, measure, basis, by = key
        words = self.words
        return words(
            f"run.districts.{kind_of(measure)}",
            n=number,
            what=self._phrases.what(scope, measure),
            end=words.end_of(quarter(by)),
            basis=words.named("basis", basis),
        )

    def _task_table(self, first: int, keys: Sequence[_TaskKey]) -> list[str]:
        words, phrases = self.words, self._phrases
        heads = ["\n" + words("run.table.district")]
        for number in range(first, first + len(keys)):
            heads += [f"({number})\n{words('run.table.task')}", f"\n{words('run.table.median')}"]
            heads += [f"\n{words('run.table.chance_only')}"]
        widths = _TASK_WIDTHS * len(keys)
        found = {(answer.district, _task_key(answer)): answer for answer in self._tasks}
        rows = []
        for code, name in self.districts.items():
            answers = [found.get((code, key)) for key in keys]
            if any(answers):
                rows.append([visible(name), *(cell for one in answers for cell in phrases.task_cells(one))])
        return table(heads, (WIDTH - sum(widths) - len(widths), *widths), rows, "l" + "r" * len(widths))

    def _notes(self) -> list[str]:
        """How to read the tables: only what they show is explained."""
        words, shown = self.words, [*self._of_city, *self._tasks]
        meanings = [
            words(
                "run.table.scope_meaning",
                scope=words.named("scope", one),
                meaning=words(f"scope_meaning.{one}"),
            )
            for one in codes.SCOPES
        ]
        scopes = said(words("run.table.note.scopes", scopes=words("clause.separator").join(meanings)))
        lines = (
            said(words("run.table.note.official"))
            + scopes
            + said(words("run.table.note.error", n=self.n_used))
        )
        if any(answer.chance in (0.0, 1.0) for answer in shown):
            lines += said(words("run.table.note.bounds"))
        lines += said(words("run.table.note.first_met"))
        if any(answer.measure == SHARE and answer.median is None for answer in shown):
            lines += said(words("run.table.note.undefined"))
        return lines

    def _origin(self) -> list[str]:
        """How the numbers behind the answer are known, and where everything is."""
        words, evidence = self.words, self.evidence
        n = evidence.published + evidence.derived + evidence.assumed + evidence.scenario
        written = words("run.written", out=visible(self.out), files=words.listing(list(self.files)))
        return [*said(words("run.evidence", n=n, **evidence._asdict())), *said(written)]


def _task_key(answer: "TargetAnswer") -> _TaskKey:
    return answer.scope, answer.measure, answer.basis, answer.by
