"""What a list box's search line finds."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.symbols import SymbolTable
from engine.selection.search import match

AIRLINES = ["Alaska Airlines", "American Airlines", "Delta Air Lines", "US Airways", "50% (cheap)"]


def texts(*values: str) -> SymbolTable:
    return SymbolTable(np.full(len(values), np.nan), np.array(values, dtype=object))


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("air", [0, 1, 2, 3]),
        ("lines air", [0, 1, 2]),
        ("AMERICAN", [1]),
        ("a*", [0, 1]),
        ("*air*", [0, 1, 2, 3]),
        ("?? airways", [3]),
        ("%", [4]),
        ("*(cheap)", [4]),
        ("xyz", []),
    ],
)
def test_words_and_wildcards(pattern: str, found: list[int]) -> None:
    assert match(texts(*AIRLINES), pattern).codes.tolist() == found


@pytest.mark.parametrize(
    ("pattern", "found"),
    [(">5", [2, 3]), (">=5<10", [1, 2]), ("=5", [1]), ("<>5", [0, 2, 3]), ("<=-1", []), (">", [])],
)
def test_comparisons_look_at_the_number(pattern: str, found: list[int]) -> None:
    assert match(SymbolTable(np.array([1.0, 5.0, 7.5, 10.0])), pattern).codes.tolist() == found


def test_the_found_parts_are_marked() -> None:
    marks = match(texts(*AIRLINES), "*line*").highlight
    assert marks("Delta Air Lines") == [(10, 4)]
    assert match(texts(*AIRLINES), "air am").highlight("American Airlines") == [(0, 2), (9, 3)]


def test_a_hostile_pattern_takes_linear_time() -> None:
    symbols = texts("a" * 5_000 + "!")
    assert match(symbols, "*a" * 400 + "b").codes.tolist() == []
