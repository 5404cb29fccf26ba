"""The instruction set of the interpreter.

A program runs over the rows of one table, block by block. It has three banks of registers, each a
vector over the lanes of the block:

* words  (uint64): bit-parallel marks of rows; always one lane per row of the block
* codes  (int64): codes, group numbers, row numbers
* floats (float64): numbers, NaN is NULL

SELECT narrows the block to the rows whose word has a given bit; from then on codes and floats have
one lane per selected row. Arrays are named by their place in the program's table of addresses.
A *column* is an array with one element per row of the table; a *table* is indexed by a code.

An instruction is six int64: operation, then up to five operands as listed here. Group -1 means
"no group": everything is accumulated in element 0.
"""

from __future__ import annotations

from enum import IntEnum


class Op(IntEnum):
    """Operands in brackets: w, c, f registers; [x] arrays; n a plain number."""

    WORD_FILL = 0  # (w, n)            w = n, read as 64 bits
    WORD_AND_TABLE = 1  # (w, [column], [table u8])   w &= table[column]
    WORD_AND_COLUMN = 2  # (w, [column of words])     w &= column
    WORD_STORE = 3  # (w, [column of words])          column = w
    WORD_OR_INTO = 4  # (w, [column], [table u8])     table[column] |= w
    SELECT = 5  # (w, n)               go on with the rows whose word has bit n

    CODE_LOAD = 10  # (c, [column])    c = column
    CODE_MAP = 11  # (c, c2, [table i4])              c = table[c2]
    CODE_ADD = 12  # (c, c2, n)        c = c * n + c2
    CODE_FILL = 13  # (c, n)           c = n
    CODE_HASH = 14  # (c, c2, [keys i8], [ids i4], [state i8])  c = dense number of c2, by first appearance
    CODE_STORE = 15  # (c, [out i8], [state i8])      append to out; state[0] counts

    FLOAT_TABLE = 20  # (f, [column], [table f8])     f = table[column]
    FLOAT_MAP = 21  # (f, c, [table f8])              f = table[c]
    FLOAT_COLUMN = 22  # (f, [column f8])             f = column
    FLOAT_FILL = 23  # (f, [constant f8])             f = constant[0]
    FLOAT_BINARY = 24  # (f, f2, f3, n)               f = f2 n f3, n of Arithmetic
    FLOAT_IF = 25  # (f, f2, f3, f4)   f = f3 where f2 is true (a number but 0), else f4
    FLOAT_CODE = 26  # (f, c)          f = c as a number
    FLOAT_STORE = 27  # (f, [out f8], [state i8])     append to out; state[0] counts

    SUM = 30  # (c, f, [out f8])       out[c] += f, NULL skipped
    COUNT = 31  # (c, f, [out i8])     out[c] += 1 where f is not NULL
    MIN = 32  # (c, f, [out f8])
    MAX = 33  # (c, f, [out f8])
    ROWS = 34  # (c, [out i8])         out[c] += 1
    SEEN = 35  # (c, c2, n, [out u1])  out[c * n + c2] = 1


class Arithmetic(IntEnum):
    """Binary operations on numbers; true is -1.

    Arithmetic: NULL with anything is NULL, and so is what is not finite (x / 0). Comparisons: NULL with NULL
    is NULL, NULL with a number is false, but for UNEQUAL, where it is true.
    """

    ADD = 0
    SUBTRACT = 1
    MULTIPLY = 2
    DIVIDE = 3
    EQUAL = 4
    UNEQUAL = 5
    LESS = 6
    LESS_OR_EQUAL = 7
    GREATER = 8
    GREATER_OR_EQUAL = 9


class Outcome(IntEnum):
    """How a run over some blocks ended."""

    DONE = 0
    HASH_FULL = 1


BLOCK = 16_384
"""Rows of a block. The grid is fixed, so that sums of floats come out the same at every run."""
