"""Sorting in steps gives what numpy gives in one, and looks whether to stop meanwhile."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import ordering
from engine.data.collation import collation_groups, collation_key
from engine.data.ordering import distinct, ordered, text_order
from engine.errors import Aborted
from engine.stopping import looking, stopped_by

NUMBERS = st.lists(st.sampled_from([float("nan"), -1.5, 0.0, 1.0, 2.0, 3.0, 1e300, float("inf")]), max_size=60)
TEXTS = st.lists(st.text(alphabet="ab\x00é", max_size=20), max_size=60)


@pytest.fixture(autouse=True, scope="module")
def small_steps() -> object:
    patch = pytest.MonkeyPatch()
    for module in ("engine.data.ordering", "engine.data.collation"):
        patch.setattr(f"{module}.BLOCK", 4)
    yield
    patch.undo()


@given(NUMBERS, st.randoms(use_true_random=False))
def test_rows_are_ordered_by_several_keys_as_lexsort_does(numbers: list[float], random: object) -> None:
    first = np.array(numbers)
    second = np.array([random.randrange(3) for _ in numbers], dtype=np.int64)  # type: ignore[attr-defined]
    for keys in ([first], [second, first], [first, second], [first > 1, -first, second]):
        assert ordered(keys, len(first)).tolist() == np.lexsort(keys[::-1]).tolist()
    assert ordered([], 3).tolist() == [0, 1, 2]


@given(NUMBERS)
def test_distinct_values_are_those_of_unique(numbers: list[float]) -> None:
    column = np.array(numbers)
    expected = np.unique(column, return_index=True, return_inverse=True)
    for found, wanted in zip(distinct(column), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


@given(TEXTS)
def test_texts_are_ordered_by_their_bytes(texts: list[str]) -> None:
    order = text_order(pa.array(texts, type=pa.large_string())).tolist()
    assert sorted(order) == list(range(len(texts)))
    assert [texts[at].encode() for at in order] == sorted(text.encode() for text in texts)


@given(st.lists(st.text(alphabet="aAbBäÄéz", max_size=12), max_size=40))
def test_texts_of_a_language_share_a_place_if_their_keys_are_equal(texts: list[str]) -> None:
    keys = [collation_key(text, "sv-SE") for text in texts]
    places = collation_groups(np.array(texts, dtype=object), "sv-SE").tolist()
    expected = {key: place for place, key in enumerate(sorted(set(keys)))}
    assert places == [expected[key] for key in keys]


def test_long_sorts_and_loops_look_again_and_again() -> None:
    asked = []

    def check() -> None:
        asked.append(1)
        if len(asked) > 20:
            raise Aborted("enough")

    with stopped_by(check), pytest.raises(Aborted):
        ordered([np.arange(1_000.0)[::-1]], 1_000)
    with stopped_by(lambda: asked.append(2)):
        assert sum(looking(range(10_000))) == 49_995_000
    assert asked.count(2) == 3
    assert ordering.BLOCK == 4
