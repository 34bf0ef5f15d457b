"""Who gets limited places: the best by score; a draw breaks ties, never position.

Everything limited in the model is given out by this one function: the excellent grades of an evaluation, a
municipal round, the municipality's recommendations, provincial and national places.
"""

import numpy as np
from numpy.typing import NDArray

from simulation.rules.rule import rule


@rule
def winners(scores: NDArray[np.float64], ties: NDArray[np.float64], places: int) -> NDArray[np.int64]:
    """The rows of the ``places`` best candidates, best first.

    ``scores`` and ``ties`` (uniform draws) have one entry a candidate; all get a place when there are enough.
    """
    by_tie = np.argsort(ties, kind="mergesort")
    order = by_tie[np.argsort(-scores[by_tie], kind="mergesort")]
    return order[: max(0, min(places, len(scores)))]
