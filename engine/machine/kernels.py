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

FEW = 16
"""The codes that a message leaves are counted if there are at least so many rows for each word of it."""


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
def _tell_some(words, mask, codes, rows):
    """The words of some rows' codes get the bits of the mask; how many had none of them."""
    found = 0
    for place in range(len(rows)):
        code = codes[rows[place]]
        found += 0 if words[code] & mask else 1
        words[code] |= mask
    return found


@njit
def _most(heard, messages, wishes, rows):
    """How many codes each wish can be told of: those that occur, or fewer if a message excludes some."""
    most = wishes[:, 3].copy()
    for number in range(len(wishes)):
        mask = heard.dtype.type(np.uint64(1) << np.uint64(wishes[number, 0]))
        for at, column, size in messages:
            if column == wishes[number, 1] and size * FEW <= rows:
                count = 0
                for place in range(at, at + size):
                    count += 1 if heard[place] & mask else 0
                most[number] = min(most[number], count)
    return most


@njit(nogil=True, cache=True)
def sieve(heard, told, messages, wishes, found, columns, first, last, rows):
    """Narrow the rows first .. last by several messages, and pass on what is left, while a chunk of rows is near.

    messages int64 [n, 3]: where in heard, which column looks it up, and how many words they are. wishes int64 [n, 4],
    in order of bits: the bit, the column, where in told, and how many of its codes occur; found: how many are told.
    columns int64 [n, 2]: address and width. rows: as in `chosen`; returns how many they are.
    """
    kept, most = 0, _most(heard, messages, wishes, last - first)
    own = np.empty(CHUNK, dtype=heard.dtype)
    lanes = np.empty(CHUNK, dtype=np.int32)
    for start in range(first, last, CHUNK):
        size = min(CHUNK, last - start)
        for number in range(len(messages)):
            at, column, _ = messages[number]
            address, width = columns[column]
            hear(own[:size], heard[at:], address + width * start, width, number == 0)
        before = kept
        for lane in range(size):
            rows[kept] = start + lane
            kept += 1 if own[lane] & 1 else 0
        known, some = 0, rows[before:kept]
        for number in range(len(wishes)):
            bit, column, at, _ = wishes[number]
            if found[number] >= most[number]:
                continue
            mask = heard.dtype.type(np.uint64(1) << np.uint64(bit))
            if bit != known:
                count = 0
                for lane in range(size):
                    lanes[count] = start + lane
                    count += 1 if own[lane] & mask else 0
                known, some = bit, lanes[:count]
            address, width = columns[column]
            if width == 1:
                found[number] += _tell_some(told[at:], mask, u1(address, last), some)
            elif width == 2:
                found[number] += _tell_some(told[at:], mask, u2(address, last), some)
            else:
                found[number] += _tell_some(told[at:], mask, u4(address, last), some)
    return kept


@njit
def _note(marks, words, codes, wanted):
    found = 0
    for start in range(0, len(words), CHUNK):
        for row in range(start, min(start + CHUNK, len(words))):
            if words[row] & 1:
                found += 0 if marks[codes[row]] else 1
                marks[codes[row]] = 1
        if found >= wanted:
            break


@njit
def _note_all(words, at, own, rows, address, width, wanted):
    if width == 1:
        _note(words[at:], words[own : own + rows], u1(address, rows), wanted)
    elif width == 2:
        _note(words[at:], words[own : own + rows], u2(address, rows), wanted)
    else:
        _note(words[at:], words[own : own + rows], u4(address, rows), wanted)


@njit(nogil=True, cache=True)
def run(ops, words, columns, chosen, sieves, messages, wishes, outs, kept):
    """Run some operations of a program of `marking`, where they are listed.

    columns, chosen int64 [n, 2]: address and width, address and length. sieves int64 [n, 5]: rows, and which messages
    and wishes are theirs. outs: the addresses of rows, kept: how many they are.
    """
    for step in range(len(ops)):
        op, at, x, y, z, u = ops[step]
        if op == 0:
            words[at : at + x] = words.dtype.type(y)
        elif op == 1:
            codes = array_of(chosen[y, 0], chosen[y, 1], np.int32)
            for place in range(len(codes)):
                if 0 <= codes[place] < x:
                    words[at + codes[place]] = words.dtype.type(-1)
        elif op == 2:
            others = words.dtype.type(z)
            if u:
                for place in range(x):
                    words[at + place] = words[y + place] | others
                words[at + x - 1] = others
            else:
                last = words[at + x - 1] & others
                for place in range(x):
                    words[at + place] &= words[y + place] | others
                words[at + x - 1] = last
        elif op == 3:
            hear(words[at : at + x], words[y:], columns[z, 0], columns[z, 1], u != 0)
        elif op == 4:
            tell(words[at:], words[x : x + y], columns[z, 0], columns[z, 1])
        elif op == 5:
            _note_all(words, at, x, y, columns[z, 0], columns[z, 1], u)
        else:
            length, y, z, u, end = sieves[at]
            rows = array_of(outs[at], length, np.int32)
            own = wishes[u:end]
            found = np.zeros(len(own), dtype=np.int64)
            kept[at] = sieve(words, words, messages[y:z], own, found, columns, 0, length, rows)


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
def mark(seen, rows, dense, length, address, width, wanted):
    """The codes of a column that occur, in seen."""
    if width == 1:
        _mark(seen, u1(address, length), rows, dense, wanted)
    elif width == 2:
        _mark(seen, u2(address, length), rows, dense, wanted)
    else:
        _mark(seen, u4(address, length), rows, dense, wanted)


@njit(nogil=True, cache=True)
def gather(out, numbers, rows):
    for place in range(len(rows)):
        out[place] = numbers[rows[place]]
