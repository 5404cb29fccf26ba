"""Interpretation is the reverse of formatting: what a format keeps of a value comes back from its text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.date_pattern import DAY_MS, EPOCH
from engine.data.dual import NumFormat
from engine.data.formats import format_number, parse_number
from engine.data.locale import Locale

ENGLISH = Locale()
GERMAN = Locale(
    decimal_separator=",",
    thousand_separator=".",
    money_decimal_separator=",",
    money_thousand_separator=".",
    money_format="#.##0,00 €;-#.##0,00 €",
    date_format="DD.MM.YYYY",
    month_names=("Jan", "Feb", "Mrz", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"),
    long_month_names=(
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ),
    day_names=("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    long_day_names=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    numerical_abbreviation="3:T;6:Mio;9:Mrd",
)
FRENCH = Locale(
    decimal_separator=",",
    thousand_separator="\u202f",
    money_decimal_separator=",",
    money_thousand_separator="\u202f",
    money_format="#\u202f##0,00 €",
)
JAPANESE = Locale(
    month_names=tuple(f"{month}月" for month in range(1, 13)),
    day_names=tuple("月火水木金土日"),
    date_format="YYYY/MM/DD",
)
LOCALES = st.sampled_from([ENGLISH, GERMAN, FRENCH, JAPANESE])
WHOLE = st.integers(-(10**14), 10**14)


def back(number: float, format: NumFormat, locale: Locale) -> float | None:
    return parse_number(format_number(number, format, locale), format, locale)


@settings(max_examples=400)
@given(
    locale=LOCALES,
    prefix=st.sampled_from(["", "$", "€ ", "n = ", "(", "+"]),
    integer=st.sampled_from(["0", "#", "####", "0000", "#,##0", "#,###", "000,000", "#,##00"]),
    decimals=st.integers(0, 8),
    hidden=st.booleans(),
    suffix=st.sampled_from(["", "%", " %", " kr", " pcs", ")"]),
    sections=st.sampled_from([0, 1, 2]),
    digits=WHOLE,
)
def test_numbers(
    locale: Locale, prefix: str, integer: str, decimals: int, hidden: bool, suffix: str, sections: int, digits: int
) -> None:
    places = ("#" if hidden else "0") * decimals
    core = integer.replace(",", locale.thousand_separator) + (locale.decimal_separator + places if places else "")
    pattern = ";".join([prefix + core + suffix, f"<{core}{suffix}>", "nil"][: sections + 1])
    number = digits / 10**decimals / (100 if "%" in suffix else 1)
    found = back(number, NumFormat("F", pattern), locale)
    assert found == pytest.approx(number, rel=1e-15, abs=0) or found == number


@given(locale=LOCALES, digits=WHOLE)
def test_money(locale: Locale, digits: int) -> None:
    assert back(digits / 100, NumFormat("M"), locale) == digits / 100


@given(locale=LOCALES, significand=st.integers(-999, 999), power=st.sampled_from([0, 3, 6, 9]))
def test_abbreviations(locale: Locale, significand: int, power: int) -> None:
    assert back(significand * 10.0**power, NumFormat("F", "0A"), locale) == significand * 10.0**power


@given(pattern=st.sampled_from(["0000-0000-0000", "00/00", "000 000", "0.00.00"]), digits=st.integers(0, 10**12 - 1))
def test_templates(pattern: str, digits: int) -> None:
    format = NumFormat("F", pattern, decimal_separator=",", thousand_separator="-")
    assert back(float(digits), format, ENGLISH) == digits


@given(
    pattern=st.sampled_from(["(bin)", "(oct)", "(dec)", "(hex)", "(HEX)", "(r03)", "(r36)", "(R36)", "(R02)"]),
    digits=st.integers(-(2**53), 2**53),
)
def test_other_bases(pattern: str, digits: int) -> None:
    assert back(float(digits), NumFormat("F", pattern), ENGLISH) == digits


@given(pattern=st.sampled_from(["(rom)", "(ROM)"]), digits=st.integers(-5000, 5000))
def test_roman_numerals(pattern: str, digits: int) -> None:
    assert back(float(digits), NumFormat("F", pattern), ENGLISH) == digits


DAYS = st.dates(date(1000, 1, 1), date(9999, 12, 31)).map(lambda day: (day - EPOCH).days)
MILLISECONDS = st.integers(0, DAY_MS - 1)
DATE_PATTERNS = st.sampled_from(
    [
        *("", "YYYY-MM-DD", "D.M.YYYY", "DD/MM/YYYY", "YYYYMMDD", "MM-DD-YYYY", "D MMM YYYY", "D. MMMM YYYY"),
        *("MMMM D, YYYY", "WWW DD MMM YYYY", "WWWW, D MMMM YYYY", "YYYYMMMDD", "W YYYY-MM-DD", "[YYYY-MM-DD]"),
    ]
)
TIME_PATTERNS = st.sampled_from(["hh:mm:ss.fff", "h:mm:ss.fff TT", "hhmmssfff", "hh:mm:ss[.fff]", "TTh.mm.ss.fff"])


@settings(max_examples=300)
@given(locale=LOCALES, day=DAYS, pattern=DATE_PATTERNS)
def test_dates(locale: Locale, day: int, pattern: str) -> None:
    assert back(float(day), NumFormat("D", pattern), locale) == day


@given(year=st.dates(date(1969, 1, 1), date(2068, 12, 31)), pattern=st.sampled_from(["D/M/YY", "YYMMDD"]))
def test_years_of_two_digits_are_of_this_century_and_the_last(year: date, pattern: str) -> None:
    day = float((year - EPOCH).days)
    assert back(day, NumFormat("D", pattern), ENGLISH) == day


@given(locale=LOCALES, day=DAYS, rest=MILLISECONDS, dates=DATE_PATTERNS.filter(bool), times=TIME_PATTERNS)
def test_timestamps(locale: Locale, day: int, rest: int, dates: str, times: str) -> None:
    number = day + rest / DAY_MS
    found = back(number, NumFormat("TS", f"{dates} {times}"), locale)
    assert found == pytest.approx(number, abs=0.4 / DAY_MS)


@given(rest=MILLISECONDS, pattern=TIME_PATTERNS)
def test_times(rest: int, pattern: str) -> None:
    assert back(rest / DAY_MS, NumFormat("T", pattern), ENGLISH) == rest / DAY_MS


@settings(max_examples=300)
@given(
    pattern=st.sampled_from(
        [
            *("hh:mm:ss.fff", "h:mm:ss.fff", "D hh:mm:ss.fff", "D.hh.mm.ss.fff", "mm:ss.fff", "ss.fff"),
            *("D + hh:mm:ss.fff", "hh:mm:ss[.fff]"),
        ]
    ),
    total=st.integers(-(10**12), 10**12),
)
def test_intervals(pattern: str, total: int) -> None:
    found = back(total / DAY_MS, NumFormat("IV", pattern), ENGLISH)
    assert found is not None
    assert round(found * DAY_MS) == total


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("36:15", "hh:mm", 36.25 / 24),
        ("0:90", "h:mm", 1.5 / 24),
        ("-1 12:00", "D hh:mm", -1.5),
        ("90", "mm", 90 / 1440),
        ("1:30.5", "m:ss.f", 90.5 / 86_400),
        ("", "hh:mm", None),
        ("x", "hh:mm", None),
        ("12", "", None),
        ("1:2:3", "hh:mm", None),
    ],
)
def test_intervals_may_pass_the_bounds_of_a_clock(text: str, pattern: str, expected: float | None) -> None:
    assert parse_number(text, NumFormat("IV", pattern)) == (None if expected is None else pytest.approx(expected))
