"""Looking up group keys, by number and by hash."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compute import keys

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=12)


@pytest.mark.parametrize("sparsest", [0, 1000], ids=["by hash", "by number"])
@given(PAIRS, st.sets(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=12))
def test_each_key_is_found_at_its_place(
    sparsest: int, wanted: list[tuple[int, int]], among: set[tuple[int, int]]
) -> None:
    known = list(among)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "SPARSEST", sparsest)
        found = keys.places(_rows(wanted), _rows(known), [3, 5])
    assert found.tolist() == [known.index(pair) if pair in among else -1 for pair in wanted]


def _rows(pairs: list[tuple[int, int]]) -> keys.Keys:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
