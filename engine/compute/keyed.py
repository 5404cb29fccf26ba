"""Values of keys that the table of a prepared cube does not know: those that stand in other tables alone.

A key links tables by its values. A row of another table that nothing links with the cube's table (see `numbered`)
has a value of its own, which aggregates of the key count, too. These are added to what a pass over the rows gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.evaluation import Axis, axis_of
from engine.compute.grouping import group
from engine.compute.keys import Keys, merge
from engine.compute.kinds.accumulated import Accumulated, inputs_of
from engine.compute.linked import read_over
from engine.compute.plan import Request
from engine.data.dual import Floats
from engine.language.nodes import Field
from engine.machine.operations import Op
from engine.machine.passes import RowNumbers
from engine.selection.propagate import Possible


@dataclass(frozen=True, eq=False)
class Keyed:
    """An aggregate of a key, and the rows of other tables that add values to it."""

    kind: Accumulated
    axis: Axis
    base: str
    rows: Mapping[str, RowNumbers]

    def pairs(self, context: Context, states: Possible, axes: Sequence[Axis]) -> Keys:
        """What the possible ones of them have: combinations of the axes' values and the key's, [pairs, axes + 1]."""
        every = [*axes, self.axis]
        found = [np.zeros((0, len(every)), dtype=np.int64)]
        for table, rows in self.rows.items():
            marks = np.zeros(context.model.tables[table].rows, dtype=np.bool_)
            marks[rows] = True
            unread = read_over(context, table, [axis.readable for axis in every], (self.base,))
            found.append(group(context, states, table, every, mask=marks, unread=unread).keys)
        return merge(np.concatenate(found), [axis.symbols.size for axis in every], [], [])[0]

    def add(self, columns: Sequence[Floats], groups: npt.NDArray[np.integer], codes: npt.NDArray[np.integer]) -> None:
        """Add values to the columns of a pass: each by its group and code; last but one is the total."""
        every = np.unique(codes)
        for (op, what), column in zip(self.kind.parts, columns, strict=True):
            given = inputs_of(self.axis.symbols, what)
            if op in _EXTREMES:
                _EXTREMES[op].at(column, groups, given[codes])
                column[-2] = _EXTREMES[op].reduce(given[every], initial=column[-2])
            else:
                added = added_by(op, given)
                np.add.at(column, groups, added[codes])
                column[-2] += added[every].sum()


_EXTREMES = {Op.MIN: np.fmin, Op.MAX: np.fmax}


def added_by(op: Op, given: Floats) -> Floats:
    """What each value adds to a count or to a sum."""
    return (~np.isnan(given)).astype(np.float64) if op is Op.COUNT else np.where(np.isnan(given), 0.0, given)


def keyed(context: Context, request: Request, lonely: Mapping[str, RowNumbers]) -> Keyed | None:
    """What other tables add to an aggregate; None if they add nothing."""
    rows = {table: lonely[table] for table in request.source.beside if table in lonely}
    if not rows or request.source.base is None or not isinstance(request.kind, Accumulated):
        return None
    return Keyed(request.kind, axis_of(context, request.arguments[0]), request.source.base, rows)


def adds_up(context: Context, request: Request) -> bool:
    """Whether the values that other tables alone know are others than those of the table that the aggregate runs over,
    so that they can be added. They are where the key itself links the tables, but for NULL."""
    (argument,) = request.arguments
    counts_null = any(what in ("null", "missing") for _, what in request.kind.parts)  # type: ignore[union-attr]
    return isinstance(argument, Field) and argument.name in context.model.links.keys and not counts_null
