"""Compiled passes over the rows of a table, each one loop: what they do is said in `passes`.

Columns of codes come in as address and width (their arrays are of three types, and some are read-only: that would be
six versions of each kernel); all other arrays as they are.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.machine.pointers import array_of, u1, u2, u4

CHUNK = 1024
"""Rows between two looks at how many codes have been seen."""


@njit
def _hear(words, table, codes, fresh):
    if fresh:
        for row in range(len(words)):
            words[row] = table[codes[row]]
    else:
        for row in range(len(words)):
            words[row] &= table[codes[row]]


@njit(nogil=True, cache=True)
def hear(words, table, address, width, fresh):
    rows = len(words)
    if width == 1:
        _hear(words, table, u1(address, rows), fresh)
    elif width == 2:
        _hear(words, table, u2(address, rows), fresh)
    else:
        _hear(words, table, u4(address, rows), fresh)


@njit
def _tell(table, words, codes):
    for row in range(len(words)):
        word = words[row]
        if word:
            table[codes[row]] |= word


@njit(nogil=True, cache=True)
def tell(table, words, address, width):
    rows = len(words)
    if width == 1:
        _tell(table, words, u1(address, rows))
    elif width == 2:
        _tell(table, words, u2(address, rows))
    else:
        _tell(table, words, u4(address, rows))


@njit
def _tell_some(table, words, codes, lanes, count):
    for place in range(count):
        lane = lanes[place]
        table[codes[lane]] |= words[lane]


@njit(nogil=True, cache=True)
def listen(words, rows, first, heard, told):
    """Narrow words, by several messages, and pass them on: all of `hear`, `chosen` and `tell` while a chunk is near.

    heard, told int64 [messages, 4]: address and length of a table, address and width of the column that looks it up.
    rows: as in `chosen`, numbered from `first`; returns how many they are.
    """
    kept = 0
    lanes = np.empty(CHUNK, dtype=np.int32)
    for start in range(0, len(words), CHUNK):
        size = min(CHUNK, len(words) - start)
        own = words[start : start + size]
        for number in range(len(heard)):
            address, length, codes, width = heard[number]
            table = array_of(address, length, words.dtype)
            if width == 1:
                _hear(own, table, u1(codes + start, size), number == 0)
            elif width == 2:
                _hear(own, table, u2(codes + 2 * start, size), number == 0)
            else:
                _hear(own, table, u4(codes + 4 * start, size), number == 0)
        for lane in range(size):
            rows[kept] = first + start + lane
            kept += 1 if own[lane] & 1 else 0
        if len(told):
            count = 0
            for lane in range(size):
                lanes[count] = lane
                count += 1 if own[lane] else 0
            for number in range(len(told)):
                address, length, codes, width = told[number]
                table = array_of(address, length, words.dtype)
                if width == 1:
                    _tell_some(table, own, u1(codes + start, size), lanes, count)
                elif width == 2:
                    _tell_some(table, own, u2(codes + 2 * start, size), lanes, count)
                else:
                    _tell_some(table, own, u4(codes + 4 * start, size), lanes, count)
    return kept


@njit(nogil=True, cache=True)
def chosen(words, rows):
    """The numbers of the rows whose bit 0 is set, written to rows [len(words)]; how many they are."""
    kept = 0
    for row in range(len(words)):
        rows[kept] = row
        kept += 1 if words[row] & 1 else 0
    return kept


@njit
def _mark_all(seen, codes, wanted):
    found = 0
    for start in range(0, len(codes), CHUNK):
        for row in range(start, min(start + CHUNK, len(codes))):
            code = codes[row]
            found += 1 - seen[code]
            seen[code] = 1
        if found >= wanted:
            break


@njit
def _mark_some(seen, codes, rows, wanted):
    found = 0
    for start in range(0, len(rows), CHUNK):
        for place in range(start, min(start + CHUNK, len(rows))):
            code = codes[rows[place]]
            found += 1 - seen[code]
            seen[code] = 1
        if found >= wanted:
            break


@njit
def _mark(seen, codes, rows, dense, wanted):
    if dense:
        _mark_all(seen, codes, wanted)
    else:
        _mark_some(seen, codes, rows, wanted)


@njit(nogil=True, cache=True)
def mark(seen, starts, rows, dense, length, addresses, widths, wanted):
    """The codes of column n that occur, in seen[starts[n] : starts[n + 1]]."""
    for number in range(len(addresses)):
        own, address = seen[starts[number] : starts[number + 1]], addresses[number]
        if widths[number] == 1:
            _mark(own, u1(address, length), rows, dense, wanted[number])
        elif widths[number] == 2:
            _mark(own, u2(address, length), rows, dense, wanted[number])
        else:
            _mark(own, u4(address, length), rows, dense, wanted[number])


@njit(nogil=True, cache=True)
def gather(out, numbers, rows):
    for place in range(len(rows)):
        out[place] = numbers[rows[place]]
