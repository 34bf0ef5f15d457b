import pytest

from simulation.rules import codes

LISTS = {
    "TYPES": ("MAKERSPACE", "INCUBATOR", "ACCELERATOR"),
    "LEVELS": ("NONE", "DISTRICT", "MUNICIPAL", "PROVINCIAL", "NATIONAL"),
    "MODES": ("COMPREHENSIVE", "SPECIALISED"),
    "STATUSES": ("PREPARING", "OPERATING", "STOPPED", "DELISTED"),
    "SPONSOR_STATES": ("IDLE", "SPONSOR_PREPARING", "RUNNING"),
    "GRADES": ("UNGRADED", "UNQUALIFIED", "QUALIFIED", "EXCELLENT"),
    "SPONSOR_KINDS": None,
    "LEVERS": None,
}


@pytest.mark.parametrize("name", LISTS)
def test_the_code_of_a_word_is_its_place(name):
    words = getattr(codes, name)
    assert len(set(words)) == len(words)
    constants = LISTS[name] or [word.upper() for word in words]
    assert [getattr(codes, constant) for constant in constants] == list(range(len(words)))


def test_levels_rise():
    assert codes.NONE < codes.DISTRICT < codes.MUNICIPAL < codes.PROVINCIAL < codes.NATIONAL
    assert codes.LISTED_LEVELS == ("district", "municipal", "provincial", "national")


def test_every_clause_of_the_notice_is_a_lever():
    assert len(codes.LEVERS) == 26


def test_every_kind_that_the_notice_names_has_its_lever():
    names = [codes.LEVERS[lever] if lever >= 0 else None for lever in codes.LEVER_OF_KIND]
    assert dict(zip(codes.SPONSOR_KINDS, names, strict=True)) == {
        "district_platform": "district_new_build",
        "lead_enterprise": "lead_enterprises",
        "university": "universities",
        "new_rd_institution": "new_rd_institutions",
        "investor": "investors",
        "bank": "banks",
        "outside_operator": "outside_operators",
        "private_operator": None,
        "other": None,
    }


def test_causes_are_registrations_by_founder_and_then_the_rest():
    count = len(codes.SPONSOR_KINDS)
    registrations = codes.CAUSES[codes.REGISTRATION : codes.REGISTRATION + count]
    assert registrations == tuple(f"registration_{kind}" for kind in codes.SPONSOR_KINDS)
    rest = codes.CAUSES[count:]
    assert [getattr(codes, word.upper()) for word in rest] == list(range(count, count + len(rest)))
    assert len(set(codes.CAUSES)) == len(codes.CAUSES)
