"""Formats of dates, times, timestamps and intervals, such as 'YYYY-MM-DD hh:mm:ss[.fff]' or 'D. MMM YY'.

Y, D, W, h, s, f and t may be written in either case; M is the month and m the minute. [ ] encloses a part that
is left out when its fields are all zero. A pattern is read once into tokens; these write or read any number.
Numbers are days since 1899-12-30 in the proleptic Gregorian calendar, from year 1 to 9999.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from engine.data.locale import DEFAULT_LOCALE, Locale

EPOCH = date(1899, 12, 30)
EPOCH_ORDINAL = EPOCH.toordinal()
FIRST_DAY = date.min.toordinal() - EPOCH_ORDINAL
LAST_DAY = date.max.toordinal() - EPOCH_ORDINAL
DAY_MS = 86_400_000

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


class Moment(NamedTuple):
    """A number taken apart: whole days, and the milliseconds of the day."""

    year: int
    month: int
    day: int
    weekday: int
    hour: int
    minute: int
    second: int
    millisecond: int


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


def split(number: float) -> tuple[int, int]:
    """Whole days, and milliseconds of the day (rounded, so that 0.1 s is not shown as 0.099)."""
    total = math.floor(number * DAY_MS + 0.5)
    return divmod(total, DAY_MS)


def moment(number: float) -> Moment | None:
    """The number as a moment, or None outside of the years 1 to 9999."""
    if not FIRST_DAY <= number < LAST_DAY + 1:
        return None
    days, rest = split(number)
    try:
        day = EPOCH + timedelta(days)
    except OverflowError:
        return None
    seconds, millisecond = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return Moment(day.year, day.month, day.day, day.weekday(), hour, minute, second, millisecond)


def _write_month(at: Moment, token: Token, locale: Locale) -> str:
    names = {3: locale.month_names, 4: locale.long_month_names}.get(len(token.text))
    return names[at.month - 1] if names else str(at.month).zfill(len(token.text))


def _write_weekday(at: Moment, token: Token, locale: Locale) -> str:
    names = {3: locale.day_names, 4: locale.long_day_names}.get(len(token.text))
    return names[at.weekday] if names else str(at.weekday).zfill(len(token.text))


def _write_year(at: Moment, token: Token, _: Locale) -> str:
    return f"{at.year % 100:02d}" if len(token.text) <= 2 else f"{at.year:04d}"


_WRITERS: dict[str, Callable[[Moment, Token, Locale], str]] = {
    "Y": _write_year,
    "M": _write_month,
    "W": _write_weekday,
    "D": lambda at, token, _: str(at.day).zfill(len(token.text)),
    "m": lambda at, token, _: str(at.minute).zfill(len(token.text)),
    "s": lambda at, token, _: str(at.second).zfill(len(token.text)),
    "f": lambda at, token, _: f"{at.millisecond:03d}".ljust(len(token.text), "0")[: len(token.text)],
    "t": lambda at, token, _: ("am" if at.hour < 12 else "pm") if token.text[0] == "t" else _half(at.hour),
}


def _half(hour: int) -> str:
    return "AM" if hour < 12 else "PM"


def write_date(number: float, pattern: str, locale: Locale) -> str | None:
    """A number as date or timestamp; None when it is no day of the calendar."""
    at = moment(number)
    if at is None:
        return None
    parts = tokens(pattern)
    halves = any(token.kind == "t" for token in parts)
    written: list[str] = []
    for token in parts:
        if token.optional and not _shown(parts, at):
            continue
        if token.kind == "":
            written.append(token.text)
        elif token.kind == "h":
            hour = (at.hour + 11) % 12 + 1 if halves else at.hour
            written.append(str(hour).zfill(len(token.text)))
        else:
            written.append(_WRITERS[token.kind](at, token, locale))
    return "".join(written)


def _shown(parts: tuple[Token, ...], at: Moment) -> bool:
    """Whether the optional part has anything but zeros to show; dates have."""
    values = {"Y": 1, "M": 1, "D": 1, "W": 1, "f": at.millisecond, "s": at.second, "m": at.minute, "h": at.hour}
    return any(values.get(token.kind, 0) for token in parts if token.optional)


def write_interval(number: float, pattern: str, locale: Locale) -> str:
    """A number as a length of time: the largest unit of the pattern takes all that there is.

    >>> write_interval(1.5, 'hh:mm', DEFAULT_LOCALE)
    '36:00'
    """
    parts = tokens(pattern)
    kinds = {token.kind for token in parts}
    rest = math.floor(abs(number) * DAY_MS + 0.5)
    finest = next((unit for kind, unit in (("f", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)) if kind in kinds), 1)
    values: dict[str, int] = {}
    for kind, unit in (("D", DAY_MS), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if kind in kinds:
            values[kind], rest = divmod(rest, unit)
    values["f"] = rest
    written = ["-" if number < 0 and any(values.values()) else ""]
    at = Moment(0, 0, 0, 0, 0, values.get("m", 0), values.get("s", 0), rest if finest == 1 else 0)
    for token in parts:
        if token.optional and not _shown(parts, at):
            continue
        if token.kind == "f":
            written.append(_WRITERS["f"](at, token, locale))
        elif token.kind in values:
            written.append(str(values[token.kind]).zfill(len(token.text)))
        elif token.kind == "":
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
