"""Each lever alone, on the same luck as none: what differs first, for whom, in which direction, and what never.

The claims stand in ``cities/wuhan/lever_signatures.csv``, in words in ``levers.csv``. Each test runs full Wuhan.
"""

import ast
from pathlib import Path

import numpy as np
import pytest

import simulation
from simulation.engines import compiled, events
from simulation.rules import codes
from simulation.scenario import load, study
from simulation.world import differences
from tests.engines import groups, pairs
from tests.engines.pairs import FIRST, FULL, SHORT
from tests.engines.signatures import DIRECTIONS, STEP, Signature, signatures

RULES = Path(simulation.__file__).parent / "rules"
STEPS = Path(simulation.__file__).parent / "engines" / "compiled" / "steps"
DRAWS = (0, 1)
MORE_DRAWS = range(2, 8)
EACH = pytest.mark.parametrize("signature", signatures(), ids=codes.LEVERS)


def main_event(signature: Signature) -> str:
    """The kind of event that the lever changes first, when its main mechanism acts alone."""
    return pairs.no_notice().city.levers[signature.row].first_event


# --- the table ---


def test_every_lever_has_a_signature() -> None:
    assert tuple(one.lever for one in signatures()) == codes.LEVERS
    assert set(STEP) == set(events.NAMES)


@EACH
def test_a_signature_is_in_words_that_exist(signature: Signature) -> None:
    named = [
        *signature.first_events,
        signature.counted,
        *(one.removeprefix("-") for one in signature.untouched),
    ]
    kinds = {one.partition("@")[0].partition("=")[0] for one in named} - {"all"}
    assert kinds <= set(events.NAMES)
    assert main_event(signature) in signature.first_events
    assert signature.direction in DIRECTIONS
    assert signature.untouched
    rows = np.empty((0, 5), np.int64)
    view = pairs.View(pairs.start(0)[0], *[pairs.start(0)[1]] * 2)
    for group in filter(
        None, (signature.whom, signature.not_only, *(one.partition("@")[2] for one in named))
    ):
        assert len(groups.belongs(view, rows, group)) == 0


def test_no_two_levers_have_the_same_signature() -> None:
    found = [(main_event(one), one.direction, one.whom) for one in signatures()]
    assert len(set(found)) == len(found)


def strengths_used() -> dict[str, set[str]]:
    """The steps of the compiled engine, named as the rule files, that read each lever other than to pay for it."""
    found: dict[str, set[str]] = {lever: set() for lever in codes.LEVERS}
    for file in sorted(STEPS.glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        paid = {
            id(inner)
            for node in ast.walk(tree)
            if (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "pay")
            or (isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "BY_DISTRICT")
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr.lower() in found and id(node) not in paid:
                found[node.attr.lower()].add(file.stem)
    for lever in codes.LEVER_OF_KIND:
        if lever >= 0:
            found[codes.LEVERS[lever]].add("founding")
    found["university_belts"].remove("policy")  # these two steps only pay for it, by a name of their own
    found["full_chain_parks"].remove("operations")
    return found


def test_the_rule_files_named_are_those_in_which_a_lever_acts() -> None:
    used = strengths_used()
    for one in signatures():
        assert used[one.lever]
        assert used[one.lever] <= set(one.rules) <= {file.stem for file in RULES.glob("*.py")}, one.lever
    # The rest acts through what a rule hands on: the effort of a district, the reserve of a carrier.
    handed_on = {one.lever: set(one.rules) - used[one.lever] for one in signatures()}
    assert {lever: files for lever, files in handed_on.items() if files} == {
        "district_new_build": {"rounds"},
        "excellence_subsidy": {"operations"},
        "accountability": {"founding", "rounds"},
    }


# --- on the city's own numbers ---


def assert_nothing_before(one: pairs.Pair) -> None:
    """Nothing differs before the lever's first quarter."""
    first = one.setting.first_quarter + FIRST
    assert not len(one.more) or one.more[:, 0].min() >= first
    assert not len(one.fewer) or one.fewer[:, 0].min() >= first
    for book in ("stocks", "startups", "capacity"):  # these have a row for the opening
        assert np.array_equal(getattr(one.without, book)[: FIRST + 1], getattr(one.alone, book)[: FIRST + 1])
    for book in ("flows", "money"):
        assert np.array_equal(getattr(one.without, book)[:FIRST], getattr(one.alone, book)[:FIRST])


def assert_money(one: pairs.Pair, signature: Signature) -> None:
    """A lever at 0 costs nothing, at 1 something, and only under its own name."""
    assert one.without.money.sum() == 0
    assert one.alone.money[..., signature.row].sum() > 0
    assert one.alone.money.sum() == one.alone.money[..., signature.row].sum()
    assert one.alone.money.min() >= 0


def assert_first_difference(signature: Signature, draws: tuple[int, ...] | range, quarters: int) -> None:
    acted = 0
    for draw in draws:
        one = pairs.pair(signature.row, draw, quarters)
        assert_nothing_before(one)
        assert_money(one, signature)
        first = pairs.first_difference(one)
        if first is not None:
            acted += 1
            assert set(first.kinds) <= set(signature.first_events), (draw, first.quarter, first.kinds)
    assert acted or signature.acts_only_if


@EACH
def test_first_difference_on_the_citys_own_numbers(signature: Signature) -> None:
    assert_first_difference(signature, DRAWS, SHORT)


def count(view: groups.View, outcome: pairs.Outcome, what: str) -> int:
    return len(groups.chosen(view, outcome.events, what))


def counts(one: pairs.Pair, what: str) -> tuple[int, int]:
    """How many events there are without and with the lever, over the horizon."""
    return (
        count(pairs.at_the_end(one.setting, one.without), one.without, what),
        count(pairs.at_the_end(one.setting, one.alone), one.alone, what),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "signature", [one for one in signatures() if not one.acts_only_if], ids=lambda one: one.lever
)
def test_direction_on_the_citys_own_numbers(signature: Signature) -> None:
    assert_first_difference(signature, MORE_DRAWS[:2], FULL)
    found = [counts(pairs.pair(signature.row, draw, FULL), signature.counted) for draw in MORE_DRAWS]
    without, alone = np.sum(found, axis=0)
    assert (alone < without) if signature.direction == "fewer" else (alone > without), found


# --- the main mechanism alone ---


def assert_direction(signature: Signature, view: groups.View, first: pairs.First) -> None:
    """The main kind of event differs first, in the direction and for those that the table names."""
    kind = main_event(signature)
    assert kind in first.kinds
    assert set(first.kinds) <= set(signature.first_events), first.kinds
    what = signature.counted.partition("@")[0]
    what = what if what.startswith(f"{kind}=") else kind
    more, fewer = groups.chosen(view, first.more, what), groups.chosen(view, first.fewer, what)
    if signature.direction in ("more", "instead", "elsewhere"):
        assert len(more)
        assert groups.belongs(view, more, signature.whom).all()
    if signature.direction in ("fewer", "elsewhere"):
        assert len(fewer)
        assert groups.belongs(view, fewer, signature.whom).all()
    if signature.direction == "more":
        assert not len(fewer)
    if signature.direction == "fewer":
        assert not len(more)
    if signature.direction == "instead":
        assert len(fewer) == len(more)
        assert not groups.belongs(view, fewer, signature.whom).any()


@EACH
def test_direction_and_whom_of_the_main_mechanism(signature: Signature) -> None:
    found, outside, acted = [], 0, 0
    for draw in DRAWS:
        one = pairs.pair(signature.row, draw, SHORT, signature.alone)
        first = pairs.first_difference(one)
        found.append(counts(one, signature.counted))
        if first is None:
            continue
        acted += 1
        view = pairs.around(draw, signature.alone, signature.row, first.quarter)
        assert_direction(signature, view, first)
        if signature.not_only:
            rows = np.concatenate([first.more, first.fewer])
            outside += int((~groups.belongs(view, rows, signature.not_only)).sum())
    assert acted
    assert outside or not signature.not_only
    without, alone = np.sum(found, axis=0)
    assert (alone < without) if signature.direction == "fewer" else (alone > without), found


# --- what it must not touch ---


def assert_untouched(signature: Signature, draw: int) -> None:
    one = pairs.pair(signature.row, draw, FULL, signature.closed)
    before, after = pairs.at_the_end(one.setting, one.without), pairs.at_the_end(one.setting, one.alone)
    for what in signature.claims():
        without, alone = (
            groups.chosen(before, one.without.events, what),
            groups.chosen(after, one.alone.events, what),
        )
        assert np.array_equal(without, alone), (what, len(without), len(alone))
    if signature.untouched == ("all",):
        for book in ("stocks", "flows", "startups", "capacity"):
            assert np.array_equal(getattr(one.without, book), getattr(one.alone, book)), book
    # The claim says something: but for the ways that the numbers close, the lever has acted.
    assert one.alone.money.sum() > 0


@EACH
def test_untouched_to_the_last_bit(signature: Signature) -> None:
    assert_untouched(signature, 0)


@pytest.mark.slow
@EACH
def test_untouched_on_more_luck(signature: Signature) -> None:
    for draw in MORE_DRAWS[:3]:
        assert_untouched(signature, draw)


@pytest.mark.parametrize("lever", ["clean_up", "stocktake"])
def test_looking_for_stopped_carriers_changes_no_operating_one(lever: str) -> None:
    row = codes.LEVERS.index(lever)
    one = pairs.pair(row, 1, FULL, ("founding.cool_down=99", "transfers=0"))
    by_label = 3 if lever == "stocktake" else ()  # a stocktake corrects labels: modes are added up
    operating = [outcome.stocks[..., 1].sum(axis=by_label) for outcome in (one.without, one.alone)]
    stopped = [outcome.stocks[..., 0].sum(axis=(1, 2, 3, 4, 5)) for outcome in (one.without, one.alone)]
    assert np.array_equal(*operating)
    assert np.array_equal(one.without.startups, one.alone.startups)
    assert (stopped[1] <= stopped[0]).all()
    assert (stopped[1] < stopped[0]).any()


def test_recommendation_and_no_provincial_promotion_leave_the_whole_world_as_it_is() -> None:
    one = pairs.pair(codes.PROVINCIAL_RECOMMENDATION, 1, FULL, ("rounds.provincial_places=0",))
    assert len(one.more) == len(one.fewer) == 0
    assert differences(one.without.world, one.alone.world) == []
    promoted = one.without.events[one.without.events[:, 1] == events.PROMOTED]
    assert len(promoted)
    assert set(promoted[:, 3]) == {codes.NATIONAL}


# --- what else a lever does ---


@pytest.mark.parametrize("kind", [kind for kind, lever in enumerate(codes.LEVER_OF_KIND) if lever >= 0])
def test_carriers_founded_under_the_lever_of_their_kind_may_be_specialised_at_birth(kind: int) -> None:
    numbers = ("founding.specialised_gain=1", "founding.specialised_gain_makerspace=1")
    focus: dict[str, list[int]] = {"without": [], "alone": []}
    for draw in DRAWS:
        one = pairs.pair(codes.LEVER_OF_KIND[kind], draw, SHORT, numbers)
        for name, sectors in focus.items():
            carriers = getattr(one, name).world.carriers
            new = (carriers.kind == kind) & (carriers.opened >= one.setting.first_quarter + FIRST)
            sectors += carriers.sector[new].tolist()
    assert min(focus["alone"]) >= 0
    assert min(focus["without"]) == -1


@pytest.mark.parametrize("lever", ["coordination", "universities"])
def test_projects_take_less_time(lever: str) -> None:
    row = codes.LEVERS.index(lever)
    numbers = ("founding.innovation=0.03", "founding.lever_scale=0", "districts.space=1000000000")
    one = pairs.pair(row, 0, FIRST + 1, numbers)
    more, fewer = (rows[rows[:, 1] == events.COMMITTED] for rows in (one.more, one.fewer))
    assert len(more)
    assert np.array_equal(more[:, 2], fewer[:, 2])
    assert (more[:, 4] < fewer[:, 4]).all()


def test_carriers_split_under_convert_large_and_no_other_lever() -> None:
    numbers = ("conversion.split=0.5",)
    split = events.NAMES.index("split")
    assert split not in pairs.without(0, SHORT, numbers).events[:, 1]
    assert split in pairs.pair(codes.CONVERT_LARGE, 0, SHORT, numbers).alone.events[:, 1]
    setting, world = pairs.with_numbers(*pairs.start(0), -1, numbers)
    for lever in set(range(len(codes.LEVERS))) - {codes.CONVERT_LARGE}:
        setting = pairs.turned_on(setting, lever)
    everything_else = compiled.simulate(setting._replace(quarters=SHORT), world, keep_events=True)
    assert split not in everything_else.events[:, 1]


def test_repositioning_makes_no_large_carrier_convert() -> None:
    numbers = ("conversion.start=0.02", "incubation.release=0")
    one = pairs.pair(codes.REPOSITION_SMALL, 0, SHORT, numbers)
    first = pairs.first_difference(one)
    assert first is not None
    assert first.kinds == ("converting",)
    view = pairs.around(0, numbers, codes.REPOSITION_SMALL, first.quarter)
    assert not groups.belongs(view, np.concatenate([first.more, first.fewer]), "large").any()


# --- levers that only multiply a chance ---


@pytest.mark.parametrize(
    "signature", [one for one in signatures() if one.only_multiplies], ids=lambda one: one.lever
)
def test_a_lever_that_only_multiplies_chances_does_nothing_where_they_are_0(signature: Signature) -> None:
    closed = tuple(f"{name}=0" for name in signature.only_multiplies)
    one = pairs.pair(signature.row, 0, FULL, closed)
    assert len(one.more) == len(one.fewer) == 0
    assert differences(one.without.world, one.alone.world) == []
    for open_one in signature.only_multiplies:
        numbers = tuple(f"{name}=0" for name in signature.only_multiplies if name != open_one)
        found = [pairs.first_difference(pairs.pair(signature.row, draw, FULL, numbers)) for draw in DRAWS]
        assert any(found), f"{open_one} has no effect"


def test_a_lever_that_only_multiplies_chances_says_so() -> None:
    saying = [one.name for one in pairs.no_notice().city.levers if "only multiplies chances" in one.mechanism]
    assert saying == [one.lever for one in signatures() if one.only_multiplies]


# --- off is off ---


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param([f"levers.{lever}.from=2026Q1" for lever in codes.LEVERS], id="after the horizon"),
        pytest.param(
            [
                setting
                for lever in codes.LEVERS
                for setting in (
                    f"levers.{lever}.strength=0",
                    f"levers.{lever}.cost=7",
                    f"levers.{lever}.types=[incubator]",
                    f"levers.{lever}.districts=[hongshan]",
                )
            ],
            id="at strength 0, aimed and priced",
        ),
    ],
)
def test_a_lever_that_is_off_is_as_good_as_absent(settings: list[str]) -> None:
    off = study(load(pairs.SCENARIOS / "wuhan-2025.yaml", settings))
    outcome = compiled.simulate(off.setting(pairs.SEED, 0, 0), off.world(pairs.SEED, 0, 0), keep_events=True)
    absent = pairs.without(0, FULL)
    for book in ("stocks", "flows", "startups", "money", "capacity", "events"):
        assert np.array_equal(getattr(outcome, book), getattr(absent, book)), book
    assert differences(outcome.world, absent.world) == []
