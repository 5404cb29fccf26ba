"""Compiled loops over slices; what they do is said in `slices`."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def mark_pairs(bits, codes, values):
    for row in range(len(codes)):
        value = values[row]
        bits[codes[row], value >> 6] |= np.uint64(1) << np.uint64(value & 63)


@njit(nogil=True, cache=True)
def either(bits, chosen, out):
    words = bits.shape[1]
    for word in range(words):
        found = np.uint64(0)
        for code in chosen:
            found |= bits[code, word]
        for bit in range(64):
            out[word * 64 + bit] = (found >> np.uint64(bit)) & np.uint64(1)


@njit(nogil=True, cache=True)
def add(sums, starts, chosen, numbers, columns):
    for code in chosen:
        for place in range(starts[code], starts[code + 1]):
            group = numbers[place]
            for column in range(columns.shape[1]):
                sums[group, column] += columns[place, column]


@njit(nogil=True, cache=True)
def settle(sums, more):
    groups, stride = sums.shape
    count = 0
    for group in range(groups):
        count += 1 if sums[group, 0] > 0 else 0
    found, out = np.empty(count, dtype=np.int32), np.zeros((stride + more, count + 2))
    place = 0
    for group in range(groups):
        if sums[group, 0] > 0:
            found[place] = group
            for column in range(stride):
                out[column, place] = sums[group, column]
                out[column, count] += sums[group, column]
            place += 1
    return found, out


@njit(nogil=True, cache=True)
def sum_by(out, codes, values):
    for row in range(len(codes)):
        out[codes[row]] += values[row]


@njit(nogil=True, cache=True)
def count_by(out, codes):
    for row in range(len(codes)):
        out[codes[row]] += 1.0
