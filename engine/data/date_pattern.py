"""Formats of dates, times, timestamps and intervals, such as 'YYYY-MM-DD hh:mm:ss[.fff]' or 'D. MMM YY'.

Y, D, W, h, s, f and t may be written in either case; M is the month and m the minute. [ ] encloses a part that
is left out when its fields are all zero. A pattern is read once into tokens; these write or read any number.
Numbers are days since 1899-12-30 in the proleptic Gregorian calendar, from year 1 to 9999.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.data.dual import Floats
from engine.data.locale import DEFAULT_LOCALE, Locale

EPOCH = date(1899, 12, 30)
EPOCH_ORDINAL = EPOCH.toordinal()
FIRST_DAY = date.min.toordinal() - EPOCH_ORDINAL
LAST_DAY = date.max.toordinal() - EPOCH_ORDINAL
DAY_MS = 86_400_000
UNIX_EPOCH = 25_569
"""1970-01-01 in days since 1899-12-30."""

Integers = npt.NDArray[np.int64]
_EPOCH_WEEKDAY = EPOCH.weekday()

_LONGEST = {"Y": 4, "M": 4, "D": 2, "W": 4, "h": 2, "m": 2, "s": 2, "f": 9, "t": 2}
_FOLDED = {"y": "Y", "d": "D", "w": "W", "H": "h", "S": "s", "F": "f", "T": "t"}
MAX_PATTERN = 200
_PIVOT = 69
"""Two-digit years from here on are of the 20th century."""


class Token(NamedTuple):
    """A run of one letter (kind 'Y', 'M' ...) or a literal (kind ''); optional: inside [ ]."""

    kind: str
    text: str
    optional: bool


def tokens(pattern: str) -> tuple[Token, ...]:
    """The pattern's tokens; what stands behind MAX_PATTERN characters is left out."""
    return _tokens(pattern[:MAX_PATTERN])


@lru_cache(maxsize=1024)
def _tokens(pattern: str) -> tuple[Token, ...]:
    found: list[Token] = []
    optional, at = False, 0
    while at < len(pattern):
        sign = pattern[at]
        if sign in "[]":
            optional, at = sign == "[", at + 1
            continue
        kind = _FOLDED.get(sign, sign)
        if kind not in _LONGEST:
            found.append(Token("", sign, optional))
            at += 1
            continue
        end = at
        while end < len(pattern) and _FOLDED.get(pattern[end], pattern[end]) == kind and end - at < _LONGEST[kind]:
            end += 1
        # A lone T is the one of ISO 8601, between date and time; AM and PM need two.
        found.append(Token("" if kind == "t" and end == at + 1 else kind, pattern[at:end], optional))
        at = end
    return tuple(found)


def has_time(pattern: str) -> bool:
    return any(token.kind in ("h", "m", "s", "f") for token in tokens(pattern))


def write_dates(numbers: Floats, pattern: str, locale: Locale) -> list[str | None]:
    """Numbers as dates or timestamps [n]; None where one is no day of the calendar. Rounded to milliseconds."""
    known = (numbers >= FIRST_DAY) & (numbers < LAST_DAY + 1)
    total = np.floor(np.where(known, numbers, 0.0) * DAY_MS + 0.5)
    days = np.floor(total / DAY_MS)
    known &= days <= LAST_DAY
    parts = tokens(pattern)
    values = _values(np.where(known, days, 0.0).astype(np.int64), (total - days * DAY_MS).astype(np.int64), parts)
    shown = _shown(parts, values, len(numbers))
    halves = any(token.kind == "t" for token in parts)
    columns = [_column(token, values, halves, locale, shown) for token in parts]
    # A pattern without tokens still shows something: nothing at all.
    rows = ("".join(row) for row in zip(*columns, strict=True)) if columns else iter([""] * len(numbers))
    return [text if is_known else None for text, is_known in zip(rows, known.tolist(), strict=True)]


def _values(days: Integers, rest: Integers, parts: tuple[Token, ...]) -> dict[str, Integers]:
    """What the tokens show, by their kind: days since the epoch and milliseconds of the day taken apart."""
    kinds = {token.kind for token in parts}
    found = {"h": rest // 3_600_000, "m": rest // 60_000 % 60, "s": rest // 1000 % 60, "f": rest % 1000}
    if kinds & {"Y", "M", "D"}:
        dates = (days - UNIX_EPOCH).astype("M8[D]")
        months = dates.astype("M8[M]")
        found["Y"] = dates.astype("M8[Y]").astype(np.int64) + 1970
        found["M"] = months.astype(np.int64) % 12 + 1
        found["D"] = (dates - months.astype("M8[D]")).astype(np.int64) + 1
    if "W" in kinds:
        found["W"] = (days + _EPOCH_WEEKDAY) % 7
    return found


def _shown(parts: tuple[Token, ...], values: dict[str, Integers], size: int) -> list[bool]:
    """Where the optional part has anything but zeros to show; dates have."""
    shown = np.zeros(size, dtype=bool)
    for token in parts:
        if token.optional and token.kind:
            shown |= True if token.kind == "t" else values[token.kind] != 0
            shown |= token.kind == "W"
    return shown.tolist()


def _column(
    token: Token, values: dict[str, Integers], halves: bool, locale: Locale, shown: list[bool]
) -> Iterable[str]:
    """What one token shows in every row."""
    if not token.kind:
        column: Iterable[str] = repeat(token.text, len(shown))
    else:
        written: dict[int, str] = {}
        numbers = values["h" if token.kind == "t" else token.kind].tolist()
        for number in set(numbers):
            written[number] = _written(token, number, halves, locale)
        column = map(written.__getitem__, numbers)
    return [text if seen else "" for text, seen in zip(column, shown, strict=True)] if token.optional else column


def _written(token: Token, number: int, halves: bool, locale: Locale) -> str:
    """One value of one token."""
    width = len(token.text)
    if token.kind == "Y":
        return f"{number % 100:02d}" if width <= 2 else f"{number:04d}"
    if token.kind == "f":
        return f"{number:03d}".ljust(width, "0")[:width]
    if token.kind == "t":
        half = "am" if number < 12 else "pm"
        return half if token.text[0] == "t" else half.upper()
    if token.kind in ("M", "W") and width > 2:
        names = (locale.month_names, locale.long_month_names, locale.day_names, locale.long_day_names)
        return names[(token.kind == "W") * 2 + width - 3][number - (token.kind == "M")]
    if token.kind == "h" and halves:
        number = (number + 11) % 12 + 1
    return str(number).zfill(width)


def write_interval(number: float, pattern: str, locale: Locale) -> str:
    """A number as a length of time: the largest unit of the pattern takes all that there is.

    >>> write_interval(1.5, 'hh:mm', DEFAULT_LOCALE)
    '36:00'
    """
    parts = tokens(pattern)
    kinds = {token.kind for token in parts}
    rest = math.floor(abs(number) * DAY_MS + 0.5)
    values: dict[str, int] = {}
    for kind, unit in (("D", DAY_MS), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if kind in kinds:
            values[kind], rest = divmod(rest, unit)
    values["f"] = rest
    shown = any(values.get(token.kind, 0) for token in parts if token.optional)
    written = ["-" if number < 0 and any(values.values()) else ""]
    for token in parts:
        if token.optional and not shown:
            continue
        if token.kind in values:
            written.append(_written(token, values[token.kind], False, locale))
        elif not token.kind:
            written.append(token.text)
    return "".join(written)


class _Reading:
    """What has been read of a text so far."""

    def __init__(self, text: str, locale: Locale) -> None:
        self.text = text
        self.at = 0
        self.locale = locale
        self.values: dict[str, int] = {}
        self.afternoon: bool | None = None

    def digits(self, least: int, most: int) -> int | None:
        end = self.at
        while end < len(self.text) and end - self.at < most and "0" <= self.text[end] <= "9":
            end += 1
        if end - self.at < least:
            return None
        number = int(self.text[self.at : end])
        self.at = end
        return number

    def name(self, *choices: tuple[str, ...]) -> int | None:
        """The place of the longest name that stands here, whatever its case."""
        rest = self.text[self.at : self.at + 40].lower()
        found = [
            (len(name), place) for names in choices for place, name in enumerate(names) if rest.startswith(name.lower())
        ]
        if not found:
            return None
        length, place = max(found)
        self.at += length
        return place


def first_signs(pattern: str, locale: Locale) -> frozenset[str] | None:
    """The signs, in lower case, that a date written in this pattern may begin with; None: any."""
    first = next(iter(tokens(pattern)), None)
    if first is None or first.optional or first.text.isspace():
        return None
    if not first.kind:
        return frozenset(first.text.lower())
    width = len(first.text)
    if first.kind == "t":
        return frozenset("ap")
    if first.kind in ("M", "W") and width > 2:
        months = first.kind == "M"
        names = (locale.month_names, locale.long_month_names) if months else (locale.day_names, locale.long_day_names)
        return frozenset(name[:1].lower() for group in names for name in group)
    return frozenset("0123456789")


def read_date(text: str, pattern: str, locale: Locale) -> float | None:
    """The number of a date, time or timestamp written in this pattern, or None."""
    reading = _Reading(text.strip(), locale)
    parts = tokens(pattern)
    for place, token in enumerate(parts):
        if token.optional and reading.at == len(reading.text):
            break
        following = parts[place + 1].kind if place + 1 < len(parts) else ""
        if not _read_token(reading, token, following in ("Y", "M", "D", "h", "m", "s", "f")):
            return None
    if reading.at != len(reading.text):
        return None
    return _assemble(reading, any(token.kind in ("Y", "M", "D") for token in parts))


def _read_token(reading: _Reading, token: Token, tight: bool) -> bool:
    """Read one token; `tight`: digits follow at once, so the width must be exact."""
    kind, width = token.kind, len(token.text)
    locale = reading.locale
    if kind == "":
        if not reading.text.startswith(token.text, reading.at):
            return False
        reading.at += 1
        return True
    if kind == "t":
        half = reading.name(("am", "pm"))
        reading.afternoon = half == 1
        return half is not None
    if kind == "W":
        return (
            reading.name(locale.day_names, locale.long_day_names) if width > 2 else reading.digits(1, 2)
        ) is not None
    if kind == "M" and width > 2:
        month = reading.name(locale.month_names, locale.long_month_names)
        value = None if month is None else month + 1
    elif kind == "Y":
        value = reading.digits(4, 4) if width > 2 else reading.digits(2, 2)
        if value is not None and width <= 2:
            value += 1900 if value >= _PIVOT else 2000
    elif kind == "f":
        start = reading.at
        value = reading.digits(1, 9)
        if value is not None:
            value = round(value * 10.0 ** (3 - (reading.at - start)))
    else:
        value = reading.digits(width if tight else 1, max(width, 2))
    if value is None:
        return False
    reading.values[kind] = value
    return True


def read_interval(text: str, pattern: str) -> float | None:
    """The days of a length of time written in this pattern, or None: the reverse of `write_interval`.

    Each part may be larger than it is on a clock: '36:90' in 'hh:mm' is a day and a half and 90 minutes.
    """
    body = text.strip()
    reading = _Reading(body.removeprefix("-"), DEFAULT_LOCALE)
    total, parts, read = 0, tokens(pattern), False
    for place, token in enumerate(parts):
        if token.optional and reading.at == len(reading.text):
            break
        if token.kind in _UNITS:
            tight = place + 1 < len(parts) and parts[place + 1].kind in _UNITS
            width = len(token.text)
            start = reading.at
            value = reading.digits(width if tight else 1, width if tight else _MOST_DIGITS)
            if value is None:
                return None
            read = True
            unit = _UNITS[token.kind]
            total += value * unit if token.kind != "f" else round(value * 10.0 ** (3 - (reading.at - start)))
        elif not token.kind and not _read_token(reading, token, False):
            return None
    if reading.at != len(reading.text) or not read:
        return None
    return (-total if body.startswith("-") else total) / DAY_MS


_UNITS = {"D": DAY_MS, "h": 3_600_000, "m": 60_000, "s": 1000, "f": 1}
_MOST_DIGITS = 12


def _assemble(reading: _Reading, is_date: bool) -> float | None:
    values = reading.values
    hour, minute, second = values.get("h", 0), values.get("m", 0), values.get("s", 0)
    if reading.afternoon is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if reading.afternoon else 0)
    if minute > 59 or second > 59 or (is_date and hour > 23):
        return None
    days = 0
    if is_date:
        try:
            days = date(values.get("Y", 1900), values.get("M", 1), values.get("D", 1)).toordinal() - EPOCH_ORDINAL
        except ValueError:
            return None
    rest = ((hour * 60 + minute) * 60 + second) * 1000 + values.get("f", 0)
    return days + rest / DAY_MS
