"""Weeks and working days: their numbers, years, names and lengths, by the app's first day of the week.

Weekdays count from 0 = Monday in arguments. Unbroken weeks belong to the year that their reference day says
(4: ISO 8601); broken ones begin anew on January 1.
"""

from __future__ import annotations

import numpy as np

from engine.data.dual import Vector
from engine.language.functions.dates import (
    DATE,
    UNIX_EPOCH,
    Integers,
    days_of,
    first_of_month,
    shifted_months,
    ymd,
)
from engine.language.registry import Environment, function
from engine.language.values import broadcast, numbers, of_duals, of_numbers

_WEEK = "[, first_week_day[, broken_weeks[, reference_day]]]"
_MOST_DAYS = 4_000_000
_LEAP_YEAR = 2000
_LEAP_DAYS = 366


def weekday_of(days: Integers) -> Integers:
    """0 = Monday ... 6 = Sunday; 1970-01-01 was a Thursday."""
    return np.mod(days + 3, 7)


def week_start(days: Integers, first: int) -> Integers:
    """The first day of the week that holds each day."""
    return days - np.mod(weekday_of(days) - first, 7)


def option(env: Environment, value: Vector | None, default: int) -> int:
    """An optional argument that holds for all values: its first number, or the default of the app."""
    if value is None or not len(value):
        return default
    found = numbers(value, env.locale)[0]
    return default if np.isnan(found) else int(np.clip(found, -1_000_000, 1_000_000))


class WeekRules:
    """The three settings that number weeks."""

    def __init__(self, env: Environment, *options: Vector | None) -> None:
        first, broken, reference = (*options, None, None, None)[:3]
        locale = env.locale
        self.first = option(env, first, locale.first_weekday) % 7
        self.broken = bool(option(env, broken, int(locale.broken_weeks)))
        self.reference = min(max(option(env, reference, locale.reference_day), 1), 7)

    def number_and_year(self, days: Integers) -> tuple[Integers, Integers]:
        year = ymd(days)[0]
        start = week_start(days, self.first)
        if self.broken:
            return (start - self._first_week(year)) // 7 + 1, year
        year = np.where(start >= self._first_week(year + 1), year + 1, year)
        year = np.where(start < self._first_week(year), year - 1, year)
        return (start - self._first_week(year)) // 7 + 1, year

    def _first_week(self, year: Integers) -> Integers:
        january = first_of_month(year, np.ones_like(year))
        return week_start(january + (0 if self.broken else self.reference - 1), self.first)


@function(f"Week(date{_WEEK})", "date", "The number of the week.")
def week(env: Environment, date: Vector, *options: Vector) -> Vector:
    days, known = days_of(numbers(date, env.locale))
    return of_numbers(np.where(known, WeekRules(env, *options).number_and_year(days)[0], np.nan))


@function(f"WeekYear(date{_WEEK})", "date", "The year that the week belongs to.")
def week_year(env: Environment, date: Vector, *options: Vector) -> Vector:
    days, known = days_of(numbers(date, env.locale))
    return of_numbers(np.where(known, WeekRules(env, *options).number_and_year(days)[1], np.nan))


@function("WeekDay(date[, first_week_day])", "date", "The day of the week from 0, shown by its short name.")
def week_day(env: Environment, date: Vector, first_week_day: Vector | None = None) -> Vector:
    days, known = days_of(numbers(date, env.locale))
    first = WeekRules(env, first_week_day).first
    places = weekday_of(days)
    names = env.locale.day_names
    rows = zip(known.tolist(), np.mod(places - first, 7).tolist(), places.tolist(), strict=True)
    return of_duals([(float(number), names[place]) if shown else (None, None) for shown, number, place in rows])


@function(
    f"MakeWeekDate(year[, week[, weekday{_WEEK}]])",
    "date",
    "The date of a weekday (0 = first day) in a week of a year.",
)
def make_week_date(
    env: Environment, year: Vector, week: Vector | None = None, weekday: Vector | None = None, *options: Vector
) -> Vector:
    one, zero = Vector(np.ones(1)), Vector(np.zeros(1))
    given = [np.floor(numbers(part, env.locale)) for part in broadcast([year, week or one, weekday or zero])]
    y, w, d = given
    known = (y >= 2) & (y <= 9998) & (w >= 1) & (w <= 53) & (d >= 0) & (d <= 6)
    rules = WeekRules(env, *options)
    years = np.where(known, y, 2000).astype(np.int64)
    days = rules._first_week(years) + np.where(known, (w - 1) * 7 + d, 0)
    return of_numbers(np.where(known, days + UNIX_EPOCH, np.nan), DATE)


_AS_LEAP = "counted as if every year had a February 29; it may begin with another month than January."


@function("DayNumberOfYear(date[, start_month])", "date", f"The day of the year, {_AS_LEAP}")
def day_number_of_year(env: Environment, date: Vector, start_month: Vector | None = None) -> Vector:
    return _day_number(env, date, start_month, 12)


@function("DayNumberOfQuarter(date[, start_month])", "date", f"The day of the quarter, {_AS_LEAP}")
def day_number_of_quarter(env: Environment, date: Vector, start_month: Vector | None = None) -> Vector:
    return _day_number(env, date, start_month, 3)


def _day_number(env: Environment, date: Vector, start_month: Vector | None, length: int) -> Vector:
    """The day in the period of `length` months of a year that begins with the start month: by a leap year's days."""
    days, known = days_of(numbers(date, env.locale))
    _, month, day = ymd(days)
    start = option(env, start_month, 1)
    first = (month - 1 - np.mod(month - start, length)) % 12 + 1
    leap = np.full_like(month, _LEAP_YEAR)
    # A period that runs over the turn of the year ends in the next one; that has its February 29 in it too.
    end_of = np.where(first <= month, first_of_month(leap, month), first_of_month(leap, month) + _LEAP_DAYS)
    return of_numbers(np.where(known, end_of - first_of_month(leap, first) + day, np.nan))


def _holidays(env: Environment, holidays: tuple[Vector, ...]) -> np.ndarray:
    found = [days_of(numbers(holiday, env.locale)) for holiday in holidays]
    return np.array(sorted({int(day) for days, known in found for day in days[known]}), dtype="M8[D]")


def _business(env: Environment, *values: Vector) -> tuple[list[np.ndarray], np.ndarray]:
    """Dates of the arguments, and where all of them are known."""
    parts = [days_of(numbers(value, env.locale)) for value in broadcast(values)]
    known = np.logical_and.reduce([known for _, known in parts])
    return [days.astype("M8[D]") for days, _ in parts], known


@function(
    "NetWorkDays(start, end[, holiday, ...])", "date", "How many days from Monday to Friday, no holidays among them."
)
def net_work_days(env: Environment, start: Vector, end: Vector, *holidays: Vector) -> Vector:
    (first, last), known = _business(env, start, end)
    count = np.busday_count(first, last + 1, holidays=_holidays(env, holidays))
    return of_numbers(np.where(known, np.maximum(count, 0), np.nan))


def _work_date(env: Environment, date: Vector, count: Vector, holidays: tuple[Vector, ...], forward: bool) -> Vector:
    at, steps = broadcast([date, count])
    (days,), known = _business(env, at)
    wanted = np.floor(numbers(steps, env.locale))
    known = known & (wanted >= 1) & (wanted < _MOST_DAYS)
    step = np.where(known, wanted - 1, 0).astype(np.int64)
    free = _holidays(env, holidays)
    if forward:
        found = np.busday_offset(days, step, roll="forward", holidays=free)
    else:
        found = np.busday_offset(days, -step, roll="backward", holidays=free)
    return of_numbers(np.where(known, found.astype(np.int64) + UNIX_EPOCH, np.nan), DATE)


@function(
    "LastWorkDate(start, workdays[, holiday, ...])", "date", "The date on which so many working days from start end."
)
def last_work_date(env: Environment, start: Vector, workdays: Vector, *holidays: Vector) -> Vector:
    return _work_date(env, start, workdays, holidays, forward=True)


@function(
    "FirstWorkDate(end, workdays[, holiday, ...])",
    "date",
    "The latest date to begin so many working days to end in time.",
)
def first_work_date(env: Environment, end: Vector, workdays: Vector, *holidays: Vector) -> Vector:
    return _work_date(env, end, workdays, holidays, forward=False)


@function("SetDateYear(date, year)", "date", "The date in another year.")
def set_date_year(env: Environment, date: Vector, year: Vector) -> Vector:
    x, target = numbers(date, env.locale), np.floor(numbers(year, env.locale))
    days, _ = days_of(x)
    steps = np.asarray((target - ymd(days)[0]) * 12, dtype=np.float64)
    return of_numbers(shifted_months(x, steps), DATE)


@function("SetDateYearMonth(date, year, month)", "date", "The date in another year and month.")
def set_date_year_month(env: Environment, date: Vector, year: Vector, month: Vector) -> Vector:
    x = numbers(date, env.locale)
    target, wanted = np.floor(numbers(year, env.locale)), np.floor(numbers(month, env.locale))
    days, _ = days_of(x)
    now_year, now_month, _ = ymd(days)
    steps = np.where((wanted >= 1) & (wanted <= 12), (target - now_year) * 12.0 + wanted - now_month, np.nan)
    return of_numbers(shifted_months(x, steps), DATE)
