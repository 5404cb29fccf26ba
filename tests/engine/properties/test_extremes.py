"""Numbers at the ends of their range: no function raises, warns or gives what is no number.

Every aggregation, every distribution and every function of numbers is asked for all combinations of such arguments.
"""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pyarrow as pa
import pytest

from engine.compute.aggregate import aggregate
from engine.compute.binding import bind_dimension
from engine.compute.context import Context
from engine.data.build import build_model
from engine.data.dual import Vector
from engine.language.functions import FUNCTIONS
from engine.language.registry import Environment, Function

EXTREMES = [0.0, 5e-324, 1e-16, 0.025, 0.5, 1 - 1e-16, 1.0, 2.0, 1e10, 2.0**53, 1e100, 1.7e308]
SIGNED = [*EXTREMES, *(-number for number in EXTREMES), np.nan, np.inf, -np.inf]
NUMERIC = ("distribution", "exponential", "trigonometric", "numeric", "financial")
AGGREGATES = sorted(name for name, entry in FUNCTIONS.items() if entry.kind == "aggregate")


@pytest.fixture(scope="module")
def context() -> Context:
    """Groups of two and of three extreme numbers, and of many; v and w are all pairs of them."""
    pairs = [(a, b) for a in SIGNED[:-2] for b in SIGNED[:-2]]
    rows = [(f"few {at // 3}", *pair) for at, pair in enumerate(pairs)] + [("all", *pair) for pair in pairs[::7]]
    k, v, w = zip(*rows, strict=True)
    columns = {"k": pa.array(k), "v": pa.array(v, from_pandas=True), "w": pa.array(w, from_pandas=True)}
    return Context(build_model([("T", pa.table(columns))]))


@pytest.mark.parametrize("name", AGGREGATES)
def test_aggregates_of_extreme_numbers_are_numbers_or_null(name: str, context: Context) -> None:
    entry = FUNCTIONS[name]
    most = entry.minimum + 2 if entry.maximum is None else entry.maximum
    arguments = [", ".join((["v", "w"] * most)[:count]) for count in range(entry.minimum, most + 1)]
    constants = [", ".join(["v", *["1e308"] * (count - 1)]) for count in range(max(entry.minimum, 2), most + 1)]
    texts = [f"{entry.name}({inside})" for inside in (*arguments, *constants)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        groups = aggregate(context, [bind_dimension(context, "k")], texts)
    for text, vector, error in zip(texts, groups.measures, groups.errors, strict=True):
        assert error is None, text
        assert not np.isinf(vector.numbers).any(), text


@pytest.mark.parametrize("name", sorted(n for n, entry in FUNCTIONS.items() if entry.category in NUMERIC))
def test_functions_of_extreme_numbers_give_numbers_or_null(name: str) -> None:
    entry = FUNCTIONS[name]
    for count in range(max(entry.minimum, 1), _most(entry) + 1):
        step = {1: 1, 2: 1, 3: 2, 4: 4}.get(count, 9)
        rows = np.array(list(itertools.product(SIGNED[::step], repeat=count)))
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error")
            found = entry.implementation(Environment(size=len(rows)), *(Vector(column) for column in rows.T.copy()))  # type: ignore[misc]
        assert not np.isinf(found.numbers).any()


def _most(entry: Function) -> int:
    return entry.minimum + 1 if entry.maximum is None else entry.maximum
