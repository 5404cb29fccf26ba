"""Cubes that are asked for again and again: what depends on the data alone is worked out once, the rest in one pass.

A cube is prepared if its measures add up row by row over one table that reads every dimension as one value. Then the
rows of that table are numbered by group once and for all, and under new selections a cube takes one pass over the
possible rows. Everything else (N:M links, Aggr(), sets, medians, functions that look at other rows) goes the long way.

Rows of other tables that hold a dimension's field matter where nothing links them with the table (`lonely`): which
these are is known from the data, for a row that is linked, and possible, is linked with a possible row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import cast

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.cubeslices import is_sliced, part_of, pass_of
from engine.compute.evaluation import Axis
from engine.compute.groups import Groups
from engine.compute.habit import Habit
from engine.compute.keyed import Keyed
from engine.compute.keys import Keys, merge, places
from engine.compute.leaves import Distinct, Leaf, Pass
from engine.compute.numbered import Numbered
from engine.compute.panel import Panelled, Place, placed, totals_of
from engine.compute.quantities import Quantity, numbers_of
from engine.compute.universe import universe
from engine.data.dual import Bools, Floats, Vector
from engine.language.evaluate import evaluate
from engine.language.nodes import Node
from engine.language.printer import print_expression
from engine.machine.operations import Op
from engine.machine.passes import RowNumbers
from engine.machine.tallies import extremes
from engine.selection.propagate import Possible, States
from engine.selection.records import Records

Index = npt.NDArray[np.intp]

_ONE_ROW = np.zeros((1, 0), dtype=np.int32)
_FIRST = slice(0, 1)
"""Without dimensions there is one row, and what it has stands first."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """One cube. Columns: the number of rows, the sums, the extremes, one behind the other.

    measures: an expression over aggregates, or the number of the aggregate that it is. nodes, leaves: the aggregates.
    lonely: the rows of other tables that may add groups, see above. keyed: for each aggregate, what values of a key
    these add to it.
    """

    base: str
    axes: Sequence[Axis]
    panelled: Panelled | None
    measures: Sequence[Node | int]
    nodes: Sequence[Node]
    leaves: Sequence[Leaf | Distinct]
    sums: Sequence[Quantity]
    extremes: Sequence[Quantity]
    lonely: Mapping[str, npt.NDArray[np.int32]]
    keyed: Sequence[Keyed | None]

    @property
    def rows(self) -> Numbered | None:
        """The rows of the base by group; None without dimensions."""
        return None if self.panelled is None else self.panelled.rows

    @property
    def nbytes(self) -> int:
        return 2_000 + sum(rows.nbytes for rows in self.lonely.values()) + sum(leaf.nbytes for leaf in self.leaves)

    def under(
        self,
        context: Context,
        records: Records,
        suppress_null: Sequence[bool],
        habit: Habit[Panelled] | None = None,
    ) -> Groups:
        """The cube under selections. habit: that of the charts to which the cube belongs, if it does."""
        states, panelled, suppresses = context.rows_of(records), self.panelled, any(suppress_null)
        if isinstance(states, States):
            states.asked.add(self)
        if not suppresses:
            part = part_of(states, self, partial(self._evaluated, context))
            if part is not None:
                context.cancel.allow(part.keys.size, "cells")
                return part
        found = pass_of(states, self)
        place = None if found is not None or panelled is None else placed(context, states, panelled, habit)
        if any(self.keyed) and self._is_joined(states):
            return self._with_keys(context, records, place, suppress_null)
        every, own = self._values(context, states, place, found)
        end = own.stop - 2
        totals = [vector.dual(end) for vector in every]
        if panelled is None:
            return Groups(_ONE_ROW, [vector.part(_FIRST) for vector in every], totals, [None] * len(every))
        keys = panelled.rows.of(found.groups if found is not None else cast(Place, place).groups)
        context.cancel.allow(keys.size, "cells")
        if self.lonely or suppresses:
            keys, index = self._rows(context, records, keys, suppress_null, [])
            measures = [vector.part(own).take(index) for vector in every]
        else:
            measures = [vector.part(slice(own.start, end)) for vector in every]
        return Groups(keys, measures, totals, [None] * len(every))

    def _with_keys(
        self, context: Context, records: Records, place: Place | None, suppress_null: Sequence[bool]
    ) -> Groups:
        """The cube where rows of other tables have values of keys that those of its own have not."""
        states, sizes = context.rows_of(records), [axis.symbols.size for axis in self.axes]
        found = self._pass(context, states, place)
        pairs = [None if one is None else one.pairs(context, states, self.axes) for one in self.keyed]
        keys, index = _ONE_ROW, np.array([-2])
        if self.panelled is not None:
            more = [one[:, :-1] for one in pairs if one is not None]
            keys, index = self._rows(context, records, self.panelled.rows.keys[found.groups], (), more)
        index = np.append(index, [-2, -1])
        leaves = []
        for leaf, one, own in zip(self.leaves, self.keyed, pairs, strict=True):
            columns = [column[index] for column in leaf.columns(found)]
            if one is not None and own is not None:
                groups = (
                    places(own[:, :-1], keys.astype(np.int64), sizes) if sizes else np.zeros(len(own), dtype=np.intp)
                )
                one.add(columns, groups, own[:, -1])
            leaves.append(leaf.finish(columns))
        every = self._of_leaves(context, leaves, len(index))
        part, total = slice(0, len(keys)), len(keys)
        measures, totals = [vector.part(part) for vector in every], [vector.dual(total) for vector in every]
        made = Groups(keys, measures, totals, [None] * len(every))
        null = [keys[:, at] == sizes[at] for at, suppressed in enumerate(suppress_null[: len(sizes)]) if suppressed]
        return made.where(~np.logical_or.reduce(null)) if null else made

    def _rows(
        self,
        context: Context,
        records: Records,
        keys: npt.NDArray[np.int32],
        suppress_null: Sequence[bool],
        more: Sequence[Keys],
    ) -> tuple[npt.NDArray[np.int32], Index]:
        """The rows of the cube, lonely ones and `more` among them, and the place of each among `keys`; -1 where it has
        none."""
        sizes = [axis.symbols.size for axis in self.axes]
        index = np.arange(len(keys))
        states = context.rows_of(records)
        if self._is_joined(states):
            known = _Known(self.base, states, records, tuple(range(len(sizes))), keys.astype(np.int64))
            rows = universe(context, states, self.axes, [known])
            if more:
                rows = merge(np.concatenate([rows, *more]), sizes, [], [])[0]
            index = places(rows, known.keys, sizes)
            keys = rows.astype(np.int32)
        for at, suppressed in enumerate(suppress_null[: len(sizes)]):
            if suppressed and (null := keys[:, at] == sizes[at]).any():
                keys, index = keys[~null], index[~null]
        return keys, index

    def inputs(self, context: Context, states: Possible) -> tuple[list[Floats], list[tuple[bool, Floats]]]:
        """The numbers of the possible rows that are summed, and those of which the least, or the greatest, count."""
        sums = numbers_of(context, states, self.base, self.sums)
        least = numbers_of(context, states, self.base, self.extremes)
        return sums, [(one.op is Op.MAX, array) for one, array in zip(self.extremes, least, strict=True)]

    @cached_property
    def is_sums(self) -> bool:
        """Whether each group's measures are made of the group's own sums and number of rows alone."""
        return not self.extremes and all(isinstance(leaf, Leaf) and leaf.coarse is None for leaf in self.leaves)

    @cached_property
    def made_of(self) -> str:
        """Equal for cubes whose measures are made of the same sums in the same way."""
        nodes = (self.nodes[one] if isinstance(one, int) else one for one in self.measures)
        return "\n".join(print_expression(node) for node in nodes)

    @cached_property
    def sums_key(self) -> str:
        """Equal for equal sums."""
        return "".join(quantity.key for quantity in self.sums)

    def _values(
        self, context: Context, states: Possible, place: Place | None, found: Pass | None
    ) -> tuple[list[Vector], slice]:
        """Each measure in each group that occurs and, behind these, its total and what no row at all gives: where.

        If nothing but sums is in it, it is worked out for the whole panel at once.
        """
        if place is None or not self.is_sums:
            found = found or self._pass(context, states, place)
            return self._evaluated(context, found), slice(0, found.columns.shape[1])
        whole = place.block.measures.get(self.made_of)
        if whole is None:
            columns = place.block.columns if place.sums is None else place.block.columns[place.sums]
            whole = self._evaluated(context, Pass(None, place.groups, columns))
            place.block.measures[self.made_of] = whole
        return whole, place.part

    @np.errstate(all="ignore")
    def _evaluated(self, context: Context, found: Pass) -> list[Vector]:
        return self._of_leaves(
            context, [leaf.finish(leaf.columns(found)) for leaf in self.leaves], found.columns.shape[1]
        )

    @np.errstate(all="ignore")
    def _of_leaves(self, context: Context, leaves: Sequence[Vector], count: int) -> list[Vector]:
        given = dict(zip(self.nodes, leaves, strict=True))
        return [
            leaves[measure]
            if isinstance(measure, int)
            else evaluate(measure, given.__getitem__, count, context.locale, facts=context.facts)
            for measure in self.measures
        ]

    def is_exact(self, context: Context, records: Records) -> bool:
        """Whether `under` can tell. It cannot if TOTAL meets rows of other tables that add groups."""
        return not self.lonely or not self.has_total or not self._is_joined(context.rows_of(records))

    @cached_property
    def has_total(self) -> bool:
        return any(isinstance(leaf, Leaf) and leaf.coarse is not None for leaf in self.leaves)

    def _is_joined(self, states: Possible) -> bool:
        """Whether rows of other tables may add groups. Where they do, nothing is sliced."""
        if not self.lonely or is_sliced(states, self):
            return False
        return any(_is_possible(states, table, rows) for table, rows in self.lonely.items())

    @np.errstate(all="ignore")
    def _pass(self, context: Context, states: Possible, place: Place | None) -> Pass:
        rows = states.possible_rows(self.base)
        if place is None:
            found = np.zeros(0, dtype=np.int32)
            count = context.model.tables[self.base].rows if rows is None else len(rows)
            columns = np.zeros((1 + len(self.sums), 2))
            columns[:, 0] = [count, *totals_of(context, states, self.base, self.sums)]
        else:
            found, columns = place.groups, place.columns
        if self.extremes:
            least = numbers_of(context, states, self.base, self.extremes)
            more = [self._extremes(rows, found, *pair) for pair in zip(self.extremes, least, strict=True)]
            columns = np.vstack([columns, *more])
        return Pass(rows, found, columns, self._known(states))

    def _known(self, states: Possible) -> dict[Distinct, tuple[Bools, npt.NDArray[np.integer]]]:
        """Which values of arguments with DISTINCT occur, where working out what is possible has told so."""
        found: dict[Distinct, tuple[Bools, npt.NDArray[np.integer]]] = {}
        for leaf in self.leaves:
            if isinstance(leaf, Distinct) and leaf.pairs is None and leaf.numbered.column.field:
                seen = states.occurring(self.base, leaf.numbered.column.field)
                if seen is not None:
                    found[leaf] = seen, leaf.group_of
        return found

    def _extremes(self, rows: RowNumbers | None, found: RowNumbers, quantity: Quantity, numbers: Floats) -> Floats:
        """The column of a least or greatest number: of each group that occurs, of all, of none."""
        greatest = quantity.op is Op.MAX
        if self.panelled is not None:
            given = self.panelled.rows
            numbers = extremes(len(given.keys), rows, given.column, numbers, greatest=greatest)[found]
            of_all = (np.fmax if greatest else np.fmin).reduce(numbers, initial=np.nan)
            return np.append(numbers, [of_all, np.nan])
        return np.array([(np.fmax if greatest else np.fmin).reduce(numbers, initial=np.nan), np.nan])


@dataclass(frozen=True)
class _Known:
    """The groups of a cube, as `universe` wants them."""

    base: str
    states: Possible
    records: Records
    linked: tuple[int, ...]
    keys: npt.NDArray[np.int64]

    def groups(self) -> npt.NDArray[np.int64]:
        return self.keys


def _is_possible(states: Possible, table: str, rows: npt.NDArray[np.int32]) -> bool:
    """Whether one of the rows is possible."""
    words = states.row_words(table)
    return words is None or bool((words[rows] & words.dtype.type(1)).any())
