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
from engine.compute.dimension import Dimension
from engine.compute.evaluation import Axis, axis_of
from engine.compute.groups import Groups
from engine.compute.keys import places
from engine.compute.kinds.accumulated import Accumulated
from engine.compute.leaves import EXTREMES, Distinct, Leaf, Pass, Places, distinct_leaf, plain_leaf
from engine.compute.numbered import Numbered, lonely_rows, numbered
from engine.compute.plan import Measure, Request, Scope, plan_measure
from engine.compute.quantities import Quantity, numbers_of
from engine.compute.recall import watched
from engine.compute.scope import Own, route
from engine.compute.universe import universe
from engine.compute.virtual import aggrs_in
from engine.data.dual import Floats, Vector
from engine.errors import ExpressionError
from engine.language.evaluate import evaluate
from engine.language.functions import FUNCTIONS
from engine.language.nodes import Aggregate, Node
from engine.language.printer import print_expression
from engine.language.walk import calls_in, values
from engine.machine.operations import Op
from engine.machine.passes import extremes, tally
from engine.selection.propagate import Possible, States
from engine.selection.records import Records
from engine.selection.state import Selections

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Prepared:
    """One cube. Columns: the number of rows, the sums, the extremes, one behind the other.

    measures: an expression over aggregates, or the number of the aggregate that it is. nodes, leaves: the aggregates.
    lonely: the rows of other tables that may add groups, see above.
    """

    base: str
    axes: Sequence[Axis]
    rows: Numbered | None
    measures: Sequence[Node | int]
    nodes: Sequence[Node]
    leaves: Sequence[Leaf | Distinct]
    sums: Sequence[Quantity]
    extremes: Sequence[Quantity]
    lonely: Mapping[str, npt.NDArray[np.int32]]
    sums_key: str
    extremes_key: str

    @property
    def nbytes(self) -> int:
        return 2_000 + sum(rows.nbytes for rows in self.lonely.values()) + sum(leaf.nbytes for leaf in self.leaves)

    @np.errstate(all="ignore")
    def under(self, context: Context, records: Records, suppress_null: Sequence[bool]) -> Groups:
        """The cube under selections."""
        states = context.rows_of(records)
        if isinstance(states, States):
            states.asked.add(self)
        part = part_of(states, self, partial(self._values, context))
        if part is not None and not any(suppress_null):
            return part
        sliced = pass_of(states, self)
        found = self._pass(context, states) if sliced is None else sliced
        keys = np.zeros((0, 0), dtype=np.int32) if self.rows is None else self.rows.keys[found.groups]
        count = len(keys)
        context.cancel.allow(count * max(len(self.axes), 1), "cells")
        index: Index | None = None if self.axes else np.array([count])
        sizes = [axis.symbols.size for axis in self.axes]
        if self._is_joined(states):
            known = _Known(self.base, states, records, tuple(range(len(sizes))), keys.astype(np.int64))
            rows = universe(context, states, self.axes, [known])
            index = places(rows, known.keys, sizes)
            keys = rows.astype(np.int32)
        for place, suppressed in enumerate(suppress_null[: len(sizes)]):
            if suppressed and (null := keys[:, place] == sizes[place]).any():
                keys = keys[~null]
                index = np.flatnonzero(~null) if index is None else index[~null]
        if not self.axes:
            keys = np.zeros((1, 0), dtype=np.int32)
        every = self._values(context, found)
        measures = [_first(vector, count) if index is None else vector.take(index) for vector in every]
        return Groups(keys, measures, [vector.dual(count) for vector in every], [None] * len(every))

    def inputs(self, context: Context, states: Possible) -> tuple[list[Floats], list[tuple[bool, Floats]]]:
        """The numbers of the possible rows that are summed, and those of which the least, or the greatest, count."""
        sums = numbers_of(context, states, self.base, self.sums, self.sums_key).arrays
        least = numbers_of(context, states, self.base, self.extremes, self.extremes_key).arrays if self.extremes else []
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

    def _values(self, context: Context, found: Pass) -> list[Vector]:
        """Each measure in each group that occurs and, behind these, its total and what no row at all gives."""
        count = found.columns.shape[1]
        leaves = [leaf.values(found) for leaf in self.leaves]
        given = dict(zip(self.nodes, leaves, strict=True))
        return [
            leaves[measure]
            if isinstance(measure, int)
            else evaluate(measure, given.__getitem__, count, context.locale, facts=context.facts)
            for measure in self.measures
        ]

    def is_exact(self, states: Possible) -> bool:
        """Whether `under` can tell. It cannot if TOTAL meets rows of other tables that add groups."""
        has_total = any(isinstance(leaf, Leaf) and leaf.coarse is not None for leaf in self.leaves)
        return not has_total or not self._is_joined(states)

    def _is_joined(self, states: Possible) -> bool:
        """Whether rows of other tables may add groups. Where they do, nothing is sliced."""
        if not self.lonely or is_sliced(states, self):
            return False
        return any(_is_possible(states, table, rows) for table, rows in self.lonely.items())

    def _pass(self, context: Context, states: Possible) -> Pass:
        rows = states.possible_rows(self.base)
        sums = numbers_of(context, states, self.base, self.sums, self.sums_key)
        least = numbers_of(context, states, self.base, self.extremes, self.extremes_key).arrays if self.extremes else []
        if self.rows is None:
            found = np.zeros(0, dtype=np.int32)
            count = context.model.tables[self.base].rows if rows is None else len(rows)
            columns = np.zeros((1 + len(self.sums) + len(self.extremes), 2))
            columns[: 1 + len(self.sums), 0] = [count, *(numbers.sum() for numbers in sums.arrays)]
        else:
            groups = len(self.rows.keys)
            found, columns = tally(groups, rows, self.rows.column, sums.arrays, sums.addresses, len(self.extremes))
        for place, (quantity, numbers) in enumerate(zip(self.extremes, least, strict=True), start=1 + len(self.sums)):
            greatest = quantity.op is Op.MAX
            if self.rows is not None:
                of_groups = extremes(groups, rows, self.rows.column, numbers, greatest=greatest)
                columns[place, :-2] = of_groups[found]
                numbers = columns[place, :-2]
            columns[place, -2] = (np.fmax if greatest else np.fmin).reduce(numbers, initial=np.nan)
            columns[place, -1] = np.nan
        return Pass(rows, found, columns)


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


def _first(vector: Vector, count: int) -> Vector:
    return Vector(vector.numbers[:count], None if vector.texts is None else vector.texts[:count], vector.format)


def _is_possible(states: Possible, table: str, rows: npt.NDArray[np.int32]) -> bool:
    """Whether one of the rows is possible."""
    words = states.row_words(table)
    return words is None or bool((words[rows] & words.dtype.type(1)).any())


def prepared_cube(
    context: Context, dimensions: Sequence[Dimension], texts: tuple[str | ExpressionError, ...], scope: Scope
) -> Prepared | None:
    """The cube made ready for any selections, worked out once; None if it goes the long way.

    Sets that are combined go it: they have rows which nothing in them links as the data do.
    Raises CalculationTooLarge, Aborted, CalculationTimeout.
    """
    if not isinstance(scope.within, Selections):
        return None
    names = tuple([dimension.text for dimension in dimensions])
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
    lonely = _lonely(context, base, axes)
    if lonely is None or any(one.distinct and not _is_readable(context, base, one) for one in requests.values()):
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
        rows,
        [nodes.index(node) if node in nodes else node for node in shown],
        nodes,
        leaves,
        list(sums.known.values()),
        list(least.known.values()),
        lonely,
        sums.key,
        least.key,
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


def _is_readable(context: Context, base: str, request: Request) -> bool:
    return _reads(context, base, [axis_of(context, request.arguments[0])])


def _lonely(context: Context, base: str, axes: Sequence[Axis]) -> dict[str, npt.NDArray[np.int32]] | None:
    tables = context.model.tables
    holders = {t for a in axes if a.readable is not None for t in a.readable.holders if not tables[t].is_synthetic}
    found = {}
    for table in holders - {base}:
        rows = lonely_rows(context.model, base, table)
        if rows is None:
            return None
        if len(rows):
            found[table] = rows
    return found
