"""What is numbered and found by hash, in parts, is what a loop with a dict finds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import hashing
from engine.data.hashing import found_in, numbered
from engine.errors import Aborted
from engine.stopping import stopped_by

WHOLE = st.integers(-(2**63), 2**63 - 1)
VALUES = st.one_of(
    st.tuples(st.just(pa.int64()), st.lists(st.none() | st.integers(-(2**62), 2**62) | st.integers(-3, 3))),
    st.tuples(st.just(pa.float64()), st.lists(st.none() | st.sampled_from([0.0, 0.5, -1e300, float("inf"), 3.0]))),
    st.tuples(st.just(pa.large_string()), st.lists(st.none() | st.text(max_size=3) | st.just("ab"))),
)


@pytest.fixture(autouse=True, scope="module", params=[(1, 8), (3, 1), (4, 2)], ids=["parts", "slices", "both"])
def short_blocks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every array is long."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in zip(("BLOCK", "_FEW"), request.param, strict=True):
            patch.setattr(hashing, name, value)
        yield


@given(VALUES, st.integers(0, 3))
def test_values_are_numbered_by_first_appearance(given_values: tuple[pa.DataType, list[object]], skipped: int) -> None:
    kind, values = given_values
    column = pa.array(values, kind)[skipped:]
    known: dict[object, int] = {}
    firsts = []
    for place, value in enumerate(values[skipped:]):
        if value is not None and value not in known:
            known[value] = len(known)
            firsts.append(place)
    found = numbered(column)
    assert found.first.tolist() == firsts
    assert found.codes.tolist() == [known.get(value, len(known)) for value in values[skipped:]]


@given(st.lists(WHOLE, unique=True), st.lists(WHOLE), st.randoms())
def test_numbers_are_found_among_others(known: list[int], others: list[int], random: object) -> None:
    wanted = [*others, *known, *known]
    random.shuffle(wanted)  # type: ignore[attr-defined]
    places = {number: place for place, number in enumerate(known)}
    found = found_in(np.array(wanted, dtype=np.int64), np.array(known, dtype=np.int64))
    assert found.tolist() == [places.get(number, -1) for number in wanted]


def test_a_long_column_can_be_left_between_its_parts() -> None:
    looks = 0

    def check() -> None:
        nonlocal looks
        looks += 1
        if looks > 20:
            raise Aborted("stop")

    with stopped_by(check), pytest.raises(Aborted):
        numbered(pa.array([str(number) for number in range(1_000)], pa.large_string()))
