"""Compiled accumulation: rows counted, and numbers summed, by the codes of many columns in one go.

What is done is said in `tallies`. Columns come in as address and width, as in `kernels`. The numbers of a row stand
side by side, behind a one for the row itself, and are added to those of its group by vector instructions: several sums
cost what one does.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.machine.pointers import add_four, add_two, array_of, f8, u1, u2, u4

CHUNK = 512
"""Rows whose group numbers and numbers are laid out before they are used: they stay in the nearest cache."""


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
def _add(target, source, buffer, size, stride):
    """sums[group] += numbers of the row, both as addresses."""
    if stride == 2:
        for lane in range(size):
            add_two(target + 16 * np.int64(buffer[lane]), source + 16 * lane)
    elif stride == 4:
        for lane in range(size):
            add_four(target + 32 * np.int64(buffer[lane]), source + 32 * lane)
    else:
        for lane in range(size):
            place, given = target + 8 * stride * np.int64(buffer[lane]), source + 8 * stride * lane
            for four in range(0, 8 * stride, 32):
                add_four(place + four, given + four)


@njit(nogil=True, cache=True)
def tally(sums, stride, starts, spread, rows, count, length, addresses, widths, values, picked):
    """sums f8: column n's group g at starts[n] + g * stride (four times that if spread[n]), the count first.

    rows i4 [count], or [0] for all; values: the addresses of f8 each, fewer than the stride, [count] if picked, else
    for every row.
    """
    dense = len(rows) == 0
    buffer = np.empty(CHUNK, dtype=np.int32)
    room = np.zeros(CHUNK * stride + 8)
    lines = room[-(room.ctypes.data >> 3) & 7 :]
    for lane in range(CHUNK):
        lines[lane * stride] = 1.0
    target, source = np.int64(sums.ctypes.data), np.int64(lines.ctypes.data)
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        for number in range(len(values)):
            if dense or picked:
                given = f8(values[number] + 8 * start, size)
                for lane in range(size):
                    lines[lane * stride + 1 + number] = given[lane]
            else:
                given = f8(values[number], length)
                for lane in range(size):
                    lines[lane * stride + 1 + number] = given[rows[start + lane]]
        for column in range(len(addresses)):
            _groups(buffer, rows, dense, length, addresses[column], widths[column], start, size)
            if spread[column]:
                for lane in range(size):
                    buffer[lane] = buffer[lane] * 4 + (lane & 3)
            _add(target + 8 * starts[column], source, buffer, size, stride)


@njit
def _roll_up(sums, step, source, copies, groups, target, spread, coarser):
    """Add the sums of the groups at `source` to the coarser ones at `target`; both as addresses."""
    for group in range(groups):
        to = target + step * spread * np.int64(coarser[group])
        for copy in range(copies):
            place = source + step * (group * copies + copy)
            for two in range(0, step, 16):
                add_two(to + two, place + two)


@njit
def _sum(sums, at, copies, stride):
    total = 0.0
    for copy in range(copies):
        total += sums[at + copy * stride]
    return total


@njit(nogil=True, cache=True)
def settle(sums, stride, starts, copies, groups, roll_ups, shown, width, codes, columns, kept):
    """From the sums of all columns to those of the groups that occur, for the first `shown` columns.

    copies: of each group's sums, by column. roll_ups int64 [n, 3]: columns to make coarser ones of, these, and the
    address of i4 [groups], the group that each belongs to. The numbers of the groups that occur go to codes, column by
    column, how many to kept, and their sums to columns, as [width, groups + 2 for each column]: behind the groups of
    each stand all sums and zero. Returns how many groups there are.
    """
    first, step = np.int64(sums.ctypes.data), 8 * stride
    for number in range(len(roll_ups)):
        source, target, address = roll_ups[number]
        coarser = array_of(address, groups[source], np.int32)
        at, to = first + 8 * starts[source], first + 8 * starts[target]
        _roll_up(sums, step, at, copies[source], groups[source], to, copies[target], coarser)
    found = 0
    for column in range(shown):
        begin = found
        for group in range(groups[column]):
            if _sum(sums, starts[column] + group * copies[column] * stride, copies[column], stride) > 0:
                codes[found] = group
                found += 1
        kept[column] = found - begin
    begin, length = 0, found + 2 * shown
    for column in range(shown):
        count, place = kept[column], begin + 2 * column
        for number in range(width):
            total, own = 0.0, number * length + place
            for at in range(count):
                start = starts[column] + codes[begin + at] * copies[column] * stride + number
                value = _sum(sums, start, copies[column], stride)
                columns[own + at] = value
                total += value
            columns[own + count] = total
            columns[own + count + 1] = 0.0
        begin += count
    return found


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
