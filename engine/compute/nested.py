"""Stacked cubes and trees (modes K and T): the rows of a cube nested by dimension, down to the values at their ends.

A node's qMaxPos and qMinNeg are the sums of the positive and of the negative values in it, totals left out; charts
take the range of their axis from them. Rows are numbered as leaves of the whole tree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.compute.attributes import Attributes
from engine.compute.bound import PSEUDO, Bound
from engine.compute.cells import EMPTY, NULL, OTHERS, TOTAL, Cell, DimensionCells, MeasureCells
from engine.compute.nest import Group, LevelCells, MeasureNames, Nest, Node, with_measures
from engine.compute.straight import Rows
from engine.data.dual import Floats
from engine.data.locale import Locale


@dataclass(frozen=True)
class Nested:
    """nest: the tree. rows: the row of the cube behind each leaf. measure: the measure of each leaf, None where a
    leaf stands for all measures. attributes: of each column, by its number. orders: the codes that each dimension has
    in the cube, in its order, by the dimension's number."""

    bound: Bound
    rows: Rows
    nest: Nest
    at: npt.NDArray[np.int64]
    measure: npt.NDArray[np.int32] | None
    attributes: Sequence[Attributes]
    orders: Mapping[int, Sequence[int]]
    locale: Locale

    @property
    def numbers(self) -> Sequence[int]:
        """The columns of the levels."""
        return self.bound.levels

    def __len__(self) -> int:
        return len(self.nest.leaves)

    # -- values

    def node_values(self, dimension: int, measure: int) -> Floats:
        """A measure in each node of a dimension's level: at the ends its value, above them the sum of these."""
        begins = self.nest.starts[self.numbers.index(dimension)]
        numbers = self._values_of(measure)
        sums = np.add.reduceat(np.nan_to_num(numbers), begins)
        known = np.logical_or.reduceat(~np.isnan(numbers), begins)
        return np.where(known, sums, np.nan)

    def node_codes(self, dimension: int) -> npt.NDArray[np.int32]:
        """The code of each node of a dimension's level."""
        level = self.numbers.index(dimension)
        return self.nest.leaves[self.nest.starts[level], level]

    def _values_of(self, measure: int) -> Floats:
        """A measure's value in each leaf; NaN where that is a total or stands for another measure."""
        is_total = ((self.nest.leaves == TOTAL) | (self.nest.leaves == EMPTY)).any(axis=1)
        mine = ~is_total if self.measure is None else ~is_total & (self.measure == measure)
        return np.where(mine, self.rows.vector(self.bound.measures[measure].text).numbers[self.at], np.nan)

    @cached_property
    def sums(self) -> dict[int, tuple[Floats, Floats]]:
        """Measure -> running sums of positive and of negative values over the leaves, beginning with 0."""
        found = {}
        for measure in self.bound.shown_measures:
            known = np.nan_to_num(self._values_of(measure))
            found[measure] = (_running(np.maximum(known, 0)), _running(np.minimum(known, 0)))
        return found

    def range_of(self, measure: int, first: int, after: int) -> tuple[float, float]:
        """The sums of the positive and of the negative values of a measure in the leaves first .. after."""
        above, below = self.ranges_of(measure, np.array([first]), np.array([after]))
        return float(above[0]), float(below[0])

    def ranges_of(
        self, measure: int, first: npt.NDArray[np.int64], after: npt.NDArray[np.int64]
    ) -> tuple[Floats, Floats]:
        """The same for many ranges of leaves at once."""
        above, below = self.sums[measure]
        return above[after] - above[first], below[after] - below[first]

    @property
    def stacks(self) -> tuple[npt.NDArray[np.int32], Floats, Floats]:
        """The nodes of the first level, totals left out: their codes, and the sums of their positive and of their
        negative values, of all measures."""
        starts = self.nest.starts[0]
        ends = np.append(starts[1:], len(self))
        codes = self.nest.leaves[starts, 0]
        above, below = (
            sum((sums[sign][ends] - sums[sign][starts] for sums in self.sums.values()), np.zeros(len(starts)))
            for sign in (0, 1)
        )
        own = (codes != TOTAL) & (codes != EMPTY)
        return codes[own], above[own], below[own]

    def value_cells(self, leaves: npt.NDArray[np.int64], measure: int) -> list[Cell]:
        """Cells of a measure for leaves, with its attributes."""
        column = self.bound.measures[measure]
        rows = self.at[leaves]
        cells = MeasureCells(self.rows.vector(column.text).take(rows), column.format, self.locale).cells(
            slice(0, len(rows))
        )
        self._attach(len(self.bound.dimensions) + measure, cells, rows)
        return cells

    def attach(self, level: int, groups: Sequence[Group], nodes: Sequence[Node]) -> None:
        """Put the attributes of a level's dimension into its nodes: their values in each node's first row."""
        number = self.numbers[level]
        if number != PSEUDO:
            self._attach(number, nodes, self.at[[group.first for group in groups]])

    def _attach(self, number: int, cells: Sequence[dict[str, Any]], rows: npt.NDArray[np.int64]) -> None:
        if self.attributes[number] and len(cells):
            self.attributes[number].attach(cells, lambda text: self.rows.vector(text).take(rows))


def nested(
    bound: Bound, rows: Rows, cells: Sequence[DimensionCells], titles: Mapping[int, str],
    attributes: Sequence[Attributes], orders: Mapping[int, Sequence[int]], locale: Locale,
) -> Nested:  # fmt: skip
    """The rows of a cube as a tree. cells: how to show the visible dimensions; titles: those of shown measures."""
    places = [bound.place(number) for number in bound.levels if number != PSEUDO]
    leaves = np.hstack([rows.keys[:, places], np.arange(len(rows), dtype=np.int32)[:, None]])
    levels: list[LevelCells] = [cells[place] for place in places]
    measure = None
    if PSEUDO in bound.levels:
        at = bound.levels.index(PSEUDO)
        leaves = with_measures(leaves, at, bound.shown_measures)
        levels.insert(at, MeasureNames(dict(titles)))
        measure = leaves[:, at]
    elif bound.mode == "K" and bound.shown_measures:
        measure = np.full(len(leaves), bound.shown_measures[0], dtype=np.int32)
    nest = Nest(levels, leaves[:, :-1])
    return Nested(bound, rows, nest, leaves[:, -1].astype(np.int64), measure, attributes, orders, locale)


def is_value(code: int, node: Node) -> bool:
    """Whether a node stands for a value that can be selected."""
    return code >= 0 and node["qElemNo"] not in (NULL, OTHERS)


def _running(numbers: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(numbers)])
