"""Numbers to texts and back: the one place that decides how a value without a text of its own is shown.

`NumFormat.type` chooses the family (plain, number pattern, date, time, interval), its `pattern` the details;
number patterns live in number_pattern, those of dates in date_pattern.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import numpy as np

from engine.data.date_pattern import read_date, read_interval, write_date, write_interval
from engine.data.dual import Floats, NumFormat, Objects, Vector
from engine.data.locale import DEFAULT_LOCALE, Locale
from engine.data.number_pattern import NumberPattern, number_pattern, read_plain, shortest
from engine.data.ordering import distinct, picked
from engine.stopping import AT_ONCE, check_stop, looking

Writer = Callable[[float], str]

_DEFAULT_PATTERNS: dict[str, Callable[[Locale], str]] = {
    "D": lambda locale: locale.date_format,
    "T": lambda locale: locale.time_format,
    "TS": lambda locale: locale.timestamp_format,
    "IV": lambda locale: locale.time_format,
    "M": lambda locale: locale.money_format,
}
_NO_TEXT: Any = None
_LONGEST = 1e11
"""Days of an interval that can be written to the millisecond."""

_LONGEST_NUMBER = 64
"""A text longer than this is never taken for a number or a date."""


_SHORT = 256
"""Up to so many numbers are written one by one."""


def format_number(number: float, format: NumFormat | None = None, locale: Locale = DEFAULT_LOCALE) -> str:
    """The text of a number.

    >>> format_number(1234.5, NumFormat("F", "#,##0.00"))
    '1,234.50'
    """
    return _writer(format, locale)(number)


def format_vector(vector: Vector, locale: Locale = DEFAULT_LOCALE) -> Objects:
    """The shown text of every value [n]; None where a value is NULL.

    In long columns each distinct number is written once; in short ones it would take longer to find these.
    """
    numbers = vector.numbers
    texts = np.full(len(numbers), None, dtype=object)
    own = np.zeros(len(numbers), dtype=bool)
    if vector.texts is not None:
        own = np.not_equal(vector.texts, _NO_TEXT).astype(bool)
        check_stop()
        texts[own] = vector.texts[own]
        check_stop()
    wanted = ~own & ~np.isnan(numbers)
    if not wanted.any():
        return texts
    if len(numbers) <= _SHORT:
        texts[wanted] = _written(numbers[wanted], vector.format, locale)
        return texts
    values, _, where = distinct(numbers[wanted])
    shown = np.array(_written(values, vector.format, locale), dtype=object)
    check_stop()
    texts[wanted] = picked(shown, where)
    return texts


def _written(numbers: Floats, format: NumFormat | None, locale: Locale) -> list[str]:
    given = format or NumFormat()
    pattern = _pattern_of(given, locale)
    if pattern is not None and bool(np.isfinite(numbers).all()):
        texts: list[str] = []
        for at in range(0, len(numbers), AT_ONCE):
            check_stop()
            texts += pattern.write_all(numbers[at : at + AT_ONCE], locale.numerical_abbreviation)
        return texts
    write = _writer(given, locale)
    return [write(number) for number in looking(numbers.tolist())]


def parse_number(text: str, format: NumFormat | None = None, locale: Locale = DEFAULT_LOCALE) -> float | None:
    """The number a text stands for when it is written in that format; without a format, as `interpret` says."""
    if format is None or (format.type in ("U", "A") and not (format.pattern or _has_separators(format))):
        return interpret(text, locale)
    if len(text) > _LONGEST_NUMBER:
        return None
    if format.type in _DATE_READERS:
        return _DATE_READERS[format.type](text, format, locale)
    decimal, thousand = _separators(format, locale)
    pattern = format.pattern or (locale.money_format if format.type == "M" else "")
    return _read_pattern(text, pattern, decimal, thousand, locale) if pattern else read_plain(text, decimal, thousand)


def _has_separators(format: NumFormat) -> bool:
    return bool(format.decimal_separator or format.thousand_separator)


def _read_pattern(text: str, pattern: str, decimal: str, thousand: str, locale: Locale) -> float | None:
    return number_pattern(pattern, decimal, thousand).read(text, locale.numerical_abbreviation)


def interpret(text: str, locale: Locale = DEFAULT_LOCALE) -> float | None:
    """The number a text looks like: a number, date, time, timestamp or amount in the formats of the app, or ISO 8601.

    >>> interpret(" 12.5 "), interpret("1900-01-01"), interpret("twelve")
    (12.5, 2.0, None)
    """
    if not text or len(text) > _LONGEST_NUMBER or not any("0" <= sign <= "9" for sign in text):
        return None
    number = read_plain(text, locale.decimal_separator, locale.thousand_separator)
    if number is not None:
        return number
    for pattern in (locale.date_format, locale.timestamp_format, locale.time_format, *_ISO_PATTERNS):
        number = read_date(text, pattern, locale)
        if number is not None:
            return number
    money = number_pattern(locale.money_format, locale.money_decimal_separator, locale.money_thousand_separator)
    return money.read(text)


_ISO_PATTERNS = ("YYYY-MM-DD", "YYYY-MM-DD hh:mm:ss[.fff]", "YYYY-MM-DDThh:mm:ss[.fff]")


def _read_as_date(text: str, format: NumFormat, locale: Locale) -> float | None:
    pattern = format.pattern or _DEFAULT_PATTERNS[format.type](locale)
    return read_date(text, pattern, locale)


def _read_as_interval(text: str, format: NumFormat, locale: Locale) -> float | None:
    return read_interval(text, format.pattern or locale.time_format)


_DATE_READERS: dict[str, Callable[[str, NumFormat, Locale], float | None]] = {
    "D": _read_as_date,
    "T": _read_as_date,
    "TS": _read_as_date,
    "IV": _read_as_interval,
}


def _separators(format: NumFormat, locale: Locale) -> tuple[str, str]:
    if format.type == "M":
        decimal, thousand = locale.money_decimal_separator, locale.money_thousand_separator
    else:
        decimal, thousand = locale.decimal_separator, locale.thousand_separator
    return format.decimal_separator or decimal, format.thousand_separator or thousand


def _writer(format: NumFormat | None, locale: Locale) -> Writer:
    """The function that writes numbers in this format; it takes any float."""
    given = format or NumFormat()
    pattern = _pattern_of(given, locale)
    if pattern is not None:
        write: Writer = partial(pattern.write, abbreviations=locale.numerical_abbreviation)
    else:
        make = _WRITERS.get(given.type, _plain_writer)
        write = make(given, locale)
        if make is _plain_writer:
            return write
    return lambda number: write(number) if math.isfinite(number) else shortest(number)


def _plain_writer(format: NumFormat, locale: Locale) -> Writer:
    separator = format.decimal_separator or locale.decimal_separator
    return partial(shortest, decimal_separator=separator)


def _pattern_of(format: NumFormat, locale: Locale) -> NumberPattern | None:
    """The number pattern by which a format is written; None if that is another way of writing."""
    if format.type in _TYPES_OF_PATTERNS or (format.pattern and format.type not in _DATE_READERS):
        decimal, thousand = _separators(format, locale)
        return number_pattern(format.pattern or _pattern_of_type(format, locale, decimal, thousand), decimal, thousand)
    return None


def _pattern_of_type(format: NumFormat, locale: Locale, decimal: str, thousand: str) -> str:
    if format.type == "M":
        return locale.money_format
    whole = f"#{thousand}##0" if format.use_thousands else "0"
    decimals = "" if format.type == "I" or format.decimals <= 0 else decimal + "0" * format.decimals
    return whole + decimals


def _real_writer(format: NumFormat, locale: Locale) -> Writer:
    """Type R: `decimals` are significant digits."""
    separator = format.decimal_separator or locale.decimal_separator
    return lambda number: shortest(number, separator, min(max(format.decimals, 1), 15))


def _date_writer(format: NumFormat, locale: Locale) -> Writer:
    pattern = format.pattern or _DEFAULT_PATTERNS[format.type](locale)
    return lambda number: write_date(number, pattern, locale) or shortest(number)


def _time_writer(format: NumFormat, locale: Locale) -> Writer:
    """Type T: the time of day; whole days are left out."""
    pattern = format.pattern or locale.time_format
    return lambda number: cast(str, write_date(number % 1.0, pattern, locale))


def _interval_writer(format: NumFormat, locale: Locale) -> Writer:
    pattern = format.pattern or locale.time_format
    return lambda number: write_interval(number, pattern, locale) if abs(number) < _LONGEST else shortest(number)


_TYPES_OF_PATTERNS = ("I", "F", "M")

_WRITERS: dict[str, Callable[[NumFormat, Locale], Writer]] = {
    "U": _plain_writer,
    "A": _plain_writer,
    "R": _real_writer,
    "D": _date_writer,
    "TS": _date_writer,
    "T": _time_writer,
    "IV": _interval_writer,
}
