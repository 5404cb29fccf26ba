"""Fill the compile caches: `python -m engine.machine.warm`, at set-up and in the image.

Without it, the first request after an installation waits some seconds for the compiler.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.data.column import Column
from engine.machine import operations, passes, slices, tallies
from engine.machine.marking import Marking, Op, Sieve
from engine.machine.program import Program, compiled


def warm() -> bool:
    """Compile (or load from the cache) and run the interpreter and every pass once; False without numba."""
    program = Program(1)
    out = np.zeros(1)
    number = program.value(operations.Op.FLOAT_FILL, 2, program.array(np.ones(1)))
    program.emit(operations.Op.SUM, -1, number, program.array(out))
    program.run()
    column, numbers = Column("", np.zeros(2, dtype=np.uint8)), np.ones(2)
    for kind in (np.uint8, np.uint64):
        words: Any = np.ones(2, dtype=kind)
        for fresh in (True, False):
            passes.hear(words, words.copy(), column, fresh=fresh)
        passes.tell(words.copy(), words, column)
        passes.chosen(words)
        for heavy in (1, 2):
            _marking(kind, column, heavy)
    for rows in (None, np.zeros(1, dtype=np.int32)):
        passes.mark(1, rows, column)
        given = passes.gather(numbers, rows)
        roll_up = tallies.RollUp(0, 1, np.zeros(1, dtype=np.int32))
        tallies.Tally([column, column], [1, 1], [roll_up]).over(rows, [given])
        tallies.extremes(1, rows, column, given, greatest=True)
    bits, codes = slices.no_bits(1, 1), np.zeros(1, dtype=np.int32)
    slices.mark_pairs(bits, codes, codes)
    slices.mark_pairs(slices.no_bits(2, 128)[:, :1], codes, codes)
    kept = codes.copy()
    kept.setflags(write=False)
    for chosen in (codes, kept):
        slices.either(bits, chosen)
        slices.add_up(1, np.array([0, 1]), chosen, codes, np.ones((1, 1)))
    slices.sums_by(1, np.zeros(1, dtype=np.uint32), [np.ones(1)])
    return compiled is not None


def _marking(kind: Any, column: Column, heavy: int) -> None:
    """Every operation, over two rows; heavy: from so many on it is run by itself."""
    program = Marking(kind)
    rows, values, told = (program.room(2) for _ in range(3))
    place = program.column(column)
    program.emit(Op.FILL, values, 2, 1)
    program.emit(Op.CHOOSE, values, 2, 0)
    program.emit(Op.HEAR, told, 2, values, 0, 1)
    program.emit(Op.LISTEN, rows, 2, values, place, 1)
    program.emit(Op.TELL, told, rows, 2, place)
    program.emit(Op.NOTE, told, rows, 2, place, 1)
    program.sieve(Sieve(2, [(values, place, 2)], [(0, place, told), (1, place, told)]))
    program.finish(heavy)
    program.run([np.zeros(1, dtype=np.int32)])


if __name__ == "__main__":
    print("The interpreter is compiled." if warm() else "numba is not installed; the numpy twin is used.")
