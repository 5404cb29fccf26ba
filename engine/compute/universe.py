"""Which rows a cube has: the combinations of dimension values that are linked to some possible row.

Looked at are the rows of every table that an aggregate runs over (unless it is TOTAL), in its set of records, and of
every table that holds a dimension's field, in any of the sets. Where a row is linked to no value of a dimension, NULL
stands for it. Dimensions of tables that nothing links are crossed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Protocol

import numpy as np

from engine.compute.context import Context
from engine.compute.evaluation import Axis
from engine.compute.grouping import group
from engine.compute.keys import Keys, merge
from engine.compute.scope import Readable
from engine.data.dual import Bools
from engine.machine.operations import Op
from engine.machine.program import Program
from engine.selection.propagate import Possible
from engine.selection.records import Records


class Grouping(Protocol):
    """What has grouped rows of `base` by the axes at the places `linked` (see `bundle`)."""

    @property
    def base(self) -> str: ...
    @property
    def states(self) -> Possible: ...
    @property
    def records(self) -> Records: ...
    @property
    def linked(self) -> tuple[int, ...]: ...
    def groups(self) -> Keys: ...


def universe(context: Context, states: Possible, axes: Sequence[Axis], bundles: Sequence[Grouping]) -> Keys:
    """The rows of the cube, in the order of their keys: [rows, axes]. Raises CalculationTooLarge."""
    parts: dict[object, list[int]] = defaultdict(list)
    for place, axis in enumerate(axes):
        own = ("constant", place) if axis.readable is None else _component(context, axis.readable)
        parts[own].append(place)
    factors = [_together(context, states, axes, tuple(places), bundles) for places in parts.values()]
    total = prod(len(factor) for factor in factors)
    context.cancel.allow(total * max(len(axes), 1), "cells")
    if len(factors) == 1:
        return factors[0]
    keys = np.zeros((total, len(axes)), dtype=np.int64)
    repeat, tile = total, 1
    for places, factor in zip(parts.values(), factors, strict=True):
        repeat //= max(len(factor), 1)
        keys[:, places] = np.tile(np.repeat(factor, repeat, axis=0), (tile, 1))
        tile *= len(factor)
    return merge(keys, [axis.symbols.size for axis in axes], [], [])[0]


def _component(context: Context, readable: Readable) -> object:
    return context.model.links.component_of.get(readable.holders[0])


def _together(
    context: Context, states: Possible, axes: Sequence[Axis], places: tuple[int, ...], bundles: Sequence[Grouping]
) -> Keys:
    """The combinations of the axes of one tree of tables."""
    own = [axes[place] for place in places]
    readables = [axis.readable for axis in own if axis.readable is not None]
    if not readables:
        constant = 0 if own[0].symbols.size else own[0].symbols.size
        return np.full((1, 1), constant, dtype=np.int64)
    running = [bundle for bundle in bundles if bundle.linked == places]
    found = [bundle.groups() for bundle in running]
    bases = [(bundle.states, bundle.base) for bundle in running]
    tables = context.model.tables
    holders = dict.fromkeys(table for r in readables for table in r.holders if not tables[table].is_synthetic)
    sets = {possible.key: possible for possible in (states, *(context.rows_of(b.records) for b in running))}
    for possible in sets.values():
        for table in holders:
            if any(table == base and possible.key == known.key for known, base in bases):
                continue
            lonely = _unlinked_rows(context, possible, table, bases)
            if lonely is None or lonely.any():
                over = frozenset(base for known, base in bases if known.key == possible.key)
                unread = frozenset(p for p, r in enumerate(readables) if _leads_over(context, table, r, over))
                found.append(group(context, possible, table, own, mask=lonely, unread=unread).keys)
            bases.append((possible, table))
    if len(found) == 1:
        return found[0]
    return merge(np.concatenate(found), [axis.symbols.size for axis in own], [], [])[0]


def _leads_over(context: Context, table: str, readable: Readable, over: frozenset[str]) -> bool:
    """Whether the way from a table to the values passes one of the tables `over`."""
    links = context.model.links
    if table in readable.holders:
        return False
    target = next((name for name in links.reach(table) if name in readable.holders), None)
    path = None if target is None else links.path(table, target)
    return path is not None and not over.isdisjoint(path[::2])


def _unlinked_rows(
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
