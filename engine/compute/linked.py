"""Rows of one table that nothing links with the possible rows of others: they add what those do not tell."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

import numpy as np

from engine.compute.context import Context
from engine.compute.scope import Readable
from engine.data.dual import Bools
from engine.machine.operations import Op
from engine.machine.program import Program
from engine.selection.propagate import Possible


def read_over(
    context: Context, table: str, readables: Sequence[Readable | None], over: Collection[str]
) -> frozenset[int]:
    """The places of those to whose values the way from a table passes one of the tables `over`."""
    return frozenset(
        at for at, one in enumerate(readables) if one is not None and _leads_over(context, table, one, over)
    )


def _leads_over(context: Context, table: str, readable: Readable, over: Collection[str]) -> bool:
    links = context.model.links
    if table in readable.holders:
        return False
    target = next((name for name in links.reach(table) if name in readable.holders), None)
    path = None if target is None else links.path(table, target)
    return path is not None and any(name in over for name in path[::2])


def unlinked_rows(
    context: Context, states: Possible, table: str, bases: Sequence[tuple[Possible, str]]
) -> Bools | None:
    """The rows of a table linked to no possible row of the bases, whose combinations are known; None: all."""
    if not bases:
        return None
    lonely = np.ones(context.model.tables[table].rows, dtype=np.bool_)
    for own_states, base in bases:
        key = (context.model.id, "linked", own_states.key, base, table)
        make = partial(_linked_rows, context, own_states, base, table)
        linked = context.cache.get_or_make(key, make, lambda marks: marks.nbytes)
        lonely &= ~linked
    return lonely & states.rows(table)


def _linked_rows(context: Context, states: Possible, base: str, table: str) -> Bools:
    """The rows of `table` from which links lead to a possible row of `base`, over rows that link."""
    model = context.model
    path = model.links.path(base, table)
    if path is None:
        return np.zeros(model.tables[table].rows, dtype=np.bool_)
    marks: np.ndarray | None = None
    for place in range(0, len(path), 2):
        here = path[place]
        program = Program(model.tables[here].rows)
        word = program.value(Op.WORD_FILL, 0, 1)
        words = (states if place == 0 else states.linking).row_words(here)
        if words is not None:
            program.emit(Op.WORD_AND_COLUMN, word, program.array(words))
        if marks is not None:
            column = program.array(model.codes(here, path[place - 1]))
            program.emit(Op.WORD_AND_TABLE, word, column, program.array(marks))
        if place == len(path) - 1:
            out = np.zeros(model.tables[here].rows, dtype=np.uint8)
            program.emit(Op.WORD_STORE, word, program.array(out))
            program.run()
            return out.astype(np.bool_)
        marks = np.zeros(model.symbols(path[place + 1]).size + 1, dtype=np.uint64)
        column = program.array(model.codes(here, path[place + 1]))
        program.emit(Op.WORD_OR_INTO, word, column, program.array(marks))
        program.run()
        marks[-1] = 0
    raise AssertionError("a path ends with its table")
