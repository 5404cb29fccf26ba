"""Sums and marks that are split by the codes of one field, and how those of some codes are put together.

`bits` are uint64 [codes, words]: bit n of a code's words marks the value n. Sums are kept in order of codes: those of
code c stand from starts[c] to starts[c + 1], each with the number of its group.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from types import ModuleType

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Starts = npt.NDArray[np.int64]

kernels: ModuleType | None = None
with suppress(ImportError):  # numba is an accelerator
    kernels = import_module("engine.machine.slice_kernels")


def no_bits(codes: int, values: int) -> Bits:
    """Room for the marks of so many values."""
    return np.zeros((codes, -(-values // 64)), dtype=np.uint64)


def mark_pairs(bits: Bits, codes: Codes, values: Codes) -> None:
    """Mark for each row its value, under its code."""
    if kernels is not None:
        kernels.mark_pairs(bits, codes, values)
    else:
        np.bitwise_or.at(bits, (codes, values >> 6), np.uint64(1) << (values & 63).astype(np.uint64))


def either(bits: Bits, chosen: Codes) -> npt.NDArray[np.bool_]:
    """The values marked under one of the chosen codes: [words * 64]."""
    if kernels is None:
        words = np.bitwise_or.reduce(bits[chosen], axis=0, initial=0).astype("<u8")
        return np.unpackbits(words.view(np.uint8), bitorder="little").view(np.bool_)
    out = np.empty(bits.shape[1] * 64, dtype=np.uint8)
    kernels.either(bits, chosen, out)
    return out.view(np.bool_)


def rows_of(starts: Starts, chosen: Codes) -> npt.NDArray[np.int64]:
    """The places of all that stands under the chosen codes."""
    lengths = starts[chosen + 1] - starts[chosen]
    return np.repeat(starts[chosen] - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())


def add_up(
    groups: int, starts: Starts, chosen: Codes, numbers: Codes, columns: Floats, more: int = 0
) -> tuple[Codes, Floats]:
    """The sums over the chosen codes. columns: [places, columns], the number of rows first.

    Returns the groups that occur, in order [n], and [columns + more, n + 2]; behind the groups stand total and zero.
    """
    if kernels is not None:
        found, out = kernels.add_up(groups, starts, chosen, numbers, columns, more)
        return found, out
    places = rows_of(starts, chosen)
    sums = np.stack([np.bincount(numbers[places], column, groups) for column in columns[places].T])
    found = np.flatnonzero(sums[0]).astype(np.int32)
    out = np.zeros((len(sums) + more, len(found) + 2))
    out[: len(sums), :-2] = sums[:, found]
    out[: len(sums), -2] = sums[:, found].sum(axis=1)
    return found, out
