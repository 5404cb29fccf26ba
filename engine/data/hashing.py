"""Numbering and finding values by hash, in steps of which none takes long.

Arrow hashes a column in one step, of a million texts in half a second. Long columns are sliced, or, where most values
are different, split by a hash of our own into parts that have no value in common; each is then hashed by itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from engine.data.ordering import BLOCK
from engine.stopping import check_stop

Index = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

_FEW = 8
"""Values are few if there are so many places for each."""

_BITS = 6
"""Of a hash: so many choose the part."""

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio in 64 bits: multiplied by it, neighbours come into different parts."""

_LETTERS = 8
"""So many bytes of a text, spread over it, make its hash."""


class Numbered(NamedTuple):
    """first: where each distinct value stands first, ascending [values]. codes: for each position the number of its
    value in this order; for NULL the number of values [positions]."""

    first: Index
    codes: Index


def numbered(column: pa.Array) -> Numbered:
    """The distinct values of an array of 64-bit numbers or large strings, in order of first appearance."""
    if len(column) <= BLOCK:
        return _numbered(column)
    head = _numbered(column[:BLOCK])
    return _by_slices(column) if len(head.first) * _FEW <= BLOCK else _by_parts(column)


def _numbered(column: pa.Array) -> Numbered:
    check_stop()
    encoded = column.dictionary_encode()
    count = len(encoded.dictionary)
    codes = encoded.indices.fill_null(count).to_numpy().astype(np.int64)
    first = np.empty(count + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return Numbered(first[:count], codes)


def _by_slices(column: pa.Array) -> Numbered:
    """Slice by slice, then the values of all slices: for values of which most stand in many slices."""
    begins = range(0, len(column), BLOCK)
    slices = [_numbered(column[begin : begin + BLOCK]) for begin in begins]
    first = np.concatenate([one.first + begin for one, begin in zip(slices, begins, strict=True)])
    check_stop()
    values = column.take(pa.array(first))
    every = _by_parts(values) if len(values) * 2 > len(column) else numbered(values)
    ends = np.cumsum([len(one.first) for one in slices])
    numbers = [np.append(own, len(every.first)) for own in np.split(every.codes, ends[:-1])]
    check_stop()
    codes = np.concatenate([own[one.codes] for one, own in zip(slices, numbers, strict=True)])
    return Numbered(first[every.first], codes)


def _by_parts(column: pa.Array) -> Numbered:
    ids, is_first = np.empty(len(column), dtype=np.int64), np.zeros(len(column), dtype=np.bool_)
    firsts: list[Index] = []
    known = 0
    for rows in _split(_hashes(column)):
        own = _numbered(column.take(pa.array(rows)))
        firsts.append(rows[own.first])
        ids[rows] = np.where(own.codes < len(own.first), own.codes + known, -1)
        known += len(own.first)
    check_stop()
    found = np.concatenate(firsts)
    is_first[found] = True
    number = np.append((np.cumsum(is_first) - 1)[found], known)
    check_stop()
    return Numbered(np.flatnonzero(is_first), number[ids])


def found_in(wanted: Index, known: Index) -> Index:
    """For each number its place among others, of which none is there twice; -1 where it is not there."""
    if len(known) * _FEW <= BLOCK:
        slices = [_found_in(wanted[begin : begin + BLOCK], known) for begin in range(0, len(wanted), BLOCK)]
        return np.concatenate([np.zeros(0, dtype=np.int64), *slices])
    places = np.empty(len(wanted), dtype=np.int64)
    for own, others in zip(_split(wanted.view(np.uint64)), _split(known.view(np.uint64)), strict=True):
        places[own] = np.append(others, -1)[_found_in(wanted[own], known[others])]
    return places


def _found_in(wanted: Index, known: Index) -> Index:
    check_stop()
    found = pc.index_in(pa.array(wanted), value_set=pa.array(known))
    return found.fill_null(-1).to_numpy().astype(np.int64)


def _split(hashes: Hashes) -> list[Index]:
    """The positions in parts: equal hashes are in one part."""
    check_stop()
    part = ((hashes * _SPREAD) >> np.uint64(64 - _BITS)).astype(np.uint8)
    order = np.argsort(part, kind="stable")  # one byte a hash: numpy counts them
    return np.split(order, np.cumsum(np.bincount(part, minlength=2**_BITS))[:-1])


def _hashes(column: pa.Array) -> Hashes:
    """Equal for equal values; whatever for NULL."""
    if not pa.types.is_large_string(column.type):
        return np.frombuffer(column.buffers()[1], dtype=np.uint64)[column.offset : column.offset + len(column)]
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    letters = np.append(np.frombuffer(column.buffers()[2] or b"", dtype=np.uint8), np.uint8(0))
    lengths = np.diff(offsets)
    found = lengths.astype(np.uint64)
    for place in range(_LETTERS):
        check_stop()
        at = offsets[1:] - 1 - lengths * place // _LETTERS  # from the end, where most texts differ
        found = found * np.uint64(257) + letters[np.where(lengths > 0, at, len(letters) - 1)]
    return found
