"""Pivot tables (mode P): two trees of nodes, at the left and at the top, and a value where two of their leaves meet.

A node whose children are not shown is a leaf, too: the levels below it are EMPTY. A total is a leaf whose own level
is TOTAL and whose inner levels are EMPTY. Therefore the value at a crossing is that by the dimensions which have codes
there, and no level is worked out of which nothing is shown.

In indented tables (qIndentMode) every open node at the left has a row of its own, which is the total of what is in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.compute.bound import PSEUDO, Bound
from engine.compute.cells import EMPTY, OTHERS, TOTAL, DimensionCells
from engine.compute.context import Context
from engine.compute.expansion import EVERYTHING, NOTHING, Expansion, read
from engine.compute.frames import Frame
from engine.compute.keys import distinct_rows, places
from engine.compute.levels import Keys, Level, Levels
from engine.compute.nest import LevelCells, MeasureNames, Nest, with_measures
from engine.compute.regroup import Limited
from engine.compute.sorting import SortKey, direction, ranked, row_order
from engine.compute.straight import has_total, is_among, kept_values, with_values_at
from engine.data.dual import Bools, Vector
from engine.stopping import looking


@dataclass(frozen=True)
class Side:
    """One side of a pivot table.

    numbers: the columns of the levels, PSEUDO among them. leaves: codes by level [leaves, levels]. nodes: for each
    depth of which attributes are asked for, the values by the dimensions down to it.
    """

    numbers: Sequence[int]
    leaves: Keys
    cells: Sequence[LevelCells]
    nodes: Mapping[int, Level]

    @cached_property
    def shown(self) -> list[int]:
        """The levels that are shown: all but the inner ones of which everything is closed."""
        first = next((at for at, number in enumerate(self.numbers) if number != PSEUDO), -1)
        return [
            at
            for at, number in enumerate(self.numbers)
            if number == PSEUDO or at == first or bool((self.leaves[:, at] != EMPTY).any())
        ]

    @cached_property
    def nest(self) -> Nest:
        """The tree of what is shown."""
        return Nest([self.cells[at] for at in self.shown], self.leaves[:, self.shown])

    @property
    def dimensions(self) -> list[int]:
        """The places of the dimensions among the levels."""
        return [at for at, number in enumerate(self.numbers) if number != PSEUDO]

    @cached_property
    def codes(self) -> Keys:
        """The leaves without the pseudo dimension: [leaves, dimensions]."""
        return self.leaves[:, self.dimensions]

    @cached_property
    def depths(self) -> npt.NDArray[np.int64]:
        """How many dimensions of each leaf have a code: the outer ones, up to a total or a closed node."""
        return np.cumprod(self.codes >= 0, axis=1).sum(axis=1)

    @cached_property
    def measures(self) -> npt.NDArray[np.int32] | None:
        """The measure of each leaf, if the pseudo dimension is on this side."""
        return self.leaves[:, list(self.numbers).index(PSEUDO)] if PSEUDO in self.numbers else None

    @cached_property
    def is_total(self) -> Bools:
        return (self.codes == TOTAL).any(axis=1)

    def find(self, wanted: Keys, depth: int) -> npt.NDArray[np.int64]:
        """The first leaf with these codes of the outer `depth` dimensions and no others; -1 for totals and nothing."""
        here = np.flatnonzero((self.depths == depth) & ~self.is_total)
        if not depth:
            return np.full(len(wanted), here[0] if len(here) else -1, dtype=np.int64)
        codes, where = distinct_rows(self.codes[here, :depth])
        first = np.full(len(codes), len(here))
        np.minimum.at(first, where, np.arange(len(here)))
        sizes = np.maximum(codes.max(axis=0, initial=0), wanted.max(axis=0, initial=0)).tolist()
        found = places(wanted.astype(np.int64), codes.astype(np.int64), sizes)
        return np.where(found < 0, -1, here[first][found] if len(here) else -1)

    def __len__(self) -> int:
        return len(self.leaves)


@dataclass(frozen=True)
class Pivot:
    """left and top; values: those by the outer i dimensions of the left and the outer j of the top, by (i, j).

    measure: the one that is shown where no pseudo dimension says which; None without measures.
    """

    left: Side
    top: Side
    values: Mapping[tuple[int, int], Level]
    measure: int | None

    @property
    def height(self) -> int:
        return len(self.left)

    @property
    def width(self) -> int:
        return 0 if self.measure is None and not self.top.dimensions else len(self.top)


def pivot_of(
    context: Context, bound: Bound, levels: Levels, limited: Sequence[Limited], cells: Sequence[DimensionCells],
    titles: Mapping[int, str],
) -> Pivot:  # fmt: skip
    """Work out a pivot table. cells: how to show the visible dimensions; titles: those of the shown measures."""
    return _Pivot(context, bound, levels, limited, cells, titles).pivot()


class _Pivot:
    def __init__(
        self, context: Context, bound: Bound, levels: Levels, limited: Sequence[Limited],
        cells: Sequence[DimensionCells], titles: Mapping[int, str],
    ) -> None:  # fmt: skip
        self.context = context
        self.bound = bound
        self.levels = levels
        self.limited = limited
        self.cells = cells
        self.titles = dict(titles)
        self.expansions = read(bound.definition["qExpansionState"])
        self.left = [self._place(n) for n in bound.levels[: bound.left_levels] if n != PSEUDO]
        self.top = [self._place(n) for n in bound.levels[bound.left_levels :] if n != PSEUDO]

    def _place(self, number: int) -> int:
        return self.bound.place(number)

    def pivot(self) -> Pivot:
        left = self._leaves(self.left, at_left=True)
        top = self._leaves(self.top, at_left=False)
        left, top = self._suppressed(left, top)
        numbers = self.bound.levels
        split = self.bound.left_levels
        sides = self._side(left, numbers[:split], self.left), self._side(top, numbers[split:], self.top)
        shown = self.bound.shown_measures
        values = self._values(*(side.depths for side in sides))
        values = {depths: self._looked_along(level, depths, sides) for depths, level in values.items()}
        return Pivot(*sides, values, shown[0] if shown else None)

    def _looked_along(self, level: Level, depths: tuple[int, int], sides: tuple[Side, Side]) -> Level:
        """The level with measures that look at other cells worked out in the order in which cells are shown."""
        if not level.later:
            return level
        down, across = depths
        lines, columns = (
            side.find(keys, depth)
            for side, keys, depth in zip(sides, (level.keys[:, :down], level.keys[:, down:]), depths, strict=True)
        )
        plain = np.flatnonzero((lines >= 0) & (columns >= 0))
        frame = Frame(level.keys[plain], range(down), range(down, down + across), lines[plain], columns[plain])
        values = {text: later.values(frame, plain) for text, later in level.later.items()}
        if len(plain) == len(level.keys):
            return level.with_values(values)
        rest = level.as_totals(down, across)
        return rest.with_values(
            {text: with_values_at(rest.vector(text), plain, found) for text, found in values.items()}
        )

    def _values(self, left: npt.NDArray[np.int64], top: npt.NDArray[np.int64]) -> dict[tuple[int, int], Level]:
        """The levels by which cells are shown, by the number of dimensions with codes at the left and the top."""
        return {(i, j): self._level(i, j) for i in np.unique(left).tolist() for j in np.unique(top).tolist()}

    def _level(self, left: int, top: int) -> Level:
        return self.levels.by([*self.left[:left], *self.top[:top]])

    def _side(self, leaves: Keys, numbers: Sequence[int], places: Sequence[int]) -> Side:
        cells: list[LevelCells] = [self.cells[place] for place in places]
        if PSEUDO in numbers:
            at = list(numbers).index(PSEUDO)
            leaves = with_measures(leaves, at, self.bound.shown_measures)
            cells.insert(at, MeasureNames(self.titles))
        nodes = {
            depth: self.levels.by(places[:depth])
            for depth in range(len(places) + 1)
            if any(self._has_attributes(place) for place in places[max(depth - 1, 0) : depth + 1])
        }
        return Side(numbers, leaves, cells, nodes)

    def _has_attributes(self, place: int) -> bool:
        definition = self.bound.dimensions[self.bound.visible[place]].definition
        return bool(definition["qAttributeExpressions"] or definition["qAttributeDimensions"])

    # -- leaves

    def _leaves(self, places: Sequence[int], *, at_left: bool) -> Keys:
        """The leaves of a side in their order: [leaves, dimensions]."""
        if not places:
            return np.zeros((1, 0), dtype=np.int32)
        indented = at_left and bool(self.bound.definition.get("qIndentMode"))
        found: list[Keys] = []
        parents = np.zeros((1, 0), dtype=np.int32)
        for depth in range(len(places)):
            nodes = self._children(places, depth, parents)
            if has_total(self.bound, self.bound.visible[places[depth]]) or (indented and depth):
                found.append(_padded(parents, TOTAL, len(places)))
            if depth == len(places) - 1:
                found.append(nodes)
                break
            is_open = self._open(places, depth, nodes)
            found.append(_padded(nodes[~is_open], EMPTY, len(places)))
            parents = nodes[is_open]
            self.context.cancel.check()
            if not len(parents):
                break
        leaves = np.concatenate(found)
        self.context.cancel.allow(leaves.size, "cells of a pivot table's headers")
        return leaves[row_order(len(leaves), self._keys(places, leaves, at_left=at_left, indented=indented))]

    def _children(self, places: Sequence[int], depth: int, parents: Keys) -> Keys:
        """The nodes at a depth below open ones."""
        column = self.bound.dimensions[self.bound.visible[places[depth]]]
        known = self.levels.by(places[: depth + 1]).keys
        known = known[is_among(known[:, :depth], parents)]
        if not column.definition.get("qShowAll") or self.limited[places[depth]].others is not None:
            return known
        size = column.dimension.symbols.size
        self.context.cancel.allow(len(parents) * size * (depth + 1), "cells to show all values")
        every = np.hstack(
            [np.repeat(parents, size, axis=0), np.tile(np.arange(size, dtype=np.int32), len(parents))[:, None]]
        )
        return np.concatenate([known, every[~is_among(every, known)]]).astype(np.int32)

    def _open(self, places: Sequence[int], depth: int, nodes: Keys) -> Bools:
        """Which nodes at a depth are expanded."""
        column = self.bound.dimensions[self.bound.visible[places[depth]]]
        closed = np.zeros(len(nodes), dtype=np.bool_)
        if column.definition["qOtherTotalSpec"].get("qOtherCollapseInnerDimensions"):
            closed = nodes[:, depth] == (OTHERS if (o := self.limited[places[depth]].others) is None else o)
        expansion = self.expansion_of(column.text)
        if not expansion.listed:
            return ~closed if expansion.is_exclusion else np.zeros(len(nodes), dtype=np.bool_)
        shown = [self.cells[place] for place in places[: depth + 1]]
        texts = zip(*(cells.texts(nodes[:, at]).tolist() for at, cells in enumerate(shown)), strict=True)
        elements = (
            tuple(cells.element(c) for cells, c in zip(shown, row, strict=True)) for row in looking(nodes.tolist())
        )
        wanted = [expansion.is_open(path, numbers) for path, numbers in zip(texts, elements, strict=True)]
        return np.array(wanted, dtype=np.bool_).reshape(len(nodes)) & ~closed

    def expansion_of(self, name: str) -> Expansion:
        if self.bound.definition.get("qAlwaysFullyExpanded"):
            return EVERYTHING
        return self.expansions.get(name, NOTHING)

    # -- order

    def _keys(self, places: Sequence[int], leaves: Keys, *, at_left: bool, indented: bool) -> list[SortKey]:
        above = bool(self.bound.definition.get("qShowTotalsAbove"))
        sign = direction(self.bound.definition, "qSortbyYValue") if at_left else 0
        keys: list[SortKey] = []
        for depth, place in enumerate(places):
            codes = leaves[:, depth]
            total = -1 if above or (indented and depth) else 1
            if sign and self.bound.leading_measure:
                others = self.limited[place].others
                keys += [total * (codes == TOTAL), codes == (OTHERS if others is None else others)]
                keys.append(sign * self._node_values(places[: depth + 1], leaves[:, : depth + 1]))
            column = self.bound.dimensions[self.bound.visible[place]]
            keys.append(ranked(self.context, column, self.limited[place], self.bound.state, codes, total=total))
        return keys

    def _node_values(self, places: Sequence[int], codes: Keys) -> npt.NDArray[np.float64]:
        """What the leading measure is for the node in which each leaf stands; NaN for totals and what is closed."""
        level = self.levels.by(places)
        known = (codes >= 0).all(axis=1)
        values = np.full(len(codes), np.nan)
        values[known] = np.append(level.vector(self.bound.leading_measure).numbers, np.nan)[level.find(codes[known])]
        return values

    # -- suppression

    def _suppressed(self, left: Keys, top: Keys) -> tuple[Keys, Keys]:
        """The leaves of both sides that have a value somewhere; totals stay while something is left in them."""
        if not (self.bound.definition.get("qSuppressZero") or self.bound.definition.get("qSuppressMissing")):
            return left, top
        shown = [self.bound.measures[n].text for n in self.bound.shown_measures]
        if not shown or any(text in self._level(len(self.left), len(self.top)).later for text in shown):
            return left, top
        depths = [np.cumprod(codes >= 0, axis=1).sum(axis=1) for codes in (left, top)]
        kept = [np.zeros(len(left), dtype=np.bool_), np.zeros(len(top), dtype=np.bool_)]
        for (i, j), level in self._values(*depths).items():
            vectors: list[Vector] = [level.vector(text) for text in shown]
            keys = level.keys[kept_values(self.bound, len(level.keys), vectors)]
            for at, (codes, depth, own) in enumerate(((left, i, keys[:, :i]), (top, j, keys[:, i:]))):
                here = depths[at] == depth
                kept[at][here] |= is_among(codes[here, :depth], own)
        return _with_their_totals(left, kept[0]), _with_their_totals(top, kept[1])


def _padded(nodes: Keys, own: int, width: int) -> Keys:
    """Leaves over nodes: `own` at the level below them, EMPTY at the others."""
    leaves = np.full((len(nodes), width), EMPTY, dtype=np.int32)
    leaves[:, : nodes.shape[1]] = nodes
    if nodes.shape[1] < width:
        leaves[:, nodes.shape[1]] = own
    return leaves


def _with_their_totals(leaves: Keys, kept: Bools) -> Keys:
    """The kept leaves, with totals only where another leaf of their node is kept."""
    totals = leaves == TOTAL
    rest = leaves[kept & ~totals.any(axis=1)]
    for depth in range(leaves.shape[1]):
        here = totals[:, depth]
        kept[here] = is_among(leaves[here, :depth], rest[:, :depth])
    return leaves[kept]
