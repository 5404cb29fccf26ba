"""The rows of a table numbered by group: what grouping by axes gives, worked out once for the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.evaluation import Axis, row_codes
from engine.compute.keys import compose
from engine.compute.scope import FieldValues, Own, route
from engine.data.column import Column
from engine.data.model import Model
from engine.data.ordering import distinct
from engine.data.symbols import codes_type

DENSE = 4
"""Group numbers are counted by index where there are at most so many for each row, else sorted."""


@dataclass(frozen=True)
class Numbered:
    """column: each row's group [rows]. keys: int32 [groups, axes], the codes of each group, in their order."""

    column: Column
    keys: npt.NDArray[np.int32]

    def of(self, groups: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
        """The keys of some groups, whose numbers ascend."""
        count = len(groups)
        return self.keys[:count] if count and groups[-1] == count - 1 else self.keys[groups]

    @property
    def nbytes(self) -> int:
        return self.column.codes.nbytes + self.keys.nbytes


def numbered(context: Context, base: str, axes: Sequence[Axis], name: object) -> Numbered:
    """The rows of `base`, which reads each axis as one value, numbered by their values. name: of the axes together."""
    if len(axes) == 1 and axes[0].map is None and axes[0].readable is not None:
        way = route(context, base, axes[0].readable)
        if isinstance(axes[0].readable, FieldValues) and isinstance(way, Own) and way.map is None:
            own = axes[0].readable.name
            keys = np.arange(axes[0].symbols.size + 1, dtype=np.int32)[:, None]
            return Numbered(context.model.tables[base].columns[own], keys)
    key = (context.model.id, "numbered", base, name, context.locale)
    return context.cache.get_or_make(key, lambda: _number(context, base, axes), lambda made: made.nbytes)


def _number(context: Context, base: str, axes: Sequence[Axis]) -> Numbered:
    rows = context.model.tables[base].rows
    codes = [row_codes(context, base, axis) for axis in axes]
    sizes = [axis.symbols.size for axis in axes]
    context.cancel.check()
    composed = compose(codes, sizes, rows)
    if prod(size + 1 for size in sizes) <= DENSE * rows + 1024:
        occurring = np.flatnonzero(np.bincount(composed))
        numbers = np.zeros(occurring[-1] + 1 if len(occurring) else 0, dtype=np.int64)
        numbers[occurring] = np.arange(len(occurring))
        inverse = numbers[composed]
    else:
        occurring, _, inverse = distinct(composed)
    context.cancel.check()
    first = np.zeros(len(occurring), dtype=np.int64)
    first[inverse[::-1]] = np.arange(rows - 1, -1, -1)
    keys = np.stack([held[first] for held in codes], axis=1).astype(np.int32)
    return Numbered(Column("", inverse.astype(codes_type(len(occurring)))), keys)


def lonely_rows(model: Model, base: str, table: str) -> npt.NDArray[np.int32] | None:
    """The rows of `table` that no row of `base` is linked with; None if that depends on what is selected.

    It depends where a row leads to several rows on the way, of which some lead on to the base and some do not.
    """
    path = model.links.path(base, table)
    if path is None:
        return None
    leads, ends = _occurring(model, base, path[1]), None
    for place in range(2, len(path), 2):
        codes = model.codes(path[place], path[place - 1])
        linked = leads[codes]
        if ends is not None and (linked & ends[codes]).any():
            return None
        if place == len(path) - 1:
            return np.flatnonzero(~linked).astype(np.int32)
        next_codes = model.codes(path[place], path[place + 1])
        null = model.symbols(path[place + 1]).size
        leads, ends = np.zeros(null + 1, dtype=np.bool_), np.zeros(null + 1, dtype=np.bool_)
        leads[next_codes[linked]] = True
        ends[next_codes[~linked]] = True
        leads[null] = ends[null] = False
    raise AssertionError("a path ends with its table")


def _occurring(model: Model, table: str, key: str) -> npt.NDArray[np.bool_]:
    null = model.symbols(key).size
    found = np.zeros(null + 1, dtype=np.bool_)
    found[model.codes(table, key)] = True
    found[null] = False
    return found
