"""A posterior of the unknown numbers: a file that a calibration writes and a scenario names (``unknowns: FILE``).

It holds points with weights. A draw takes a whole point, so what the data say of two numbers together is kept.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.faults import Fault, Place, did_you_mean, quoted, say
from simulation.world import F64

WEIGHT = "weight"
SCHEMA_VERSION = 1
_KEY = b"carriersim"
_LEVELS = (0.05, 0.5, 0.95)


class Posterior(NamedTuple):
    """Shapes: n points of p numbers."""

    names: tuple[str, ...]  # (p)
    values: F64  # (n, p)
    weights: F64  # (n) summing to 1
    known_on: date  # the day by which the data were known that it was learned from
    digest: str  # of the file's bytes

    def point(self, chance: float) -> dict[str, float]:
        """The point at a cumulative weight, by name."""
        row = min(int(np.searchsorted(np.cumsum(self.weights), chance)), len(self.weights) - 1)
        return dict(zip(self.names, self.values[row].tolist(), strict=True))

    def triangle(self, name: str) -> tuple[float, float, float]:
        """5 % quantile, median and 95 % quantile of a number."""
        column = self.values[:, self.names.index(name)]
        order = np.argsort(column, kind="stable")
        total = np.cumsum(self.weights[order])
        places = np.minimum(np.searchsorted(total, _LEVELS), len(order) - 1)
        low, mid, high = column[order][places].tolist()
        return low, mid, high


def content_of(
    names: Iterable[str], values: F64, weights: F64, known_on: date, about: dict[str, Any]
) -> bytes:
    """The bytes of a posterior's file; they depend on what is given alone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: values[:, place] for place, name in enumerate(names)} | {WEIGHT: weights}
    head = {"schema_version": SCHEMA_VERSION, "known_on": known_on.isoformat()} | about
    table = pa.table(columns).replace_schema_metadata({_KEY: json.dumps(head, sort_keys=True).encode()})
    sink = BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def read_posterior(
    path: Path, place: Place, unknowns: Iterable[str], as_of: date | None, faults: list[Fault]
) -> Posterior | None:
    """The posterior of a file; ``None`` and faults when it is none that a scenario of this city can use."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    allowed = say("the posterior.parquet that `carriersim calibrate` writes")
    try:
        data = path.read_bytes()
        table = pq.read_table(BytesIO(data))
        head = json.loads((table.schema.metadata or {})[_KEY])
        version, known_on = head["schema_version"], date.fromisoformat(head["known_on"])
        weights = np.asarray(table[WEIGHT].to_numpy(), np.float64)
        names = tuple(name for name in table.column_names if name != WEIGHT)
        values = np.stack([np.asarray(table[name].to_numpy(), np.float64) for name in names], axis=1)
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        faults.append(Fault.at(place, say("{file}, which is no posterior", file=quoted(path.name)), allowed))
        return None
    before = len(faults)
    if version != SCHEMA_VERSION:
        found = say("a posterior of version {version}", version=version)
        faults.append(Fault.at(place, found, say("version {version}", version=SCHEMA_VERSION)))
    known = tuple(unknowns)
    for name in names:
        if name not in known:
            found = say("the number {name} in {file}", name=quoted(name), file=quoted(path.name))
            of_city = say("unknown numbers of the city's tables")
            faults.append(Fault.at(place, found, of_city, did_you_mean(name, known)))
    total = float(weights.sum()) if np.isfinite(weights).all() and (weights >= 0.0).all() else 0.0
    if not len(weights) or total <= 0.0 or not np.isfinite(values).all():
        found = say("{file} with numbers or weights that are none", file=quoted(path.name))
        faults.append(Fault.at(place, found, allowed))
    if as_of is not None and known_on > as_of:
        found = say("a posterior learned from what was known on {day}", day=known_on)
        faults.append(Fault.at(place, found, say("nothing known after {day}, the run's date", day=as_of)))
    if len(faults) > before:
        return None
    return Posterior(names, values, weights / total, known_on, hashlib.sha256(data).hexdigest())
