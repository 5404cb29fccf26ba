"""Passes: that the compiled loops equal numpy, over all widths of codes and words."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.data.column import Column
from engine.machine import passes, tallies
from engine.machine.kernels import CHUNK
from engine.machine.tallies import SPREAD, RollUp, Tally

ROWS = (0, 1, 9, CHUNK, CHUNK + 3, 3 * CHUNK)
SIZE = 5


@given(
    rows=st.sampled_from(ROWS),
    seed=st.integers(0, 2**32 - 1),
    width=st.sampled_from([1, 2, 4]),
    wide=st.booleans(),
    every=st.booleans(),
    quantities=st.integers(0, 9),
    halved=st.sampled_from([1, passes.HALVED]),
)
def test_compiled_passes_equal_numpy(
    rows: int, seed: int, width: int, wide: bool, every: bool, quantities: int, halved: int
) -> None:
    given_ = (rows, seed, width, wide, every, quantities)
    with patch.object(passes, "HALVED", halved):
        compiled = _outputs(*given_)
    with patch.object(passes, "kernels", None), patch.object(tallies, "kernels", None):
        plain = _outputs(*given_)
    for one, other in zip(compiled, plain, strict=True):
        if one is None or other is None:
            assert one is other
        else:
            assert one.dtype == other.dtype
            np.testing.assert_allclose(one, other, rtol=1e-12, equal_nan=True)


def _outputs(rows: int, seed: int, width: int, wide: bool, every: bool, quantities: int) -> list[np.ndarray | None]:
    """What every pass writes."""
    rng = np.random.default_rng(seed)
    column = Column("f", rng.integers(0, rng.integers(1, SIZE + 2), rows).astype(f"u{width}"))
    kind = np.dtype(np.uint64 if wide else np.uint8)
    table = rng.integers(0, 4, SIZE + 1).astype(kind)
    words = np.empty(rows, dtype=kind)
    passes.hear(words, table, column, fresh=True)
    passes.hear(words, rng.integers(0, 8, SIZE + 1).astype(kind), column, fresh=False)
    told = np.zeros(SIZE + 1, dtype=kind)
    passes.tell(told, words, column)
    chosen = None if every else passes.chosen(words)
    numbers = rng.integers(-5, 5, rows) / 4
    picked = passes.gather(numbers, chosen)
    values = [np.ascontiguousarray(picked * number) for number in range(1, quantities + 1)]
    other = Column("g", rng.integers(0, 3 * SPREAD, rows).astype(np.uint8))
    coarse, fine = (np.arange(3 * SPREAD, dtype=np.int32) // size for size in (SPREAD // 2, 2))
    columns = [column, Column("coarse", coarse[other.codes].astype(np.uint8)), other]
    columns += [Column("fine", fine[other.codes].astype(np.uint8)), column]
    roll_ups = [RollUp(2, 1, coarse), RollUp(2, 3, fine)]
    tally = Tally(columns, [SIZE + 1, 6, 3 * SPREAD, 2 * SPREAD, SIZE + 1], roll_ups, 4)
    tallied = tally.over(chosen, values)
    whole = tally.over(chosen, [numbers * number for number in range(1, quantities + 1)], picked=False)
    holed = np.where(picked > 0.5, np.nan, picked)
    extremes = [tallies.extremes(SIZE + 1, chosen, column, holed, greatest=greatest) for greatest in (True, False)]
    marked = passes.mark(SIZE + 1, chosen, column)
    return [
        words,
        told,
        chosen,
        marked,
        picked,
        tallied.codes,
        tallied.columns,
        np.array(tallied.counts),
        whole.columns,
        *extremes,
    ]


def test_marks_are_complete_though_marking_stops_early() -> None:
    codes = np.zeros(10 * CHUNK, dtype=np.uint8)
    codes[3 * CHUNK] = 1
    assert passes.mark(3, None, Column("f", codes)).tolist() == [1, 1, 0]
