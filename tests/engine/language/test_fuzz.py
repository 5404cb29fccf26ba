"""The quick part of the fuzz test; `make fuzz` runs a million, and an hour of what coverage leads to."""

from __future__ import annotations

import pytest

from tests.engine.language.fuzz import run


@pytest.mark.parametrize("seed", range(10))
def test_no_expression_ends_in_anything_but_a_value_or_an_error_of_the_engine(seed: int) -> None:
    run(1_000 + seed, 2_500)
