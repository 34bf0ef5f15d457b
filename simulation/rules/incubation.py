"""What becomes of a tenant in a quarter: it fails, graduates, is funded, or reaches the end of its term.

At the limit of its stay it leaves, moves up the chain (makerspace, incubator, accelerator) or overstays
(超期在孵). The notice's "adjust misfits out at term" acts on those who overstay.
"""

from typing import NamedTuple

from simulation.rules.chance import between
from simulation.rules.codes import MAKERSPACE, ByType
from simulation.rules.rule import rule


class IncubationParameters(NamedTuple):
    """Numbers of the incubation step."""

    failure_year_1: float  # chance a quarter to fail, firm in its first year
    failure_year_2: float  # second year
    failure_year_3: float  # third year
    failure_later: float  # fourth year and later
    failure_factor: float  # tenants relative to all firms
    failure_if_match: float  # relative change of that when the carrier is of the tenant's field
    failure_per_capability: float  # relative change per unit of capability above usual_capability
    failure_if_funded: float  # relative change when funded
    graduation: float  # chance a quarter to graduate after the first year, average tenant
    graduation_if_match: float  # relative change
    graduation_per_capability: float  # relative change per unit above usual_capability
    graduation_if_funded: float  # relative change
    usual_capability: float  # capability of the average carrier
    funding: float  # chance a quarter that a tenant is funded
    finance_gain: float  # relative gain of that by the lever sci_tech_finance at 1
    investor_gain: float  # relative gain in an investor's carrier by the lever investors at 1
    bank_rescue: float  # share of failures averted in a bank's carrier by the lever banks at 1
    stay_limit: ByType  # quarters
    stay_limit_long: float  # quarters, sectors with a long term (biomedicine and the like)
    limit_enforced: float  # chance a quarter that a tenant past its limit leaves
    release: float  # added for a misfit of a focused carrier by the lever reposition_small at 1
    move_up: float  # chance a quarter that a makerspace's tenant moves up, after move_up_after quarters
    move_up_after: float  # quarters of stay
    move_up_at_limit: float  # times that, at the limit
    full_chain_gain: float  # relative gain of moving up in a park by the lever full_chain_parks at 1


@rule
def failure_by_age(age: int, p: IncubationParameters) -> float:
    """The chance a quarter that a firm of ``age`` quarters fails (business registration report, 2013)."""
    if age < 4:
        return p.failure_year_1
    if age < 8:
        return p.failure_year_2
    if age < 12:
        return p.failure_year_3
    return p.failure_later


@rule
def failure_chance(
    age: int, fit: float, capability: float, funded: bool, bank_loans: float, p: IncubationParameters
) -> float:
    """The chance a quarter that a tenant fails: lower with a match, capability, funding, a bank's loan.

    ``bank_loans`` is the strength of the lever banks in a bank's carrier, 0 elsewhere.
    """
    factor = 1.0 + p.failure_if_match * fit + p.failure_per_capability * (capability - p.usual_capability)
    if funded:
        factor = factor + p.failure_if_funded
    factor = factor * (1.0 - between(bank_loans * p.bank_rescue, 0.0, 1.0))
    return between(failure_by_age(age, p) * p.failure_factor * factor, 0.0, 0.5)


@rule
def graduation_chance(
    stay: int, fit: float, capability: float, funded: bool, p: IncubationParameters
) -> float:
    """The chance a quarter that a tenant graduates: none in its first year, higher with match and capability."""
    if stay < 4:
        return 0.0
    factor = (
        1.0 + p.graduation_if_match * fit + p.graduation_per_capability * (capability - p.usual_capability)
    )
    if funded:
        factor = factor + p.graduation_if_funded
    return between(p.graduation * factor, 0.0, 0.5)


@rule
def graduates(draw: float, chance: float) -> bool:
    """Whether a tenant graduates. The same draw decides whether it fails, at its other end."""
    return draw < chance


@rule
def fails(draw: float, chance: float) -> bool:
    """Whether a tenant fails: what lowers this chance keeps a tenant and lets none graduate in its stead."""
    return draw >= 1.0 - chance


@rule
def funding_chance(finance: float, investor_equity: float, p: IncubationParameters) -> float:
    """The chance a quarter that a tenant without funding gets its first.

    ``investor_equity`` is the strength of the lever investors in an investor's carrier, 0 elsewhere.
    """
    return between(p.funding * (1.0 + finance * p.finance_gain + investor_equity * p.investor_gain), 0.0, 1.0)


@rule
def stay_limit(carrier_type: int, long_term_sector: bool, p: IncubationParameters) -> int:
    """How long a tenant may stay, in quarters (rule of 2018; makerspaces 24 months)."""
    if long_term_sector and carrier_type != MAKERSPACE:
        return int(p.stay_limit_long)
    return int(p.stay_limit[carrier_type])


@rule
def leaving_chance(misfit: bool, reposition: float, p: IncubationParameters) -> float:
    """The chance a quarter that a tenant past its limit is let go; misfits more, under repositioning."""
    if misfit:
        return between(p.limit_enforced + reposition * p.release, 0.0, 1.0)
    return p.limit_enforced


@rule
def moving_up_chance(stay: int, at_limit: bool, full_chain: float, p: IncubationParameters) -> float:
    """The chance a quarter that a makerspace's tenant moves up to an incubator or accelerator.

    ``full_chain`` is the strength of the lever full_chain_parks in a park, 0 elsewhere.
    """
    if stay < p.move_up_after:
        return 0.0
    chance = p.move_up * (1.0 + full_chain * p.full_chain_gain)
    return between(chance * p.move_up_at_limit if at_limit else chance, 0.0, 1.0)
