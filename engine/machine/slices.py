"""Sums and marks that are split by the codes of one field, and how those of some codes are put together.

`bits` are uint64 [codes, words]: bit n of a code's words marks the value n. Sums are kept in order of codes: those of
code c stand from starts[c] to starts[c + 1], each with the number of its group.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from types import ModuleType

import numpy as np
import numpy.typing as npt

from engine.stopping import check_stop

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


def add(sums: Floats, starts: Starts, chosen: Codes, numbers: Codes, columns: Floats) -> None:
    """Add what stands under the chosen codes to the sums of the groups: [groups, columns]."""
    if kernels is not None:
        kernels.add(sums, starts, chosen, numbers, columns)
    else:
        places = rows_of(starts, chosen)
        np.add.at(sums, numbers[places], columns[places])


def settle(sums: Floats, more: int = 0) -> tuple[Codes, Floats]:
    """The groups that have rows [n], in order, and their sums: [columns + more, n + 2], the number of rows first.

    Behind the groups stand the total and zero.
    """
    if kernels is not None:
        found, out = kernels.settle(sums, more)
        return found, out
    found = np.flatnonzero(sums[:, 0] > 0).astype(np.int32)
    stride = sums.shape[1]
    out = np.zeros((stride + more, len(found) + 2))
    out[:stride, :-2] = sums[found].T
    out[:stride, -2] = sums[found].sum(axis=0)
    return found, out


def add_up(
    groups: int, starts: Starts, chosen: Codes, numbers: Codes, columns: Floats, more: int = 0
) -> tuple[Codes, Floats]:
    """The sums over the chosen codes, as `settle` gives them. columns: [places, columns], the number of rows first."""
    sums = np.zeros((groups, columns.shape[1]))
    add(sums, starts, chosen, numbers, columns)
    return settle(sums, more)


def sums_by(cells: int, codes: npt.NDArray[np.uint32], values: Sequence[Floats]) -> tuple[Codes, Floats]:
    """Rows counted, and values summed, by codes below `cells`: the codes that occur [n], and [n, 1 + values]."""
    columns = np.zeros((1 + len(values), cells))
    if kernels is not None:
        kernels.count_by(columns[0], codes)
        for column, given in zip(columns[1:], values, strict=True):
            check_stop()
            kernels.sum_by(column, codes, given)
    else:
        columns[0] = np.bincount(codes, minlength=cells)
        for column, given in zip(columns[1:], values, strict=True):
            column[:] = np.bincount(codes, given, cells)
    found = np.flatnonzero(columns[0]).astype(np.int32)
    return found, np.ascontiguousarray(columns[:, found].T)
