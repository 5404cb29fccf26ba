"""Rows of codes as trees: level by level, rows with equal codes so far form a node.

Pivot, stacked and tree pages are cut from such trees. The rows have to stand in their order; codes are those of
cells.py, and measure numbers at the level of the pseudo dimension.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.compute.cells import EMPTY, NO_NUMBER, NULL, OTHERS, TOTAL, DimensionCells, number_of
from engine.compute.keys import runs
from engine.data.ordering import ordered

Node = dict[str, Any]
Index = npt.NDArray[np.int64]

_TYPES = {NULL: "U", OTHERS: "O", TOTAL: "T", EMPTY: "T"}
"""QIX's type of a dimension's node by its element number; others are normal."""


@dataclass(frozen=True)
class MeasureNames:
    """The level of the pseudo dimension: the shown measures, by their numbers."""

    titles: dict[int, str]


LevelCells = DimensionCells | MeasureNames


class Group(NamedTuple):
    """A node: its code and its rows first .. after in the whole tree."""

    code: int
    first: int
    after: int


@dataclass(frozen=True)
class Nest:
    """A tree over `leaves` [rows, levels]."""

    levels: Sequence[LevelCells]
    leaves: npt.NDArray[np.int32]

    @cached_property
    def starts(self) -> list[npt.NDArray[np.int64]]:
        """For each level the first rows of its nodes."""
        begins = np.zeros(len(self.leaves), dtype=np.bool_)
        begins[:1] = True
        found = []
        for column in self.leaves.T:
            begins[1:] |= column[1:] != column[:-1]
            found.append(np.flatnonzero(begins))
        return found

    def count(self, level: int) -> int:
        """How many nodes a level has."""
        return len(self.starts[level])

    def groups(self, level: int, first: int, after: int) -> Iterator[Group]:
        """The nodes of a level that have some of the rows first .. after."""
        if first >= after:
            return
        starts = self.starts[level]
        begin, end = (int(side[0]) for side in self.spans(level, np.array([first]), np.array([after])))
        found = starts[begin : end + 1].tolist()
        ends = [*found[1:], len(self.leaves)][: end - begin]
        codes = self.leaves[starts[begin:end], level].tolist()
        yield from map(Group, codes, found, ends)

    def spans(self, level: int, first: Index, after: Index) -> tuple[Index, Index]:
        """For ranges of rows first .. after, which have rows, the places of the first node of a level and of the one
        behind the last that has some of them."""
        starts = self.starts[level]
        return np.searchsorted(starts, first, side="right") - 1, np.searchsorted(starts, after, side="left")

    def described(self, level: int, groups: Sequence[Group]) -> list[Node]:
        """What a node tells of itself: qText (unless it is an empty one), qElemNo, qValue, qType."""
        cells = self.levels[level]
        if isinstance(cells, MeasureNames):
            return [
                {"qText": cells.titles[one.code], "qElemNo": one.code, "qValue": NO_NUMBER, "qType": "P"}
                for one in groups
            ]
        codes = np.array([one.code for one in groups], dtype=np.int64)
        shown = zip(groups, cells.texts(codes).tolist(), cells.numbers(codes).tolist(), strict=True)
        return [_node(cells.element(one.code), text, number) for one, text, number in shown]


def _node(element: int, text: str, number: float) -> Node:
    named = {} if element == EMPTY else {"qText": text}
    return {**named, "qElemNo": element, "qValue": number_of(number), "qType": _TYPES.get(element, "N")}


def with_measures(leaves: npt.NDArray[np.int32], level: int, measures: Sequence[int]) -> npt.NDArray[np.int32]:
    """The leaves once for each measure, whose number is put in as a column at `level`; in order again."""
    count = len(leaves)
    repeated = np.repeat(leaves, len(measures), axis=0)
    numbers = np.tile(np.asarray(measures, dtype=np.int32), count)
    grown = np.insert(repeated, level, numbers, axis=1)
    begins, ends = runs(leaves[:, :level])
    group = np.repeat(np.repeat(np.arange(len(begins)), ends - begins), len(measures))
    place = np.tile(np.arange(len(measures)), count)
    order = ordered([group, place], len(grown))
    return grown[order]
