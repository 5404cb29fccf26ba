"""The interpreter: what programs do, and that the compiled function equals its numpy twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.machine import program as machine
from engine.machine.operations import BLOCK, Arithmetic, Op, Outcome
from engine.machine.program import Program
from engine.machine.warm import warm

WORDS, CODES, FLOATS = 0, 1, 2


def test_numba_is_here_and_the_cache_can_be_filled() -> None:
    assert warm()


def test_a_sum_by_code_over_selected_rows() -> None:
    codes = np.array([0, 1, 1, 2], dtype=np.uint8)
    marks = np.array([1, 1, 0, 1], dtype=np.uint8)
    prices = np.array([10.0, 20.0, np.nan])
    sums = np.zeros(3)
    program = Program(4)
    word = program.value(Op.WORD_FILL, WORDS, -1)
    program.emit(Op.WORD_AND_COLUMN, word, program.array(marks))
    program.emit(Op.SELECT, word, 0)
    group = program.value(Op.CODE_LOAD, CODES, program.array(codes))
    price = program.value(Op.FLOAT_TABLE, FLOATS, program.array(codes), program.array(prices))
    program.emit(Op.SUM, group, price, program.array(sums))
    assert program.run() is Outcome.DONE
    assert sums.tolist() == [10.0, 20.0, 0.0]


def test_equal_instructions_are_written_once() -> None:
    program = Program(1)
    column = program.array(np.zeros(1, dtype=np.uint8))
    assert program.value(Op.CODE_LOAD, CODES, column) == program.value(Op.CODE_LOAD, CODES, column)


def test_a_full_hash_table_is_reported() -> None:
    program = Program(100)
    code = program.value(Op.CODE_LOAD, CODES, program.array(np.arange(100, dtype=np.uint8)))
    out = program.register(CODES)
    tables = (np.full(64, -1), np.zeros(64, dtype=np.int32), np.zeros(1, dtype=np.int64))
    program.emit(Op.CODE_HASH, out, code, *(program.array(table) for table in tables))
    assert program.run() is Outcome.HASH_FULL


def test_views_that_are_not_contiguous_are_refused() -> None:
    with pytest.raises(ValueError, match="contiguous"):
        Program(2).array(np.arange(4)[::2])


def test_sums_do_not_depend_on_anything_but_the_rows() -> None:
    """Same grid of blocks, same order of additions: bit for bit the same at every run."""
    rows = 3 * BLOCK + 17
    numbers = np.random.default_rng(1).random(rows)
    results = set()
    for _ in range(3):
        total = np.zeros(1)
        program = Program(rows)
        program.emit(Op.SUM, -1, program.value(Op.FLOAT_COLUMN, FLOATS, program.array(numbers)), program.array(total))
        program.run()
        results.add(total[0])
    assert len(results) == 1


@st.composite
def scripts(draw: st.DrawFn) -> tuple[int, int, int, list[int], bool]:
    """Rows, seed, code width, arithmetic operations and whether groups are hashed."""
    rows = draw(st.sampled_from([0, 1, 7, 100, BLOCK, BLOCK + 5]))
    operations = draw(st.lists(st.sampled_from([int(a) for a in Arithmetic]), max_size=4))
    return rows, draw(st.integers(0, 2**32 - 1)), draw(st.sampled_from([1, 2, 4])), operations, draw(st.booleans())


@given(script=scripts())
def test_compiled_equals_twin(script: tuple[int, int, int, list[int], bool]) -> None:
    compiled, twin = (_outputs(*script, use_twin=use_twin) for use_twin in (False, True))
    for one, other in zip(compiled, twin, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, equal_nan=True)


def _outputs(
    rows: int, seed: int, width: int, operations: list[int], hashed: bool, *, use_twin: bool
) -> list[np.ndarray]:
    """Run a program that uses every operation; everything it wrote."""
    rng = np.random.default_rng(seed)
    size = 6
    first, second = (rng.integers(0, size + 1, rows).astype(f"u{width}") for _ in range(2))
    stored = rng.integers(0, 8, rows).astype(f"u{width}")
    words = rng.integers(0, 2**16, size + 1).astype(np.uint64)
    numbers = rng.choice([np.nan, -1.0, 0.0, 1.0, 2.5, 1e308], size + 1)
    column = rng.choice([np.nan, 0.0, 3.0], rows)
    mapped = rng.integers(0, size + 1, size + 1).astype(np.int32)

    p = Program(rows)
    word = p.value(Op.WORD_FILL, WORDS, -1)
    p.emit(Op.WORD_AND_TABLE, word, p.array(first), p.array(words))
    p.emit(Op.WORD_AND_COLUMN, word, p.array(stored))
    marks, kept = np.zeros(size + 1, dtype=np.uint64), np.zeros(rows, dtype=f"u{width}")
    p.emit(Op.WORD_STORE, word, p.array(kept))
    p.emit(Op.WORD_OR_INTO, word, p.array(second), p.array(marks))
    p.emit(Op.SELECT, word, 1)

    one = p.value(Op.CODE_LOAD, CODES, p.array(first))
    other = p.value(Op.CODE_MAP, CODES, p.value(Op.CODE_LOAD, CODES, p.array(second)), p.array(mapped))
    group = p.register(CODES)
    p.emit(Op.CODE_FILL, group, 0)
    p.emit(Op.CODE_ADD, group, one, size + 1)
    p.emit(Op.CODE_ADD, group, other, size + 1)
    cells = (size + 1) ** 2
    tables = (np.full(256, -1), np.zeros(256, dtype=np.int32), np.zeros(1, dtype=np.int64))
    if hashed:
        out = p.register(CODES)
        p.emit(Op.CODE_HASH, out, group, *(p.array(table) for table in tables))
        group, cells = out, 256

    value = p.value(Op.FLOAT_TABLE, FLOATS, p.array(first), p.array(numbers))
    value = p.value(
        Op.FLOAT_IF,
        FLOATS,
        p.value(Op.FLOAT_COLUMN, FLOATS, p.array(column)),
        value,
        p.value(Op.FLOAT_FILL, FLOATS, p.array(np.array([0.5]))),
    )
    for operation in operations:
        right = p.value(Op.FLOAT_MAP, FLOATS, other, p.array(numbers))
        value = p.value(Op.FLOAT_BINARY, FLOATS, value, right, operation)
    out = [
        marks,
        kept,
        np.zeros(cells),
        np.zeros(cells, dtype=np.int64),
        np.full(cells, np.nan),
        np.full(cells, np.nan),
    ]
    for op, result in zip((Op.SUM, Op.COUNT, Op.MIN, Op.MAX), out[2:], strict=True):
        p.emit(op, group, value, p.array(result))
        total = np.full(1, np.nan if op in (Op.MIN, Op.MAX) else 0, dtype=result.dtype)
        p.emit(op, -1, value, p.array(total))
        out.append(total)
    tally, all_rows, seen = (
        np.zeros(cells, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        np.zeros(cells, dtype=np.uint8),
    )
    p.emit(Op.ROWS, group, p.array(tally))
    p.emit(Op.ROWS, -1, p.array(all_rows))
    p.emit(Op.SEEN, -1, group, 0, p.array(seen))
    pairs = np.zeros(cells * (size + 1), dtype=np.uint8)
    p.emit(Op.SEEN, group, one, size + 1, p.array(pairs))
    listed, state = np.zeros(rows, dtype=np.int64), np.zeros(1, dtype=np.int64)
    p.emit(Op.CODE_STORE, other, p.array(listed), p.array(state))
    last = np.zeros(cells)
    p.emit(Op.SUM, group, p.value(Op.FLOAT_CODE, FLOATS, other), p.array(last))
    kept_values, done = np.zeros(rows), np.zeros(1, dtype=np.int64)
    p.emit(Op.FLOAT_STORE, value, p.array(kept_values), p.array(done))
    assert p.run(use_twin=use_twin) is Outcome.DONE
    return [*out, tally, all_rows, seen, pairs, listed, state, last, kept_values, done]


def test_without_the_compiler_the_twin_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "compiled", None)
    total = np.zeros(1)
    program = Program(3)
    column = program.array(np.array([1.0, np.nan, 2.0]))
    program.emit(Op.SUM, -1, program.value(Op.FLOAT_COLUMN, FLOATS, column), program.array(total))
    program.run()
    assert total.tolist() == [3.0]
