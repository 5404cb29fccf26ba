"""Cubes that are asked for again and again: what depends on the data alone is worked out once, the rest in one pass.

A cube is prepared if its measures add up row by row over one table that reads every dimension as one value. Then the
rows of that table are numbered by group once and for all, and under new selections a cube takes one pass over the
possible rows. Everything else (N:M links, Aggr(), sets, medians, functions that look at other rows) goes the long way.

Rows of other tables that hold a dimension's field matter where nothing links them with the table (`lonely`): which
these are is known from the data, for a row that is linked, and possible, is linked with a possible row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, partial
from typing import cast

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.cubeslices import is_sliced, part_of, pass_of
from engine.compute.dimension import Dimension
from engine.compute.evaluation import Axis, axis_of
from engine.compute.groups import Groups
from engine.compute.habit import Habit
from engine.compute.keyed import Keyed, adds_up, keyed
from engine.compute.keys import Keys, merge, places
from engine.compute.kinds.accumulated import Accumulated
from engine.compute.leaves import EXTREMES, Distinct, Leaf, Pass, Places, distinct_leaf, plain_leaf
from engine.compute.numbered import Numbered, lonely_rows, numbered
from engine.compute.panel import Panelled, Place, placed, totals_of
from engine.compute.plan import Measure, Request, Scope, plan_measure
from engine.compute.quantities import Quantity, numbers_of
from engine.compute.recall import watched
from engine.compute.scope import Own, route
from engine.compute.universe import universe
from engine.compute.virtual import aggrs_in
from engine.data.dual import Bools, Floats, Vector
from engine.errors import ExpressionError
from engine.language.evaluate import evaluate
from engine.language.functions import FUNCTIONS
from engine.language.nodes import Aggregate, Node
from engine.language.printer import print_expression
from engine.language.walk import calls_in, values
from engine.machine.operations import Op
from engine.machine.passes import RowNumbers
from engine.machine.tallies import extremes
from engine.selection.propagate import Possible, States
from engine.selection.records import Records
from engine.selection.state import Selections

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
            return Groups(_ONE_ROW, [_part(vector, _FIRST) for vector in every], totals, [None] * len(every))
        keys = panelled.rows.of(found.groups if found is not None else cast(Place, place).groups)
        context.cancel.allow(keys.size, "cells")
        if self.lonely or suppresses:
            keys, index = self._rows(context, records, keys, suppress_null, [])
            measures = [_part(vector, own).take(index) for vector in every]
        else:
            measures = [_part(vector, slice(own.start, end)) for vector in every]
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
        measures, totals = [_part(vector, part) for vector in every], [vector.dual(total) for vector in every]
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


def _part(vector: Vector, part: slice) -> Vector:
    return Vector(vector.numbers[part], None if vector.texts is None else vector.texts[part], vector.format)


def _is_possible(states: Possible, table: str, rows: npt.NDArray[np.int32]) -> bool:
    """Whether one of the rows is possible."""
    words = states.row_words(table)
    return words is None or bool((words[rows] & words.dtype.type(1)).any())


def prepared_cube(
    context: Context,
    dimensions: Sequence[Dimension],
    names: tuple[str, ...],
    texts: tuple[str | ExpressionError, ...],
    scope: Scope,
) -> Prepared | None:
    """The cube made ready for any selections, worked out once; None if it goes the long way. names: of the dimensions.

    Sets that are combined go it: they have rows which nothing in them links as the data do.
    Raises CalculationTooLarge, Aborted, CalculationTimeout.
    """
    if not isinstance(scope.within, Selections):
        return None
    key = (context.model.id, "prepared", scope.state, names, texts, context.locale)
    known = context.cache.get(key)
    if known is None:
        measures, facts = watched(context, lambda: [plan_measure(context, one, dimensions, scope) for one in texts])
        known = (None if facts else _prepare(context, dimensions, measures, scope.within),)
        context.cache.put(key, known, 2_000 if known[0] is None else known[0].nbytes)
    return cast(Prepared | None, known[0])


def _prepare(
    context: Context, dimensions: Sequence[Dimension], measures: Sequence[Measure], records: Selections
) -> Prepared | None:
    requests = {node: request for measure in measures for node, request in measure.requests.items()}
    base = _only_base(measures, list(requests.values()), records)
    if base is None or context.model.links.loose:
        return None
    axes = [dimension.axis for dimension in dimensions]
    if any(one.facts or aggrs_in(one.node) for one in dimensions) or not _reads(context, base, axes):
        return None
    beside = {table for one in requests.values() for table in one.source.beside}
    lonely = _lonely(context, base, axes, beside)
    if lonely is None or any(one.distinct and not _is_readable(context, base, one) for one in requests.values()):
        return None
    keys = [keyed(context, one, lonely) for one in requests.values()]
    if any(
        one is not None and not adds_up(context, request) for one, request in zip(keys, requests.values(), strict=True)
    ):
        return None
    name = tuple(dimension.text for dimension in dimensions)
    rows = numbered(context, base, axes, name) if axes else None
    sums, least = Places(context, base), Places(context, base)
    for request in requests.values():
        if not request.distinct:
            for op, what in request.kind.parts:  # type: ignore[union-attr]
                (least if op in EXTREMES else sums).place(Quantity(op, what, request.arguments[0]))
    nodes = list(requests)
    leaves = [
        distinct_leaf(context, base, request, axes, rows, name)
        if request.distinct
        else plain_leaf(context, request, sums, least, axes, rows)
        for request in requests.values()
    ]
    shown = [measure.node for measure in measures if measure.node is not None]
    return Prepared(
        base,
        axes,
        None
        if rows is None
        else Panelled(context.model.id, base, rows, list(sums.known.values()), _through(context, base, axes)),
        [nodes.index(node) if node in nodes else node for node in shown],
        nodes,
        leaves,
        list(sums.known.values()),
        list(least.known.values()),
        lonely,
        keys,
    )


def _only_base(measures: Sequence[Measure], requests: Sequence[Request], records: Selections) -> str | None:
    """The table that all aggregates run over; None if the measures are not of the plain kind."""
    if not requests:
        return None
    for measure in measures:
        if measure.node is None or measure.depends_on_rows:
            return None
        if not _is_plain(measure.node):
            return None
    plain = all(
        isinstance(one.kind, Accumulated) and (one.kept is None or not one.distinct)
        and one.source.within == records and not one.source.joined and not one.source.aggrs
        for one in requests
    )  # fmt: skip
    bases = {one.source.base for one in requests}
    return bases.pop() if plain and len(bases) == 1 and any(one.kept is None for one in requests) else None


def _is_plain(node: Node) -> bool:
    """Whether it is made of values alone, in the records that are asked for, whichever these are."""
    has_set = any(isinstance(part, Aggregate) and part.set is not None for part in values(node))
    return not has_set and all(FUNCTIONS[call.name].kind == "scalar" for call in calls_in(node))


def _reads(context: Context, base: str, axes: Sequence[Axis]) -> bool:
    return all(a.readable is not None and isinstance(route(context, base, a.readable), Own) for a in axes)


def _through(context: Context, base: str, axes: Sequence[Axis]) -> str | None:
    """The column of the base from which all axes are read."""
    columns = context.model.tables[base].columns
    ways = [route(context, base, axis.readable) for axis in axes if axis.readable is not None]
    codes = [way.codes for way in ways if isinstance(way, Own)]
    loaded = [name for name, column in columns.items() if column.is_loaded]  # as those of the axes are
    return next((name for name in loaded if codes and all(own is columns[name].codes for own in codes)), None)


def _is_readable(context: Context, base: str, request: Request) -> bool:
    return _reads(context, base, [axis_of(context, request.arguments[0])])


def _lonely(
    context: Context, base: str, axes: Sequence[Axis], beside: Set[str]
) -> dict[str, npt.NDArray[np.int32]] | None:
    tables = context.model.tables
    holders = {t for a in axes if a.readable is not None for t in a.readable.holders if not tables[t].is_synthetic}
    holders |= beside
    found = {}
    for table in holders - {base}:
        rows = lonely_rows(context.model, base, table)
        if rows is None:
            return None
        if len(rows):
            found[table] = rows
    return found
