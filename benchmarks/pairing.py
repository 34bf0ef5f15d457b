"""What addressed draws save: how many replicates other ways of drawing need for the same error of a policy's effect.

    python benchmarks/pairing.py [--json] [--replicates N] [--streams N]

The effect is the mean difference in the city's recognised carriers at the end, wuhan-2025 against no-notice. Three
ways to draw the luck: by address with equal seeds (as we do); from one stream for each model with equal seeds (as
most models do; in the Mesa engine, which is slow); and with independent seeds. A ratio of variances is a ratio of
replicates for the same error. The unknown numbers are the same for both policies; the ratios are of the variance at
the same unknown numbers (two seeds a draw), those ``over_draws`` also hold what differs from draw to draw, which no
way of drawing luck can remove. The error of a ratio is a bootstrap's over draws.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import numpy as np

from simulation.engines import compiled, mesa
from simulation.engines.books import Outcome
from simulation.engines.mesa import luck, rings
from simulation.engines.setting import Setting
from simulation.ensemble.scopes import scope_totals
from simulation.scenario import Study, load, study
from simulation.world import World

SCENARIOS = Path(__file__).parent.parent / "scenarios"
WITH, WITHOUT = "wuhan-2025.yaml", "no-notice.yaml"
SEED = 1
Engine = Callable[[Setting, World], Outcome]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    parser.add_argument("--replicates", type=int, default=200, help="draws (default: %(default)s)")
    parser.add_argument(
        "--streams", type=int, default=40, help="draws with one stream (default: %(default)s)"
    )
    arguments = parser.parse_args()
    studies = study(load(SCENARIOS / WITH)), study(load(SCENARIOS / WITHOUT))
    addressed = simulated(studies, arguments.replicates, compiled.simulate, nullcontext)
    streamed = simulated(studies, arguments.streams, mesa.simulate, one_stream)
    paired, independent, stream = equal_seeds(addressed), other_seeds(addressed), equal_seeds(streamed)
    answer = {
        "replicates_ratio_independent": ratio(independent, paired, within),
        "replicates_ratio_independent_error": ratio_error(independent, paired, within),
        "replicates_ratio_one_stream": ratio(stream, paired, within),
        "replicates_ratio_one_stream_error": ratio_error(stream, paired, within),
        "replicates_ratio_independent_over_draws": ratio(independent, paired, over_draws),
        "replicates_ratio_independent_over_draws_error": ratio_error(independent, paired, over_draws),
        "effect": float(paired.mean()),
        "deviation_within": float(np.sqrt(within(paired))),
        "deviation_over_draws": float(np.sqrt(over_draws(paired))),
        "draws": arguments.replicates,
        "draws_one_stream": arguments.streams,
    }
    if arguments.json:
        print(json.dumps(answer))
        return 0
    print(
        f"effect {answer['effect']:.1f} carriers; its deviation {answer['deviation_within']:.1f} at the same unknown "
        f"numbers, {answer['deviation_over_draws']:.1f} over draws ({answer['draws']} draws of two seeds)"
    )
    for name in ("independent", "one_stream", "independent_over_draws"):
        key = f"replicates_ratio_{name}"
        print(f"{name}: {answer[key]:.1f} ± {answer[f'{key}_error']:.1f} times as many replicates")
    return 0


def recognised(outcome: Outcome) -> int:
    """The city's recognised carriers at the end."""
    return int(scope_totals(outcome.stocks)["recognised"][-1].sum())


def simulated(
    studies: tuple[Study, Study],
    draws: int,
    engine: Engine,
    luck_of: Callable[..., AbstractContextManager[None]],
) -> np.ndarray:
    """(draws, seeds, policies) What two policies end with for two seeds of each draw."""
    found = np.empty((draws, 2, 2))
    for draw, seed, policy in np.ndindex(found.shape):
        one = studies[policy]
        with luck_of((draw, seed)):
            setting, world = one.setting(SEED, draw, seed), one.world(SEED, draw, seed)
            found[draw, seed, policy] = recognised(engine(setting, world))
    return found


def equal_seeds(found: np.ndarray) -> np.ndarray:
    """(draws, 2) Differences between the policies, each with the seed of the other."""
    return found[:, :, 0] - found[:, :, 1]


def other_seeds(found: np.ndarray) -> np.ndarray:
    """(draws, 2) Differences between the policies, each with another seed."""
    return found[:, :, 0] - found[:, ::-1, 1]


@contextmanager
def one_stream(seed: tuple[int, int]) -> Iterator[None]:
    """Every draw is the next number of one stream, whoever asks."""
    numbers = np.random.default_rng([SEED, *seed])
    before = luck.uniform, luck.uniforms, rings.uniform, luck.Luck.draw_ahead

    def one(*_: int) -> float:
        return float(numbers.random())

    def many(key: int, whos: np.ndarray, *_: int) -> np.ndarray:
        del key
        return numbers.random(len(whos))

    luck.uniform, luck.uniforms, rings.uniform = one, many, one
    luck.Luck.draw_ahead = lambda *_: None
    try:
        yield
    finally:
        luck.uniform, luck.uniforms, rings.uniform, luck.Luck.draw_ahead = before


def within(differences: np.ndarray) -> float:
    """The variance of a difference at the same unknown numbers: that of two seeds of a draw."""
    return float(np.mean((differences[:, 0] - differences[:, 1]) ** 2) / 2.0)


def over_draws(differences: np.ndarray) -> float:
    """The variance of a difference with one seed a draw."""
    return float(differences[:, 0].var(ddof=1))


def ratio(one: np.ndarray, other: np.ndarray, variance: Callable[[np.ndarray], float]) -> float:
    """How many times as many replicates the first needs for the same error of its mean."""
    return variance(one) / variance(other)


def ratio_error(
    one: np.ndarray, other: np.ndarray, variance: Callable[[np.ndarray], float], times: int = 2000
) -> float:
    """The standard error of that ratio, by resampling the draws."""
    generator = np.random.default_rng(3)
    ratios = []
    for _ in range(times):
        first = generator.integers(0, len(one), len(one))
        second = first if len(one) == len(other) else generator.integers(0, len(other), len(other))
        ratios.append(ratio(one[first], other[second], variance))
    return float(np.std(ratios, ddof=1))


if __name__ == "__main__":
    sys.exit(main())
