"""Rows of codes as single numbers: composing, taking apart, finding and merging group keys.

A key is a row of codes, one per axis; an axis of size n has the codes 0 .. n (NULL). Here is all
the arithmetic on them that happens once per group, in numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
import numpy.typing as npt

from engine.data.hashing import found_in
from engine.data.ordering import distinct, ordered, picked
from engine.machine.operations import Op
from engine.stopping import check_stop

Keys = npt.NDArray[np.int64]
"""[groups, axes]."""

LARGEST_RADIX = 2**62

SPARSEST = 16
"""So many cells a key a table may have in which keys are looked up by their number instead of by its hash."""


def compose(columns: Sequence[npt.NDArray[np.integer]], sizes: Sequence[int], count: int) -> npt.NDArray[np.int64]:
    """One number per row, equal for equal rows and, unless the sizes are huge, in their order: [count]."""
    composed, radix = np.zeros(count, dtype=np.int64), 1
    for column, size in zip(columns, sizes, strict=True):
        check_stop()
        if radix * (size + 1) > LARGEST_RADIX:
            known, _, composed = distinct(composed)
            radix = len(known)
        composed = composed * (size + 1) + column
        radix *= size + 1
    return composed


def in_order(keys: Keys) -> npt.NDArray[np.intp]:
    """The order of the rows by their first code, then their second, and so on."""
    if not keys.shape[1] or len(keys) < 2:
        return np.arange(len(keys))
    sizes = keys.max(axis=0).tolist()
    if prod(size + 1 for size in sizes) > LARGEST_RADIX:
        return ordered(list(keys.T), len(keys))
    composed = compose(list(keys.T), sizes, len(keys))
    return ordered([composed], len(keys))


def merge(
    keys: Keys, sizes: Sequence[int], values: Sequence[npt.NDArray[np.generic]], ops: Sequence[Op]
) -> tuple[Keys, list[npt.NDArray[np.generic]]]:
    """Rows with equal keys become one, in order; their values are reduced as the operation of each asks."""
    composed = compose(list(keys.T), sizes, len(keys))
    _, first, inverse = distinct(composed)
    merged = []
    for column, op in zip(values, ops, strict=True):
        check_stop()
        merged.append(_REDUCE[op](column, inverse, len(first)))
    return picked(keys, first), merged


def _add(column: npt.NDArray[np.generic], groups: npt.NDArray[np.intp], count: int) -> npt.NDArray[np.generic]:
    out = np.zeros(count, dtype=column.dtype)
    np.add.at(out, groups, column)
    return out


def _least(column: npt.NDArray[np.generic], groups: npt.NDArray[np.intp], count: int) -> npt.NDArray[np.generic]:
    out = np.full(count, np.nan)
    np.fmin.at(out, groups, column)
    return out


def _greatest(column: npt.NDArray[np.generic], groups: npt.NDArray[np.intp], count: int) -> npt.NDArray[np.generic]:
    out = np.full(count, np.nan)
    np.fmax.at(out, groups, column)
    return out


_REDUCE = {Op.SUM: _add, Op.COUNT: _add, Op.ROWS: _add, Op.MIN: _least, Op.MAX: _greatest}


def places(wanted: Keys, among: Keys, sizes: Sequence[int]) -> npt.NDArray[np.int64]:
    """For each row of `wanted` its place among the distinct rows of `among`; -1 where it is not there."""
    both = np.concatenate([among, wanted])
    composed = compose(list(both.T), sizes, len(both))
    check_stop()
    cells = prod(size + 1 for size in sizes)
    if cells <= SPARSEST * len(both) and len(both) and composed.min() >= 0 and composed.max() < cells:
        table = np.full(cells, -1, dtype=np.int64)
        check_stop()
        table[composed[: len(among)]] = np.arange(len(among))
        return picked(table, composed[len(among) :])
    return found_in(composed[len(among) :], composed[: len(among)])


def runs(keys: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where runs of equal rows begin, and where each of them ends: [runs] each."""
    if not len(keys):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    begins = np.flatnonzero(np.append(True, (keys[1:] != keys[:-1]).any(axis=1)))
    return begins, np.append(begins[1:], len(keys))


def distinct_rows(rows: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.intp]]:
    """The distinct rows in order, and for each row the place of its own among them."""
    order = ordered(list(rows.T), len(rows))
    begins, ends = runs(rows[order])
    check_stop()
    inverse = np.empty(len(rows), dtype=np.intp)
    inverse[order] = np.repeat(np.arange(len(begins)), ends - begins)
    return rows[order[begins]], inverse


def present_codes(codes: npt.NDArray[np.integer], size: int) -> npt.NDArray[np.int64]:
    """Which of the codes 0 .. size - 1 occur, in order."""
    found = np.zeros(size, dtype=np.bool_)
    found[codes[(codes >= 0) & (codes < size)]] = True
    return np.flatnonzero(found)


def cross(one: Keys, other: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The places of all pairs, the first factor running slowest."""
    return np.repeat(np.arange(len(one)), len(other)), np.tile(np.arange(len(other)), len(one))
