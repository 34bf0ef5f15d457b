"""An Excel workbook to keep a registry in: the titles, drop-downs for words, and a legend."""

from pathlib import Path

from simulation.registry.columns import COLUMNS, WORDS
from simulation.reporting.text import Words
from simulation.scenario.city import CityTables

_ROWS = 5_000  # rows that have drop-downs
_DATES = (
    "opened",
    "registered_on",
    "municipal_on",
    "provincial_on",
    "national_on",
    "delisted_on",
    "stopped_on",
)


def write_template(path: Path, words: Words, city: CityTables) -> None:
    """Write the workbook. Raises ``OSError`` when it cannot be written."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet, legend = book.add_worksheet(words("template.sheet")), book.add_worksheet(words("template.legend"))
    lists = book.add_worksheet(words("template.lists"))
    lists.hide()
    needed = book.add_format(
        {"bold": True, "bg_color": "#F4D7B8", "text_wrap": True, "valign": "top", "border": 1}
    )
    other = book.add_format(
        {"bold": True, "bg_color": "#DCE6F1", "text_wrap": True, "valign": "top", "border": 1}
    )
    plain = book.add_format({"num_format": "@"})  # text, so that 00123 stays and 2019-05 is no day
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 2)
    sheet.set_row(0, 45)
    for place, column in enumerate(COLUMNS):
        sheet.write_string(0, place, column.title, needed if column.needed else other)
        text = not column.unit
        sheet.set_column(place, place, 24 if column.name == "name" else 13, plain if text else None)
        words_of = choices(column.name, city)
        if words_of:
            lists.write_column(0, place, words_of)
            letters = _letters(place)
            source = f"='{words('template.lists')}'!${letters}$1:${letters}${len(words_of)}"
            sheet.data_validation(1, place, _ROWS, place, {"validate": "list", "source": source})
    legend.set_column(0, 1, 24)
    legend.set_column(2, 2, 70)
    for row, column in enumerate(COLUMNS):
        legend.write_row(row + 1, 0, [column.title, column.name], wrapped)
        legend.write_string(row + 1, 2, _told(column.name, column.needed, words, city), wrapped)
    legend.write_string(0, 0, words("template.note"))
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from None


def choices(name: str, city: CityTables) -> list[str]:
    """The words that a column may hold, in Chinese; none for a column of texts or numbers."""
    if name == "district":
        return [one.name_zh for one in city.districts]
    if name == "sector":
        return [one.name_zh for one in city.sectors]
    if name == "park":
        return list(city.parks)
    return [word for word in WORDS.get(name, {}) if not word.isascii()]


def _told(name: str, needed: bool, words: Words, city: CityTables) -> str:
    """What a column is for."""
    parts = [words("template.needed")] if needed else []
    if choices(name, city):
        parts.append(words("template.choose"))
    elif name in _DATES:
        parts.append(words("template.date"))
    elif name in ("id", "name"):
        parts.append(words(f"template.{name}"))
    return words("clause.separator").join(parts) or words("template.free")


def _letters(place: int) -> str:
    from simulation.faults import column_letters

    return column_letters(place + 1)
