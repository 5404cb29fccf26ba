"""Evaluation on vectors: fields of many values, constants beside them, empty input, the clock and chance."""

from __future__ import annotations

import itertools
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.dual import Dual, NumFormat, Vector
from engine.data.formats import format_vector
from engine.data.locale import Locale
from engine.errors import Aborted, CalculationTooLarge, ExpressionError
from engine.language import nodes
from engine.language.evaluate import evaluate, refuse
from engine.language.functions import FUNCTIONS
from engine.language.parser import parse
from engine.language.values import of_texts
from engine.language.wildcard import matches
from engine.stopping import stopped_by

NAN = float("nan")
NUMBERS = Vector(np.array([1.0, NAN, 3.0, -2.0]))
NAMES = of_texts(["UA", None, "12", ""])
DATES = Vector(np.array([45000.0, 45031.0, NAN, 45366.0]), None, NumFormat("D"))
FIELDS = {"x": NUMBERS, "name": NAMES, "day": DATES}


def field(node: nodes.Node) -> Vector:
    assert isinstance(node, nodes.Field)
    return FIELDS[node.name]


def shown(text: str, **options: object) -> list[str | None]:
    vector = evaluate(parse(text), field, 4, **options)  # type: ignore[arg-type]
    assert len(vector) == 4
    return format_vector(vector).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x * 2 + 1", ["3", None, "7", "-3"]),
        ("5", ["5", "5", "5", "5"]),
        ("x > 0", ["-1", "0", "-1", "0"]),
        ("x <> 1", ["0", "-1", "-1", "-1"]),
        ("name = 'UA'", ["-1", "0", "0", "0"]),
        ("name + 1", [None, None, "13", None]),
        ("name & '-' & x", ["UA-1", "-", "12-3", "--2"]),
        ("If(x > 0, name, 'none')", ["UA", "none", "12", "none"]),
        ("If(x > 0, x)", ["1", None, "3", None]),
        ("day", ["2023-03-15", "2023-04-15", None, "2024-03-15"]),
        ("day + 1", ["45001", "45032", None, "45367"]),
        ("Month(day)", ["Mar", "Apr", None, "Mar"]),
        ("If(x = 1, day, x)", ["2023-03-15", None, "3", "-2"]),
        ("If(x = 1, day, AddMonths(day, 1))", ["2023-03-15", "2023-05-15", None, "2024-04-15"]),
        ("Date(day, 'DD/MM')", ["15/03", "15/04", None, "15/03"]),
        ("Num(x, If(x > 1, '0.0', '0'))", ["1", None, "3.0", "-2"]),
        ("Pick(x, 'a', 'b', 'c')", ["a", None, "c", None]),
        ("Left(name, 1) & Len(name)", ["U2", "0", "12", "0"]),
        ("RangeSum(x, name, 1)", ["2", "1", "16", "-1"]),
        ("Match(name, 'x', 'UA')", ["2", "0", "0", "0"]),
        ("Class(x, 2)", ["0 <= x < 2", None, "2 <= x < 4", "-2 <= x < 0"]),
    ],
)
def test_values_of_fields(text: str, expected: list[str | None]) -> None:
    assert shown(text) == expected


def test_the_clock_is_the_callers() -> None:
    assert shown("Today()", clock=lambda: datetime(2026, 1, 2, 3, 4))[0] == "2026-01-02"
    assert shown("Now()", clock=lambda: datetime(2026, 1, 2, 3, 4))[0] == "2026-01-02 03:04:00"


def test_chance_differs_by_row_and_is_repeated_by_its_seed() -> None:
    assert len(set(shown("Rand()", seed=7))) == 4
    assert shown("Rand()", seed=7) == shown("Rand()", seed=7)


def test_the_locale_reads_and_writes() -> None:
    german = Locale(decimal_separator=",", thousand_separator=".", date_format="DD.MM.YYYY")
    vector = evaluate(parse("'1.234,5' * 2 & ' ' & Date('15.03.2023')"), refuse, 1, german)
    assert vector.dual(0).text == "2469 15.03.2023"
    assert format_vector(evaluate(parse("1/4"), refuse, 1, german), german)[0] == "0,25"


def test_what_is_no_constant_is_refused_with_its_place() -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(parse("1 + x"), refuse, 1)
    assert (caught.value.start, caught.value.end) == (4, 5)


SCALARS = sorted(name for name, entry in FUNCTIONS.items() if entry.kind == "scalar")
_VALUES = st.one_of(
    st.none(),
    st.floats(allow_nan=False),
    st.sampled_from([-1.0, 0.0, 1.0, 2.0, 45000.5, 1e300]),
    st.sampled_from(["", "a", "12", "2024-01-31", "x" * 70, "ß", "0,5", "*?"]),
)


def _vector(values: list[object]) -> Vector:
    duals = [value if isinstance(value, str) else None for value in values]
    given = np.array([value if isinstance(value, float) else NAN for value in values], dtype=np.float64)
    return Vector(np.where(np.isinf(given), NAN, given), of_texts(duals).texts)


@settings(max_examples=4)
@given(data=st.data())
@pytest.mark.parametrize("name", SCALARS)
def test_every_function_takes_any_values(name: str, data: st.DataObject) -> None:
    """Any mixture of numbers, texts and NULL, as constants or columns, even empty ones, gives a vector of the size."""
    entry = FUNCTIONS[name]
    most = entry.minimum + 2 if entry.maximum is None else entry.maximum
    count = data.draw(st.integers(entry.minimum, most))
    size = data.draw(st.sampled_from([0, 1, 3]))
    length = st.sampled_from([1, size])
    arguments = [
        _vector(data.draw(length.flatmap(lambda n: st.lists(_VALUES, min_size=n, max_size=n)))) for _ in range(count)
    ]
    names = {f"f{place}": argument for place, argument in enumerate(arguments)}
    tree = nodes.Call(name, tuple(nodes.Field(each) for each in names))
    found = evaluate(tree, lambda node: names[node.name], size)  # type: ignore[attr-defined]
    assert len(found) == size
    assert len(format_vector(found)) == size
    assert not np.isinf(found.numbers).any()


def test_texts_are_limited_together() -> None:
    names = of_texts([str(place) for place in range(300)])
    with pytest.raises(CalculationTooLarge):
        evaluate(parse("Repeat(name, 300000)"), lambda _: names, 300)


def test_a_long_calculation_stops_when_it_is_asked_to() -> None:
    def stop() -> None:
        raise Aborted("cancelled")

    with stopped_by(stop), pytest.raises(Aborted):
        evaluate(parse("Upper(name)"), field, 4)


def test_a_constant_null_is_a_null() -> None:
    assert evaluate(parse("Null()"), refuse, 3).is_null.all()
    assert evaluate(parse("''"), refuse, 1).dual(0) == Dual(None, "")


def _matches_slowly(text: str, pattern: str) -> bool:
    """By the rules, sign by sign."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_matches_slowly(text[at:], pattern[1:]) for at in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and _matches_slowly(text[1:], pattern[1:])


@settings(max_examples=500)
@given(st.text("ab.ß", max_size=7), st.text("ab.ß*?", max_size=6))
def test_wildcards_match_as_by_hand(text: str, pattern: str) -> None:
    assert matches(text, pattern) == _matches_slowly(text.lower(), pattern.lower())


_EXTREMES = [0, 5e-324, 1e-300, 1e-10, 0.5, 1 - 1e-16, 1, 1.5, 1e5, 1e15, 1e300, 1.7e308, -1e-300, -1e300]
DISTRIBUTIONS = [name for name, entry in FUNCTIONS.items() if entry.category == "distribution"]


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_t13_distributions_bear_extremes(name: str) -> None:
    """Those of a library once ended the process, and searched for minutes."""
    count = min(FUNCTIONS[name].maximum or 0, 3)
    columns = np.array(list(itertools.product(_EXTREMES, repeat=count)), dtype=np.float64).T
    names = {f"f{place}": Vector(column.copy()) for place, column in enumerate(columns)}
    tree = nodes.Call(name, tuple(nodes.Field(each) for each in names))
    found = evaluate(tree, lambda node: names[node.name], columns.shape[1])  # type: ignore[attr-defined]
    assert not np.isinf(found.numbers).any()
    probable = found.numbers[~np.isnan(found.numbers)]
    assert "dist" not in name or ((probable >= 0) & (probable <= 1 + 1e-12)).all() or name == "normdist"
