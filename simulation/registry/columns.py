"""The columns of a registry, and the words that their cells may hold, in Chinese and English.

The titles by which each column is known stand in ``titles.csv``.
"""

from collections.abc import Mapping
from typing import NamedTuple

from simulation.rules import codes

Words = Mapping[str, int]


class Column(NamedTuple):
    """A column: its titles, whether a registry without it is refused, and what its cells are."""

    name: str  # its English title
    title: str  # its Chinese title
    needed: bool = False
    unit: str = ""  # area, money, count; empty for what is no number
    fills_down: bool = False  # whether a cell merged over several rows speaks for each of them


COLUMNS: tuple[Column, ...] = (
    Column("id", "载体编号", True),
    Column("name", "载体名称", True),
    Column("district", "所属区（开发区）", True, fills_down=True),
    Column("type", "载体类型", True, fills_down=True),
    Column("level", "载体级别", fills_down=True),
    Column("mode", "专业类型", fills_down=True),
    Column("sector", "专业领域", fills_down=True),
    Column("operator", "运营机构", fills_down=True),
    Column("sponsor_kind", "建设主体类别", fills_down=True),
    Column("opened", "投入运营时间", True),
    Column("registered_on", "区级登记时间"),
    Column("municipal_on", "市级认定（备案）时间"),
    Column("provincial_on", "省级认定（备案）时间"),
    Column("national_on", "国家级认定（备案）时间"),
    Column("floor_area_m2", "孵化总面积（平方米）", True, "area"),
    Column("tenant_area_m2", "在孵企业使用面积（平方米）", unit="area"),
    Column("desks", "工位数（个）", unit="count"),
    Column("tenants", "在孵企业数（家）", True, "count"),
    Column("lead_tenants", "主导领域在孵企业数（家）", unit="count"),
    Column("teams", "创业团队数（个）", unit="count"),
    Column("graduates", "累计毕业企业数（家）", unit="count"),
    Column("platform", "公共技术服务平台"),
    Column("fund_10k", "孵化资金规模（万元）", unit="money"),
    Column("grade", "上年度绩效考核结果"),
    Column("park", "所属创谷", fills_down=True),
    Column("status", "运营状态", fills_down=True),
    Column("delisted_on", "摘牌时间"),
    Column("stopped_on", "停运时间"),
    Column("mode_in_fact", "事实专业类型"),
    Column("note", "备注"),
)
BY_NAME: Mapping[str, Column] = {one.name: one for one in COLUMNS}

# What a unit in a title, or behind a number, is worth in m², CNY or pieces.
UNITS: Mapping[str, Mapping[str, float]] = {
    "area": {"平方米": 1.0, "平米": 1.0, "m2": 1.0, "sqm": 1.0, "万平方米": 1e4, "万平米": 1e4, "万m2": 1e4},
    "money": {"元": 1.0, "千元": 1e3, "万元": 1e4, "百万元": 1e6, "亿元": 1e8, "cny": 1.0, "10k": 1e4},
    "count": {"家": 1.0, "个": 1.0, "张": 1.0, "支": 1.0, "户": 1.0},
}
# Units that may stand behind a number in its cell, whatever the title says.
SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "area": ("平方米", "平米", "m2"),
    "money": (),
    "count": ("家", "个", "张", "支", "户"),
}

# Titles that hold one of these words hold persons: a file may have such columns, nothing reads them.
PERSONAL_WORDS = (
    *(
        "联系人",
        "联系电话",
        "联系方式",
        "电话",
        "手机",
        "邮箱",
        "电子邮件",
        "微信",
        "qq",
        "传真",
        "身份证",
        "证件号",
    ),
    *("信用代码", "地址", "经纬度", "经度", "纬度", "坐标", "法人", "法定代表", "负责人", "姓名", "银行账"),
    *("contact", "phone", "mobile", "email", "e-mail", "wechat", "idnumber", "creditcode", "address"),
    *("coordinate", "longitude", "latitude", "legalrepresentative"),
)

CONVERTING = len(codes.MODES)  # a word for the mode of a carrier that is no code of the rulebook

TYPES: Words = {
    "众创空间": codes.MAKERSPACE,
    "孵化器": codes.INCUBATOR,
    "加速器": codes.ACCELERATOR,
    **{word: code for code, word in enumerate(codes.TYPES)},
}
LEVELS: Words = {
    "未定级": codes.NONE,
    "区级": codes.DISTRICT,
    "市级": codes.MUNICIPAL,
    "省级": codes.PROVINCIAL,
    "国家级": codes.NATIONAL,
    **{word: code for code, word in enumerate(codes.LEVELS)},
}
MODES: Words = {
    "综合型": codes.COMPREHENSIVE,
    "专业型": codes.SPECIALISED,
    "转型中": CONVERTING,
    **{word: code for code, word in enumerate(codes.MODES)},
    "converting": CONVERTING,
}
IN_FACT: Words = {word: code for word, code in MODES.items() if code != CONVERTING}
KINDS: Words = {
    "区属平台": codes.DISTRICT_PLATFORM,
    "龙头企业": codes.LEAD_ENTERPRISE,
    "高校院所": codes.UNIVERSITY,
    "新型研发机构": codes.NEW_RD_INSTITUTION,
    "投资金融机构": codes.INVESTOR,  # the bureau's word for investors and banks together
    "创业投资机构": codes.INVESTOR,
    "商业银行": codes.BANK,
    "外地引进机构": codes.OUTSIDE_OPERATOR,
    "民营运营机构": codes.PRIVATE_OPERATOR,
    "其他": codes.OTHER,
    **{word: code for code, word in enumerate(codes.SPONSOR_KINDS)},
}
STATUSES: Words = {
    "筹建": codes.PREPARING,
    "正常运营": codes.OPERATING,
    "停运": codes.STOPPED,
    "摘牌": codes.DELISTED,
    **{word: code for code, word in enumerate(codes.STATUSES)},
}
GRADES: Words = {
    "未参评": codes.UNGRADED,
    "不合格": codes.UNQUALIFIED,
    "合格": codes.QUALIFIED,
    "优秀": codes.EXCELLENT,
    **{word: code for code, word in enumerate(codes.GRADES)},
}
PLATFORM: Words = {"无": 0, "有": 1, "no": 0, "yes": 1}

WORDS: Mapping[str, Words] = {
    "type": TYPES,
    "level": LEVELS,
    "mode": MODES,
    "mode_in_fact": IN_FACT,
    "sponsor_kind": KINDS,
    "status": STATUSES,
    "grade": GRADES,
    "platform": PLATFORM,
}

# Other spellings that are declared to mean a word, by column.
SYNONYMS: Mapping[str, Mapping[str, str]] = {
    "type": {
        "科技企业孵化器": "孵化器",
        "企业孵化器": "孵化器",
        "科技企业加速器": "加速器",
        "企业加速器": "加速器",
    },
    "level": {
        "国家备案": "国家级",
        "国家级备案": "国家级",
        "国家": "国家级",
        "省": "省级",
        "市": "市级",
        "区": "区级",
        "未认定": "未定级",
        "无级别": "未定级",
    },
    "mode": {"专业": "专业型", "综合": "综合型"},
    "mode_in_fact": {"专业": "专业型", "综合": "综合型"},
    "status": {
        "正常": "正常运营",
        "运营": "正常运营",
        "运营中": "正常运营",
        "在营": "正常运营",
        "已停运": "停运",
        "停止运营": "停运",
        "已摘牌": "摘牌",
        "筹建中": "筹建",
    },
    "platform": {"是": "有", "√": "有", "否": "无", "×": "无"},
    "grade": {"未评价": "未参评", "未考核": "未参评"},
}
# A type and a mode in one word, in a registry whose column of modes is blank or not there.
TYPES_WITH_MODE: Mapping[str, tuple[str, str]] = {
    "专业孵化器": ("孵化器", "专业型"),
    "综合孵化器": ("孵化器", "综合型"),
    "专业众创空间": ("众创空间", "专业型"),
    "综合众创空间": ("众创空间", "综合型"),
}
# Who owns the sponsor, which does not say of which kind it is.
OWNERSHIP = ("国有", "民营", "事业单位", "校企共建", "国企", "民企", "私营", "集体")
# Under a title that asks a question (是否专业型), yes and no.
YES_NO: Mapping[str, Mapping[str, str]] = {
    "mode": {"是": "专业型", "否": "综合型", "yes": "专业型", "no": "综合型"},
    "status": {"是": "正常运营", "否": "停运", "yes": "正常运营", "no": "停运"},
    "platform": {"是": "有", "否": "无"},
}
# What stands for nothing in a cell, besides nothing itself; never of a number or a name of a carrier.
BLANKS = ("-", "--", "—", "——", "–", "/", "／", "－")
