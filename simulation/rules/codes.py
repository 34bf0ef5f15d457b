"""The words of the rulebook as small whole numbers: types, levels, modes, kinds, levers, causes.

Each tuple is a code list: the code of a word is its place in the tuple. The order is part of every file
format and of every draw, so a new word goes to the end.
"""

from typing import Annotated

# What a carrier is (glossary: 众创空间, 孵化器, 加速器).
TYPES = ("makerspace", "incubator", "accelerator")
MAKERSPACE, INCUBATOR, ACCELERATOR = range(3)

# How high it is recognised. ``none`` is open but not yet registered with its district: on no list.
LEVELS = ("none", "district", "municipal", "provincial", "national")
NONE, DISTRICT, MUNICIPAL, PROVINCIAL, NATIONAL = range(5)
LISTED_LEVELS = LEVELS[1:]

# By label: recognised as such in a round. In fact: 75 % of tenants in one field, and a platform.
MODES = ("comprehensive", "specialised")
COMPREHENSIVE, SPECIALISED = range(2)

STATUSES = ("preparing", "operating", "stopped", "delisted")
PREPARING, OPERATING, STOPPED, DELISTED = range(4)

# Who founds a carrier: the six kinds of the notice's clauses (investors and banks apart), and two that
# it does not name but which run many of the carriers.
SPONSOR_KINDS = (
    "district_platform",
    "lead_enterprise",
    "university",
    "new_rd_institution",
    "investor",
    "bank",
    "outside_operator",
    "private_operator",
    "other",
)
(
    DISTRICT_PLATFORM,
    LEAD_ENTERPRISE,
    UNIVERSITY,
    NEW_RD_INSTITUTION,
    INVESTOR,
    BANK,
    OUTSIDE_OPERATOR,
    PRIVATE_OPERATOR,
    OTHER,
) = range(9)

SPONSOR_STATES = ("idle", "preparing", "running")
IDLE, SPONSOR_PREPARING, RUNNING = range(3)

# Grades of the yearly evaluation. Municipal carriers get all three; higher ones are excellent or not.
GRADES = ("none", "unqualified", "qualified", "excellent")
UNGRADED, UNQUALIFIED, QUALIFIED, EXCELLENT = range(4)

SCOPES = ("listed", "recognised", "national", "operating")
BASES = ("label", "fact")

# Every clause of the notice, in its order.
LEVERS = (
    "district_new_build",
    "university_belts",
    "lead_enterprises",
    "universities",
    "new_rd_institutions",
    "investors",
    "banks",
    "outside_operators",
    "convert_large",
    "reposition_small",
    "full_chain_parks",
    "municipal_support",
    "provincial_recommendation",
    "evaluation_tilt",
    "excellence_subsidy",
    "platform_sharing",
    "sci_tech_finance",
    "accountability",
    "coordination",
    "stocktake",
    "clean_up",
    "district_support_tilt",
    "tailored_service",
    "matchmaking",
    "events",
    "role_models",
)
(
    DISTRICT_NEW_BUILD,
    UNIVERSITY_BELTS,
    LEAD_ENTERPRISES,
    UNIVERSITIES,
    NEW_RD_INSTITUTIONS,
    INVESTORS,
    BANKS,
    OUTSIDE_OPERATORS,
    CONVERT_LARGE,
    REPOSITION_SMALL,
    FULL_CHAIN_PARKS,
    MUNICIPAL_SUPPORT,
    PROVINCIAL_RECOMMENDATION,
    EVALUATION_TILT,
    EXCELLENCE_SUBSIDY,
    PLATFORM_SHARING,
    SCI_TECH_FINANCE,
    ACCOUNTABILITY,
    COORDINATION,
    STOCKTAKE,
    CLEAN_UP,
    DISTRICT_SUPPORT_TILT,
    TAILORED_SERVICE,
    MATCHMAKING,
    EVENTS,
    ROLE_MODELS,
) = range(26)

# The founding lever of each kind of sponsor; -1 for the kinds that the notice does not name.
LEVER_OF_KIND = (
    DISTRICT_NEW_BUILD,
    LEAD_ENTERPRISES,
    UNIVERSITIES,
    NEW_RD_INSTITUTIONS,
    INVESTORS,
    BANKS,
    OUTSIDE_OPERATORS,
    -1,
    -1,
)

# Levers that cost so much a district and quarter, whatever happens under them.
PAID_BY_DISTRICT = (
    ACCOUNTABILITY,
    COORDINATION,
    STOCKTAKE,
    CLEAN_UP,
    MATCHMAKING,
    EVENTS,
    ROLE_MODELS,
)

# Why a count on the list moved. A registration is the moment a new carrier joins the list, by founder.
CAUSES = (
    *(f"registration_{kind}" for kind in SPONSOR_KINDS),
    "split",
    "transfer",
    "recognition",
    "promotion_provincial",
    "promotion_national",
    "demotion",
    "withdrawal",
    "conversion",
    "labelling",
    "relabelling",
    "label_loss",
    "specialised_in_fact",
    "comprehensive_in_fact",
    "stop",
    "delisting",
)
REGISTRATION = 0  # the first of nine: add the sponsor kind
(
    SPLIT,
    TRANSFER,
    RECOGNITION,
    PROMOTION_PROVINCIAL,
    PROMOTION_NATIONAL,
    DEMOTION,
    WITHDRAWAL,
    CONVERSION,
    LABELLING,
    RELABELLING,
    LABEL_LOSS,
    SPECIALISED_IN_FACT,
    COMPREHENSIVE_IN_FACT,
    STOP,
    DELISTING,
) = range(9, 24)

# A parameter with one number for each word of a code list. A rule looks it up by code.
ByType = Annotated[tuple[float, ...], TYPES]
ByLevel = Annotated[tuple[float, ...], LEVELS]
ByKind = Annotated[tuple[float, ...], SPONSOR_KINDS]
