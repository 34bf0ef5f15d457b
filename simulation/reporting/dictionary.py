"""What each column of the result tables holds: unit and meaning. docs/tables.md is made from it."""

from typing import NamedTuple


class Meaning(NamedTuple):
    """Of a column."""

    unit: str
    text: str


TABLES = {
    "stocks": "Carriers at the end of each quarter, a row for each cell and scope that has any.",
    "flows": "Signed changes of the same counts by cause: opening and flows add up to closing, exactly.",
    "startups": "Tenants at the end of each quarter, and what startups did in it.",
    "money": "What the levers cost, by the quarter that causes it and the year that pays it.",
    "capacity": "Operating carriers, their places, tenants and floor.",
    "unknowns": "The drawn values of the unknown numbers, a row a draw and number.",
    "replicates": "Every replicate that was tried.",
}

COLUMNS = {
    "replicate": Meaning("", "number of the future, from 0"),
    "draw": Meaning("", "which draw of the unknown numbers: replicate // seeds per draw"),
    "seed": Meaning("", "which luck within the draw: replicate mod seeds per draw"),
    "quarter": Meaning("quarter", "2021Q1; stocks are of its end, flows within it"),
    "payment_year": Meaning("year", "the year that pays"),
    "district": Meaning("code", "of the planning unit, see districts.csv of the city"),
    "sector": Meaning("code", "of the sector, see sectors.csv of the city"),
    "scope": Meaning(
        "", "listed, recognised (municipal or above), national, operating; a carrier stands in each it is in"
    ),
    "type": Meaning("", "makerspace, incubator, accelerator"),
    "mode": Meaning("", "specialised or comprehensive, by label"),
    "mode_in_fact": Meaning("", "the same in fact: 75 % of tenants in one field, and a platform"),
    "level": Meaning("", "district, municipal, provincial, national"),
    "cause": Meaning("", "why a count changed: docs/model.md lists the causes"),
    "count": Meaning("carriers", "whole number; of flows signed"),
    "payer": Meaning("", "city, district, sponsor"),
    "purpose": Meaning("", "the lever that is paid for"),
    "CNY": Meaning("CNY", "whole amount"),
    "tenants": Meaning("startups", "in carriers at the end of the quarter"),
    "formed": Meaning("startups", "founded in the quarter and looking for a carrier"),
    "admitted": Meaning("startups", "taken in as tenants"),
    "failed": Meaning("startups", "closed"),
    "graduated": Meaning("startups", "left as grown firms"),
    "left": Meaning("startups", "left for another reason"),
    "carriers": Meaning("carriers", "operating"),
    "places": Meaning("tenants", "that carriers have room for"),
    "area": Meaning("m²", "floor of operating carriers"),
    "name": Meaning("", "of the number, as in ledger.csv"),
    "value": Meaning("see ledger.csv", "as drawn"),
    "error": Meaning("", "why it gave no result; empty for none"),
}
