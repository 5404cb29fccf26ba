"""Programs of marks: that compiled ones, at once and operation by operation, equal numpy."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.data.column import Column
from engine.machine import marking, passes
from engine.machine.kernels import CHUNK
from engine.machine.marking import Marking, Op, Outcome, Sieve

SIZE = 5
ROWS = (0, 1, 9, CHUNK + 3, 3 * CHUNK)


@given(
    rows=st.sampled_from(ROWS),
    seed=st.integers(0, 2**32 - 1),
    width=st.sampled_from([1, 2, 4]),
    wide=st.booleans(),
)
def test_compiled_programs_equal_numpy(rows: int, seed: int, width: int, wide: bool) -> None:
    given_ = (rows, seed, width, wide)
    with patch.object(marking, "kernels", None), patch.object(passes, "kernels", None):
        plain = _outcome(*given_, heavy=1)
    for heavy in (0, 10, marking.HALVED):
        with patch.object(passes, "HALVED", max(heavy, 1)):
            compiled = _outcome(*given_, heavy=heavy)
        np.testing.assert_array_equal(compiled.words, plain.words)
        for one, other in zip(compiled.rows, plain.rows, strict=True):
            assert (one is None) == (other is None)
            if one is not None and other is not None:
                np.testing.assert_array_equal(one, other)


def _outcome(rows: int, seed: int, width: int, wide: bool, *, heavy: int) -> Outcome:
    """What a program gives in which every operation stands, and bits up to the highest."""
    rng = np.random.default_rng(seed)
    columns = [Column("f", rng.integers(0, rng.integers(1, SIZE + 2), rows).astype(f"u{width}")) for _ in range(2)]
    program = Marking(np.uint64 if wide else np.uint8)
    bits = [0, 1, 63 if wide else 7]
    one, other = (program.column(column) for column in columns)
    tables = [program.room(SIZE + 1) for _ in range(3)]
    for at, bit in zip(tables, bits, strict=True):
        program.emit(Op.FILL, at, SIZE + 1, 1 << bit)
        program.emit(Op.CHOOSE, at, SIZE + 1, 0)
    heard = program.room(SIZE + 1)
    program.emit(Op.HEAR, heard, SIZE + 1, tables[0], ~0b11, 1)
    program.emit(Op.HEAR, heard, SIZE + 1, tables[2], ~0b1, 0)
    own, told, noted = program.room(rows), program.room(SIZE + 1), program.room(SIZE + 1)
    program.emit(Op.LISTEN, own, rows, heard, one, 1)
    program.emit(Op.LISTEN, own, rows, tables[1], other, 0)
    program.emit(Op.TELL, told, own, rows, one)
    program.emit(Op.NOTE, noted, own, rows, other, columns[1].distinct)
    wishes = [(bit, column, program.room(SIZE + 1)) for bit in bits for column in (one, other)]
    program.sieve(Sieve(rows, [(heard, one, SIZE + 1), (told, other, SIZE + 1)], wishes))
    program.sieve(Sieve(rows, [(noted, other, SIZE + 1)], []))
    program.finish(heavy)
    return program.run([rng.choice(SIZE, 2, replace=False).astype(np.int32)])


def test_a_code_is_told_of_though_telling_stops_early() -> None:
    codes = np.zeros(10 * CHUNK, dtype=np.uint8)
    codes[3 * CHUNK] = 1
    program = Marking(np.uint8)
    every, told, place = program.room(3), program.room(3), program.column(Column("f", codes))
    program.emit(Op.FILL, every, 3, 1)
    program.sieve(Sieve(len(codes), [(every, place, 3)], [(0, place, told)]))
    program.finish()
    found = program.run([])
    assert found.words[told : told + 3].tolist() == [1, 1, 0]
    assert found.rows == [None]
