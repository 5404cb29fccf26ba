"""What can be worked out from sums: which sets of rows are a linear combination of sets whose totals are known.

Sets are given over the same parts (columns). A sum over a set follows from the known sums exactly when the set's
0/1 row lies in the row space of the known ones, whatever the numbers are; this is decided here by projection.
Whoever knows besides that numbers are not negative learns no more: every part is a non-empty group, so a small enough
step along any direction that leaves the known sums alone stays possible.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import linalg

TOLERANCE = 1e-7
BATCH = 2000


def combinations(known: Any, wanted: Any) -> list[npt.NDArray[np.intp] | None]:
    """For each wanted set the known sets that give its sum, None where its sum stays open.

    known and wanted are sparse [sets, parts], zeros and ones. An empty wanted set is never told.
    """
    if known.shape[0] == 0:
        return [None] * wanted.shape[0]
    gram = np.asarray((known @ known.T).todense(), dtype=float)
    inverse = linalg.pinvh(gram, rtol=1e-11)
    found: list[npt.NDArray[np.intp] | None] = []
    for start in range(0, wanted.shape[0], BATCH):
        batch = wanted[start : start + BATCH]
        sizes = np.asarray(batch.multiply(batch).sum(axis=1)).ravel()
        shared = np.asarray((known @ batch.T).todense(), dtype=float)
        weights = inverse @ shared
        rest = sizes - np.einsum("ij,ij->j", weights, shared)
        for place in range(batch.shape[0]):
            is_told = sizes[place] > 0 and rest[place] < TOLERANCE * max(1.0, sizes[place])
            found.append(np.flatnonzero(np.abs(weights[:, place]) > TOLERANCE) if is_told else None)
    return found
