"""The numbers of the rulebook as records: kernels take them by reference, however many there are."""

from typing import Any, NamedTuple

import numpy as np

from simulation.engines.setting import Parameters


class Numbers(NamedTuple):
    """A record for each part of ``Parameters``; fields have the same names, so rules read them alike."""

    policy: Any
    founding: Any
    formation: Any
    admission: Any
    incubation: Any
    operations: Any
    conversion: Any
    evaluation: Any
    rounds: Any
    inspection: Any


def records(parameters: Parameters) -> Numbers:
    """The parameters as records."""
    return Numbers(**{name: _record(part) for name, part in parameters._asdict().items()})


def _record(part: Any) -> Any:
    dtype = [
        (name, np.float64, (len(value),)) if isinstance(value, tuple) else (name, np.float64)
        for name, value in part._asdict().items()
    ]
    return np.array([tuple(part)], dtype=dtype)[0]
