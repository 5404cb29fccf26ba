"""Passes over the rows of one table, for what is done so often that no program is written for it.

Each is one call of one compiled loop; without numba, numpy does the same. `rows` are row numbers, ascending; None
stands for all rows. Columns hold codes, all other arrays are contiguous. Before a pass, `check_stop` is asked.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from contextvars import copy_context
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

ALL = np.zeros(0, dtype=np.int32)
"""What kernels are given for all rows."""

HALVED = 300_000
"""Passes over so many rows are made in two halves, beside each other where a core is free. Sums are added half by half
whether one is or not, so that they do not depend on it."""


class _Helpers:
    """Threads that take the second halves. Kernels hold no lock of Python, so they run beside each other."""

    def __init__(self) -> None:
        self._free = threading.Semaphore(max((os.cpu_count() or 1) - 1, 0))
        self._pool = ThreadPoolExecutor(max(os.cpu_count() or 1, 1), thread_name_prefix="pass")

    def both(self, one: Callable[[], None], other: Callable[[], None]) -> None:
        """Run both, beside each other if there is a free helper. Either may be stopped (`check_stop`)."""
        if not self._free.acquire(blocking=False):
            one()
            other()
            return
        try:
            half = self._pool.submit(copy_context().run, other)
            try:
                one()
            finally:
                wait([half])  # it works on what is one's own
            half.result()
        finally:
            self._free.release()


_helpers = _Helpers()


def _after_fork() -> None:
    global _helpers
    _helpers = _Helpers()  # threads do not survive a fork


os.register_at_fork(after_in_child=_after_fork)


def in_halves(count: int, run: Callable[[slice], None], passes: int = 1) -> None:
    """Run over the rows 0 .. count, so many times: at once if they are few, else over both halves."""
    if count * passes < HALVED:
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

        in_halves(len(words), part)
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

        in_halves(len(words), part)
        for second in seconds:
            table |= second
    else:
        np.bitwise_or.at(table, column.codes, words)


Lookup = tuple[Words, Column]
"""A table with a word for each code, and the column whose codes look it up."""


def listen(words: Words, heard: Sequence[Lookup], told: Sequence[Lookup]) -> RowNumbers | None:
    """Fill words from the messages heard (one at least), tell the tables, and give the rows whose bit 0 is set.

    The same as `hear`, `tell` and `chosen`, in one go.
    """
    check_stop()
    compiled = kernels
    if compiled is None:
        for number, (table, column) in enumerate(heard):
            hear(words, table, column, fresh=number == 0)
        for table, column in told:
            tell(table, words, column)
        return chosen(words)
    found: dict[int, RowNumbers] = {}
    seconds: list[Words] = []

    def part(own: slice) -> None:
        telling = told
        if own.start:
            telling = [(np.zeros_like(table), column) for table, column in told]
            seconds.extend(table for table, _ in telling)
        rows = np.empty(own.stop - own.start, dtype=np.int32)
        kept = compiled.listen(words[own], rows, own.start, _lookups(heard, own.start), _lookups(telling, own.start))
        found[own.stop] = rows[:kept]

    in_halves(len(words), part)
    for (table, _), second in zip(told, seconds, strict=False):
        table |= second
    rows = [found[stop] for stop in sorted(found)]
    kept = sum(map(len, rows))
    if kept == len(words):
        return None
    return np.concatenate(rows) if len(rows) > 1 or kept * 2 <= len(words) else rows[0]


def _lookups(messages: Sequence[Lookup], start: int) -> npt.NDArray[np.int64]:
    """What the kernel is given, for the rows from `start` on."""
    facts = [(t.ctypes.data, len(t), column.address + start * column.width, column.width) for t, column in messages]
    return np.array(facts, dtype=np.int64).reshape(-1, 4)


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
            kernels.mark(seen, self.starts, ALL if rows is None else rows, rows is None, length, *self._facts)
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

    in_halves(len(rows), part)
    return out
