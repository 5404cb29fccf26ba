"""The interpreter itself: one compiled function that runs a whole program over a range of rows.

It holds no lock of Python (nogil), so sessions compute beside each other; it is compiled once and
cached on disk (cache=True) and never uses numba's own threads: with the default threading layer
several Python threads inside parallel code abort the process. Arrays come in as addresses, for
typed lists would cost seconds at every start; the caller keeps the arrays alive.

The interpreter stands in this one file, because the cache looks at no other file's changes.
The meaning of every operation is in `operations` and, as plain numpy, in `twin`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.machine.pointers import f8, i4, i8, u1, u2, u4, u8

EMPTY = np.int64(-1)
"""A free place of a hash table; group numbers are not negative."""


@njit
def _and_table(words, column, table, count):
    for lane in range(count):
        words[lane] &= table[column[lane]]


@njit
def _and_column(words, column, count):
    for lane in range(count):
        words[lane] &= np.uint64(column[lane])


@njit
def _store_words(words, column, count):
    for lane in range(count):
        column[lane] = words[lane]


@njit
def _or_into(words, column, table, count):
    for lane in range(count):
        table[column[lane]] |= words[lane]


@njit
def _select(words, bit, lanes, count):
    mask = np.uint64(1) << np.uint64(bit)
    kept = 0
    for lane in range(count):
        lanes[kept] = lane
        kept += 1 if words[lane] & mask else 0
    return kept


@njit
def _load(out, column, lanes, count, dense):
    if dense:
        for lane in range(count):
            out[lane] = column[lane]
    else:
        for lane in range(count):
            out[lane] = column[lanes[lane]]


@njit
def _gather(out, column, table, lanes, count, dense):
    if dense:
        for lane in range(count):
            out[lane] = table[column[lane]]
    else:
        for lane in range(count):
            out[lane] = table[column[lanes[lane]]]


@njit
def _map(out, codes, table, count):
    for lane in range(count):
        out[lane] = table[codes[lane]]


@njit
def _hash(out, codes, keys, ids, state, count):
    """Open addressing with linear probing; false when three quarters are taken."""
    mask = len(keys) - 1
    limit = len(keys) // 4 * 3
    known = state[0]
    for lane in range(count):
        key = codes[lane]
        place = (key ^ (key >> 32)) * -7046029254386353131
        place = (place ^ (place >> 29)) & mask
        while keys[place] != key:
            if keys[place] == EMPTY:
                if known >= limit:
                    return False
                keys[place] = key
                ids[place] = known
                known += 1
                break
            place = (place + 1) & mask
        out[lane] = ids[place]
    state[0] = known
    return True


@njit
def _finite(value):
    return value if value - value == 0 else np.nan


@njit
def _binary(out, left, right, operation, count):
    if operation == 0:
        for lane in range(count):
            out[lane] = _finite(left[lane] + right[lane])
    elif operation == 1:
        for lane in range(count):
            out[lane] = _finite(left[lane] - right[lane])
    elif operation == 2:
        for lane in range(count):
            out[lane] = _finite(left[lane] * right[lane])
    elif operation == 3:
        for lane in range(count):
            out[lane] = _finite(left[lane] / right[lane]) if right[lane] != 0 else np.nan
    else:
        for lane in range(count):
            one, other = left[lane], right[lane]
            if one != one and other != other:
                out[lane] = np.nan
            elif one != one or other != other:
                out[lane] = -1.0 if operation == 5 else 0.0
            elif operation == 4:
                out[lane] = -1.0 if one == other else 0.0
            elif operation == 5:
                out[lane] = -1.0 if one != other else 0.0
            elif operation == 6:
                out[lane] = -1.0 if one < other else 0.0
            elif operation == 7:
                out[lane] = -1.0 if one <= other else 0.0
            elif operation == 8:
                out[lane] = -1.0 if one > other else 0.0
            else:
                out[lane] = -1.0 if one >= other else 0.0


@njit
def _sum(groups, grouped, values, out, count):
    if grouped:
        for lane in range(count):
            value = values[lane]
            if value == value:
                out[groups[lane]] += value
    else:
        total = 0.0
        for lane in range(count):
            value = values[lane]
            if value == value:
                total += value
        out[0] += total


@njit
def _count(groups, grouped, values, out, count):
    if grouped:
        for lane in range(count):
            out[groups[lane]] += values[lane] == values[lane]
    else:
        total = 0
        for lane in range(count):
            total += values[lane] == values[lane]
        out[0] += total


@njit
def _least(groups, grouped, values, out, count):
    for lane in range(count):
        value = values[lane]
        group = groups[lane] if grouped else 0
        if value == value and not out[group] <= value:
            out[group] = value


@njit
def _greatest(groups, grouped, values, out, count):
    for lane in range(count):
        value = values[lane]
        group = groups[lane] if grouped else 0
        if value == value and not out[group] >= value:
            out[group] = value


@njit(nogil=True, cache=True)
def interpret(ops, addresses, kinds, lengths, words, codes, floats, lanes, begin, end, block):
    """Run over the rows begin .. end; 0 when done, 1 when a hash table is full.

    ops int64 [n, 6]; addresses, kinds (bytes of an element) and lengths int64 [arrays]; words,
    codes, floats: the register banks [registers, block]; lanes int64 [block].
    """
    for start in range(begin, end, block):
        size = min(block, end - start)
        count, dense = size, True
        for step in range(len(ops)):
            op, x, y, z, u, v = ops[step]
            if op == 0:
                words[x, :size] = np.uint64(y)
            elif op == 1:
                table = u8(addresses[z], lengths[z])
                at = addresses[y] + start * kinds[y]
                if kinds[y] == 1:
                    _and_table(words[x], u1(at, size), table, size)
                elif kinds[y] == 2:
                    _and_table(words[x], u2(at, size), table, size)
                else:
                    _and_table(words[x], u4(at, size), table, size)
            elif op == 2:
                at = addresses[y] + start * kinds[y]
                if kinds[y] == 1:
                    _and_column(words[x], u1(at, size), size)
                elif kinds[y] == 2:
                    _and_column(words[x], u2(at, size), size)
                elif kinds[y] == 4:
                    _and_column(words[x], u4(at, size), size)
                else:
                    _and_column(words[x], u8(at, size), size)
            elif op == 3:
                at = addresses[y] + start * kinds[y]
                if kinds[y] == 1:
                    _store_words(words[x], u1(at, size), size)
                elif kinds[y] == 2:
                    _store_words(words[x], u2(at, size), size)
                elif kinds[y] == 4:
                    _store_words(words[x], u4(at, size), size)
                else:
                    _store_words(words[x], u8(at, size), size)
            elif op == 4:
                table = u8(addresses[z], lengths[z])
                at = addresses[y] + start * kinds[y]
                if kinds[y] == 1:
                    _or_into(words[x], u1(at, size), table, size)
                elif kinds[y] == 2:
                    _or_into(words[x], u2(at, size), table, size)
                else:
                    _or_into(words[x], u4(at, size), table, size)
            elif op == 5:
                count = _select(words[x], y, lanes, size)
                dense = count == size
                if count == 0:
                    break
            elif op == 10:
                at = addresses[y] + start * kinds[y]
                if kinds[y] == 1:
                    _load(codes[x], u1(at, size), lanes, count, dense)
                elif kinds[y] == 2:
                    _load(codes[x], u2(at, size), lanes, count, dense)
                else:
                    _load(codes[x], u4(at, size), lanes, count, dense)
            elif op == 11:
                _map(codes[x], codes[y], i4(addresses[z], lengths[z]), count)
            elif op == 12:
                for lane in range(count):
                    codes[x, lane] = codes[x, lane] * z + codes[y, lane]
            elif op == 13:
                codes[x, :count] = y
            elif op == 14:
                if not _hash(
                    codes[x],
                    codes[y],
                    i8(addresses[z], lengths[z]),
                    i4(addresses[u], lengths[u]),
                    i8(addresses[v], lengths[v]),
                    count,
                ):
                    return 1
            elif op == 15:
                state = i8(addresses[z], lengths[z])
                out = i8(addresses[y], lengths[y])
                for lane in range(count):
                    out[state[0] + lane] = codes[x, lane]
                state[0] += count
            elif op == 20:
                numbers = f8(addresses[z], lengths[z])
                at = addresses[y] + start * kinds[y]
                if kinds[y] == 1:
                    _gather(floats[x], u1(at, size), numbers, lanes, count, dense)
                elif kinds[y] == 2:
                    _gather(floats[x], u2(at, size), numbers, lanes, count, dense)
                else:
                    _gather(floats[x], u4(at, size), numbers, lanes, count, dense)
            elif op == 21:
                _map(floats[x], codes[y], f8(addresses[z], lengths[z]), count)
            elif op == 22:
                _load(floats[x], f8(addresses[y] + start * 8, size), lanes, count, dense)
            elif op == 23:
                floats[x, :count] = f8(addresses[y], lengths[y])[0]
            elif op == 24:
                _binary(floats[x], floats[y], floats[z], u, count)
            elif op == 25:
                for lane in range(count):
                    test = floats[y, lane]
                    floats[x, lane] = floats[z, lane] if test == test and test != 0 else floats[u, lane]
            elif op == 26:
                for lane in range(count):
                    floats[x, lane] = codes[y, lane]
            elif op == 27:
                state = i8(addresses[z], lengths[z])
                stored = f8(addresses[y], lengths[y])
                for lane in range(count):
                    stored[state[0] + lane] = floats[x, lane]
                state[0] += count
            elif op == 30:
                _sum(codes[max(x, 0)], x >= 0, floats[y], f8(addresses[z], lengths[z]), count)
            elif op == 31:
                _count(codes[max(x, 0)], x >= 0, floats[y], i8(addresses[z], lengths[z]), count)
            elif op == 32:
                _least(codes[max(x, 0)], x >= 0, floats[y], f8(addresses[z], lengths[z]), count)
            elif op == 33:
                _greatest(codes[max(x, 0)], x >= 0, floats[y], f8(addresses[z], lengths[z]), count)
            elif op == 34:
                tally = i8(addresses[y], lengths[y])
                if x < 0:
                    tally[0] += count
                else:
                    for lane in range(count):
                        tally[codes[x, lane]] += 1
            elif op == 35:
                marks = u1(addresses[u], lengths[u])
                if x < 0:
                    for lane in range(count):
                        marks[codes[y, lane]] = 1
                else:
                    for lane in range(count):
                        marks[codes[x, lane] * z + codes[y, lane]] = 1
    return 0
