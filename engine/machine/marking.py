"""Programs that mark values and rows: many small steps over words, by one call of compiled code.

All words of a program stand in one array, zero at first; places in it are numbers of words. Fields have a word for each
value and one for NULL, tables one for each row. `messages` of the selection room writes these programs: what they say
depends on which fields have selections, not on what is selected in them, so each is written once.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from importlib import import_module
from itertools import groupby
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.column import Column
from engine.machine.passes import HALVED, RowNumbers, Words, hear, in_halves, mark, tell
from engine.machine.passes import chosen as rows_of
from engine.stopping import check_stop

kernels: ModuleType | None = None
with suppress(ImportError):  # numba is an accelerator
    kernels = import_module("engine.machine.kernels")

STRETCH = 2**22
"""Rows between two looks at whether to stop."""


class Op(IntEnum):
    """What is done at a place of the words; behind it, the operands."""

    FILL = 0  # size, word                       so many become the word
    CHOOSE = 1  # size, selection                those of the selected codes become all ones
    HEAR = 2  # size, source, others, fresh      narrowed by those of another place, which tell all but the other bits
    LISTEN = 3  # rows, table, column, fresh     rows narrowed by the words of the codes that they hold
    TELL = 4  # rows, how many, column           codes get the bits of the rows that hold them
    NOTE = 5  # rows, how many, column, distinct codes get bit 0 if one of these rows has it
    SIEVE = 6  # (the number of a sieve)


@dataclass(frozen=True)
class Sieve:
    """The rows of a long table, which listen and tell in one go; of them nothing is kept but which have bit 0.

    messages: place, column and size of what is heard. wishes: bit, column and place of what is told of it.
    """

    rows: int
    messages: Sequence[tuple[int, int, int]]
    wishes: Sequence[tuple[int, int, int]]


@dataclass(frozen=True)
class Outcome:
    """words: all of them. rows: of each sieve those that have bit 0, ascending; None for all."""

    words: Words
    rows: list[RowNumbers | None]


def _signed(word: int) -> int:
    """The same 64 bits."""
    return (word + 2**63) % 2**64 - 2**63


def _table(rows: Sequence[Sequence[int]], width: int) -> npt.NDArray[np.int64]:
    return np.array(rows, dtype=np.int64).reshape(-1, width)


class Marking:
    """A program. kind: of the words, uint8 or uint64."""

    def __init__(self, kind: npt.DTypeLike) -> None:
        self.kind = np.dtype(kind)
        self._word: Any = self.kind.type
        self.size = 0
        self._ops: list[tuple[int, ...]] = []
        self._columns: list[Column] = []
        self._sieves: list[Sieve] = []

    # -- writing

    def room(self, size: int) -> int:
        """The place of so many more words."""
        self.size += size
        return self.size - size

    def column(self, column: Column) -> int:
        if column not in self._columns:
            self._columns.append(column)
        return self._columns.index(column)

    def emit(self, op: Op, *operands: int) -> None:
        words = [operand if -(2**63) <= operand < 2**63 else _signed(operand) for operand in operands]
        self._ops.append((int(op), *words, *(0,) * (5 - len(words))))

    def sieve(self, one: Sieve) -> int:
        """Its number."""
        self._sieves.append(one)
        self.emit(Op.SIEVE, len(self._sieves) - 1)
        return len(self._sieves) - 1

    def finish(self, heavy: int | None = None) -> None:
        """Nothing is written any more. heavy: from so many rows on an operation is run by itself, in halves."""
        least = HALVED if heavy is None else heavy
        self._facts = _table([(column.address, column.width) for column in self._columns], 2)
        messages: list[tuple[int, int, int]] = []
        wishes: list[tuple[int, int, int, int]] = []
        sieves = []
        for one in self._sieves:
            begins = len(messages), len(wishes)
            messages += one.messages
            wishes += [(bit, c, at, self._columns[c].distinct) for bit, c, at in sorted(one.wishes)]
            sieves.append((one.rows, begins[0], len(messages), begins[1], len(wishes)))
        self._messages, self._wishes, self._own = _table(messages, 3), _table(wishes, 4), _table(sieves, 5)
        light = groupby(self._ops, lambda op: kernels is not None and self._rows_of(op) < least)
        self._parts = [(is_light, _table(list(ops), 6)) for is_light, ops in light]

    def _rows_of(self, op: tuple[int, ...]) -> int:
        """How many rows an operation goes over."""
        rows = {Op.LISTEN: op[2], Op.TELL: op[3], Op.NOTE: op[3]}
        return self._sieves[op[1]].rows if op[0] == Op.SIEVE else rows.get(Op(op[0]), 0)

    # -- running

    def run(self, chosen: Sequence[npt.NDArray[np.int32]]) -> Outcome:
        """chosen: the codes of each selection. Raises what `check_stop` raises."""
        check_stop()
        words: Words = np.zeros(self.size, dtype=self.kind)
        rows: list[RowNumbers | None] = [None] * len(self._sieves)
        codes = _table([(one.ctypes.data, len(one)) for one in chosen], 2)
        for is_light, ops in self._parts:
            if is_light and kernels is not None:
                outs = [np.empty(one.rows, dtype=np.int32) for one in self._sieves]
                addresses = np.array([out.ctypes.data for out in outs], dtype=np.int64)
                kept = np.full(len(outs), -1)
                tables = (self._own, self._messages, self._wishes)
                kernels.run(ops, words, self._facts, codes, *tables, addresses, kept)
                for number, count in enumerate(kept.tolist()):
                    if count >= 0:
                        rows[number] = _trimmed([outs[number][:count]], len(outs[number]))
            else:
                for op, at, *operands in ops.tolist():
                    if op == Op.SIEVE:
                        rows[at] = self._sieved(words, at)
                    else:
                        self._one(words, Op(op), at, operands, chosen)
        return Outcome(words, rows)

    def _one(self, words: Words, op: Op, at: int, operands: list[int], chosen: Sequence[Any]) -> None:
        """One operation by itself: what the compiled program does."""
        x, y, z, u = operands
        every = (1 << self.kind.itemsize * 8) - 1
        if op is Op.FILL:
            words[at : at + x] = y & every
        elif op is Op.CHOOSE:
            codes = chosen[y]
            words[at + codes[(codes >= 0) & (codes < x)]] = every
        elif op is Op.HEAR:
            others = self._word(z & every)
            heard = words[y : y + x] | others
            heard[-1] = others
            words[at : at + x] = heard if u else words[at : at + x] & heard
        elif op is Op.LISTEN:
            hear(words[at : at + x], words[y:], self._columns[z], fresh=bool(u))
        elif op is Op.TELL:
            tell(words[at:], words[x : x + y], self._columns[z])
        else:
            column = self._columns[z]
            marks = mark(column.highest + 1, rows_of(words[x : x + y]), column)
            words[at : at + len(marks)] = marks

    def _sieved(self, words: Words, number: int) -> RowNumbers | None:
        rows, *ends = self._own[number].tolist()
        messages, wishes = self._messages[slice(*ends[:2])], self._wishes[slice(*ends[2:])]
        compiled = kernels
        if compiled is None:
            return self._sieved_plainly(words, messages.tolist(), wishes.tolist())
        out = np.empty(rows, dtype=np.int32)
        found: dict[int, RowNumbers] = {}
        seconds: list[Words] = []

        def part(own: slice) -> None:
            told = words
            if own.start:
                told = np.zeros_like(words)
                seconds.append(told)
            known, kept = np.zeros(len(wishes), dtype=np.int64), own.start
            for start in range(own.start, own.stop, STRETCH):
                check_stop()
                end = min(start + STRETCH, own.stop)
                kept += compiled.sieve(words, told, messages, wishes, known, self._facts, start, end, out[kept:])
            found[own.start] = out[own.start : kept]

        in_halves(rows, part)
        for second in seconds:
            words |= second
        return _trimmed([found[start] for start in sorted(found)], rows)

    def _sieved_plainly(self, words: Words, messages: list[list[int]], wishes: list[list[int]]) -> RowNumbers | None:
        own = np.full(len(self._columns[messages[0][1]].codes), ~self._word(0))
        for at, column, _ in messages:
            own &= words[at + self._columns[column].codes.astype(np.int64)]
        for bit, column, at, _ in wishes:
            mask = self._word(1 << bit)
            codes = self._columns[column].codes[(own & mask) != 0]
            words[at + np.unique(codes).astype(np.int64)] |= mask
        return rows_of(own)


def _trimmed(parts: Sequence[RowNumbers], rows: int) -> RowNumbers | None:
    """Row numbers out of so many in one array; None if they are all."""
    kept = sum(map(len, parts))
    if kept == rows:
        return None
    return np.concatenate(parts) if len(parts) > 1 or kept * 2 <= rows else parts[0]
