"""Which rows a cube has: the combinations of dimension values that are linked to some possible row.

Looked at are the rows of every table that an aggregate runs over (unless it is TOTAL), in its set of records, and of
every table that holds a dimension's field, in any of the sets. Where a row is linked to no value of a dimension, NULL
stands for it. Dimensions of tables that nothing links are crossed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import prod
from typing import Protocol

import numpy as np

from engine.compute.context import Context
from engine.compute.evaluation import Axis
from engine.compute.grouping import group
from engine.compute.keys import Keys, merge
from engine.compute.linked import read_over, unlinked_rows
from engine.compute.scope import Readable
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
            lonely = unlinked_rows(context, possible, table, bases)
            if lonely is None or lonely.any():
                over = frozenset(base for known, base in bases if known.key == possible.key)
                unread = read_over(context, table, readables, over)
                found.append(group(context, possible, table, own, mask=lonely, unread=unread).keys)
            bases.append((possible, table))
    if len(found) == 1:
        return found[0]
    return merge(np.concatenate(found), [axis.symbols.size for axis in own], [], [])[0]
