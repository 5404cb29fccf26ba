"""However long a calculation takes, it looks again and again whether it should stop.

The requests are those of which `bench.cancelling` says how soon they end. Here steps are small, and so is the data:
what counts is that each request looks the more often the more rows there are.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from bench.cancelling import REQUESTS, Watching, run, sales
from engine.compute.context import CancelToken

ROWS = 4_000
STEP = 64
AT_ONCE = ("stopping.AT_ONCE", "language.values.AT_ONCE", "compute.kinds.ranked.AT_ONCE")

BY_PASSES = {
    "tree",
    "set expression, P()",
    "set expression, search",
    "search, wildcard",
    "islands",
    "islands, combined",
    "clusters",
}
"""They sort next to nothing, and hold no long loops of Python: they look once a pass over half a million rows, once
a hundred thousand texts, or once a round."""


@pytest.fixture(scope="module", autouse=True)
def small_steps() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    for name in (*(f"data.{room}.BLOCK" for room in ("ordering", "hashing", "collation")), *AT_ONCE):
        patch.setattr(f"engine.{name}", STEP)
    yield
    patch.undo()


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_looks_the_more_often_the_more_rows_there_are(name: str) -> None:
    token = Watching()
    assert run(sales(ROWS), REQUESTS[name], token) == ""
    assert token.looks >= (3 if name in BY_PASSES else ROWS / STEP / 4)


class Located(CancelToken):
    """Counts the looks by the function that looks."""

    def __init__(self) -> None:
        super().__init__()
        self.looks: Counter[str] = Counter()

    def check(self) -> None:
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_name in ("check", "check_stop"):
            frame = frame.f_back
        self.looks[frame.f_code.co_name] += 1
        super().check()


BETWEEN = {
    "text functions of two fields": {"_occurring": 4, "merge_vectors": 3, "_numbered": 64, "picked": 20},
    "Rank": {"_rank": 3, "of": 1},
    "Aggr": {"distinct": 3, "compose": 3, "places": 1},
    "islands, combined": {"_cross": 2, "_read": 4, "_join": 1},
    "table by name and product": {"compose": 2},
}
"""Steps over whole arrays, of which each takes a few hundredths of a second for a million rows: how often the functions
that make several of them look at least, however few rows there are."""


@pytest.mark.parametrize("name", BETWEEN)
def test_a_request_looks_between_steps_over_whole_arrays(name: str) -> None:
    token = Located()
    assert run(sales(ROWS), REQUESTS[name], token) == ""
    assert {place: token.looks[place] for place in BETWEEN[name] if token.looks[place] < BETWEEN[name][place]} == {}
