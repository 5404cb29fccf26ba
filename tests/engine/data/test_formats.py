"""Numbers as texts and back: patterns, dates, intervals, and the shortest text of a number."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.date_pattern import FIRST_DAY, LAST_DAY
from engine.data.dual import NumFormat, Vector
from engine.data.formats import format_number, format_vector, interpret, parse_number
from engine.data.locale import DEFAULT_LOCALE


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (-2.5, "-2.5"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.33333333333333"),
        (12345678901234.0, "12345678901234"),
        (1e20, "1e+20"),
        (0.00001, "1e-05"),
    ],
)
def test_the_shortest_text_shows_14_digits(number: float, text: str) -> None:
    assert format_number(number) == text


@pytest.mark.parametrize(
    ("number", "format", "text"),
    [
        (1234567.891, NumFormat("F", "#,##0.00"), "1,234,567.89"),
        (1234567.891, NumFormat("F", decimals=1, use_thousands=True), "1,234,567.9"),
        (12.5, NumFormat("I"), "13"),
        (0.0, NumFormat("F", "#,##0.00"), "0.00"),
        (-0.001, NumFormat("F", "0.00"), "0.00"),
        (1.005, NumFormat("F", "0.00"), "1.01"),
        (3.14159, NumFormat("R", decimals=3), "3.14"),
        (0.075, NumFormat("F", "0.0%"), "7.5%"),
        (1e16, NumFormat("F", "#,##0"), "10,000,000,000,000,000"),
        (950.0, NumFormat("U", "0.0A"), "950.0"),
        (1500.0, NumFormat("U", "0.0A"), "1.5k"),
        (1.5, NumFormat("F", "0.0 kg"), "1.5 kg"),
        (1.5, NumFormat("F", "0.0##"), "1.5"),
        (9.999, NumFormat("F", "$0.00"), "$10.00"),
        (45000.0, NumFormat("D"), "2023-03-15"),
        (45000.0, NumFormat("D", "WWWW, D MMMM YYYY"), "Wednesday, 15 March 2023"),
        (45000.25, NumFormat("TS"), "2023-03-15 06:00:00"),
        (45000.999999999, NumFormat("TS"), "2023-03-16 00:00:00"),
        (0.25, NumFormat("T"), "06:00:00"),
        (0.0, NumFormat("T", "h:mm tt"), "12:00 am"),
        (2.25, NumFormat("IV"), "54:00:00"),
        (-2.25, NumFormat("IV", "D hh"), "-2 06"),
        (1e9, NumFormat("D"), "1000000000"),
    ],
)
def test_a_format_writes_a_number(number: float, format: NumFormat, text: str) -> None:
    assert format_number(number, format) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12.0),
        (" -1.5e3 ", -1500.0),
        ("1,234,567", 1234567.0),
        ("1,23", None),
        ("12abc", None),
        ("", None),
        ("-", None),
        ("inf", None),
        ("nan", None),
        ("0x10", None),
        ("1_000", None),
        ("١٢", None),
        ("2023-03-15", 45000.0),
        ("2023-02-30", None),
        ("2023-03-15 12:00:00", 45000.5),
        ("2023-03-15T12:00:00.500", 45000.5 + 0.5 / 86400),
        ("12:00:00", 0.5),
        ("$5.00", 5.0),
    ],
)
def test_a_text_that_looks_like_a_number_is_one(text: str, number: float | None) -> None:
    found = interpret(text)
    assert found == (number if number is None else pytest.approx(number, abs=1e-9))


def test_a_vector_shows_own_texts_numbers_and_nulls() -> None:
    texts = np.array(["one", None, None], dtype=object)
    vector = Vector(np.array([1.0, 2.0, np.nan]), texts, NumFormat("F", "0.0"))
    assert format_vector(vector).tolist() == ["one", "2.0", None]


@settings(max_examples=50)
@given(
    st.integers(FIRST_DAY, LAST_DAY),
    st.sampled_from(["YYYY-MM-DD", "D/M/YYYY", "WWW DD MMM YYYY", "YYYYMMDD", "MMMM D, YYYY"]),
)
def test_a_date_reads_as_it_was_written(day: int, pattern: str) -> None:
    format = NumFormat("D", pattern)
    assert parse_number(format_number(float(day), format), format) == float(day)


@settings(max_examples=50)
@given(st.floats(-1e12, 1e12), st.sampled_from(["#,##0.00", "0.00", "#,##0.00 kr", "0.0%"]))
def test_a_number_reads_as_it_was_written(number: float, pattern: str) -> None:
    format = NumFormat("F", pattern)
    assert parse_number(format_number(number, format), format) == pytest.approx(
        number, abs=0.006
    )  # 15 digits, then 2 decimals


@settings(max_examples=50)
@given(
    st.floats(allow_nan=False),
    st.text("#0,.;%A()[]$ YMDWhmsft-'ROMhexbin", max_size=12),
    st.sampled_from("UIFRMDTTSIV"),
)
def test_any_pattern_writes_any_number_and_reads_any_text(number: float, pattern: str, kind: str) -> None:
    format = NumFormat(kind, pattern)
    text = format_number(number, format)
    assert isinstance(text, str)
    assert isinstance(parse_number(text, format), float | None)


_USUAL_NUMBERS = [
    0.0, -0.0, 0.004, -0.004, 0.005, -0.005, 0.5, -0.5, 1.0, -1.0, 1.005, 2.5, -2.5, 12.3, 999.995, -999.995, 1e6,
    1234567.891, -1234567.891, 99999999.5, 1e-12,
]  # fmt: skip


@pytest.mark.parametrize(
    "pattern",
    ["", "#,##0.00", "#,##0", "# ##0,00", "#.##0,00", "0.0##", "#.##", "#,##", "#", "0", "0000.0", "0,000", "#,####0",
     "€ #,##0.00 each", "0.00;(0.00)", "0;-0;none", "0%", "0.0A", "(hex)", "no digit"],
)  # fmt: skip
def test_numbers_are_written_together_as_each_alone(pattern: str) -> None:
    for kind, separators in product("FIUM", [("", ""), (",", "."), (",", " ")]):
        format = NumFormat(kind, pattern, 2, True, *separators)
        for more in ([], [1e15], [-1e17, 1e300], [np.inf]):
            for numbers in ([*_USUAL_NUMBERS, *more], [number for number in _USUAL_NUMBERS if number > 0]):
                together = format_vector(Vector(np.array(numbers), None, format)).tolist()
                assert together == [format_number(number, format) for number in numbers]


def test_the_locale_tells_clients_all_they_read() -> None:
    layout = DEFAULT_LOCALE.layout(2024)
    assert layout["qCurrentYear"] == 2024
    assert len(layout["qCalendarStrings"]["qLongMonthNames"]) == 12
    assert len(layout["qCalendarStrings"]["qDayNames"]) == 7
    assert layout["qDateFmt"] == "YYYY-MM-DD"


@pytest.mark.parametrize(
    "format", [None, NumFormat("F", "#,##0.00"), NumFormat("U", decimal_separator=","), NumFormat("D")]
)
def test_long_columns_of_numbers_are_written_as_short_ones_are(format: NumFormat | None) -> None:
    numbers = np.array([0.0, -0.0, 1.5, np.nan, np.inf, -np.inf, 1e20, 43831.25, 0.1 + 0.2, -7.0])
    short = format_vector(Vector(numbers, None, format)).tolist()
    assert format_vector(Vector(np.tile(numbers, 100), None, format)).tolist() == short * 100
    assert short == [None if np.isnan(number) else format_number(number, format) for number in numbers.tolist()]
