"""What a list box's search line finds, and what a search string means elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.dual import Bools, NumFormat
from engine.data.symbols import SymbolTable
from engine.selection.search import fits
from engine.selection.typed import search

AIRLINES = ["Alaska Airlines", "American Airlines", "Delta Air Lines", "US Airways", "50% (cheap)"]
FOOD = [
    "orange juice",
    "juice from oranges",
    "apple juice",
    "Orange",
    "sour cream",
    "Cremini",
    "New Hampshire",
    "Newark",
]


def texts(*values: str) -> SymbolTable:
    return SymbolTable(np.full(len(values), np.nan), np.array(values, dtype=object))


def numbers(*values: float, format: NumFormat | None = None) -> SymbolTable:
    return SymbolTable(np.array(values, dtype=float), None, format)


def found(symbols: SymbolTable, text: str) -> list[int]:
    """The codes found; `=even` is true of even ones."""

    def worth(expression: str) -> Bools:
        return np.arange(symbols.size) % 2 == 0 if "even" in expression else np.zeros(symbols.size, dtype=np.bool_)

    return search(symbols, text, worth).codes.tolist()


def among(values: list[str], text: str) -> list[str]:
    return [values[code] for code in found(texts(*values), text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", FOOD),
        ("ora", ["orange juice", "juice from oranges", "Orange"]),
        ("ange", []),
        ("NEW", ["New Hampshire", "Newark"]),
        ("sour newark", ["sour cream", "Newark"]),
        ("+orange +juice", ["orange juice", "juice from oranges"]),
        ("juice -orange", ["apple juice"]),
        ("-juice -cre", ["Orange", "New Hampshire", "Newark"]),
        ('"orange juice"', ["orange juice"]),
        ('+"apple juice', ["apple juice"]),
    ],
)
def test_words_are_found_where_words_begin(text: str, expected: list[str]) -> None:
    assert among(FOOD, text) == expected


def test_signs_are_found_anywhere_and_negative_numbers_are_no_exclusions() -> None:
    assert found(texts(*AIRLINES), "%") == [4]
    assert found(texts(*AIRLINES), "(cheap") == [4]
    assert found(numbers(-5, 5, 50), "-5") == [0]
    assert found(numbers(-5, 5, 50), "5") == [0, 1, 2]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a*", [0, 1]),
        ("*air*", [0, 1, 2, 3]),
        ("?? airways", [3]),
        ("*(cheap)", [4]),
        ("*^l*", [2]),
        ("^del*", [2]),
        ("us ^air*", [3]),
    ],
)
def test_patterns_have_to_fit_as_a_whole(pattern: str, expected: list[int]) -> None:
    assert found(texts(*AIRLINES), pattern) == expected
    assert np.flatnonzero(fits(texts(*AIRLINES), pattern)).tolist() == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [(">5", [2, 3]), (">=5<10", [1, 2]), ("=5", [1]), ("<>5", [0, 2, 3]), ("<=-1", [])],
)
def test_comparisons_look_at_the_number(pattern: str, expected: list[int]) -> None:
    assert found(numbers(1, 5, 7.5, 10), pattern) == expected


def test_comparisons_read_dates_as_the_field_shows_them() -> None:
    days = numbers(45_292, 45_323, 45_352, format=NumFormat("D", "YYYY-MM-DD"))
    assert found(days, ">=2024-02-01<2024-03-01") == [1]


def test_similar_texts_come_the_most_similar_first() -> None:
    assert among(FOOD, "~cream") == ["sour cream", "Cremini"]
    assert among(AIRLINES, "~amercan airlins")[0] == "American Airlines"
    ranked = search(texts(*FOOD), "~cream", lambda _: np.zeros(len(FOOD), dtype=np.bool_))
    assert [FOOD[code] for code in ranked.accepted] == ["sour cream"]


def test_expressions_decide_value_by_value() -> None:
    assert found(texts(*AIRLINES), "=Sum(even) > 1") == [0, 2, 4]
    assert found(texts(*AIRLINES), "=oops(") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(Orange|Newark)", ["Orange", "Newark"]),
        ("(oran|newark)", ["Newark"]),
        ("(*juice*&*orange*)", ["orange juice", "juice from oranges"]),
        ("(*juice* & (*apple*|*from*))", ["juice from oranges", "apple juice"]),
        ("(New*&*k | orange)", ["Orange", "Newark"]),
        ("(=Sum(if(a='|', even))&*o*)", ["orange juice", "sour cream"]),
        ("(~cream&*our*)", ["sour cream"]),
    ],
)
def test_compound_searches(text: str, expected: list[str]) -> None:
    assert among(FOOD, text) == expected


@pytest.mark.parametrize(
    "text", ["(", "((((", "(a|", "(" * 900, "()", "(a)b", "~", "=", '"', '+"', "+", "-", "^", "(=(", "(='"]
)
def test_halves_of_searches_find_something_or_nothing_but_do_no_harm(text: str) -> None:
    assert isinstance(found(texts(*FOOD), text), list)


@pytest.mark.parametrize(
    ("text", "shown", "marks"),
    [
        ("*line*", "Delta Air Lines", [(10, 4)]),
        ("air am", "American Airlines", [(0, 2), (9, 3)]),
        ("line", "Airlines and lines", [(13, 4)]),
        ("(*air*|*us*)", "US Airways", [(0, 2), (3, 3)]),
        (">5", "7.50", [(0, 4)]),
        ("(x|y)", "x", [(0, 1)]),
    ],
)
def test_the_found_parts_are_marked(text: str, shown: str, marks: list[tuple[int, int]]) -> None:
    matches = search(numbers(1) if text[0] == ">" else texts(shown), text, lambda _: np.zeros(1, dtype=np.bool_))
    assert matches.highlight(shown) == marks


def test_a_text_that_no_value_shows_may_be_the_number_of_one() -> None:
    dates = numbers(45_292, 45_293, format=NumFormat("D", "DD.MM.YYYY"))
    assert fits(dates, "45292").tolist() == [True, False]
    assert fits(dates, "02.01.2024").tolist() == [False, True]


def test_a_hostile_pattern_takes_linear_time() -> None:
    symbols = texts("a" * 5_000 + "!")
    assert found(symbols, "*a" * 400 + "b") == []
    assert found(symbols, "a" * 900) == [0]
