"""Compiled passes over the rows of a table, each one loop: what they do is said in `passes`.

Columns of codes come in as address and width (their arrays are of three types, and some are read-only: that would be
six versions of each kernel); all other arrays as they are.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.machine.pointers import f8, u1, u2, u4

CHUNK = 1024
"""Rows whose group numbers, or marks, are worked out before they are used: they stay in the nearest cache."""


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


@njit
def _load_all(buffer, codes, start, size):
    for lane in range(size):
        buffer[lane] = codes[start + lane]


@njit
def _load_some(buffer, codes, rows, start, size):
    for lane in range(size):
        buffer[lane] = codes[rows[start + lane]]


@njit
def _groups(buffer, rows, dense, length, address, width, start, size):
    if dense:
        if width == 1:
            _load_all(buffer, u1(address, length), start, size)
        elif width == 2:
            _load_all(buffer, u2(address, length), start, size)
        else:
            _load_all(buffer, u4(address, length), start, size)
    elif width == 1:
        _load_some(buffer, u1(address, length), rows, start, size)
    elif width == 2:
        _load_some(buffer, u2(address, length), rows, start, size)
    else:
        _load_some(buffer, u4(address, length), rows, start, size)


@njit
def _add(sums, stride, buffer, values, start, size):
    """Rows are counted in the first column of each group; the values are added to the others, two at a time."""
    if len(values) < 2:
        for lane in range(size):
            sums[buffer[lane] * stride] += 1.0
    else:
        one, other = f8(values[0] + 8 * start, size), f8(values[1] + 8 * start, size)
        for lane in range(size):
            place = buffer[lane] * stride
            sums[place] += 1.0
            sums[place + 1] += one[lane]
            sums[place + 2] += other[lane]
    for number in range(2 if len(values) >= 2 else 0, len(values)):
        one = f8(values[number] + 8 * start, size)
        for lane in range(size):
            sums[buffer[lane] * stride + 1 + number] += one[lane]


@njit(nogil=True, cache=True)
def tally(sums, stride, rows, count, length, address, width, values):
    """sums f8 [groups * stride]; rows i4 [count], or [0] for all; values: the addresses of f8 [count] each."""
    dense = len(rows) == 0
    buffer = np.empty(CHUNK, dtype=np.int32)
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        _groups(buffer, rows, dense, length, address, width, start, size)
        _add(sums, stride, buffer, values, start, size)


@njit(nogil=True, cache=True)
def extremes(out, greatest, rows, count, length, address, width, values):
    """The least (or greatest) value of each group, NaN where it has none: out f8 [groups]."""
    dense = len(rows) == 0
    buffer = np.empty(CHUNK, dtype=np.int32)
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        _groups(buffer, rows, dense, length, address, width, start, size)
        for lane in range(size):
            value, known = values[start + lane], out[buffer[lane]]
            if value == value and (known != known or (value > known if greatest else value < known)):
                out[buffer[lane]] = value


@njit(nogil=True, cache=True)
def settle(sums, stride, groups, out, columns):
    """The groups that have rows: their numbers to out, their sums to columns, behind them all sums and zeros.

    Returns how many they are.
    """
    totals = np.zeros(stride)
    found = 0
    for group in range(groups):
        if sums[group * stride] > 0:
            out[found] = group
            for place in range(stride):
                value = sums[group * stride + place]
                columns[place, found] = value
                totals[place] += value
            found += 1
    for place in range(stride):
        columns[place, found] = totals[place]
        columns[place, found + 1] = 0.0
    return found
