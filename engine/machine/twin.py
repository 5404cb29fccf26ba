"""The interpreter's twin: every operation once more as plain numpy.

It is what the compiled function is tested against and what runs where numba is not installed.
Same arguments, same results, bit for bit except for the order in which floats are summed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.machine.operations import Arithmetic, Op, Outcome

Array = npt.NDArray[Any]


@dataclass
class _Block:
    """The registers of one block. `rows` selects from the block's columns."""

    arrays: Sequence[Array]
    start: int
    stop: int
    rows: npt.NDArray[np.int64]
    words: dict[int, npt.NDArray[np.uint64]] = field(default_factory=dict)
    codes: dict[int, npt.NDArray[np.int64]] = field(default_factory=dict)
    floats: dict[int, npt.NDArray[np.float64]] = field(default_factory=dict)

    def column(self, index: int) -> Array:
        return self.arrays[index][self.start : self.stop]

    def groups(self, register: int) -> npt.NDArray[np.int64]:
        return self.codes[register] if register >= 0 else np.zeros(len(self.rows), dtype=np.int64)


def interpret(ops: npt.NDArray[np.int64], arrays: Sequence[Array], begin: int, end: int, block: int) -> Outcome:
    """Run the program over the rows begin .. end."""
    with np.errstate(all="ignore"):
        for start in range(begin, end, block):
            stop = min(start + block, end)
            state = _Block(arrays, start, stop, np.arange(stop - start))
            for op, *operands in ops.tolist():
                if _RUN[op](state, *operands) is False:
                    return Outcome.HASH_FULL
                if not len(state.rows):
                    break
    return Outcome.DONE


def _word_fill(b: _Block, w: int, n: int, *_: int) -> None:
    b.words[w] = np.full(b.stop - b.start, np.int64(n).astype(np.uint64), dtype=np.uint64)


def _word_and_table(b: _Block, w: int, column: int, table: int, *_: int) -> None:
    b.words[w] = b.words[w] & b.arrays[table][b.column(column)]


def _word_and_column(b: _Block, w: int, column: int, *_: int) -> None:
    b.words[w] = b.words[w] & b.column(column).astype(np.uint64)


def _word_store(b: _Block, w: int, column: int, *_: int) -> None:
    out = b.column(column)
    out[:] = b.words[w].astype(out.dtype)


def _word_or_into(b: _Block, w: int, column: int, table: int, *_: int) -> None:
    np.bitwise_or.at(b.arrays[table], b.column(column), b.words[w])


def _select(b: _Block, w: int, bit: int, *_: int) -> None:
    b.rows = np.flatnonzero(b.words[w] >> np.uint64(bit) & np.uint64(1))


def _code_load(b: _Block, c: int, column: int, *_: int) -> None:
    b.codes[c] = b.column(column)[b.rows].astype(np.int64)


def _code_map(b: _Block, c: int, c2: int, table: int, *_: int) -> None:
    b.codes[c] = b.arrays[table][b.codes[c2]].astype(np.int64)


def _code_add(b: _Block, c: int, c2: int, radix: int, *_: int) -> None:
    b.codes[c] = b.codes[c] * radix + b.codes[c2]


def _code_fill(b: _Block, c: int, n: int, *_: int) -> None:
    b.codes[c] = np.full(len(b.rows), n, dtype=np.int64)


def _code_hash(b: _Block, c: int, c2: int, keys: int, ids: int, state: int) -> bool:
    """Here the known keys simply stand in order of appearance, ids beside them."""
    known: npt.NDArray[np.int64] = b.arrays[state]
    table = b.arrays[keys]
    fresh, first = np.unique(b.codes[c2], return_index=True)
    new = fresh[np.argsort(first)]
    new = new[~np.isin(new, table[: known[0]])]
    if known[0] + len(new) > len(table) // 4 * 3:
        return False
    table[known[0] : known[0] + len(new)] = new
    b.arrays[ids][known[0] : known[0] + len(new)] = np.arange(known[0], known[0] + len(new))
    known[0] += len(new)
    order = np.argsort(table[: known[0]], kind="stable")
    b.codes[c] = order[np.searchsorted(table[: known[0]], b.codes[c2], sorter=order)]
    return True


def _code_store(b: _Block, c: int, out: int, state: int, *_: int) -> None:
    done: npt.NDArray[np.int64] = b.arrays[state]
    b.arrays[out][done[0] : done[0] + len(b.rows)] = b.codes[c]
    done[0] += len(b.rows)


def _float_table(b: _Block, f: int, column: int, table: int, *_: int) -> None:
    b.floats[f] = b.arrays[table][b.column(column)[b.rows]].astype(np.float64)


def _float_map(b: _Block, f: int, c: int, table: int, *_: int) -> None:
    b.floats[f] = b.arrays[table][b.codes[c]].astype(np.float64)


def _float_column(b: _Block, f: int, column: int, *_: int) -> None:
    b.floats[f] = b.column(column)[b.rows].astype(np.float64)


def _float_fill(b: _Block, f: int, constant: int, *_: int) -> None:
    b.floats[f] = np.full(len(b.rows), b.arrays[constant][0], dtype=np.float64)


def _float_binary(b: _Block, f: int, f2: int, f3: int, which: int, *_: int) -> None:
    b.floats[f] = _ARITHMETIC[which](b.floats[f2], b.floats[f3])


def _float_if(b: _Block, f: int, test: int, then: int, other: int, *_: int) -> None:
    true = (b.floats[test] != 0) & ~np.isnan(b.floats[test])
    b.floats[f] = np.where(true, b.floats[then], b.floats[other])


def _float_code(b: _Block, f: int, c: int, *_: int) -> None:
    b.floats[f] = b.codes[c].astype(np.float64)


def _float_store(b: _Block, f: int, out: int, state: int, *_: int) -> None:
    done: npt.NDArray[np.int64] = b.arrays[state]
    b.arrays[out][done[0] : done[0] + len(b.rows)] = b.floats[f]
    done[0] += len(b.rows)


def _accumulate(ufunc: np.ufunc) -> Callable[..., None]:
    def run(b: _Block, c: int, f: int, out: int, *_: int) -> None:
        valid = ~np.isnan(b.floats[f])
        ufunc.at(b.arrays[out], b.groups(c)[valid], b.floats[f][valid])

    return run


def _count(b: _Block, c: int, f: int, out: int, *_: int) -> None:
    np.add.at(b.arrays[out], b.groups(c)[~np.isnan(b.floats[f])], 1)


def _rows(b: _Block, c: int, out: int, *_: int) -> None:
    np.add.at(b.arrays[out], b.groups(c), 1)


def _seen(b: _Block, c: int, c2: int, radix: int, out: int, *_: int) -> None:
    b.arrays[out][b.groups(c) * radix + b.codes[c2]] = 1


def _finite(ufunc: np.ufunc) -> Callable[..., npt.NDArray[np.float64]]:
    def run(left: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        found = ufunc(left, right)
        return np.where(np.isfinite(found), found, np.nan)

    return run


def _compare(ufunc: np.ufunc) -> Callable[..., npt.NDArray[np.float64]]:
    def run(left: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        found = np.where(np.isnan(left) ^ np.isnan(right), ufunc is np.not_equal, ufunc(left, right))
        return np.where(np.isnan(left) & np.isnan(right), np.nan, -found.astype(np.float64))

    return run


_ARITHMETIC: dict[int, Callable[..., npt.NDArray[np.float64]]] = {
    Arithmetic.ADD: _finite(np.add),
    Arithmetic.SUBTRACT: _finite(np.subtract),
    Arithmetic.MULTIPLY: _finite(np.multiply),
    Arithmetic.DIVIDE: _finite(np.divide),
    Arithmetic.EQUAL: _compare(np.equal),
    Arithmetic.UNEQUAL: _compare(np.not_equal),
    Arithmetic.LESS: _compare(np.less),
    Arithmetic.LESS_OR_EQUAL: _compare(np.less_equal),
    Arithmetic.GREATER: _compare(np.greater),
    Arithmetic.GREATER_OR_EQUAL: _compare(np.greater_equal),
}

_RUN: dict[int, Callable[..., bool | None]] = {
    Op.WORD_FILL: _word_fill,
    Op.WORD_AND_TABLE: _word_and_table,
    Op.WORD_AND_COLUMN: _word_and_column,
    Op.WORD_STORE: _word_store,
    Op.WORD_OR_INTO: _word_or_into,
    Op.SELECT: _select,
    Op.CODE_LOAD: _code_load,
    Op.CODE_MAP: _code_map,
    Op.CODE_ADD: _code_add,
    Op.CODE_FILL: _code_fill,
    Op.CODE_HASH: _code_hash,
    Op.CODE_STORE: _code_store,
    Op.FLOAT_TABLE: _float_table,
    Op.FLOAT_MAP: _float_map,
    Op.FLOAT_COLUMN: _float_column,
    Op.FLOAT_FILL: _float_fill,
    Op.FLOAT_BINARY: _float_binary,
    Op.FLOAT_IF: _float_if,
    Op.FLOAT_CODE: _float_code,
    Op.FLOAT_STORE: _float_store,
    Op.SUM: _accumulate(np.add),
    Op.COUNT: _count,
    Op.MIN: _accumulate(np.fmin),
    Op.MAX: _accumulate(np.fmax),
    Op.ROWS: _rows,
    Op.SEEN: _seen,
}
