"""Sorting that can be stopped: what numpy's lexsort and unique give, in steps of which none takes long.

Long columns are split by sampled values of the most important key into parts that are in order among each other;
each part is then sorted by itself. That is not slower than one long sort, because the parts fit the caches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from engine.stopping import check_stop

Index = npt.NDArray[np.intp]
Key = npt.NDArray[Any]
"""Numbers or truth values, NaN behind all others."""

BLOCK = 2**17
"""So many values are sorted in one step."""

_PARTS = 127
"""Sampled values that split a column; with the values between them the parts fit one byte."""


def ordered(keys: Sequence[Key], count: int) -> Index:
    """The positions 0 .. count in the order of `keys`, most important first; equal ones keep their place."""
    return _ordered(keys, np.arange(count)) if keys else np.arange(count)


def _ordered(keys: Sequence[Key], rows: Index) -> Index:
    check_stop()
    if not keys or len(rows) < 2:
        return rows
    if len(rows) <= BLOCK:
        return rows[np.lexsort([key[rows] for key in reversed(keys)])]
    values = keys[0][rows]
    if len(keys) == 1 and _is_ordered(values):
        return rows
    return np.concatenate([_ordered(keys[1:] if equal else keys, rows[part]) for part, equal in _parts(values)])


def picked(values: Key, index: npt.NDArray[np.integer]) -> Key:
    """The values, or rows of them, at some positions."""
    if len(index) <= BLOCK:
        return values[index]
    found = np.empty((len(index), *values.shape[1:]), dtype=values.dtype)
    for begin in range(0, len(index), BLOCK):
        check_stop()
        found[begin : begin + BLOCK] = values[index[begin : begin + BLOCK]]
    return found


def text_order(texts: pa.LargeStringArray) -> Index:
    """The positions of texts in the order of their bytes."""
    check_stop()
    if len(texts) <= BLOCK:
        return np.asarray(pc.sort_indices(texts), dtype=np.intp)
    extremes = pc.min_max(texts)
    least, most = (extremes[side].as_py().encode() for side in ("min", "max"))
    if least == most:
        return np.arange(len(texts))
    same = next((at for at, pair in enumerate(zip(least, most, strict=False)) if pair[0] != pair[1]), len(least))
    heads = _heads(texts, same)
    return np.concatenate([part[text_order(texts.take(pa.array(part)))] for part, _ in _parts(heads)])


def _heads(texts: pa.LargeStringArray, skipped: int) -> Index:
    """Seven bytes of each text from the first one where any of them differ, as numbers in the same order."""
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(texts.buffers()[2], dtype=np.uint8)
    heads = np.zeros(len(texts), dtype=np.int64)
    for place in range(7):
        check_stop()
        at = offsets[:-1] + skipped + place
        there = at < offsets[1:]
        heads = heads * 512 + np.where(there, letters[np.where(there, at, 0)].astype(np.int64) + 1, 0)
    return heads


def _parts(values: Key) -> Iterator[tuple[Index, bool]]:
    """The positions of values in parts that are in order among each other; whether all values of a part are equal."""
    sample = np.unique(values[:: max(len(values) // 2**13, 1)])
    borders = sample[np.linspace(0, len(sample) - 1, min(_PARTS, len(sample))).astype(np.intp)]
    part = np.empty(len(values), dtype=np.uint8)
    for begin in range(0, len(values), BLOCK):
        check_stop()
        own = values[begin : begin + BLOCK]
        place = np.searchsorted(borders, own)
        is_border = _same(borders[np.minimum(place, len(borders) - 1)], own)
        part[begin : begin + BLOCK] = 2 * place + is_border
    order = np.argsort(part, kind="stable")  # one byte a value: numpy counts them
    ends = np.cumsum(np.bincount(part, minlength=2 * len(borders) + 1))
    for number, (begin, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
        if end > begin:
            yield order[begin:end], number % 2 == 1


def _is_ordered(values: Key) -> bool:
    """Whether nothing is to be done; NaN is not looked for."""
    pieces = (values[at : at + BLOCK + 1] for at in range(0, len(values), BLOCK))
    return all(bool((piece[1:] >= piece[:-1]).all()) for piece in pieces)


def _same(one: Key, other: Key) -> npt.NDArray[np.bool_]:
    return (one == other) | ((one != one) & (other != other))


class Distinct(NamedTuple):
    """values: in order. first: where each stands first. inverse: for each position the place of its value."""

    values: Key
    first: Index
    inverse: Index


def distinct(column: Key) -> Distinct:
    """The distinct values of a column, as numpy's unique gives them."""
    order = ordered([column], len(column))
    values = column[order]
    check_stop()
    begins = np.append(True, ~_same(values[1:], values[:-1]))[: len(values)]
    check_stop()
    inverse = np.empty(len(column), dtype=np.intp)
    inverse[order] = np.cumsum(begins) - 1
    check_stop()
    return Distinct(values[begins], order[begins], inverse)
