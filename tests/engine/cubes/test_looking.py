"""However long a calculation takes, it looks again and again whether it should stop.

The requests are those of which `bench.cancelling` says how soon they end. Here steps are small, and so is the data:
what counts is that each request looks the more often the more rows there are.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.cancelling import REQUESTS, Watching, run, sales

ROWS = 4_000
STEP = 64

BY_PASSES = {"tree", "set expression, P()", "set expression, search", "search, wildcard", "islands", "clusters"}
"""They sort next to nothing, and hold no long loops of Python: they look once a pass over half a million rows, once
a hundred thousand texts, or once a round."""


@pytest.fixture(scope="module", autouse=True)
def small_steps() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    for name in ("data.ordering.BLOCK", "data.collation.BLOCK", "stopping.AT_ONCE", "language.values.AT_ONCE"):
        patch.setattr(f"engine.{name}", STEP)
    yield
    patch.undo()


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_looks_the_more_often_the_more_rows_there_are(name: str) -> None:
    token = Watching()
    assert run(sales(ROWS), REQUESTS[name], token) == ""
    assert token.looks >= (3 if name in BY_PASSES else ROWS / STEP / 4)
