"""Passes over the rows of one table, for what is done so often that no program is written for it.

Each is one call of one compiled loop; without numba, numpy does the same. `rows` are row numbers, ascending; None
stands for all rows. Columns hold codes, all other arrays are contiguous. Before a pass, `check_stop` is asked.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from contextvars import copy_context
from importlib import import_module
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
    """Which codes of a column occur in the rows: [size]. It is left as soon as all have been seen that it has."""
    check_stop()
    seen = np.zeros(size, dtype=np.uint8)
    if kernels is not None:
        some, length = ALL if rows is None else rows, len(column.codes)
        kernels.mark(seen, some, rows is None, length, column.address, column.width, column.distinct)
    else:
        seen[column.codes if rows is None else column.codes[rows]] = 1
    return seen


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
