"""The rows of a chart as inter-record functions see them: in which segment each stands, and at which place.

A column segment is made of the rows that have the same values of all vertical dimensions but the last, in the order in
which dimensions are sorted. In a pivot table the cells of a row, one for each combination of the horizontal
dimensions, form row segments in the same way. Cells that a pivot table lacks have places, too: nothing is found there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.data.ordering import BLOCK, distinct, ordered, picked
from engine.stopping import check_stop

Index = npt.NDArray[np.int64]
Keys = npt.NDArray[np.integer]
ALL = slice(None)


@dataclass(frozen=True, eq=False)
class Segments:
    """For each cell the number of its segment, its place in it (from 1) and how many places that has: [cells]."""

    ids: Index
    places: Index
    sizes: Index

    @cached_property
    def order(self) -> Index:
        """The cells by segment and place."""
        return ordered([self._compose(self.places)], len(self.places))

    @cached_property
    def _sorted(self) -> Index:
        return picked(self._compose(self.places), self.order)

    def _compose(self, places: Index, rows: slice = ALL) -> Index:
        ids, sizes = self.ids[rows], self.sizes[rows]
        return ids * (int(self.sizes.max(initial=0)) + 2) + np.clip(places, 0, sizes + 1)

    def at(self, places: Index, rows: slice = ALL) -> Index:
        """The cell at another place of each cell's segment (or of some cells'); -1 where there is none."""
        if not len(self.order):
            return np.full(len(places), -1, dtype=np.int64)
        wanted = self._compose(places, rows)
        found = np.minimum(self._searched(wanted), len(self._sorted) - 1)
        is_there = (places >= 1) & (places <= self.sizes[rows]) & (picked(self._sorted, found) == wanted)
        return np.where(is_there, picked(self.order, found), -1)

    def _searched(self, wanted: Index, side: Literal["left", "right"] = "left") -> Index:
        found = np.empty(len(wanted), dtype=np.int64)
        for begin in range(0, len(wanted), BLOCK):
            check_stop()
            found[begin : begin + BLOCK] = np.searchsorted(self._sorted, wanted[begin : begin + BLOCK], side)
        return found

    def spans(self, first: Index, last: Index) -> tuple[Index, Index]:
        """Where in `order` the cells at the places first .. last of each cell's segment begin, and where they end."""
        begin = self._searched(self._compose(np.maximum(first, 1)))
        end = self._searched(self._compose(np.minimum(last, self.sizes)), "right")
        return begin, np.maximum(np.where(first > self.sizes, begin, end), begin)


@dataclass(frozen=True, eq=False)
class Frame:
    """The cells of a chart.

    keys: codes of their dimensions; down, across: the places of vertical and horizontal dimensions, outer ones first.
    lines, columns: ranks of each cell's row and column. alone: the cells are totals, which belong to no segment.
    """

    keys: Keys
    down: Sequence[int]
    across: Sequence[int]
    lines: Index
    columns: Index
    alone: bool = False

    @property
    def count(self) -> int:
        return len(self.keys)

    def segments(self, *, total: bool, across: bool) -> Segments | None:
        """Column segments, or row segments (`across`); whole columns or rows with `total`. None for totals, and for
        row segments of charts without horizontal dimensions."""
        if self.alone or (across and not self.across):
            return None
        if (total, across) not in self._known:
            along, beside = (self.columns, self.lines) if across else (self.lines, self.columns)
            self._known[total, across] = self._made(self.across if across else self.down, along, beside, total)
        return self._known[total, across]

    @cached_property
    def _known(self) -> dict[tuple[bool, bool], Segments]:
        return {}

    def _made(self, dimensions: Sequence[int], along: Index, beside: Index, total: bool) -> Segments:
        """Segments along one direction, one for each rank of the other."""
        group = _numbered(self.keys[:, list(dimensions)[:-1] if not total else []])
        lines, first, line = distinct(along)
        group_of_line = group[first]
        order = ordered([group_of_line], len(group_of_line))
        counts = np.bincount(group_of_line, minlength=int(group.max(initial=-1)) + 1)
        begins = np.cumsum(counts) - counts
        place_of_line = np.empty(len(lines), dtype=np.int64)
        place_of_line[order] = np.arange(len(lines)) - begins[group_of_line[order]] + 1
        others, _, other = distinct(beside)
        return Segments(group * max(len(others), 1) + other, place_of_line[line], counts[group])


def _numbered(keys: Keys) -> Index:
    """A number for each row of keys, the same for equal ones, from 0."""
    found = _zeros(len(keys))
    for column in keys.T.astype(np.int64):
        found = distinct(found * (int(column.max(initial=0)) + 1) + column).inverse
    return found


def _zeros(count: int) -> Index:
    return np.zeros(count, dtype=np.int64)


def straight(keys: Keys, order: Sequence[int]) -> Frame:
    """The rows of a table as they stand; `order`: the places of its dimensions in the order they are sorted by."""
    return Frame(keys, order, (), np.arange(len(keys)), _zeros(len(keys)))


def totals(keys: Keys, down: int, across: int) -> Frame:
    """Totals by so many vertical and horizontal dimensions."""
    nowhere = _zeros(len(keys))
    return Frame(keys, range(down), range(down, down + across), nowhere, nowhere, alone=True)
