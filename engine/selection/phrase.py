"""The selected values of a field as people read them: 'Oslo, Rome', 'NOT Bari', 'ALL', '12 of 90'."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.data.symbols import SymbolTable

THRESHOLD = 6
"""Up to so many values are named; beyond, they are counted."""


def phrase(
    symbols: SymbolTable, codes: npt.NDArray[np.integer], separator: str = ", ", threshold: int = THRESHOLD
) -> str:
    """Selected codes, named if they, or those that are left, are no more than `threshold`."""
    if len(codes) <= threshold:
        return separator.join(symbols.texts(codes))
    if len(codes) == symbols.size:
        return "ALL"
    left = unselected(symbols, codes, threshold)
    return f"{len(codes)} of {symbols.size}" if left is None else "NOT " + separator.join(symbols.texts(left))


def unselected(
    symbols: SymbolTable, codes: npt.NDArray[np.integer], threshold: int = THRESHOLD
) -> npt.NDArray[np.integer] | None:
    """The codes that are not selected, if they are no more than `threshold`."""
    if symbols.size - len(codes) > threshold:
        return None
    return np.setdiff1d(np.arange(symbols.size), codes)
