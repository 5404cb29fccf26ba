"""Passes over the rows of one table, for what is done so often that no program is written for it.

Each is one call of one compiled loop; without numba, numpy does the same. `rows` are row numbers, ascending; None
stands for all rows. Columns hold codes, all other arrays are contiguous. Before a pass, `check_stop` is asked.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from itertools import pairwise
from types import ModuleType

import numpy as np
import numpy.typing as npt

from engine.data.column import Column
from engine.stopping import check_stop

kernels: ModuleType | None = None
with suppress(ImportError):  # numba is an accelerator
    kernels = import_module("engine.machine.kernels")

Words = npt.NDArray[np.uint8] | npt.NDArray[np.uint64]
"""Bit-parallel marks."""

RowNumbers = npt.NDArray[np.int32]
Marks = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Addresses = npt.NDArray[np.int64]

_ALL = np.zeros(0, dtype=np.int32)


HALVED = 300_000
"""Passes over so many rows are made in two halves, beside each other where a core is free. Sums are added half by half
whether one is or not, so that they do not depend on it."""


class _Helpers:
    """Threads that take the second halves. Kernels hold no lock of Python, so they run beside each other."""

    def __init__(self) -> None:
        self._free = threading.Semaphore(max((os.cpu_count() or 1) - 1, 0))
        self._pool = ThreadPoolExecutor(max(os.cpu_count() or 1, 1), thread_name_prefix="pass")

    def both(self, one: Callable[[], None], other: Callable[[], None]) -> None:
        """Run both, beside each other if there is a free helper."""
        if not self._free.acquire(blocking=False):
            one()
            other()
            return
        try:
            half = self._pool.submit(other)
            one()
            half.result()
        finally:
            self._free.release()


_helpers = _Helpers()


def _after_fork() -> None:
    global _helpers
    _helpers = _Helpers()  # threads do not survive a fork


os.register_at_fork(after_in_child=_after_fork)


def _in_halves(count: int, run: Callable[[slice], None]) -> None:
    """Run over the rows 0 .. count: at once if they are few, else over both halves."""
    if count < HALVED:
        run(slice(0, count))
    else:
        _helpers.both(lambda: run(slice(0, count // 2)), lambda: run(slice(count // 2, count)))


def hear(words: Words, table: Words, column: Column, *, fresh: bool) -> None:
    """words &= table[codes]; the first time (fresh) words = table[codes]."""
    check_stop()
    compiled = kernels
    if compiled is not None:

        def part(rows: slice) -> None:
            compiled.hear(words[rows], table, column.address + rows.start * column.width, column.width, fresh)

        _in_halves(len(words), part)
    elif fresh:
        words[:] = table[column.codes]
    else:
        words &= table[column.codes]


def tell(table: Words, words: Words, column: Column) -> None:
    """table[codes] |= words."""
    check_stop()
    compiled = kernels
    if compiled is not None:
        seconds: list[Words] = []

        def part(rows: slice) -> None:
            own = table
            if rows.start:
                own = np.zeros_like(table)
                seconds.append(own)
            compiled.tell(own, words[rows], column.address + rows.start * column.width, column.width)

        _in_halves(len(words), part)
        for second in seconds:
            table |= second
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


class Marked:
    """Columns of one table whose codes are marked in one call. sizes: of their symbol tables and NULL's code each."""

    def __init__(self, columns: Sequence[Column], sizes: Sequence[int]) -> None:
        self.columns = columns
        self.starts = np.cumsum([0, *sizes], dtype=np.int64)
        self._facts = [
            np.array(facts, dtype=np.int64)
            for facts in zip(*((column.address, column.width, column.distinct) for column in columns), strict=True)
        ]

    def mark(self, rows: RowNumbers | None) -> list[Marks]:
        """Which codes of each column occur in the rows: [size] each, NULL's last.

        A column is left as soon as all codes have been seen that it has.
        """
        check_stop()
        seen = np.zeros(int(self.starts[-1]), dtype=np.uint8)
        parts = [seen[start:end] for start, end in pairwise(self.starts.tolist())]
        if kernels is not None:
            length = len(self.columns[0].codes)
            kernels.mark(seen, self.starts, _ALL if rows is None else rows, rows is None, length, *self._facts)
        else:
            for part, column in zip(parts, self.columns, strict=True):
                part[column.codes if rows is None else column.codes[rows]] = 1
        return parts


def mark(size: int, rows: RowNumbers | None, column: Column) -> Marks:
    """Which codes of one column occur in the rows."""
    return Marked([column], [size]).mark(rows)[0]


def gather(numbers: Floats, rows: RowNumbers | None) -> Floats:
    """numbers[rows]."""
    if rows is None:
        return numbers
    compiled = kernels
    if compiled is None:
        return numbers[rows]
    out = np.empty(len(rows))

    def part(own: slice) -> None:
        compiled.gather(out[own], numbers, rows[own])

    _in_halves(len(rows), part)
    return out


def tally(
    groups: int,
    rows: RowNumbers | None,
    column: Column,
    values: Sequence[Floats],
    addresses: Addresses,
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
    sums = _sums(kernels, groups * stride, stride, rows, column, addresses)
    out, columns = np.empty(most, dtype=np.int32), np.empty((stride + more, most + 2))
    kept = kernels.settle(sums, stride, groups, out, columns)
    if kept == most:
        return out, columns
    return out[:kept].copy(), columns[:, : kept + 2].copy()


def _sums(
    compiled: ModuleType, cells: int, stride: int, rows: RowNumbers | None, column: Column, values: Addresses
) -> Floats:
    """Counts and sums, group by group: [cells]."""
    length = len(column.codes)
    parts: dict[int, Floats] = {}

    def part(own: slice) -> None:
        sums = parts[own.start] = np.zeros(cells)
        start, count = own.start, own.stop - own.start
        if rows is None:
            address = column.address + start * column.width
            compiled.tally(sums, stride, _ALL, count, length - start, address, column.width, values + 8 * start)
        else:
            given = values + 8 * start if start else values
            compiled.tally(sums, stride, rows[own], count, length, column.address, column.width, given)

    _in_halves(length if rows is None else len(rows), part)
    first, *second = (parts[start] for start in sorted(parts))
    return first + second[0] if second else first


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
