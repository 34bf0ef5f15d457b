"""What the header of one sheet says: where the columns stand, what is left out, and what is to be careful about."""

from simulation.faults import ERROR, NOTE, WARNING, Fault, did_you_mean, quoted, say
from simulation.registry import columns
from simulation.registry.cells import Sheet
from simulation.registry.grid import Grid, Line
from simulation.registry.heading import Heading
from simulation.registry.report import Report
from simulation.registry.titles import Title, is_personal, known_titles

_CAUTIONS = {
    "founded": say("the day of opening, not that on which the company was founded"),
    "moved_in": say("firms that are incubated, not all that moved in"),
}


def sheet_of(heading: Heading, first: list[Line], grid: Grid, report: Report) -> Sheet:
    """The sheet under a header; what is wrong with the header is noted."""
    header = _Header(heading, first[heading.last], grid.sheet, report)
    header.read()
    header.check()
    return Sheet(
        report,
        grid.sheet,
        header.places,
        header.titles,
        header.factors,
        frozenset(header.shares),
        frozenset(header.questions),
        grid.dates_1904,
    )


class _Header:
    def __init__(self, heading: Heading, line: Line, sheet: str, report: Report) -> None:
        self.heading, self.line, self.sheet, self.report = heading, line, sheet, report
        self.places, self.titles = dict[str, int](), dict[str, str]()
        self.factors = dict[str, float]()
        self.shares, self.questions = set[str](), set[str]()
        self.personal, self.unknown = list[tuple[int, str]](), list[tuple[int, str]]()
        self.running_number = 0

    def note(self, place: int, kind: str, severity: str, found: str, allowed: str, advice: str = "") -> None:
        """Note something about a title; ``place`` counts from 1."""
        self.report.add(
            Fault(
                self.report.file, self.line.number, place, found, allowed, advice, kind, severity, self.sheet,
                self.line.row,
            )
        )  # fmt: skip

    def read(self) -> None:
        """Every title in turn."""
        for place, titled in enumerate(self.heading.columns):
            if not titled.shown:
                continue
            if titled.meaning is None:
                (self.personal if is_personal(titled.shown) else self.unknown).append((place, titled.shown))
            elif not titled.meaning.column:
                self._not_read(place, titled.shown, titled.meaning.caution)
            elif titled.meaning.column in self.places:
                self._twice(place, titled.shown, titled.meaning.column)
            else:
                self._take(place, titled.shown, titled.meaning)

    def _take(self, place: int, shown: str, meaning: Title) -> None:
        name = meaning.column
        self.places[name], self.titles[name] = place, shown
        if meaning.factor is not None:
            self.factors[name] = meaning.factor
        if meaning.share:
            self.shares.add(name)
        if meaning.caution == "yes_no":
            self.questions.add(name)
        elif meaning.caution in _CAUTIONS:
            found, read = say("the title {title}", title=quoted(shown)), columns.BY_NAME[name].title
            advice = say("is it? it is read as {title}", title=quoted(read))
            self.note(place + 1, meaning.caution, WARNING, found, _CAUTIONS[meaning.caution], advice)
        usual = {"area": 1.0, "money": 1e4}.get(columns.BY_NAME[name].unit)
        if usual is not None and meaning.factor not in (None, usual):
            found = say("the unit of {title}", title=quoted(shown))
            self.note(
                place + 1,
                "unit",
                NOTE,
                found,
                say("numbers are converted to {unit}", unit="m²" if usual == 1.0 else "CNY"),
            )

    def _not_read(self, place: int, shown: str, caution: str) -> None:
        if caution == "running_number":
            self.running_number = place + 1
        else:
            found = say("the title {title}", title=quoted(shown))
            self.note(
                place + 1, caution, NOTE, found, say("graduates to date; those of one year are not read")
            )

    def _twice(self, place: int, shown: str, name: str) -> None:
        first = self.places[name] + 1
        other = quoted(self.titles[name])
        found = say(
            "the column {title}, as {other} in column {first}", title=quoted(shown), other=other, first=first
        )
        self.note(place + 1, "column_twice", ERROR, found, say("each column once"), say("delete one"))

    def check(self) -> None:
        """What is missing, and what is left out."""
        missing = [one for one in columns.COLUMNS if one.needed and one.name not in self.places]
        for one in missing:
            advice = did_you_mean(one.title, (shown for _, shown in self.unknown), 0.5)
            if one.name == "id" and self.running_number:
                advice = say(
                    "a running number (序号) changes from list to list: give each carrier a number of its own"
                )
            found = say("no column {title}", title=quoted(one.title))
            self.note(
                0,
                "no_column",
                ERROR,
                found,
                say("a column {title} ({name})", title=one.title, name=one.name),
                advice,
            )
        wanted = known_titles()
        for place, shown in self.unknown:
            advice = did_you_mean(shown, wanted, 0.75)
            found = say("the column {title}", title=quoted(shown))
            self.note(
                place + 1, "unknown_column", WARNING if advice else NOTE, found, say("it is left out"), advice
            )
        if self.personal:
            found = say(
                "columns about persons or places: {titles}", titles=tuple(shown for _, shown in self.personal)
            )
            self.note(
                self.personal[0][0] + 1, "personal", NOTE, found, say("they are not read, stored or shown")
            )
