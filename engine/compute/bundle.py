"""Computing many aggregates over one table in one set of records, in as few runs as possible.

All that adds up row by row is accumulated in one run over the rows, by all dimensions. Coarser results (TOTAL, the
grand total) are merged from the finest groups, unless a dimension lies behind an N:M link: then a row counts in
several groups, and coarser ones need a run of their own. DISTINCT, and aggregations that need the values themselves,
take the values of their arguments as further axes and count the rows of each combination.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.evaluation import Axis, axis_of, constant, fields_of, on_symbols, row_numbers
from engine.compute.grouping import Accumulator, Grouped, group
from engine.compute.keys import Keys, merge
from engine.compute.kinds.accumulated import CODE, RANK, VIEWS, Accumulated, finished, inputs_of
from engine.compute.kinds.lists import Column, Listed, Lists
from engine.compute.linked import read_over, unlinked_rows
from engine.compute.plan import Request
from engine.compute.rows import Rows
from engine.compute.scope import Own, Unlinked, route
from engine.data.dual import Vector
from engine.errors import ExpressionError
from engine.language.nodes import Field, Node
from engine.machine.operations import Op
from engine.selection.propagate import Possible
from engine.selection.records import Records
from engine.stopping import check_stop

Part = tuple[Op, str, Node]
"""An operation, what it is given (see `kinds.accumulated`) and the expression that gives it."""

ROW = "row"
"""Stands among the expressions of value lists for the number of the row itself."""

Values = tuple[Node | str, ...]
"""The expressions whose values are axes of a list, perhaps with ROW in front."""


class Bundle:
    """The requests over `base` in `records`. `linked`: places of the axes that `base` is linked with.

    row_fields: fields of whose values each combination counts once; empty where each row does. states: the rows of
    the base that count, if these are not simply the possible ones of the records. beside: further tables of whose rows
    those count that are linked with no such row of the tables before.
    """

    def __init__(
        self,
        context: Context,
        base: str,
        records: Records,
        axes: Sequence[Axis],
        requests: Sequence[Request],
        row_fields: Sequence[str] = (),
        states: Possible | None = None,
        beside: Sequence[str] = (),
    ) -> None:
        self.base = base
        self.records = records
        self.states = states or context.rows_of(records)
        self._once = [axis_of(context, Field(name)) for name in row_fields]
        self._context = context
        self._axes = axes
        self._tables = (base, *beside)
        ways = {p: route(context, base, a.readable) for p, a in enumerate(axes) if a.readable is not None}
        self.linked = tuple(place for place, way in ways.items() if not isinstance(way, Unlinked))
        self._splits = not row_fields and all(isinstance(ways[place], Own) for place in self.linked)
        plain = [request for request in requests if request.is_accumulated]
        self._parts: list[Part] = list(dict.fromkeys(part for request in plain for part in _parts_of(request)))
        self._grouped: dict[tuple[tuple[int, ...], Values], Grouped] = {}

    def groups(self) -> Keys:
        """The combinations of all linked axes' values that occur: [groups, linked]."""
        return self._by(self.linked).keys

    def result(self, request: Request, kept: tuple[int, ...]) -> tuple[Keys, Vector]:
        """A request by the axes at `kept` (a part of `linked`): keys [groups, kept] and values [groups]."""
        kind = request.kind
        if isinstance(kind, Listed):
            return self._listed(request, kind, kept)
        argument = request.arguments[0]
        if request.distinct:
            axis = axis_of(self._context, argument)
            keys, columns = self._distinct(kind, argument, axis, kept)
            return keys, finished(kind, columns, axis.symbols, None)
        found = self._by(kept)
        columns = [found.columns[self._parts.index(part)] for part in _parts_of(request)]
        symbols = axis_of(self._context, argument).symbols if kind.gives else None
        return found.keys, finished(kind, columns, symbols, self._like(argument))

    def _by(self, kept: tuple[int, ...], values: Values = ()) -> Grouped:
        """Groups by the axes at `kept` and, given some, by the values of expressions; then with counts of rows."""
        key = (kept, values)
        if key not in self._grouped:
            if kept == self.linked or not self._splits:
                self._grouped[key] = self._run(kept, values)
            else:
                self._grouped[key] = self._rolled_up(kept, values)
        return self._grouped[key]

    def _axes_of(self, values: Values) -> list[Axis]:
        return [
            row_numbers(self._context, self.base) if isinstance(value, str) else axis_of(self._context, value)
            for value in values
        ]

    def _run(self, kept: tuple[int, ...], values: Values) -> Grouped:
        axes = [self._axes[place] for place in kept]
        if values:
            return self._counted(axes, self._axes_of(values))
        if self._once:
            return self._run_once(axes)
        accumulators = [Accumulator(op, Writer(self._context, what, node)) for op, what, node in self._parts]
        return self._group(axes, accumulators)

    def _group(self, axes: Sequence[Axis], accumulators: Sequence[Accumulator]) -> Grouped:
        context, states = self._context, self.states
        found = [group(context, states, self.base, axes, accumulators)]
        for place, table in enumerate(self._tables[1:], start=1):
            before = self._tables[:place]
            alone = unlinked_rows(context, states, table, [(states, one) for one in before])
            if alone is None or alone.any():
                unread = read_over(context, table, [axis.readable for axis in axes], before)
                found.append(group(context, states, table, axes, accumulators, alone, unread))
        if len(found) == 1:
            return found[0]
        keys = np.concatenate([one.keys for one in found])
        columns = [np.concatenate(parts) for parts in zip(*(one.columns for one in found), strict=True)]
        return Grouped(*merge(keys, [a.symbols.size for a in axes], columns, [a.op for a in accumulators]))

    def _counted(self, axes: list[Axis], values: list[Axis]) -> Grouped:
        """The number of rows of each combination."""
        if not self._once:
            return self._group([*axes, *values], [Accumulator(Op.ROWS)])
        keys = group(self._context, self.states, self.base, [*axes, *values, *self._once]).keys
        every = [*axes, *values]
        ones = np.ones(len(keys), dtype=np.int64)
        return Grouped(*merge(keys[:, : len(every)], [axis.symbols.size for axis in every], [ones], [Op.ROWS]))

    def _run_once(self, axes: list[Axis]) -> Grouped:
        """Like `_run`, but rows that are equal in the row fields (hence in all they give) count once."""
        accumulators = [Accumulator(Op.MIN, Writer(self._context, what, node)) for _, what, node in self._parts]
        found = group(self._context, self.states, self.base, [*axes, *self._once], accumulators)
        ops = [op for op, _, _ in self._parts]
        columns = [_single(op, column.astype(np.float64)) for op, column in zip(ops, found.columns, strict=True)]
        return Grouped(*merge(found.keys[:, : len(axes)], [axis.symbols.size for axis in axes], columns, ops))

    def _rolled_up(self, kept: tuple[int, ...], values: Values) -> Grouped:
        finest = self._by(self.linked, values)
        width = len(self.linked)
        columns = [*map(self.linked.index, kept), *range(width, width + len(values))]
        axes = [*(self._axes[place] for place in kept), *self._axes_of(values)]
        ops = [Op.ROWS] if values else [op for op, _, _ in self._parts]
        return Grouped(*merge(finest.keys[:, columns], [axis.symbols.size for axis in axes], finest.columns, ops))

    def _distinct(
        self, kind: Accumulated, argument: Node, axis: Axis, kept: tuple[int, ...]
    ) -> tuple[Keys, list[npt.NDArray[np.generic]]]:
        found = self._by(kept, (argument,))
        given = [(op, inputs_of(axis.symbols, what)[found.keys[:, -1]]) for op, what in kind.parts]
        sizes = [self._axes[place].symbols.size for place in kept]
        return merge(found.keys[:, :-1], sizes, [_single(op, column) for op, column in given], [op for op, _ in given])

    def _listed(self, request: Request, kind: Listed, kept: tuple[int, ...]) -> tuple[Keys, Vector]:
        values: Values = (ROW, *request.arguments) if kind.by_row else request.arguments
        found = self._by(kept, values)
        axes = self._axes_of(request.arguments)
        keys, lists = _lists(found, len(kept), [axis.symbols for axis in axes])
        return keys, _worked_out(request, kind, lists)

    def _like(self, argument: Node) -> Vector | None:
        """A vector that shows its numbers as the argument's are shown."""
        fields = fields_of(argument)
        return on_symbols(self._context, argument, fields[0]) if len(fields) == 1 else None


def result_without_rows(context: Context, request: Request) -> tuple[Keys, Vector]:
    """A request that runs over a single row and no table: Sum(1) without dimensions."""
    kind = request.kind
    axes = [axis_of(context, argument) for argument in request.arguments]
    codes = np.array([[0 if axis.symbols.size else axis.symbols.size for axis in axes]])
    keys = np.zeros((1, 0), dtype=np.int64)
    if isinstance(kind, Listed):
        lists = _lists(Grouped(codes, [np.ones(1)]), 0, [axis.symbols for axis in axes])[1]
        return keys, _worked_out(request, kind, lists)
    symbols = axes[0].symbols
    columns = [_single(op, inputs_of(symbols, what)[codes[0]]) for op, what in kind.parts]
    return keys, finished(kind, columns, symbols, constant(context, request.arguments[0]))


def _parts_of(request: Request) -> list[Part]:
    return [(op, what, request.arguments[0]) for op, what in request.kind.parts]  # type: ignore[union-attr]


def _lists(found: Grouped, width: int, symbols: Sequence) -> tuple[Keys, Lists]:
    """The groups by the first `width` columns of the keys, and the lists that the last columns are."""
    check_stop()
    keys = found.keys[:, :width]
    begins = np.ones(len(keys), dtype=np.bool_)
    begins[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    columns = found.keys[:, found.keys.shape[1] - len(symbols) :].T
    check_stop()
    groups = np.cumsum(begins) - 1
    own = [Column(table, codes) for table, codes in zip(symbols, columns, strict=True)]
    return keys[begins], Lists(int(begins.sum()), groups, found.columns[0].astype(np.float64), own)


def _worked_out(request: Request, kind: Listed, lists: Lists) -> Vector:
    ordered = kind.order(lists)
    return kind.finish(ordered.distinct(kind.distinct) if request.distinct else ordered)


def _single(op: Op, column: npt.NDArray[np.float64]) -> npt.NDArray[np.generic]:
    """What an accumulator holds after each single value."""
    if op is Op.COUNT:
        return (~np.isnan(column)).astype(np.int64)
    return np.nan_to_num(column) if op is Op.SUM else column


class Writer:
    """Writes the instructions that give an accumulator its numbers."""

    def __init__(self, context: Context, what: str, node: Node) -> None:
        self._context = context
        self._what = what
        self._node = node

    def __call__(self, rows: Rows) -> int:
        if self._what in (CODE, RANK):
            return self._code(rows, axis_of(self._context, self._node))
        return rows.number(self._node, VIEWS[self._what])

    def _code(self, rows: Rows, axis: Axis) -> int:
        codes = inputs_of(axis.symbols, self._what)
        if axis.readable is None:
            fixed = codes[:1] if axis.symbols.size else codes[-1:]
            return rows.program.value(Op.FLOAT_FILL, 2, rows.program.array(rows.keep(fixed.copy())))
        way = route(self._context, rows.base, axis.readable)
        if not isinstance(way, Own):
            raise ExpressionError(
                f"The rows of {rows.base} have no one value of this.", self._node.start, self._node.end
            )
        code = rows.code(way.codes, way.map)
        if axis.map is not None:
            code = rows.program.value(Op.CODE_MAP, 1, code, rows.program.array(axis.map))
        return rows.program.value(Op.FLOAT_MAP, 2, code, rows.program.array(rows.keep(codes)))
