"""The page docs/levers.md: each clause of the notice with its lever, its rules, and what the lever is held to.

Made from ``levers.csv`` and ``lever_signatures.csv`` of the city; the tests read the same tables.
"""

import csv
from pathlib import Path

ROOT = Path(__file__).parent.parent
CITY = ROOT / "simulation" / "cities" / "wuhan"
SIGNATURES = "tests/engines/test_lever_signatures.py"
UNTOUCHED = "tests/engines/test_untouched.py"

HEAD = """<!-- Made by `python tools/write_docs.py levers` from levers.csv and lever_signatures.csv: edit those. -->

# Levers: every clause of the notice

Each clause of the notice of 2021-08-25 is one lever that acts through a mechanism. Strength 0 is as before the
notice, 1 the notice's intent as calibrated, up to 2 an extrapolation that a run warns of. A scenario gives
strength, dates, ramp, aim and cost ([scenarios/wuhan-2025.yaml](../scenarios/wuhan-2025.yaml)).

| clause | lever | mechanism | rules | cost in CNY (low / usual / high), payer, paid | grade |
|---|---|---|---|---|---|
"""

HELD = f"""
## What each lever is held to

Two runs on the same luck, one without any lever and one with one lever alone, differ by that lever's doing. The
tests ([{SIGNATURES}](../{SIGNATURES})) run full Wuhan on
several draws of the unknown numbers and hold, for each lever: which kind of event differs first, in which direction
and for whom, and what it must not touch. Nothing differs before the lever's first quarter, a lever that is off is as
good as absent, and a cost is booked under the lever's own name alone.

In one district a lever leaves every other untouched, to the last bit, once the named spillovers are closed
([{UNTOUCHED}](../{UNTOUCHED})): places in municipal, provincial and
national rounds, recommendations, national places that grow with applicants, ranks in the evaluation, looks beyond
the district, transfers. Accountability and the methods of outside operators are no way from district to district:
they look at their own district alone.

| lever | first event | direction | for whom | must not touch | test |
|---|---|---|---|---|---|
"""

ISOLATED = """
## How a test isolates it

A lever acts in several ways, and what it changes has consequences. *First on the city's own numbers*: the kinds of
event one of which differs first, in the earliest step of the earliest quarter. *Alone*: numbers that leave the main
mechanism alone and make it frequent; then the first event, direction and group are exact, and the count moves over
the horizon. *Untouched*: the kinds of event that are equal to the last bit over the whole horizon, with the numbers
under *closed*. `@` names a group, `!` all but it, `-` what is left out of `all`.

| lever | first on the city's own numbers | alone | whom, counted | untouched | closed |
|---|---|---|---|---|---|
"""

TAIL = """
## What a reader should know

"""


def page() -> str:
    """The whole page."""
    levers, signatures = _rows("levers.csv"), {row["lever"]: row for row in _rows("lever_signatures.csv")}
    text = HEAD + "".join(_clause(row, signatures[row["lever"]]) for row in levers)
    text += HELD + "".join(_held(row) for row in levers)
    text += ISOLATED + "".join(_isolated(signatures[row["lever"]]) for row in levers)
    return text + TAIL + "".join(_notes(list(signatures.values())))


def _rows(name: str) -> list[dict[str, str]]:
    with (CITY / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _clause(row: dict[str, str], signature: dict[str, str]) -> str:
    name = f"`{row['lever']}`<br>{row['name_zh']}<br>{row['name_en']}"
    rules = "<br>".join(
        f"[{part}.py](../simulation/rules/{part}.py)" for part in signature["rules"].split(";")
    )
    low, usual, high = (f"{int(row[key]):,}" for key in ("unit_cost_low", "unit_cost", "unit_cost_high"))
    years = int(row["payment_lag_years"])
    paid = f"{years} year{'s' if years > 1 else ''} later" if years else "in the same year"
    cost = f"{low} / {usual} / {high} per {row['unit']}; {row['payer']}; {paid}"
    return _line(row["clause"], name, row["mechanism"], rules, cost, row["grade"])


def _held(row: dict[str, str]) -> str:
    return _line(
        f"`{row['lever']}`",
        f"`{row['first_event']}`",
        row["direction"],
        row["for_whom"],
        row["must_not_touch"],
        f"[`-k {row['lever']}`](../{SIGNATURES})",
    )


def _isolated(row: dict[str, str]) -> str:
    return _line(
        f"`{row['lever']}`",
        _list(row["first_events"]),
        _list(row["alone"]),
        _list(f"{row['whom']};{row['counted']}"),
        _list(row["untouched"]),
        _list(row["closed"]),
    )


def _list(cell: str) -> str:
    return "<br>".join(f"`{part}`" for part in cell.split(";")) if cell else "as it is"


def _notes(signatures: list[dict[str, str]]) -> list[str]:
    notes = []
    for row in signatures:
        if row["only_multiplies"]:
            chances = " and ".join(f"`{name}`" for name in row["only_multiplies"].split(";"))
            notes.append(
                f"- `{row['lever']}` only multiplies chances ({chances}): where those are 0 it does nothing.\n"
            )
        if row["acts_only_if"]:
            notes.append(f"- `{row['lever']}` changes an event only if {row['acts_only_if']}.\n")
    return notes
