"""Write Hangzhou's tables: what is published of it, and for the rest what ``carriersim new`` gives any city.

Run it when the rulebook gets or loses a parameter; a test tells when the tables have drifted.
"""

import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # so that it also runs as a file, from any folder

from simulation.scenario.new_city import Rows, Unit, new_tables, write_tables  # noqa: E402

FOLDER = ROOT / "simulation" / "cities" / "hangzhou"
PUBLISHED_ON, NAMED_ON = "2022-06-24", "2021-12-31"
SOURCE, NAMES = "hangzhou_2022", "district_names"


class District(NamedTuple):
    code: str
    name_zh: str
    name_en: str
    incubators: int  # national ones at the end of 2021, as published
    university: bool


DISTRICTS = (
    District("binjiang", "滨江区", "Binjiang District", 14, True),
    District("yuhang", "余杭区", "Yuhang District", 8, True),
    District("shangcheng", "上城区", "Shangcheng District", 6, False),
    District("xihu", "西湖区", "Xihu District", 6, True),
    District("gongshu", "拱墅区", "Gongshu District", 5, False),
    District("xiaoshan", "萧山区", "Xiaoshan District", 5, False),
    District("qiantang", "钱塘区", "Qiantang District", 5, True),
    District("linping", "临平区", "Linping District", 3, False),
    District("linan", "临安区", "Lin'an District", 3, True),
    District("fuyang", "富阳区", "Fuyang District", 1, False),
    District("tonglu", "桐庐县", "Tonglu County", 1, False),
)
INCUBATORS = sum(one.incubators for one in DISTRICTS)
MORE_NAMES = (
    ("杭州高新区", "binjiang", "zh"),
    ("杭州高新区（滨江）", "binjiang", "zh"),
    ("高新区（滨江）", "binjiang", "zh"),
    ("Binjiang (High-tech Zone)", "binjiang", "en"),
    ("杭州钱塘新区", "qiantang", "zh"),
)


def tables() -> dict[str, Rows]:
    units = [
        Unit(one.code, one.name_zh, one.name_en, one.incubators / INCUBATORS, one.university)
        for one in DISTRICTS
    ]
    made = new_tables("hangzhou", "杭州市", "Hangzhou", units, 600, "2021Q4")
    _publish(made["baseline.csv"])
    for row in made["districts.csv"]:
        row |= {"grade": "derived", "source": SOURCE, "known_on": PUBLISHED_ON}
    _name(made)
    for row in made["targets.csv"]:
        row |= {"official": "0", "note": "an example: no target of the city was found"}
    made["sources.csv"] += [
        {
            "key": SOURCE,
            "title_zh": "",
            "title_en": "National incubators of Hangzhou by district, 57 in all",
            "issuer": "Hangzhou news portal",
            "where": "https://en.hangzhou.com.cn/News/content/2022-06/24/content_8289606.html",
            "known_on": PUBLISHED_ON,
        },
        {
            "key": NAMES,
            "title_zh": "",
            "title_en": "Names of the districts of Hangzhou since 2021-04, from general knowledge",
            "issuer": "compiled by hand",
            "where": "no address stored",
            "known_on": NAMED_ON,
        },
    ]
    return made


def _publish(rows: Rows) -> None:
    """Put the published number of national incubators in, and move as many out of the level below."""
    of = {row["name"]: row for row in rows}
    cell = of["carriers[incubator][national]"]
    more = INCUBATORS - int(cell["value"])
    cell |= {"low": str(INCUBATORS), "value": str(INCUBATORS), "high": str(INCUBATORS), "grade": "published"}
    cell |= {"source": SOURCE, "known_on": PUBLISHED_ON}
    cell["meaning"] = "national incubators at the end of 2021: the sum over eleven districts"
    moved = {
        "national": more,
        "recognised": more,
        "carriers[incubator][district]": -more,
        "registered_only": -more,
    }
    for name, change in moved.items():
        row, value = of[name], int(of[name]["value"]) + change
        row |= {
            "value": str(value),
            "low": str(min(int(row["low"]), value)),
            "high": str(max(int(row["high"]), value)),
        }
        row["known_on"] = PUBLISHED_ON


def _name(made: dict[str, Rows]) -> None:
    """The spellings of districts, from general knowledge."""
    aliases = made["aliases.csv"]
    taken = {row["alias"].casefold() for row in aliases}
    short = [(one.name_en.rsplit(" ", 1)[0], one.code, "en") for one in DISTRICTS]
    for alias, code, language in (*MORE_NAMES, *short):
        if alias.casefold() not in taken:
            aliases.append(aliases[0] | {"alias": alias, "code": code, "language": language})
    bare = {
        "alias": "高新区",
        "code": "",
        "language": "zh",
        "ruling": "refuse",
        "candidates": "杭州高新区（滨江）",
    }
    aliases.append(aliases[0] | bare | {"note": "bare name of a zone: ask"})
    for row in (*aliases, *made["city.csv"]):
        row |= {"source": NAMES, "known_on": NAMED_ON}


def derivations() -> str:
    lines = [
        f"districts,{one.code},{one.incubators} / {INCUBATORS},{SOURCE},"
        "share of the city's carriers: that of its national incubators"
        for one in DISTRICTS
    ]
    return "\n".join(["table,name,arithmetic,source,note", *lines, ""])


if __name__ == "__main__":
    write_tables(FOLDER, tables())
    (FOLDER / "derivations.csv").write_text(derivations(), encoding="utf-8")
    print(f"{FOLDER.relative_to(ROOT)}: written")
