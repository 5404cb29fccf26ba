"""Parts of dates and times, and dates made of parts.

A date is a number: days since 1899-12-30, the time of day as its fraction. Texts in the app's formats are dates too.
Outside of the years 1 to 9999 everything is NULL.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np
import numpy.typing as npt

from engine.data.date_pattern import DAY_MS, EPOCH_ORDINAL, FIRST_DAY, LAST_DAY
from engine.data.dual import Floats, NumFormat, Vector
from engine.language.facts import local
from engine.language.registry import Environment, function
from engine.language.values import broadcast, numbers, of_duals, of_numbers
from engine.stopping import looking

Integers = npt.NDArray[np.int64]
DATE = NumFormat("D")
TIMESTAMP = NumFormat("TS")
TIME = NumFormat("T")
UNIX_EPOCH = 25_569
"""1970-01-01 in days since 1899-12-30."""


def days_of(x: Floats) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Whole days since 1970-01-01 (after rounding to milliseconds), and where x is a day of the calendar."""
    known = (x >= FIRST_DAY) & (x < LAST_DAY + 1)
    total = np.floor(np.where(known, x, 0.0) * DAY_MS + 0.5)
    return (np.floor(total / DAY_MS) - UNIX_EPOCH).astype(np.int64), known


def ymd(days: Integers) -> tuple[Integers, Integers, Integers]:
    """Year, month (1-12) and day (1-31) of days since 1970-01-01."""
    dates = days.astype("M8[D]")
    years, months = dates.astype("M8[Y]"), dates.astype("M8[M]")
    return (
        years.astype(np.int64) + 1970,
        months.astype(np.int64) % 12 + 1,
        (dates - months.astype("M8[D]")).astype(np.int64) + 1,
    )


def first_of_month(year: Integers, month: Integers) -> Integers:
    """Days since 1970-01-01 of the first of a month; months beyond 1-12 run into other years."""
    return ((year - 1970) * 12 + month - 1).astype("M8[M]").astype("M8[D]").astype(np.int64)


def date_part(signature: str, help: str) -> Callable[[Callable[[Integers], Integers]], Callable[[Integers], Integers]]:
    """Register a function of whole days."""

    def register(compute: Callable[[Integers], Integers]) -> Callable[[Integers], Integers]:
        def run(env: Environment, value: Vector) -> Vector:
            days, known = days_of(numbers(value, env.locale))
            return of_numbers(np.where(known, compute(days), np.nan))

        function(signature, "date", help)(run)
        return compute

    return register


def time_part(signature: str, help: str, unit: int, modulo: int) -> None:
    def run(env: Environment, value: Vector) -> Vector:
        x = numbers(value, env.locale)
        with np.errstate(all="ignore"):
            total = np.floor(x * DAY_MS + 0.5)
            return of_numbers(np.floor(np.mod(total, DAY_MS) / unit) % modulo)

    function(signature, "date", help)(run)


date_part("Year(date)", "The year.")(lambda days: ymd(days)[0])
date_part("Day(date)", "The day of the month, 1 to 31.")(lambda days: ymd(days)[2])
time_part("Hour(timestamp)", "The hour, 0 to 23.", 3_600_000, 24)
time_part("Minute(timestamp)", "The minute, 0 to 59.", 60_000, 60)
time_part("Second(timestamp)", "The second, 0 to 59.", 1000, 60)


def named(values: Floats, names: tuple[str, ...], first: int) -> Vector:
    """Duals: whole numbers from `first` on, shown as the names."""
    return of_duals([(None, None) if x != x else (x, names[int(x) - first]) for x in looking(values.tolist())])


@function("Month(date)", "date", "The month as a number from 1 to 12, shown by its short name.")
def month(env: Environment, value: Vector) -> Vector:
    days, known = days_of(numbers(value, env.locale))
    return named(np.where(known, ymd(days)[1], np.nan), env.locale.month_names, 1)


@function("MakeDate(year[, month[, day]])", "date", "The date of a year, month and day (1 where left out).")
def make_date(env: Environment, year: Vector, month: Vector | None = None, day: Vector | None = None) -> Vector:
    one = Vector(np.ones(1))
    parts = [np.floor(numbers(part, env.locale)) for part in broadcast([year, month or one, day or one])]
    y, m, d = (np.where(np.isnan(part), 1, part) for part in parts)
    known = (y >= 1) & (y <= 9999) & (m >= 1) & (m <= 12) & (d >= 1) & (d <= 31)
    y, m, d = (np.where(known, part, 1).astype(np.int64) for part in (y, m, d))
    days = first_of_month(y, m) + d - 1
    known = known & (ymd(days)[1] == m) & ~np.isnan(parts[0] + parts[1] + parts[2])
    return of_numbers(np.where(known, days + UNIX_EPOCH, np.nan), DATE)


@function("MakeTime(hour[, minute[, second]])", "date", "The time of day of an hour, minute and second.")
def make_time(env: Environment, hour: Vector, minute: Vector | None = None, second: Vector | None = None) -> Vector:
    zero = Vector(np.zeros(1))
    h, m, s = (np.floor(numbers(part, env.locale)) for part in (hour, minute or zero, second or zero))
    known = (h >= 0) & (h <= 23) & (m >= 0) & (m <= 59) & (s >= 0) & (s <= 59)
    return of_numbers(np.where(known, (h * 3600 + m * 60 + s) / 86_400, np.nan), TIME)


def moment_number(moment: datetime) -> float:
    """A moment as a number."""
    rest = (moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6) / 86_400
    return moment.toordinal() - EPOCH_ORDINAL + rest


_MODES = "; of the last load with timer mode 0, of when the app was opened with 2."


def _told(env: Environment, timer_mode: Vector | None) -> float:
    """The moment that a timer mode asks for; what is not known is now."""
    mode = 1.0 if timer_mode is None or not len(timer_mode) else numbers(timer_mode, env.locale)[0]
    moment = {0.0: env.facts.reloaded, 2.0: env.facts.opened}.get(mode)
    return moment_number(env.now() if moment is None else local(moment, env.facts.time_zone))


@function("Today([timer_mode])", "date", f"The date of today{_MODES}", volatile=True)
def today(env: Environment, timer_mode: Vector | None = None) -> Vector:
    return Vector(np.array([np.floor(_told(env, timer_mode))]), None, DATE)


@function("Now([timer_mode])", "date", f"The date and time of now{_MODES}", volatile=True)
def now(env: Environment, timer_mode: Vector | None = None) -> Vector:
    return Vector(np.array([_told(env, timer_mode)]), None, TIMESTAMP)


_LATE = 28


def shifted_months(x: Floats, months: Floats, keep_end: bool = False) -> Floats:
    """x moved by whole months, its time kept; a day that the month lacks becomes the month's last.

    keep_end: days from the 28th on keep their distance from the end of the month.
    """
    days, known = days_of(x)
    known = known & ~np.isnan(months) & (np.abs(months) < 120_000)
    year, month_, day = ymd(days)
    step = np.where(known, np.trunc(np.where(np.isnan(months), 0, months)), 0).astype(np.int64)
    first = first_of_month(year, month_ + step)
    length = first_of_month(year, month_ + step + 1) - first
    from_end = first_of_month(year, month_ + 1) - first_of_month(year, month_) - day
    place = np.minimum(day, length)
    if keep_end:
        place = np.where(day >= _LATE, np.maximum(length - from_end, 1), place)
    moved = first + place - 1 + UNIX_EPOCH
    inside = known & (moved >= FIRST_DAY) & (moved <= LAST_DAY)
    return np.where(inside, moved + (x - np.floor(x)), np.nan)


@function(
    "AddMonths(date, n[, mode])",
    "date",
    "The date n months later; with mode 1, days from the 28th on are counted from the end of the month.",
)
def add_months(env: Environment, date: Vector, n: Vector, mode: Vector | None = None) -> Vector:
    x, months = numbers(date, env.locale), numbers(n, env.locale)
    keep_end = mode is not None and bool((numbers(mode, env.locale) == 1).all())
    return of_numbers(shifted_months(x, months, keep_end), date_format(date))


@function("AddYears(date, n)", "date", "The date n years later.")
def add_years(env: Environment, date: Vector, n: Vector) -> Vector:
    x, years = numbers(date, env.locale), numbers(n, env.locale)
    return of_numbers(shifted_months(x, years * 12), date_format(date))


def date_format(vector: Vector) -> NumFormat:
    """The date's own format if it has one, else that of dates."""
    return vector.format if vector.format is not None and vector.format.type in ("D", "TS") else DATE


@function("Age(timestamp, birth)", "date", "How many whole years had passed since the birth.")
def age(env: Environment, timestamp: Vector, birth: Vector) -> Vector:
    at, known_at = days_of(numbers(timestamp, env.locale))
    born, known_born = days_of(numbers(birth, env.locale))
    (y1, m1, d1), (y0, m0, d0) = ymd(at), ymd(born)
    years = y1 - y0 - ((m1 * 100 + d1) < (m0 * 100 + d0))
    return of_numbers(np.where(known_at & known_born, years, np.nan))
