"""The draws: known answers, one number from plain Python and compiled code, uniformity and independence.

Every statistical test looks at fixed addresses, so it gives the same figure on every run and never flickers.
Each is held at a level of 1 in 100,000 a side: a good hash passes all of some 260 of them with chance 0.997,
and a hash that forgets a part of the address fails by a margin that no level would hide.
"""

import json
import os
import subprocess
import sys
from functools import cache
from itertools import chain, pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from simulation import decisions, draws

ROOT = Path(__file__).parents[1]
LEVEL = 1e-5
COUNT = 1 << 14

# ------------------------------------------------ the hash again, written from the publication


WORD = 1 << 64
GAMMA = 0x9E3779B97F4A7C15  # Steele, Lea and Flood (2014): the odd number next to 2^64 over the golden ratio


def mix64(z):
    """The finaliser of SplitMix64: Stafford's variant 13 (shifts 30, 27, 31)."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % WORD
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % WORD
    return z ^ (z >> 31)


def unmix64(z):
    """The address that ``mix64`` sends to ``z``: the finaliser loses nothing."""
    z = z ^ (z >> 31) ^ (z >> 62)
    z = z * pow(0x94D049BB133111EB, -1, WORD) % WORD
    z = z ^ (z >> 27) ^ (z >> 54)
    z = z * pow(0xBF58476D1CE4E5B9, -1, WORD) % WORD
    return z ^ (z >> 30) ^ (z >> 60)


def reference_bits(key, who, quarter, decision):
    first = mix64((key + who * GAMMA) % WORD)
    return mix64((first + (quarter * 2**32 + decision) * GAMMA) % WORD)


def test_the_reference_is_splitmix64():
    # The published first outputs of SplitMix64 with the seed 1234567 (its state grows by gamma each time).
    published = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert [mix64((1234567 + step * GAMMA) % WORD) for step in range(1, 6)] == published


# ------------------------------------------------ known answers

KNOWN = [
    # key, who, quarter, decision, the 64 bits, the uniform number
    (0, 0, 0, 0, 0x0000000000000000, 2.0**-53),  # the fixed point of the finaliser
    (0, 0, 0, 1, 0xE220A8397B1DCDAF, 0.8833108082136426),  # published: SplitMix64 with seed 0, first output
    (1, 0, 0, 0, 0x7AB40E090F363A7D, 0.4793099186055877),
    (0, 1, 0, 0, 0x48218226FF3CD4BF, 0.28176129772258507),
    (0, 0, 1, 0, 0xBEEB67EAF1FC5E61, 0.7457795094105547),
    (2021, 456, 8084, 39, 0xA26717D1594C3E86, 0.6343855749230877),
    (2**63 - 1, 2**63 - 1, 8103, 3000, 0xF45E775229F07E86, 0.9545664382548597),
]


@pytest.mark.parametrize(("key", "who", "quarter", "decision", "bits", "number"), KNOWN)
def test_known_answers(key, who, quarter, decision, bits, number):
    assert reference_bits(key, who, quarter, decision) == bits
    assert draws.bits_plain(key, who, quarter, decision) == bits
    assert draws.uniform_plain(key, who, quarter, decision) == number
    assert draws.uniform(key, who, quarter, decision) == number


def test_known_ids_and_keys():
    # Frozen: every file ever written holds such ids, so a change here is a new schema version.
    assert draws.identity_plain(0, 0, 1) == 0xE220A8397B1DCDAF >> 1
    assert draws.identity(7, 8084, 3) == 19359778637776943
    assert draws.identity(2**63 - 1, 8103, 0) == 918371904261256768
    assert draws.replicate_key(1, 2, 3) == 7719276388022764493
    assert draws.unknowns_key(1, 2) == 8239505796220887658
    assert draws.name_id("district", "东湖高新区") == 6307550960705616637
    assert draws.name_id("unknown", "founding.lost") == 6566792783154887011


def test_keys_come_from_ids_as_described():
    def identity(cause, quarter, rank):
        return reference_bits(0, cause, quarter, rank) >> 1

    assert draws.replicate_key(41, 7, 3) == identity(identity(41, 0, 1), 7, 3)
    assert draws.unknowns_key(41, 7) == identity(identity(41, 0, 2), 7, 0)


# ------------------------------------------------ plain and compiled are one

EDGE_IDS = (0, 1, 2**31, 2**32 - 1, 2**53 + 1, 2**62, 2**63 - 1)
EDGE_QUARTERS = (0, 1, 8084, 2**15, 2**31 - 1)
EDGE_DECISIONS = (0, 1, 3999, 100_000, 2**31 - 1)


def hold_to_the_reference(key, who, quarter, decision):
    bits = reference_bits(key, who, quarter, decision)
    number = ((bits >> 12) + 0.5) / 2**52
    assert draws.bits_plain(key, who, quarter, decision) == bits
    assert draws.uniform_plain(key, who, quarter, decision) == number
    assert draws.uniform(key, who, quarter, decision) == number
    assert draws.uniforms(key, np.array([who], np.int64), quarter, decision).tolist() == [number]
    named = reference_bits(0, who, quarter, decision) >> 1
    assert draws.identity_plain(who, quarter, decision) == named
    assert draws.identity(who, quarter, decision) == named


def test_plain_and_compiled_agree_on_the_edges():
    for address in product(EDGE_IDS, EDGE_IDS, EDGE_QUARTERS, EDGE_DECISIONS):
        hold_to_the_reference(*address)


@settings(deadline=None)
@given(
    key=st.integers(0, 2**63 - 1),
    who=st.integers(0, 2**63 - 1),
    quarter=st.integers(0, 2**31 - 1),
    decision=st.integers(0, 100_000),
)
@example(key=2**63 - 1, who=2**63 - 1, quarter=2**31 - 1, decision=100_000)
def test_plain_and_compiled_agree_anywhere(key, who, quarter, decision):
    hold_to_the_reference(key, who, quarter, decision)


def test_identities_are_those_of_plain_python():
    causes, quarters = np.array([1, 2**63 - 1, 12345678901234567]), np.array([0, 8104, 2**31])
    ids = draws.identities(causes, quarters, 7)
    assert ids.tolist() == [
        draws.identity_plain(*pair, 7) for pair in zip(causes.tolist(), quarters.tolist(), strict=True)
    ]
    assert draws.identities(causes[:0], quarters[:0], 7).tolist() == []


def test_uniforms_stand_in_the_order_of_who():
    who = np.array([9, 2**63 - 1, 0, 9, 17], np.int64)
    expected = [draws.uniform_plain(5, one, 8090, 25) for one in who.tolist()]
    numbers = draws.uniforms(5, who, 8090, 25)
    assert numbers.dtype == np.float64
    assert numbers.tolist() == expected
    assert draws.uniforms(5, who[:0], 8090, 25).tolist() == []


def test_numbers_taken_from_tables_are_those_of_whole_numbers():
    key, who, quarter, decision = np.int64(2**63 - 1), np.int64(2**62 + 1), np.int32(8101), np.int16(40)
    expected = draws.uniform_plain(int(key), int(who), int(quarter), int(decision))
    if not draws.JIT_DISABLED:
        assert draws.uniform(key, who, quarter, decision) == expected
    assert draws.uniform(int(key), int(who), int(quarter), int(decision)) == expected


PROGRAM = """
import json
import numpy as np
from simulation import draws
assert draws.uniform is draws.uniform_plain
addresses = [(1, 2, 8084, 3), (2**63 - 1, 2**63 - 1, 2**31 - 1, 100_000), (0, 2**62, 8103, 1004)]
print(json.dumps([
    [draws.uniform(*address).hex() for address in addresses],
    [number.hex() for number in draws.uniforms(77, np.array([1, 2**63 - 1]), 8090, 12).tolist()],
    [draws.identity(*address[1:]) for address in addresses],
    [draws.replicate_key(5, 6, 7), draws.unknowns_key(5, 6)],
]))
"""


def test_the_same_numbers_without_the_compiler():
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    addresses = [(1, 2, 8084, 3), (2**63 - 1, 2**63 - 1, 2**31 - 1, 100_000), (0, 2**62, 8103, 1004)]
    assert json.loads(run.stdout) == [
        [draws.uniform(*address).hex() for address in addresses],
        [number.hex() for number in draws.uniforms(77, np.array([1, 2**63 - 1]), 8090, 12).tolist()],
        [draws.identity(*address[1:]) for address in addresses],
        [draws.replicate_key(5, 6, 7), draws.unknowns_key(5, 6)],
    ]


# ------------------------------------------------ the open interval


def address_of(bits):
    """An address whose 64 bits are ``bits``, with a key of 63 bits."""
    for decision in range(1, 100):
        key = unmix64((unmix64(bits) - decision * GAMMA) % WORD)
        if key < 2**63:
            return key, 0, 0, decision
    raise AssertionError("no such address")


@pytest.mark.parametrize(
    ("bits", "number"),
    [
        (0, 2.0**-53),
        (2**12 - 1, 2.0**-53),
        (2**12, 3 * 2.0**-53),
        (2**63, 0.5 + 2.0**-53),
        (2**64 - 1, 1.0 - 2.0**-53),
    ],
)
def test_a_number_lies_inside_the_open_interval(bits, number):
    address = address_of(bits)
    assert draws.bits_plain(*address) == bits
    assert draws.uniform_plain(*address) == number
    assert draws.uniform(*address) == number
    assert 0.0 < number < 1.0


# ------------------------------------------------ uniformity and independence by part of the address

WHO = draws.name_id("carrier", "WH-0001")
key_of = cache(draws.replicate_key)


def number_at(seed=11, draw=3, seed_in_draw=1, who=WHO, quarter=8090, decision=decisions.STOPPING):
    return draws.uniform(key_of(seed, draw, seed_in_draw), who, quarter, decision)


# From a part of the address to the number at its ``step``-th value, with all other parts fixed. ``row``: who by
# numbers that follow each other; ``who``: who by ids, as the model does.
PARTS = {
    "seed": lambda step, **rest: number_at(seed=step, **rest),
    "draw": lambda step, **rest: number_at(draw=step, **rest),
    "seed_in_draw": lambda step, **rest: number_at(seed_in_draw=step, **rest),
    "row": lambda step, **rest: number_at(who=step, **rest),
    "who": lambda step, **rest: number_at(who=draws.identity(WHO, 8084, step), **rest),
    "quarter": lambda step, **rest: number_at(quarter=step, **rest),
    "decision": lambda step, **rest: number_at(decision=step, **rest),
}


def hold_uniform(numbers):
    """Refuse numbers that are too uneven, or too even, to be uniform."""
    counts = np.bincount((numbers * 256).astype(int), minlength=256)
    assert LEVEL < stats.chisquare(counts).pvalue < 1.0 - LEVEL
    assert LEVEL < stats.kstest(numbers, "uniform").pvalue < 1.0 - LEVEL


def hold_independent(left, right):
    """Refuse two rows of numbers of which one says something about the other."""
    cells = (left * 16).astype(int) * 16 + (right * 16).astype(int)
    counts = np.bincount(cells, minlength=256)
    assert LEVEL < stats.chisquare(counts).pvalue < 1.0 - LEVEL
    correlation = 12.0 * float(np.mean((left - 0.5) * (right - 0.5)))  # standard error: one over root n
    assert abs(correlation) * np.sqrt(len(left)) < stats.norm.isf(LEVEL)


@pytest.mark.parametrize("part", PARTS)
def test_uniform_and_without_memory_along_a_part(part):
    numbers = np.array([PARTS[part](step) for step in range(COUNT)])
    hold_uniform(numbers)
    for lag in (1, 2, 4, 16):
        # Pairs that do not overlap, so that they are independent of each other.
        blocks = numbers[: len(numbers) // (2 * lag) * 2 * lag].reshape(-1, 2, lag)
        hold_independent(blocks[:, 0].ravel(), blocks[:, 1].ravel())


@pytest.mark.parametrize("part", PARTS)
def test_neighbours_in_a_part_know_nothing_of_each_other(part):
    # Two values of one part that follow each other, over many values of another part.
    other = "quarter" if part in ("row", "who") else "row"
    values = [{"quarter": step} if other == "quarter" else {"who": 1_000 + step} for step in range(COUNT)]
    left = np.array([PARTS[part](5, **rest) for rest in values])
    right = np.array([PARTS[part](6, **rest) for rest in values])
    hold_uniform(left)
    hold_independent(left, right)


ADDRESS = {"seed": 11, "draw": 3, "seed_in_draw": 1, "who": 0, "quarter": 8090, "decision": 25}


def _pairs_of_parts():
    return [(one, other) for place, one in enumerate(ADDRESS) for other in list(ADDRESS)[place + 1 :]]


@pytest.mark.parametrize(("one", "other"), _pairs_of_parts())
def test_a_step_in_one_part_is_not_a_step_in_another(one, other):
    # One more in ``one`` and one more in ``other`` must not lead to related numbers.
    addresses = [ADDRESS | {"who": 1_000 * row} for row in range(COUNT // 2)]
    left = np.array([number_at(**address | {one: address[one] + 1}) for address in addresses])
    right = np.array([number_at(**address | {other: address[other] + 1}) for address in addresses])
    hold_independent(left, right)


def test_a_sum_over_parts_has_the_spread_of_independent_numbers():
    # One number from each of 48 addresses that differ in everything; their mean must spread as it should.
    sums = [
        sum(number_at(seed=row, draw=row % 7, who=row * 31 + step, quarter=step) for step in range(48))
        for row in range(2_000)
    ]
    spread = (np.array(sums) - 24.0) / 2.0  # variance of the sum: 48 / 12
    assert stats.kstest(spread, "norm").pvalue > LEVEL


def test_one_flipped_bit_of_an_address_flips_every_bit_of_the_draw_half_the_time():
    rng = np.random.default_rng(20210825)
    bases = [
        (
            int(rng.integers(2**63)),
            int(rng.integers(2**63)),
            int(rng.integers(8000, 8200)),
            int(rng.integers(4000)),
        )
        for _ in range(600)
    ]
    flips = [[1 << bit if part == flipped else 0 for part in range(4)] for flipped, bit in _address_bits()]
    for flip in flips:
        changed = [
            draws.bits_plain(*base)
            ^ draws.bits_plain(*(value ^ mask for value, mask in zip(base, flip, strict=True)))
            for base in bases
        ]
        bits = np.unpackbits(np.array(changed, np.uint64).view(np.uint8)).reshape(len(bases), 64)
        # 166 x 64 cells of a binomial of 600 and a half: beyond 5.5 standard deviations with chance 4e-4.
        assert np.abs(bits.mean(axis=0) - 0.5).max() < 5.5 * 0.5 / np.sqrt(len(bases)), flip


def _address_bits():
    return chain(
        ((0, bit) for bit in range(63)),
        ((1, bit) for bit in range(63)),
        ((2, bit) for bit in range(20)),
        ((3, bit) for bit in range(20)),
    )


# ------------------------------------------------ ids and names


def test_no_two_of_a_million_causes_share_an_id():
    # What the model does: causes are ids themselves, quarters follow each other, ranks start at 0.
    causes = [draws.name_id("district", str(code)) for code in range(50)] + list(range(50))
    ids = {
        draws.identity(cause, quarter, rank)
        for cause in causes
        for quarter in range(8084, 8184)
        for rank in range(100)
    }
    assert len(ids) == 1_000_000
    assert 0 < min(ids) <= max(ids) < 2**63


def test_keys_of_replicates_and_of_unknowns_differ():
    parts = [(seed, draw) for seed in range(100) for draw in range(100)]
    keys = {draws.replicate_key(seed, draw, one) for seed, draw in parts for one in range(3)}
    unknown = {draws.unknowns_key(seed, draw) for seed, draw in parts}
    assert len(keys) == 3 * len(parts)
    assert len(unknown) == len(parts)
    assert not keys & unknown


def test_a_name_has_one_id_by_kind():
    assert draws.name_id("carrier", "A1") != draws.name_id("sponsor", "A1")
    assert draws.name_id("carrier", "A1") != draws.name_id("carrier", "A2")
    assert draws.name_id("a", "bc") != draws.name_id("ab", "c")
    ids = {draws.name_id("carrier", f"WH-{number:05}") for number in range(50_000)}
    assert len(ids) == 50_000
    assert 0 <= min(ids) <= max(ids) < 2**63


def test_every_decision_has_a_number_of_its_own():
    numbers = {name: value for name, value in vars(decisions).items() if name.isupper()}
    assert len(numbers) > 50
    assert all(type(value) is int and 0 < value < 2**31 for value in numbers.values())
    assert len(set(numbers.values())) == len(numbers)
    # Those taken many times in a quarter have room for an index: no other number lies in their thousand.
    many = sorted(value for value in numbers.values() if value >= 1000)
    assert all(after - before >= 1000 for before, after in pairwise(many))
