"""Rows counted, and numbers summed, by the codes of columns: all cubes over one table in one pass.

As in `passes`: `rows` are row numbers, ascending, None stands for all rows, and without numba, numpy does the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

import numpy as np
import numpy.typing as npt

from engine.data.column import Column
from engine.machine.passes import ALL, Floats, RowNumbers, in_halves
from engine.stopping import check_stop

kernels: ModuleType | None = None
with suppress(ImportError):  # numba is an accelerator
    kernels = import_module("engine.machine.accumulation")

SPREAD = 64
"""The sums of so few groups are kept in four places each: rows of one group that follow each other would have to wait
for one another."""

STRETCH = 2**22
"""Between two looks at whether to stop, so many rows are added, counted once for each column. Stretches have a multiple
of four rows, so that sums do not depend on them."""

_LINE = 8
"""Numbers in a cache line, at which sums begin."""


@dataclass(frozen=True)
class Tallied:
    """What several columns of codes give, side by side.

    codes: those that occur, in order [n]. columns [1 + values, n + 2 for each]: the number of rows and the sums of each
    code; behind the codes of each stand the total and zero. counts: how many codes each has.
    """

    codes: npt.NDArray[np.int32]
    columns: Floats
    counts: list[int]

    def parts(self) -> Iterator[tuple[slice, slice]]:
        """Where each has its codes, and where it has its columns."""
        begin = place = 0
        for count in self.counts:
            yield slice(begin, begin + count), slice(place, place + count + 2)
            begin, place = begin + count, place + count + 2


@dataclass(frozen=True, eq=False)
class RollUp:
    """Groups that are made of finer ones. source, target: which columns number them; coarser: the group [groups of
    the source] that each belongs to."""

    source: int
    target: int
    coarser: npt.NDArray[np.int32]


class Tally:
    """Columns of one table whose codes, below `groups` of each, number its groups; one pass serves all.

    roll_ups: for columns that need no look at the rows. shown: how many of the columns are asked for; others are but
    rolled up.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        groups: Sequence[int],
        roll_ups: Sequence[RollUp] = (),
        shown: int | None = None,
    ) -> None:
        self._columns = columns
        self._shown = len(columns) if shown is None else shown
        self._roll_ups = roll_ups  # whose arrays are read by address
        self._groups = np.array(groups, dtype=np.int64)
        self._copies = np.where(self._groups <= SPREAD, 4, 1)
        self._places = np.cumsum([0, *(self._groups * self._copies)])
        self._most = int(self._groups[: self._shown].sum())
        self._coarser = np.array(
            [(one.source, one.target, one.coarser.ctypes.data) for one in roll_ups], dtype=np.int64
        ).reshape(-1, 3)
        rolled = {one.target for one in roll_ups}
        self._read = np.array([place for place in range(len(columns)) if place not in rolled], dtype=np.int64)
        self._addresses = np.array([columns[place].address for place in self._read], dtype=np.int64)
        self._widths = np.array([columns[place].width for place in self._read], dtype=np.int64)
        self._spread = self._copies[self._read] > 1

    def over(self, rows: RowNumbers | None, values: Sequence[Floats], *, picked: bool = True) -> Tallied:
        """What each column gives. values: without NaN, those of the rows if they are picked, else of all rows."""
        check_stop()
        shown = self._shown
        if kernels is None:
            if rows is not None and not picked:
                values = [value[rows] for value in values]
            every = [_plainly(column.codes, rows, values) for column in self._columns[:shown]]
            codes, columns = (np.concatenate(parts, axis=-1) for parts in zip(*every, strict=True))
            return Tallied(codes, columns, [len(found) for found, _ in every])
        width = 1 + len(values)
        stride = 2 if width <= 2 else (width + 3) // 4 * 4
        starts = self._places * stride
        sums = self._sums(kernels, rows, starts, stride, values, picked=picked)
        codes, kept = np.empty(self._most, dtype=np.int32), np.empty(shown, dtype=np.int64)
        columns = np.empty(width * (self._most + 2 * shown))
        given = (sums, stride, starts, self._copies, self._groups, self._coarser)
        found = kernels.settle(*given, shown, width, codes, columns, kept)
        own = columns[: width * (found + 2 * shown)].reshape(width, -1)
        return Tallied(codes[:found].copy(), own if found * 2 > self._most else own.copy(), kept.tolist())

    def _sums(
        self,
        compiled: ModuleType,
        rows: RowNumbers | None,
        starts: npt.NDArray[np.int64],
        stride: int,
        values: Sequence[Floats],
        *,
        picked: bool,
    ) -> Floats:
        """The sums of the columns that are read."""
        length, own_starts, size = len(self._columns[0].codes), starts[self._read], int(starts[-1])
        numbers = np.array([value.ctypes.data for value in values], dtype=np.int64)
        count = length if rows is None else len(rows)
        parts: dict[int, Floats] = {}
        stretch = max(STRETCH // len(self._read) // 4, 1) * 4

        def part(own: slice) -> None:
            sums = parts[own.stop] = _zeros(size)
            given = (sums, stride, own_starts, self._spread)
            for start in range(own.start, own.stop, stretch):
                check_stop()
                count = min(stretch, own.stop - start)
                own_numbers = numbers + 8 * start if rows is None or picked else numbers
                if rows is None:
                    addresses = self._addresses + start * self._widths
                    compiled.tally(*given, ALL, count, length - start, addresses, self._widths, own_numbers, picked)
                else:
                    some = rows[start : start + count]
                    compiled.tally(*given, some, count, length, self._addresses, self._widths, own_numbers, picked)

        in_halves(count, part, passes=len(self._read))
        first, *second = (parts[stop] for stop in sorted(parts))
        for other in second:
            first += other
        return first


def _zeros(size: int) -> Floats:
    """So many, from the beginning of a cache line."""
    room = np.zeros(size + _LINE)
    begin = -(room.ctypes.data // room.itemsize) % _LINE
    return room[begin : begin + size]


def _plainly(
    codes: npt.NDArray[np.unsignedinteger], rows: RowNumbers | None, values: Sequence[Floats]
) -> tuple[npt.NDArray[np.int32], Floats]:
    own = codes if rows is None else codes[rows]
    every = np.stack([np.bincount(own, value) for value in (np.ones(len(own)), *values)])
    found = np.flatnonzero(every[0]).astype(np.int32)
    columns = np.zeros((len(every), len(found) + 2))
    columns[:, :-2] = every[:, found]
    columns[:, -2] = every[:, found].sum(axis=1)
    return found, columns


def extremes(groups: int, rows: RowNumbers | None, column: Column, values: Floats, *, greatest: bool) -> Floats:
    """The least (or greatest) value of each group, NaN skipped and where there is none: [groups]."""
    check_stop()
    count = len(column.codes) if rows is None else len(rows)
    out = np.full(groups, np.nan)
    if kernels is None:
        (np.fmax if greatest else np.fmin).at(out, column.codes if rows is None else column.codes[rows], values)
    else:
        some = ALL if rows is None else rows
        kernels.extremes(out, greatest, some, count, len(column.codes), column.address, column.width, values)
    return out
