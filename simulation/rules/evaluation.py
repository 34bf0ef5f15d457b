"""The yearly performance evaluation (绩效评价) of municipal carriers and above, and the reviews above it.

Scores look at the previous calendar year: general service, specialised service, finance, results. Municipal
carriers are excellent, qualified or unqualified; two unqualified years in a row end the municipal title only.
Provincial and national titles fall by their own reviews. Failing is below a fixed score, so that it reacts to
quality.
"""

from typing import NamedTuple

from simulation.rules.chance import between, normal
from simulation.rules.codes import ByType
from simulation.rules.rule import rule


class EvaluationParameters(NamedTuple):
    """Numbers of the evaluation step."""

    weight_general: float  # weight of general service (capability and occupancy)
    weight_specialised: float  # weight of specialised service (in fact, platform)
    weight_finance: float  # weight of finance (funded tenants, fund)
    weight_results: float  # weight of results (graduates of last year)
    funded_full: float  # share of funded tenants that earns the full mark
    graduates_full: float  # graduates a tenant and year that earn the full mark
    noise: float  # standard deviation of what the score does not explain
    excellent_share: float  # share graded excellent
    fail_below: ByType  # score below which a carrier is unqualified
    stopped_fails: float  # chance that a stopped carrier fails (it sends nothing)
    tilt: float  # score added for specialised carriers by the lever evaluation_tilt at 1
    years_to_fall: float  # failed years in a row that end a title
    label_years: float  # years in a row below the share that keeps the label, that end it
    review_share: float  # share of failed municipal cuts at which provincial and national reviews fail


@rule
def score(
    capability: float,
    occupancy: float,
    specialised: bool,
    platform: bool,
    funded_share: float,
    has_fund: bool,
    graduates_per_tenant: float,
    p: EvaluationParameters,
) -> float:
    """The score of a carrier, 0 to about 1, without luck and tilt (weights are assumptions)."""
    general = 0.5 * capability + 0.5 * occupancy
    special = (0.6 if specialised else 0.0) + (0.4 if platform else 0.0)
    finance = 0.6 * min(1.0, funded_share / p.funded_full) + (0.4 if has_fund else 0.0)
    results = min(1.0, graduates_per_tenant / p.graduates_full)
    total = p.weight_general * general + p.weight_specialised * special
    return total + p.weight_finance * finance + p.weight_results * results


@rule
def score_noise(draw: float, p: EvaluationParameters) -> float:
    """What the score does not explain."""
    return p.noise * normal(draw)


@rule
def tilted(noisy_score: float, specialised: bool, tilt: float, p: EvaluationParameters) -> float:
    """The score under the lever evaluation_tilt of strength ``tilt``: specialised carriers gain."""
    return noisy_score + tilt * p.tilt if specialised else noisy_score


@rule
def unqualified(noisy_score: float, carrier_type: int, p: EvaluationParameters) -> bool:
    """Whether a municipal carrier fails the year."""
    return noisy_score < p.fail_below[carrier_type]


@rule
def fails_review(noisy_score: float, carrier_type: int, p: EvaluationParameters) -> bool:
    """Whether a provincial or national carrier is graded D in its own review (about 3 %)."""
    return noisy_score < p.fail_below[carrier_type] * p.review_share


@rule
def title_falls(failed_years: int, p: EvaluationParameters) -> bool:
    """Whether so many failed years in a row end the title."""
    return failed_years >= p.years_to_fall


@rule
def label_falls(years_below: int, p: EvaluationParameters) -> bool:
    """Whether so many years in a row below the share that keeps it end the label of specialisation."""
    return years_below >= p.label_years


@rule
def excellent_places(evaluated: int, p: EvaluationParameters) -> int:
    """How many of those evaluated are graded excellent."""
    return int(between(p.excellent_share, 0.0, 1.0) * evaluated)
