"""Computing many aggregates over one table under one set of selections, in as few runs as possible.

All that is not DISTINCT is accumulated in one run over the rows, by all dimensions. Coarser
results (TOTAL, the grand total) are merged from the finest groups, unless a dimension lies behind
an N:M link: then a row counts in several groups, and coarser ones need a run of their own.
DISTINCT takes the expression's values as one more axis.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.evaluation import Axis, axis_of, constant, fields_of, on_symbols
from engine.compute.grouping import Accumulator, Grouped, group
from engine.compute.keys import Keys, merge
from engine.compute.kinds import finished, inputs_of
from engine.compute.plan import Request
from engine.compute.rows import Rows, numbers_of, presence_of
from engine.compute.scope import Own, Unlinked, route
from engine.data.dual import Vector
from engine.errors import ExpressionError
from engine.language.nodes import Field, Node
from engine.machine.operations import Op
from engine.selection.state import Selections

Part = tuple[Op, str, Node]
"""An operation, what it is given (see `kinds`) and the expression that gives it."""


class Bundle:
    """The requests over `base` under `selections`. `linked`: places of the axes that `base` is linked with.

    row_fields: fields of whose values each combination counts once; empty where each row does.
    """

    def __init__(
        self,
        context: Context,
        base: str,
        selections: Selections,
        axes: Sequence[Axis],
        requests: Sequence[Request],
        row_fields: Sequence[str] = (),
    ) -> None:
        self.base = base
        self.states = context.values_of(selections)
        self._once = [axis_of(context, Field(name)) for name in row_fields]
        self._context = context
        self._axes = axes
        ways = {p: route(context, base, a.readable) for p, a in enumerate(axes) if a.readable is not None}
        self.linked = tuple(place for place, way in ways.items() if not isinstance(way, Unlinked))
        self._splits = all(isinstance(ways[place], Own) for place in self.linked)
        plain = [request for request in requests if not request.distinct]
        self._parts: list[Part] = list(
            dict.fromkeys((op, what, request.argument) for request in plain for op, what in request.kind.parts)
        )
        self._grouped: dict[tuple[tuple[int, ...], Node | None], Grouped] = {}

    def groups(self) -> Keys:
        """The combinations of all linked axes' values that occur: [groups, linked]."""
        return self._by(self.linked).keys

    def result(self, request: Request, kept: tuple[int, ...]) -> tuple[Keys, Vector]:
        """A request by the axes at `kept` (a part of `linked`): keys [groups, kept] and values [groups]."""
        if request.distinct:
            axis = axis_of(self._context, request.argument)
            keys, columns = self._distinct(request, axis, kept)
            return keys, finished(request.kind, columns, axis.symbols, None)
        found = self._by(kept)
        columns = [found.columns[self._parts.index((op, what, request.argument))] for op, what in request.kind.parts]
        symbols = axis_of(self._context, request.argument).symbols if request.kind.gives_values else None
        return found.keys, finished(request.kind, columns, symbols, self._like(request.argument))

    def _by(self, kept: tuple[int, ...], value: Node | None = None) -> Grouped:
        """Groups by the axes at `kept` and, given one, by the values of an expression."""
        key = (kept, value)
        if key not in self._grouped:
            if kept == self.linked or not self._splits:
                self._grouped[key] = self._run(kept, value)
            else:
                self._grouped[key] = self._rolled_up(kept, value)
        return self._grouped[key]

    def _run(self, kept: tuple[int, ...], value: Node | None) -> Grouped:
        axes = [self._axes[place] for place in kept]
        if value is not None:
            return group(self._context, self.states, self.base, [*axes, axis_of(self._context, value)])
        if self._once:
            return self._run_once(axes)
        accumulators = [Accumulator(op, _writer(self._context, what, node)) for op, what, node in self._parts]
        return group(self._context, self.states, self.base, axes, accumulators)

    def _run_once(self, axes: list[Axis]) -> Grouped:
        """Like `_run`, but rows that are equal in the row fields (hence in all they give) count once."""
        accumulators = [Accumulator(Op.MIN, _writer(self._context, what, node)) for _, what, node in self._parts]
        found = group(self._context, self.states, self.base, [*axes, *self._once], accumulators)
        ops = [op for op, _, _ in self._parts]
        columns = [_single(op, column.astype(np.float64)) for op, column in zip(ops, found.columns, strict=True)]
        return Grouped(*merge(found.keys[:, : len(axes)], [axis.symbols.size for axis in axes], columns, ops))

    def _rolled_up(self, kept: tuple[int, ...], value: Node | None) -> Grouped:
        finest = self._by(self.linked, value)
        columns = [self.linked.index(place) for place in kept]
        sizes = [self._axes[place].symbols.size for place in kept]
        if value is not None:
            columns.append(len(self.linked))
            sizes.append(axis_of(self._context, value).symbols.size)
            return Grouped(*merge(finest.keys[:, columns], sizes, [], []))
        return Grouped(*merge(finest.keys[:, columns], sizes, finest.columns, [op for op, _, _ in self._parts]))

    def _distinct(
        self, request: Request, axis: Axis, kept: tuple[int, ...]
    ) -> tuple[Keys, list[npt.NDArray[np.generic]]]:
        found = self._by(kept, request.argument)
        inputs = inputs_of(axis.symbols)
        given = [(op, inputs[what][found.keys[:, -1]]) for op, what in request.kind.parts]
        sizes = [self._axes[place].symbols.size for place in kept]
        return merge(found.keys[:, :-1], sizes, [_single(op, column) for op, column in given], [op for op, _ in given])

    def _like(self, argument: Node) -> Vector | None:
        """A vector that shows its numbers as the argument's are shown."""
        fields = fields_of(argument)
        return on_symbols(self._context, argument, fields[0]) if len(fields) == 1 else None


def result_without_rows(context: Context, request: Request) -> tuple[Keys, Vector]:
    """A request that runs over a single row and no table: Sum(1) without dimensions."""
    axis = axis_of(context, request.argument)
    vector = constant(context, request.argument)
    code = 0 if axis.symbols.size else axis.symbols.size
    inputs = {name: table[[code]] for name, table in inputs_of(axis.symbols).items()}
    columns = [_single(op, inputs[what]) for op, what in request.kind.parts]
    return np.zeros((1, 0), dtype=np.int64), finished(request.kind, columns, axis.symbols, vector)


def _single(op: Op, column: npt.NDArray[np.float64]) -> npt.NDArray[np.generic]:
    """What an accumulator holds after each single value."""
    if op is Op.COUNT:
        return (~np.isnan(column)).astype(np.int64)
    return np.nan_to_num(column) if op is Op.SUM else column


class _writer:
    """Writes the instructions that give an accumulator its numbers."""

    def __init__(self, context: Context, what: str, node: Node) -> None:
        self._context = context
        self._what = what
        self._node = node

    def __call__(self, rows: Rows) -> int:
        if self._what == "code":
            return self._code(rows, axis_of(self._context, self._node))
        return rows.number(self._node, presence_of if self._what == "presence" else numbers_of)

    def _code(self, rows: Rows, axis: Axis) -> int:
        codes = inputs_of(axis.symbols)["code"]
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
