"""The aggregates of a prepared cube: what each makes of the columns that one pass over the rows gives.

Every aggregate gives a value for each group that occurs and, behind these, its total and what no row at all gives:
`columns` of sums, counts and extremes, which `finish` makes values of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.evaluation import Axis, axis_of, fields_of, on_symbols
from engine.compute.keyed import added_by
from engine.compute.keys import compose, places
from engine.compute.kinds.accumulated import Accumulated, finished, inputs_of
from engine.compute.numbered import Numbered, numbered
from engine.compute.plan import Request
from engine.compute.quantities import Quantity, counts_every_row
from engine.data.dual import Bools, Floats, Vector
from engine.data.ordering import distinct
from engine.data.symbols import SymbolTable
from engine.language.printer import print_expression
from engine.machine.operations import Op
from engine.machine.passes import RowNumbers, mark
from engine.machine.tallies import Tally

Index = npt.NDArray[np.intp]

EXTREMES = (Op.MIN, Op.MAX)


@dataclass(frozen=True)
class Pass:
    """What a pass over the possible rows gave. groups: the numbers of those that occur [n]; columns: [columns, n + 2],
    the number of rows, the sums and the extremes. distinct: which values of arguments with DISTINCT occur, and which
    pairs, where that is known already."""

    rows: RowNumbers | None
    groups: npt.NDArray[np.integer]
    columns: Floats
    distinct: Mapping[Distinct, tuple[Bools, npt.NDArray[np.integer]]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Leaf:
    """An aggregate over the rows of each group. places: of its columns; symbols, like: what `finished` needs.

    coarse: for each group that there may be, the group that it belongs to under TOTAL; None without TOTAL.
    """

    kind: Accumulated
    places: tuple[int, ...]
    symbols: SymbolTable | None
    like: Vector | None
    coarse: Index | None = None

    @property
    def nbytes(self) -> int:
        return 0 if self.coarse is None else self.coarse.nbytes

    def columns(self, found: Pass) -> list[Floats]:
        columns = [found.columns[place] for place in self.places]
        if self.coarse is not None:
            parts = zip(self.kind.parts, columns, strict=True)
            columns = [_over(op, column, self.coarse[found.groups]) for (op, _), column in parts]
        return columns

    def finish(self, columns: list[Floats]) -> Vector:
        return finished(self.kind, columns, self.symbols, self.like)


def _over(op: Op, column: Floats, coarse: Index) -> Floats:
    """The sums (or extremes) over coarser groups, in each of their groups."""
    out = column.copy()
    if op in EXTREMES:
        over = np.full(int(coarse.max(initial=0)) + 1, np.nan)
        (np.fmin if op is Op.MIN else np.fmax).at(over, coarse, column[:-2])
    else:
        over = np.bincount(coarse, weights=column[:-2])
    out[:-2] = over[coarse] if len(coarse) else 0.0
    return out


@dataclass(frozen=True, eq=False)
class Distinct:
    """An aggregate in which each different value of the argument counts once per group.

    numbered: the rows by these values; pairs: by group and value; group_of: the group of each pair. inputs,
    pair_inputs: what each part is given of a value, and of a pair's value.
    """

    kind: Accumulated
    numbered: Numbered
    inputs: tuple[Floats, ...]
    pairs: Numbered | None
    group_of: Index
    pair_inputs: tuple[Floats, ...]

    @property
    def nbytes(self) -> int:
        return self.group_of.nbytes + sum(part.nbytes for part in (*self.inputs, *self.pair_inputs))

    @cached_property
    def _counted(self) -> tuple[Bools | None, ...]:
        """Of a part that only counts: which values it counts."""
        return tuple([given == 1 if ((given == 0) | (given == 1)).all() else None for given in self.inputs])

    def columns(self, found: Pass) -> list[Floats]:
        seen, occurring = found.distinct.get(self) or self._occurring(found.rows)
        columns = [np.zeros(len(found.groups) + 2) for _ in self.inputs]
        for column, given, counted in zip(columns, self.inputs, self._counted, strict=True):
            column[-2] = np.count_nonzero(seen & counted) if counted is not None else given[seen].sum()
        if self.pairs is not None and len(found.groups):
            groups = self.group_of[occurring]
            for column, given in zip(columns, self.pair_inputs, strict=True):
                column[:-2] = np.bincount(groups, given[occurring], int(found.groups[-1]) + 1)[found.groups]
        return columns

    def finish(self, columns: list[Floats]) -> Vector:
        return finished(self.kind, columns, None, None)

    def _occurring(self, rows: RowNumbers | None) -> tuple[Bools, npt.NDArray[np.integer]]:
        """Which values occur in the rows, and the numbers of the pairs that do."""
        seen = mark(len(self.numbered.keys), rows, self.numbered.column).view(np.bool_)
        if self.pairs is None:
            return seen, self.group_of
        return seen, Tally([self.pairs.column], [len(self.pairs.keys)]).over(rows, []).codes


class Places:
    """Quantities, each once, in the order in which they are first asked for."""

    def __init__(self, context: Context, base: str) -> None:
        self._context = context
        self._base = base
        self.known: dict[str, Quantity] = {}

    def place(self, quantity: Quantity) -> int:
        """Its place among them; -1 if it is the number of rows."""
        if counts_every_row(self._context, self._base, quantity):
            return -1
        self.known.setdefault(quantity.key, quantity)
        return list(self.known).index(quantity.key)


def plain_leaf(
    context: Context, request: Request, sums: Places, least: Places, axes: Sequence[Axis], rows: Numbered | None
) -> Leaf:
    """The leaf of an aggregate without DISTINCT, when all quantities have their places."""
    kind, argument = cast(Accumulated, request.kind), request.arguments[0]
    at = []
    for op, what in kind.parts:
        quantity = Quantity(op, what, argument)
        at.append(1 + len(sums.known) + least.place(quantity) if op in EXTREMES else 1 + sums.place(quantity))
    fields = fields_of(argument)
    like = on_symbols(context, argument, fields[0]) if len(fields) == 1 else None
    symbols = axis_of(context, argument).symbols if kind.gives else None
    coarse: Index | None = None
    if request.kept is not None and rows is not None:
        kept = [rows.keys[:, place] for place in request.kept]
        composed = compose(kept, [axes[place].symbols.size for place in request.kept], len(rows.keys))
        coarse = distinct(composed).inverse
    return Leaf(kind, tuple(at), symbols, like, coarse)


def distinct_leaf(
    context: Context, base: str, request: Request, axes: Sequence[Axis], rows: Numbered | None, name: tuple[str, ...]
) -> Distinct:
    """The leaf of an aggregate with DISTINCT. name: of the axes."""
    kind, argument = cast(Accumulated, request.kind), request.arguments[0]
    axis, text = axis_of(context, argument), print_expression(argument)
    given = [added_by(op, inputs_of(axis.symbols, what)) for op, what in kind.parts]
    own = numbered(context, base, [axis], (text,))
    inputs = tuple([part[own.keys[:, 0]] for part in given])
    if rows is None:
        return Distinct(kind, own, inputs, None, np.zeros(0, dtype=np.intp), ())
    pairs = numbered(context, base, [*axes, axis], (*name, text))
    wanted, among = (keys.astype(np.int64) for keys in (pairs.keys[:, :-1], rows.keys))
    group_of = places(wanted, among, [one.symbols.size for one in axes])
    return Distinct(kind, own, inputs, pairs, group_of, tuple([part[pairs.keys[:, -1]] for part in given]))
