"""The numbers that measures add up, one for each possible row of a table: the same for all cubes under a selection.

For tables of up to KEPT_ROWS rows the numbers of all rows are kept, and those of possible rows are picked from them;
for longer ones they are computed anew for the possible rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from engine.compute.bundle import Writer
from engine.compute.context import Context
from engine.compute.rows import Rows
from engine.data.dual import Floats
from engine.language.nodes import Field, Node
from engine.language.printer import print_expression
from engine.machine.operations import Op
from engine.machine.passes import gather
from engine.selection.propagate import Possible
from engine.selection.records import EVERYTHING

KEPT_ROWS = 2_000_000


@dataclass(frozen=True, eq=False)
class Quantity:
    """What an accumulator is given, see `kinds.accumulated`. In sums and counts NULL is 0; counts have 1 else."""

    op: Op
    what: str
    node: Node

    @cached_property
    def key(self) -> str:
        return f"{self.op.name} {self.what} {print_expression(self.node)}\n"


def numbers_of(context: Context, states: Possible, base: str, asked: Sequence[Quantity]) -> list[Floats]:
    """The numbers of the possible rows of `base`: an array [possible rows] for each quantity."""
    found = []
    for quantity in asked:
        key = (context.model.id, "numbers", states.key, base, quantity.key, context.locale)
        make = partial(_of_possible, context, states, base, quantity)
        found.append(context.cache.get_or_make(key, make, lambda made: made.nbytes))
    return found


def counts_every_row(context: Context, base: str, quantity: Quantity) -> bool:
    """Whether a count is that of the rows: those of a field without NULL."""
    if quantity.op is not Op.COUNT or quantity.what != "presence" or not isinstance(quantity.node, Field):
        return False
    column = context.model.tables[base].columns.get(quantity.node.name)
    return column is not None and column.highest < context.model.symbols(quantity.node.name).size


def numbers_of_rows(context: Context, base: str, quantity: Quantity) -> Floats | None:
    """The numbers of all rows of `base`, kept; None if it is too long."""
    if context.model.tables[base].rows > KEPT_ROWS:
        return None
    key = (context.model.id, "numbers of rows", base, quantity.key, context.locale)
    return context.cache.get_or_make(
        key, lambda: _computed(context, context.rows_of(EVERYTHING), base, quantity), lambda made: made.nbytes
    )


def _of_possible(context: Context, states: Possible, base: str, quantity: Quantity) -> Floats:
    every = numbers_of_rows(context, base, quantity)
    return _computed(context, states, base, quantity) if every is None else gather(every, states.possible_rows(base))


def _computed(context: Context, states: Possible, base: str, quantity: Quantity) -> Floats:
    rows = states.possible_rows(base)
    out = np.empty(context.model.tables[base].rows if rows is None else len(rows))
    program = Rows(context, states, base)
    number = Writer(context, quantity.what, quantity.node)(program)
    done = np.zeros(1, dtype=np.int64)
    program.program.emit(Op.FLOAT_STORE, number, program.program.array(out), program.program.array(done))
    program.program.run()
    if quantity.op is Op.COUNT:
        return (~np.isnan(out)).astype(np.float64)
    if quantity.op is Op.SUM:
        out[np.isnan(out)] = 0.0
    return out
