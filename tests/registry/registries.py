"""Small registries for tests, with invented names: rows as a bureau keeps them."""

import csv
import io
from collections.abc import Iterable

from simulation.registry.columns import COLUMNS

TITLES = {one.name: one.title for one in COLUMNS}

INCUBATOR = {
    "id": "A0001",
    "name": "示例甲孵化器",
    "district": "洪山区",
    "type": "孵化器",
    "level": "省级",
    "mode": "专业型",
    "sector": "人工智能",
    "operator": "示例运营机构01",
    "sponsor_kind": "龙头企业",
    "opened": "2014-05",
    "registered_on": "2014-09",
    "municipal_on": "2015-06",
    "provincial_on": "2017-11",
    "floor_area_m2": "12000",
    "tenant_area_m2": "9000",
    "tenants": "40",
    "lead_tenants": "32",
    "graduates": "21",
    "platform": "有",
    "fund_10k": "800",
    "grade": "优秀",
    "status": "正常运营",
}
MAKERSPACE = {
    "id": "A0002",
    "name": "示例乙众创空间",
    "district": "东湖高新区",
    "type": "众创空间",
    "level": "区级",
    "mode": "综合型",
    "sponsor_kind": "民营运营机构",
    "opened": "2019-03",
    "registered_on": "2019-08",
    "floor_area_m2": "1300",
    "desks": "100",
    "tenants": "14",
    "teams": "8",
    "graduates": "3",
    "platform": "无",
    "fund_10k": "0",
    "grade": "未参评",
    "status": "正常运营",
}
PROJECT = {
    "id": "A0003",
    "name": "示例丙加速器",
    "district": "江夏区",
    "type": "加速器",
    "level": "未定级",
    "mode": "专业型",
    "sector": "汽车",
    "sponsor_kind": "区属平台",
    "floor_area_m2": "15000",
    "status": "筹建",
}


def text(rows: Iterable[dict[str, str]], titles: dict[str, str] | None = None) -> str:
    """The text of a registry; ``titles`` names its columns, all in Chinese when not given."""
    titles = TITLES if titles is None else titles
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(titles.values())
    writer.writerows([[row.get(name, "") for name in titles] for row in rows])
    return file.getvalue()


def city(count: int) -> list[dict[str, str]]:
    """A registry of many carriers: every level, type, mode and status, in six districts."""
    districts = ("洪山区", "东湖高新区", "江夏区", "武昌区", "黄陂区", "武汉经开区（汉南区）")
    sectors = ("人工智能", "汽车", "大健康和生物技术", "智能建造")
    rows = []
    for number in range(count):
        level = number % 5
        makerspace = number % 3 == 0
        mode = ("综合型", "专业型", "", "综合型", "转型中")[number // 2 % 5]
        status = "停运" if number % 17 == 5 else "正常运营"
        row = {
            "id": f"B{number:04d}",
            "name": f"示例{number}号",
            "district": districts[number % 6],
            "type": "众创空间" if makerspace else ("加速器" if level == 1 and number % 4 == 1 else "孵化器"),
            "level": ("未定级", "区级", "市级", "省级", "国家级")[level],
            "mode": mode,
            "sector": sectors[number % 4] if mode in ("专业型", "转型中") else "",
            "sponsor_kind": ("高校院所", "龙头企业", "", "民营运营机构")[number % 4],
            "opened": f"{2015 + number % 6}-{1 + number % 12:02d}",
            "floor_area_m2": str(2000 + 731 * (number % 13)),
            "status": status,
            "tenants": "0" if status == "停运" else str(10 + number % 23),
            "platform": ("有", "无", "")[number % 3],
        }
        if makerspace:
            row |= {"desks": str(60 + number), "teams": "0" if status == "停运" else "5"}
        for place, name in enumerate(("registered_on", "municipal_on", "provincial_on", "national_on")):
            if place < level:
                row[name] = f"{2021 + place // 2}-{3 + 6 * (place % 2):02d}"
        rows.append(row)
    return rows
