"""How a comprehensive carrier becomes specialised, and how a large one splits.

While it converts it admits only its field, so occupancy dips: conversion has a price. It is specialised in
fact at 75 % of tenants in one field and with a platform; the platform, not the 75 %, is the bottleneck.
"""

import math
from typing import NamedTuple

from simulation.rules.chance import between
from simulation.rules.rule import rule


class ConversionParameters(NamedTuple):
    """Numbers of the conversion step."""

    start: float  # chance a quarter to start, at the usual share and capability, levers at 0
    share_effect: float  # exponent per unit of the largest field's share above usual_share
    usual_share: float  # share of the largest field
    usual_capability: float  # capability
    least_share: float  # share of the largest field below which nobody starts
    least_capability: float  # capability below which nobody starts
    least_tenants: float  # tenants below which nobody starts
    large: float  # tenants from which a carrier counts as large
    lever_gain: float  # relative gain by convert_large (large ones) or reposition_small (others) at 1
    role_model_gain: float  # relative gain by the lever role_models at 1
    partner_gain: float  # relative gain by the lever university_belts at 1, in districts with universities
    platform: float  # chance a quarter to get a platform while converting
    platform_gain: float  # added by the lever platform_sharing at 1
    partner_platform_gain: float  # added for large ones by the lever convert_large at 1 (with universities)
    field_share: float  # share of tenants in one field that makes a carrier specialised in fact
    field_share_kept: float  # share below which it no longer is
    give_up_after: float  # quarters of converting before which nobody gives up
    give_up: float  # chance a quarter after that
    split: float  # chance a quarter that a large carrier splits, lever convert_large at 1
    least_split: float  # tenants of one field that make a child of their own
    most_children: float  # children of one split
    parent_ends: float  # 1: the children replace the parent; 0: the parent keeps name, level and the rest


@rule
def qualifies(
    tenants: int, largest_share: float, capability: float, reserve: float, p: ConversionParameters
) -> bool:
    """Whether a comprehensive carrier could convert: enough of one field, able, no lasting loss."""
    return (
        tenants >= p.least_tenants
        and largest_share >= p.least_share
        and capability >= p.least_capability
        and reserve > 0.0
    )


@rule
def starting_chance(
    largest_share: float,
    capability: float,
    support: float,
    role_models: float,
    partners: float,
    p: ConversionParameters,
) -> float:
    """The chance a quarter that a carrier that qualifies starts to convert.

    ``support`` is the strength of convert_large for a large carrier, of reposition_small for another;
    ``partners`` that of university_belts where there are universities.
    """
    inclination = math.exp(p.share_effect * (largest_share - p.usual_share)) * capability / p.usual_capability
    gain = (1.0 + support * p.lever_gain) * (
        1.0 + role_models * p.role_model_gain + partners * p.partner_gain
    )
    return between(p.start * inclination * gain, 0.0, 1.0)


@rule
def platform_chance(sharing: float, partner: float, p: ConversionParameters) -> float:
    """The chance a quarter that a converting carrier gets a platform.

    ``sharing`` is the strength of platform_sharing; ``partner`` that of convert_large for a large carrier.
    """
    return between(p.platform + sharing * p.platform_gain + partner * p.partner_platform_gain, 0.0, 1.0)


@rule
def specialised_in_fact(
    already: bool, tenants: int, field_tenants: int, platform: bool, p: ConversionParameters
) -> bool:
    """Whether a carrier is specialised in fact: 75 % of tenants in one field, and a platform (rule of 2018).

    One that already is stays so until its share falls below what keeps it. One without tenants stays as it is.
    """
    if tenants == 0:
        return already
    share = field_tenants / tenants
    return platform and share >= (p.field_share_kept if already else p.field_share)


@rule
def may_give_up(quarters_converting: int, p: ConversionParameters) -> bool:
    """Whether a carrier has been converting so long that it may give up."""
    return quarters_converting >= p.give_up_after


@rule
def splitting_chance(tenants: int, convert_large: float, p: ConversionParameters) -> float:
    """The chance a quarter that a large comprehensive carrier splits (一变N); none without the lever."""
    if tenants < p.large:
        return 0.0
    return between(p.split * convert_large, 0.0, 1.0)
