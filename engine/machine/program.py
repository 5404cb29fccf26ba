"""Writing a program for the interpreter and running it.

A program keeps the arrays it names alive. Equal instructions are written once: whoever asks for
the same look-up twice gets the same register (common sub-expressions cost nothing).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.machine import twin
from engine.machine.operations import BLOCK, Op, Outcome
from engine.stopping import check_stop

compiled: Callable[..., int] | None = None
with suppress(ImportError):  # numba is an accelerator; without it the twin does the work
    compiled = import_module("engine.machine.compiled").interpret

Array = npt.NDArray[Any]

BLOCKS_A_CALL = 32
"""Blocks between two looks at the clock and the cancel flag: about half a million rows."""


class Program:
    """Instructions over `rows` rows of one table."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self._ops: list[tuple[int, ...]] = []
        self._arrays: list[Array] = []
        self._places: dict[int, int] = {}
        self._registers = [0, 0, 0]
        self._known: dict[tuple[int, ...], int] = {}

    def array(self, array: Array) -> int:
        """The place of an array in the table of addresses."""
        place = self._places.get(id(array))
        if place is None:
            if not array.flags.c_contiguous:
                raise ValueError("the interpreter reads contiguous arrays only")
            place = self._places[id(array)] = len(self._arrays)
            self._arrays.append(array)
        return place

    def register(self, bank: int) -> int:
        """A fresh register: bank 0 words, 1 codes, 2 floats."""
        self._registers[bank] += 1
        return self._registers[bank] - 1

    def emit(self, op: Op, *operands: int) -> None:
        self._ops.append((int(op), *operands, *(0,) * (5 - len(operands))))

    def value(self, op: Op, bank: int, *operands: int) -> int:
        """The register that holds the outcome of a pure operation; written at first use."""
        key = (int(op), *operands)
        if key not in self._known:
            register = self.register(bank)
            self.emit(op, register, *operands)
            self._known[key] = register
        return self._known[key]

    def run(self, *, use_twin: bool = False) -> Outcome:
        """Run over all rows. Every half million rows `check_stop` is asked, which may raise."""
        ops = np.array(self._ops, dtype=np.int64).reshape(-1, 6)
        block = min(BLOCK, max(self.rows, 1))
        if compiled is None or use_twin:
            return self._drive(lambda a, b: twin.interpret(ops, self._arrays, a, b, block))
        addresses = np.array([array.ctypes.data for array in self._arrays], dtype=np.int64)
        kinds = np.array([array.itemsize for array in self._arrays], dtype=np.int64)
        lengths = np.array([array.size for array in self._arrays], dtype=np.int64)
        words = np.empty((max(self._registers[0], 1), block), dtype=np.uint64)
        codes = np.empty((max(self._registers[1], 1), block), dtype=np.int64)
        floats = np.empty((max(self._registers[2], 1), block), dtype=np.float64)
        lanes = np.empty(block, dtype=np.int64)
        bound = (ops, addresses, kinds, lengths, words, codes, floats, lanes)
        interpret = compiled
        return self._drive(lambda a, b: Outcome(interpret(*bound, a, b, block)))

    def _drive(self, run: Callable[[int, int], Outcome]) -> Outcome:
        stride = BLOCK * BLOCKS_A_CALL
        for begin in range(0, self.rows, stride):
            check_stop()
            outcome = run(begin, min(begin + stride, self.rows))
            if outcome is not Outcome.DONE:
                return outcome
        return Outcome.DONE
