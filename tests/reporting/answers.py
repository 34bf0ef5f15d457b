"""Answers made by hand, for pages that need no run."""

from simulation.projection import TargetAnswer


def answer(**given):
    """The answer to the city's 600 recognised carriers, or another."""
    known = {
        "scope": "recognised",
        "basis": "label",
        "official": True,
        "measure": "count",
        "district": None,
        "at_least": 600.0,
        "by": "2025Q4",
        "chance": 0.42,
        "chance_error": 0.0156,
        "chance_low": 0.39,
        "chance_high": 0.45,
        "median": 593.0,
        "q025": 548.0,
        "q10": 565.0,
        "q25": 580.0,
        "q75": 607.0,
        "q90": 621.0,
        "q975": 640.4,
        "expected_shortfall": 13.62,
        "first_met": "2025Q3",
        "falls_back": 0.03,
    }
    return TargetAnswer(**known | given)


def share(**given):
    """The answer to half of the recognised carriers being specialised, or another."""
    known = {"measure": "specialised_share", "at_least": 0.5, "chance": 0.31, "expected_shortfall": 0.0471}
    known |= {
        "median": 0.462,
        "q025": 0.39,
        "q10": 0.41,
        "q25": 0.435,
        "q75": 0.487,
        "q90": 0.513,
        "q975": 0.54,
    }
    return answer(**known | given)
