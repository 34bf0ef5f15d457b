"""Results for other programs: rows in the hubverse format of forecast hubs, and arrays with named dimensions.

Hubverse model output (https://docs.hubverse.io): one row a value, task columns first, then ``output_type`` (quantile
or sample), ``output_type_id`` (the level, or the number of the sample) and ``value``. A sample is one future
throughout: rows of the same number belong together over targets, horizons and locations.
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simulation.ensemble import Result
from simulation.projection.measures import MEASURES, values
from simulation.quarters import quarter, year_of
from simulation.rules import codes

if TYPE_CHECKING:
    import xarray

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
CITY = "city"
TASKS = ("origin_date", "target", "horizon", "location", "target_end_date")
COLUMNS = (*TASKS, "output_type", "output_type_id", "value")
MODEL = "carriersim-abm"  # team and model, as hubs name them
_SHARE = "specialised_share"


def targets_of(measures: Sequence[str] = MEASURES) -> list[tuple[str, str, str, str]]:
    """The name of each target of a hub, with scope, measure and basis: ``recognised count``, ``... share by label``."""
    found = [
        (f"{scope} count", scope, "count", codes.BASES[0]) for scope in codes.SCOPES if "count" in measures
    ]
    if _SHARE in measures:
        found += [
            (f"{scope} specialised share by {basis}", scope, _SHARE, basis)
            for scope in codes.SCOPES
            for basis in codes.BASES
        ]
    return found


def hub_rows(
    result: Result, *, samples: int = 100, districts: bool = True, by: str | None = None
) -> pd.DataFrame:
    """Model output of a run: quantiles of each target, then the first ``samples`` futures.

    One origin, the end of the opening quarter; a horizon is a number of quarters ahead. ``by`` keeps one quarter.
    Values that no future has (a share of no carriers) have no row.
    """
    names = result.quarters[1:] if by is None else (by,)
    if by is not None and by not in result.quarters[1:]:
        raise ValueError(
            f"no quarter {by!r} after the start: they are {result.quarters[1]} to {result.quarters[-1]}"
        )
    places: list[str | None] = [None, *result.districts] if districts else [None]
    parts = []
    for target, scope, measure, basis in targets_of():
        for place in places:
            paths = values(result, measure, scope, basis, place)
            for name in names:
                sample = paths[:, result.quarters.index(name)]
                parts.append(_rows(result, target, place, name, sample, samples))
    rows = pd.concat(parts, ignore_index=True)
    return rows.sort_values("output_type", kind="stable", ignore_index=True)


def _rows(
    result: Result, target: str, place: str | None, name: str, sample: np.ndarray[Any, Any], samples: int
) -> pd.DataFrame:
    defined = sample[~np.isnan(sample)]
    quantiles = np.quantile(defined, LEVELS).tolist() if len(defined) else []
    kept = [
        (str(number), float(value)) for number, value in zip(result.used["replicate"], sample, strict=True)
    ]
    kept = [one for one in kept[:samples] if not np.isnan(one[1])]
    levels = [f"{level:g}" for level in LEVELS[: len(quantiles)]]
    return pd.DataFrame(
        {
            "origin_date": end_of(result.quarters[0]),
            "target": target,
            "horizon": quarter(name) - quarter(result.quarters[0]),
            "location": CITY if place is None else place,
            "target_end_date": end_of(name),
            "output_type": ["quantile"] * len(quantiles) + ["sample"] * len(kept),
            "output_type_id": [*levels, *(number for number, _ in kept)],
            "value": [*quantiles, *(value for _, value in kept)],
        },
        columns=list(COLUMNS),
    )


def end_of(name: str) -> str:
    """The last day of a quarter."""
    number = quarter(name)
    year, month = year_of(number), 3 * (number % 4 + 1)
    return f"{year}-{month:02d}-{calendar.monthrange(year, month)[1]}"


def hub_tasks(result: Result, *, samples: int = 100) -> dict[str, Any]:
    """The hub's own configuration (``hub-config/tasks.json``): which rows a model may and must give."""
    count = min(samples, result.n_used)
    last = len(result.quarters) - 1

    def task(names: list[str], unit: str, highest: float | None) -> dict[str, Any]:
        bound = {"minimum": 0} | ({} if highest is None else {"maximum": highest})
        return {
            "task_ids": {
                "origin_date": {"required": None, "optional": [end_of(result.quarters[0])]},
                "target": {"required": None, "optional": names},
                "horizon": {"required": None, "optional": list(range(1, last + 1))},
                "location": {"required": None, "optional": [CITY, *result.districts]},
                "target_end_date": {
                    "required": None,
                    "optional": [end_of(name) for name in result.quarters[1:]],
                },
            },
            "output_type": {
                "quantile": {
                    "output_type_id": {"required": list(LEVELS)},
                    "is_required": True,
                    "value": {"type": "double", **bound},
                },
                "sample": {
                    "output_type_id_params": {
                        "type": "character",
                        "max_length": 10,
                        "min_samples_per_task": 1,
                        "max_samples_per_task": max(1, count),
                        "compound_taskid_set": ["origin_date"],
                    },
                    "is_required": False,
                    "value": {"type": "double", **bound},
                },
            },
            "target_metadata": [
                {
                    "target_id": name,
                    "target_name": name,
                    "target_units": unit,
                    "target_keys": {"target": name},
                    "target_type": "continuous",
                    "is_step_ahead": True,
                    "time_unit": "quarter",
                }
                for name in names
            ],
        }

    counts = [name for name, *_ in targets_of(("count",))]
    shares = [name for name, *_ in targets_of((_SHARE,))]
    return {
        "schema_version": "https://raw.githubusercontent.com/hubverse-org/schemas/main/v5.0.0/tasks-schema.json",
        "rounds": [
            {
                "round_id_from_variable": True,
                "round_id": "origin_date",
                "model_tasks": [task(counts, "carriers", None), task(shares, "share", 1)],
                "submissions_due": {"relative_to": "origin_date", "start": 0, "end": 365},
            }
        ],
    }


def hub_files(result: Result, *, samples: int = 100) -> dict[str, bytes]:
    """A hub's files by their paths: the configuration of tasks and the model output of a run."""
    origin = end_of(result.quarters[0])
    rows = hub_rows(result, samples=samples)
    tasks = json.dumps(hub_tasks(result, samples=samples), indent=2)
    return {
        "hub-config/tasks.json": f"{tasks}\n".encode(),
        f"model-output/{MODEL}/{origin}-{MODEL}.csv": rows.to_csv(index=False, lineterminator="\n").encode(),
    }


def to_xarray(result: Result) -> xarray.Dataset:
    """Counts as arrays with named dimensions: replicate, quarter, district, scope, and basis for the specialised ones.

    ``count.sum("district")`` is the city's. Raises ``ImportError`` with what to install where xarray is missing.
    """
    try:
        import xarray
    except ImportError as missing:
        raise ImportError(
            "arrays with named dimensions need xarray: .venv/bin/pip install -e '.[research]'"
        ) from missing
    places = list(result.districts)

    def stacked(basis: str | None) -> np.ndarray[Any, Any]:
        each = [[result.totals(scope, basis, code) for code in places] for scope in codes.SCOPES]
        return np.moveaxis(np.array(each), (0, 1), (3, 2))

    manifest = result.manifest
    dimensions = ("replicate", "quarter", "district", "scope")
    specialised = np.stack([stacked(basis) for basis in codes.BASES], axis=-1)
    return xarray.Dataset(
        {
            "count": (dimensions, stacked(None), {"units": "carriers"}),
            "specialised": ((*dimensions, "basis"), specialised, {"units": "carriers"}),
        },
        coords={
            "replicate": result.used["replicate"].to_numpy(),
            "draw": ("replicate", result.used["draw"].to_numpy()),
            "seed": ("replicate", result.used["seed"].to_numpy()),
            "quarter": list(result.quarters),
            "district": places,
            "scope": list(codes.SCOPES),
            "basis": list(codes.BASES),
        },
        attrs={
            "scenario": manifest.scenario,
            "scenario_digest": manifest.scenario_digest,
            "seed": manifest.seed,
            "version": manifest.version,
        },
    )
