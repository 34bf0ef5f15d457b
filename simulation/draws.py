"""Every random number has an address: (seed, replicate, who, quarter, decision).

A draw is a hash of its address, not the next number of a stream. So neither engine, order, workers nor
horizon can change it, and two policies meet the same luck. The hash is two rounds of the finaliser of
SplitMix64 (Steele, Lea and Flood 2014; constants of Stafford's variant 13), each over one half of the
address. ``who`` is an id (a 63-bit hash of the agent's cause), never a row number.

The same numbers come from plain Python and from compiled code: ``tests/test_draws.py`` holds both to
known answers.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from simulation.kernels import JIT_DISABLED, kernel

_MASK = 0xFFFFFFFFFFFFFFFF
_GOLDEN = 0x9E3779B97F4A7C15
_MIX_1 = 0xBF58476D1CE4E5B9
_MIX_2 = 0x94D049BB133111EB
_TO_UNIT = 2.0**-52


def _mix_plain(word: int) -> int:
    word = ((word ^ (word >> 30)) * _MIX_1) & _MASK
    word = ((word ^ (word >> 27)) * _MIX_2) & _MASK
    return word ^ (word >> 31)


def bits_plain(key: int, who: int, quarter: int, decision: int) -> int:
    """The 64 bits at an address, in plain Python on whole numbers: the reference for ``bits``."""
    word = _mix_plain((key + who * _GOLDEN) & _MASK)
    return _mix_plain((word + ((quarter << 32) + decision) * _GOLDEN) & _MASK)


def uniform_plain(key: int, who: int, quarter: int, decision: int) -> float:
    """The uniform number at an address, in plain Python: the reference for ``uniform``."""
    return ((bits_plain(key, who, quarter, decision) >> 12) + 0.5) * _TO_UNIT


_U_GOLDEN = np.uint64(_GOLDEN)
_U_MIX_1 = np.uint64(_MIX_1)
_U_MIX_2 = np.uint64(_MIX_2)
_U27, _U30, _U31, _U32, _U12, _U1 = (np.uint64(shift) for shift in (27, 30, 31, 32, 12, 1))


@kernel
def _bits_compiled(key: int, who: int, quarter: int, decision: int) -> np.uint64:
    word = np.uint64(key) + np.uint64(who) * _U_GOLDEN
    word = (word ^ (word >> _U30)) * _U_MIX_1
    word = (word ^ (word >> _U27)) * _U_MIX_2
    word = word ^ (word >> _U31)
    word = word + ((np.uint64(quarter) << _U32) + np.uint64(decision)) * _U_GOLDEN
    word = (word ^ (word >> _U30)) * _U_MIX_1
    word = (word ^ (word >> _U27)) * _U_MIX_2
    return word ^ (word >> _U31)


@kernel
def _uniform_compiled(key: int, who: int, quarter: int, decision: int) -> float:
    return (np.float64(_bits_compiled(key, who, quarter, decision) >> _U12) + 0.5) * _TO_UNIT


@kernel
def _identity_compiled(cause: int, quarter: int, rank: int) -> int:
    return np.int64(_bits_compiled(0, cause, quarter, rank) >> _U1)  # type: ignore[return-value] # an int once compiled


def identity_plain(cause: int, quarter: int, rank: int) -> int:
    """The id of a new agent, in plain Python: the reference for ``identity``."""
    return bits_plain(0, cause, quarter, rank) >> 1


# Without the compiler (NUMBA_DISABLE_JIT) the plain versions serve: numpy scalars would be slow and warn.
if JIT_DISABLED:
    uniform, identity = uniform_plain, identity_plain
else:
    uniform, identity = _uniform_compiled, _identity_compiled


@kernel
def _fill(
    numbers: NDArray[np.float64], key: int, who: NDArray[np.int64], quarter: int, decision: int
) -> None:
    for row in range(len(who)):
        numbers[row] = _uniform_compiled(key, who[row], quarter, decision)


def uniforms(key: int, who: NDArray[np.int64], quarter: int, decision: int) -> NDArray[np.float64]:
    """The uniform numbers of many agents for one quarter and decision, in the order of ``who``."""
    if JIT_DISABLED:
        return np.array([uniform_plain(key, one, quarter, decision) for one in who.tolist()])
    numbers = np.empty(len(who))
    _fill(numbers, key, who, quarter, decision)
    return numbers


@kernel
def _fill_identities(
    ids: NDArray[np.int64], causes: NDArray[np.int64], quarters: NDArray[np.int64], rank: int
) -> None:
    for row in range(len(ids)):
        ids[row] = _identity_compiled(causes[row], quarters[row], rank)


def identities(causes: NDArray[np.int64], quarters: NDArray[np.int64], rank: int) -> NDArray[np.int64]:
    """The ids of many new agents, one for each cause and its quarter, in their order."""
    if JIT_DISABLED:
        pairs = zip(causes.tolist(), quarters.tolist(), strict=True)
        return np.array([identity_plain(cause, quarter, rank) for cause, quarter in pairs], np.int64)
    ids = np.empty(len(causes), np.int64)
    _fill_identities(ids, causes, quarters, rank)
    return ids


def replicate_key(seed: int, draw: int, seed_in_draw: int) -> int:
    """The key of one replicate: the first part of every address in it (63 bits)."""
    return identity_plain(identity_plain(seed, 0, 1), draw, seed_in_draw)


def unknowns_key(seed: int, draw: int) -> int:
    """The key under which the unknown numbers of one draw are drawn (63 bits), apart from any replicate."""
    return identity_plain(identity_plain(seed, 0, 2), draw, 0)


def name_id(kind: str, name: str) -> int:
    """The 63-bit id of something that has a name (a registry id, a district's code, an unknown)."""
    digest = hashlib.blake2b(f"{kind}\x1f{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
