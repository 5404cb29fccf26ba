"""Passes over the rows of one table, for what is done so often that no program is written for it.

Each is one call of one compiled loop; without numba, numpy does the same. `rows` are row numbers, ascending; None
stands for all rows. Columns hold codes, all other arrays are contiguous. Before a pass, `check_stop` is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from types import ModuleType

import numpy as np
import numpy.typing as npt

from engine.data.column import Column
from engine.machine.stopping import check_stop

kernels: ModuleType | None = None
with suppress(ImportError):  # numba is an accelerator
    kernels = import_module("engine.machine.kernels")

Words = npt.NDArray[np.uint8] | npt.NDArray[np.uint64]
"""Bit-parallel marks."""

RowNumbers = npt.NDArray[np.int32]
Marks = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_ALL = np.zeros(0, dtype=np.int32)


def hear(words: Words, table: Words, column: Column, *, fresh: bool) -> None:
    """words &= table[codes]; the first time (fresh) words = table[codes]."""
    check_stop()
    if kernels is not None:
        kernels.hear(words, table, column.address, column.width, fresh)
    elif fresh:
        words[:] = table[column.codes]
    else:
        words &= table[column.codes]


def tell(table: Words, words: Words, column: Column) -> None:
    """table[codes] |= words."""
    check_stop()
    if kernels is not None:
        kernels.tell(table, words, column.address, column.width)
    else:
        np.bitwise_or.at(table, column.codes, words)


def chosen(words: Words) -> RowNumbers | None:
    """The rows whose bit 0 is set; None if all are."""
    if kernels is None:
        rows = np.flatnonzero(words & words.dtype.type(1)).astype(np.int32)
    else:
        every = np.empty(len(words), dtype=np.int32)
        count = kernels.chosen(words, every)
        rows = every[:count] if count * 2 > len(words) else every[:count].copy()
    return None if len(rows) == len(words) else rows


def mark(size: int, rows: RowNumbers | None, column: Column) -> Marks:
    """Which codes occur in the rows: [size], NULL's last. Stops as soon as all have been seen that the column has."""
    check_stop()
    seen = np.zeros(size, dtype=np.uint8)
    if kernels is None:
        seen[column.codes if rows is None else column.codes[rows]] = 1
    elif rows is None:
        kernels.mark_all(seen, len(column.codes), column.address, column.width, column.distinct)
    else:
        kernels.mark_some(seen, rows, len(column.codes), column.address, column.width, column.distinct)
    return seen


def gather(numbers: Floats, rows: RowNumbers | None) -> Floats:
    """numbers[rows]."""
    if rows is None:
        return numbers
    if kernels is None:
        return numbers[rows]
    out = np.empty(len(rows))
    kernels.gather(out, numbers, rows)
    return out


def tally(
    groups: int,
    rows: RowNumbers | None,
    column: Column,
    values: Sequence[Floats],
    addresses: npt.NDArray[np.int64],
    more: int = 0,
) -> tuple[npt.NDArray[np.int32], Floats]:
    """Rows counted, and values [rows] (no NaN) summed, by the codes of a column, which are below `groups`.

    addresses: of the values. Returns the codes that occur, in order [n], and [1 + values + more, n + 2]: the counts,
    the sums and room for more columns. Behind the groups stand the total and zero.
    """
    check_stop()
    count = len(column.codes) if rows is None else len(rows)
    stride, most = 1 + len(values), min(groups, count)
    if kernels is None:
        codes = column.codes if rows is None else column.codes[rows]
        every = np.stack([np.bincount(codes, value, groups) for value in (np.ones(count), *values)])
        found = np.flatnonzero(every[0]).astype(np.int32)
        columns = np.zeros((stride + more, len(found) + 2))
        columns[:stride, :-2] = every[:, found]
        columns[:stride, -2] = every[:, found].sum(axis=1)
        return found, columns
    sums = np.zeros(groups * stride)
    some = _ALL if rows is None else rows
    kernels.tally(sums, stride, some, count, len(column.codes), column.address, column.width, addresses)
    out, columns = np.empty(most, dtype=np.int32), np.empty((stride + more, most + 2))
    kept = kernels.settle(sums, stride, groups, out, columns)
    if kept == most:
        return out, columns
    return out[:kept].copy(), columns[:, : kept + 2].copy()


def extremes(groups: int, rows: RowNumbers | None, column: Column, values: Floats, *, greatest: bool) -> Floats:
    """The least (or greatest) value of each group, NaN skipped and where there is none: [groups]."""
    check_stop()
    count = len(column.codes) if rows is None else len(rows)
    out = np.full(groups, np.nan)
    if kernels is None:
        (np.fmax if greatest else np.fmin).at(out, column.codes if rows is None else column.codes[rows], values)
    else:
        some = _ALL if rows is None else rows
        kernels.extremes(out, greatest, some, count, len(column.codes), column.address, column.width, values)
    return out
