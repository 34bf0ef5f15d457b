"""The columns of a registry: titles as a bureau writes them and in English, and the words that cells may hold."""

from collections.abc import Mapping
from typing import NamedTuple

from simulation.rules import codes

Words = Mapping[str, int]


class Column(NamedTuple):
    """A column: its titles, and whether a registry without it is refused."""

    name: str  # its English title
    title: str  # its Chinese title
    needed: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("id", "载体编号", True),
    Column("name", "载体名称", True),
    Column("district", "所属区（开发区）", True),
    Column("type", "载体类型", True),
    Column("level", "载体级别", True),
    Column("mode", "专业类型", True),
    Column("sector", "专业领域"),
    Column("operator", "运营机构"),
    Column("sponsor_kind", "建设主体类别"),
    Column("opened", "投入运营时间", True),
    Column("registered_on", "区级登记时间"),
    Column("municipal_on", "市级认定（备案）时间"),
    Column("provincial_on", "省级认定（备案）时间"),
    Column("national_on", "国家级认定（备案）时间"),
    Column("floor_area_m2", "孵化总面积（平方米）", True),
    Column("tenant_area_m2", "在孵企业使用面积（平方米）"),
    Column("desks", "工位数（个）"),
    Column("tenants", "在孵企业数（家）", True),
    Column("lead_tenants", "主导领域在孵企业数（家）"),
    Column("teams", "创业团队数（个）"),
    Column("graduates", "累计毕业企业数（家）"),
    Column("platform", "公共技术服务平台"),
    Column("fund_10k", "孵化资金规模（万元）"),
    Column("grade", "上年度绩效考核结果"),
    Column("park", "所属创谷"),
    Column("status", "运营状态", True),
    Column("delisted_on", "摘牌时间"),
    Column("note", "备注"),
)

# Columns that hold persons: a file may have them, nothing reads them.
PERSONAL = frozenset(
    {
        *("联系人", "联系电话", "身份证号", "统一社会信用代码", "详细地址", "经纬度"),
        *("contact_person", "phone", "id_number", "credit_code", "address", "coordinates"),
    }
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
