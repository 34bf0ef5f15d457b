"""Rows of a table that are no carriers: totals, remarks below the table, titles repeated on each page."""

import re
from collections.abc import Mapping, Sequence

from simulation.registry.titles import understood

_TOTAL = re.compile(
    r"(?:.{0,12}[区市省]|本页|本表|全市|全区|.{0,6}级)?(?:合计|小计|总计|共计|累计|总数|汇总)(?:[(（:：].*)?[:：]?\d*家?"
    r"|(?:sub|grand)?\s*-?total\b.{0,20}|sum",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"[*※(（]?(?:注|备注|说明|填表|填报|制表|审核|审批|复核|统计|单位|联系|电话|日期|时间|数据来源|来源|附|以上|截至|截止|note|source)",
    re.IGNORECASE,
)
_MOST_IN_REMARK = 4  # cells of a line of remarks that are not blank


def what_it_is(values: Sequence[str], places: Mapping[str, int]) -> str:
    """What a row is that is no carrier: ``total_row``, ``remark``, ``titles_again``; empty for a carrier's row."""
    number, district = _at(values, places.get("id", -1)), _at(values, places.get("district", -1))
    if (
        number.isascii()
        and any(one.isdigit() for one in number)
        and district
        and understood(district) is None
    ):
        return ""  # as nearly every row
    said = [(place, text) for place, text in enumerate(one.strip() for one in values) if text]
    if not said:
        return "blank"
    first = re.sub(r"\s+", "", said[0][1])
    if _TOTAL.fullmatch(first) and not _is_named(values, places, said[0][0]):
        return "total_row"
    texts = dict(said)
    described = sum(places.get(name, -1) in texts for name in ("district", "type", "opened", "floor_area_m2"))
    if described == 0 and len(said) <= _MOST_IN_REMARK and _REMARK.match(first):
        return "remark"
    return "titles_again" if len(said) >= 3 and _are_titles([text for _, text in said]) else ""


def _at(values: Sequence[str], place: int) -> str:
    return values[place] if 0 <= place < len(values) else ""


def _are_titles(texts: list[str]) -> bool:
    """Whether most of some texts are titles of columns; of a carrier's row not even the first two are."""
    if not any(understood(text) for text in texts[:2]):
        return False
    return sum(understood(text) is not None for text in texts) >= 0.6 * len(texts)


def _is_named(values: Sequence[str], places: Mapping[str, int], first: int) -> bool:
    """Whether a row has a number and a name of its own besides the word for a total."""
    own = [
        place
        for place in (places.get("id", -1), places.get("name", -1))
        if 0 <= place < len(values) and place != first and values[place].strip()
    ]
    return bool(own) and any(not _TOTAL.fullmatch(re.sub(r"\s+", "", values[place])) for place in own)
