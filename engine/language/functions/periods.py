"""Periods that hold a date: where they start and end, what they are called, whether another moment lies in them.

One table of kinds (year, quarter, month, n months, week, lunar week, day) gives every family its functions:
XStart, XEnd, XName, InX and InXToDate. An end is the period's last millisecond.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.data.date_pattern import DAY_MS
from engine.data.dual import Bools, Floats, NumFormat, Vector
from engine.data.formats import format_number
from engine.data.locale import Locale
from engine.language.functions.dates import (
    DATE,
    TIMESTAMP,
    UNIX_EPOCH,
    days_of,
    first_of_month,
    moment_number,
    shifted_months,
    ymd,
)
from engine.language.functions.weeks import WeekRules, option, week_start
from engine.language.registry import Environment, function
from engine.language.values import broadcast, numbers, of_duals, of_numbers, of_truth
from engine.stopping import looking

MILLISECOND = 1 / DAY_MS
_MONTH_LENGTHS = (1, 2, 3, 4, 6, 12)
_LARGEST_SHIFT = 1_000_000
_NO_DAY = -(2**40)


@dataclass(frozen=True)
class Period:
    """The periods that hold some moments: start and end (exclusive) as numbers, NaN where unknown."""

    start: Floats
    end: Floats


def _months(x: Floats, shift: Floats, length: int, first_month: int) -> Period:
    """Periods of `length` months, the first of which begins in `first_month`."""
    days, known = days_of(x)
    known = known & (np.abs(shift) < 10_000)
    year, month, _ = ymd(days)
    steps = np.where(known, np.trunc(np.where(known, shift, 0)), 0).astype(np.int64) * length
    back = np.mod(month - first_month, length)
    start = first_of_month(year, month - back + steps)
    end = first_of_month(year, month - back + steps + length)
    return Period(np.where(known, start + UNIX_EPOCH, np.nan), np.where(known, end + UNIX_EPOCH, np.nan))


def _weeks(x: Floats, shift: Floats, first: int) -> Period:
    days, known = days_of(x)
    start = np.where(known, week_start(days, first) + UNIX_EPOCH + np.trunc(shift) * 7, np.nan)
    return Period(start, start + 7)


def _lunar_weeks(x: Floats, shift: Floats, offset: float) -> Period:
    """Weeks of seven days counted from January 1; the year's last one is short. offset: days, with fractions."""
    days, known = days_of(x - offset + np.trunc(shift) * 7)
    year = ymd(days)[0]
    january = first_of_month(year, np.ones_like(year))
    start = january + (days - january) // 7 * 7
    end = np.minimum(start + 7, first_of_month(year + 1, np.ones_like(year)))
    return Period(
        np.where(known, start + UNIX_EPOCH + offset, np.nan), np.where(known, end + UNIX_EPOCH + offset, np.nan)
    )


def _days(x: Floats, shift: Floats, day_start: float) -> Period:
    days, known = days_of(x - day_start)
    start = np.where(known, days + UNIX_EPOCH + day_start + np.trunc(shift), np.nan)
    return Period(start, start + 1)


def _month_span(start: float, end: float, locale: Locale) -> str:
    names = locale.month_names
    days, _ = days_of(np.array([start, end - 1]))
    _, month, _ = ymd(days)
    first, last = names[int(month[0]) - 1], names[int(month[1]) - 1]
    return first if first == last else f"{first}-{last}"


def _name_months(start: float, end: float, locale: Locale) -> str:
    year = int(ymd(days_of(np.array([start]))[0])[0][0])
    return f"{_month_span(start, end, locale)} {year}"


def _name_year(start: float, end: float, _: Locale) -> str:
    first, last = (int(year) for year in ymd(days_of(np.array([start, end - 1]))[0])[0])
    return str(first) if first == last else f"{first}-{last}"


def _name_lunar_week(start: float, end: float, _: Locale) -> str:
    days, _known = days_of(np.array([start]))
    year = ymd(days)[0]
    return f"{int(year[0])}/{int((days - first_of_month(year, np.ones_like(year)))[0]) // 7 + 1:02d}"


def _name_day(start: float, end: float, locale: Locale) -> str:
    return format_number(start, NumFormat("D"), locale)


Find = Callable[[Environment, Floats, Floats, "Vector | None"], Period]
Name = Callable[[float, float, Locale], str]


@dataclass(frozen=True)
class Kind:
    """name: as in the functions' names; setting: the last argument; step: months (or days, if negative) it takes
    to go one period on; find and label: the period of moments, and what it is called; format: of its ends."""

    name: str
    noun: str
    setting: str
    months: int
    days: int
    find: Find
    label: Name | None
    format: NumFormat = DATE


def _by_months(length: int) -> Find:
    return lambda env, x, shift, setting: _months(
        x, shift, length, option(env, setting, env.locale.first_month_of_year)
    )


def _days_setting(env: Environment, setting: Vector | None) -> float:
    """A setting in days that holds for all values; 0 unless it is some."""
    if setting is None or not len(setting):
        return 0.0
    found = float(numbers(setting, env.locale)[0])
    return found if abs(found) < _LARGEST_SHIFT else 0.0


KINDS = (
    Kind("Year", "year", "first_month_of_year", 12, 0, _by_months(12), _name_year),
    Kind("Quarter", "quarter", "first_month_of_year", 3, 0, _by_months(3), _name_months),
    Kind("Month", "month", "", 1, 0, _by_months(1), _name_months),
    Kind(
        "Week",
        "week",
        "first_week_day",
        0,
        7,
        lambda env, x, shift, setting: _weeks(x, shift, WeekRules(env, setting).first),
        None,
    ),
    Kind(
        "LunarWeek",
        "lunar week, counted from January 1,",
        "first_week_day",
        0,
        7,
        lambda env, x, shift, setting: _lunar_weeks(x, shift, _days_setting(env, setting)),
        _name_lunar_week,
    ),
    Kind(
        "Day",
        "day",
        "day_start",
        0,
        1,
        lambda env, x, shift, setting: _days(x, shift, _days_setting(env, setting) % 1.0),
        _name_day,
        TIMESTAMP,
    ),
)


def _found(env: Environment, kind: Kind, date: Vector, shift: Vector | None, setting: Vector | None) -> Period:
    at, by = broadcast([date, shift if shift is not None else Vector(np.zeros(1))])
    return kind.find(env, numbers(at, env.locale), numbers(by, env.locale), setting)


def _names(env: Environment, kind: Kind, period: Period) -> Vector:
    label = kind.label or _name_day
    # There are far fewer periods than dates: each is named once.
    starts, first, where = np.unique(period.start, return_index=True, return_inverse=True)
    ends = period.end[first]
    names = of_duals(
        [
            (None, None) if start != start else (start, label(start, end, env.locale))
            for start, end in looking(list(zip(starts.tolist(), ends.tolist(), strict=True)))
        ]
    )
    return names.take(where)


def _register_ranges(kind: Kind) -> None:
    setting = f"[, {kind.setting}]" if kind.setting else ""
    arguments = f"(date[, period_no{setting}])"

    @function(f"{kind.name}Start{arguments}", "date range", f"The first moment of the {kind.noun} that holds the date.")
    def start(env: Environment, date: Vector, shift: Vector | None = None, setting: Vector | None = None) -> Vector:
        return of_numbers(_found(env, kind, date, shift, setting).start, kind.format)

    @function(
        f"{kind.name}End{arguments}", "date range", f"The last millisecond of the {kind.noun} that holds the date."
    )
    def end(env: Environment, date: Vector, shift: Vector | None = None, setting: Vector | None = None) -> Vector:
        return of_numbers(_found(env, kind, date, shift, setting).end - MILLISECOND, kind.format)

    if kind.label is None:
        return

    @function(f"{kind.name}Name{arguments}", "date range", f"The name of the {kind.noun} that holds the date.")
    def name(env: Environment, date: Vector, shift: Vector | None = None, setting: Vector | None = None) -> Vector:
        return _names(env, kind, _found(env, kind, date, shift, setting))


def _register_tests(kind: Kind) -> None:
    setting = f"[, {kind.setting}]" if kind.setting else ""
    arguments = f"(timestamp, base_date, period_no{setting})"
    to_date = f"In{kind.name}ToTime" if kind.name == "Day" else f"In{kind.name}ToDate"

    @function(
        f"In{kind.name}{arguments}", "date range", f"Whether the timestamp lies in the {kind.noun} of the base date."
    )
    def inside(env: Environment, at: Vector, base: Vector, shift: Vector, setting: Vector | None = None) -> Vector:
        return _inside(env, at, base, _found(env, kind, base, shift, setting))

    @function(f"{to_date}{arguments}", "date range", f"As In{kind.name}, but only up to the base date itself.")
    def inside_to_date(
        env: Environment, at: Vector, base: Vector, shift: Vector, setting: Vector | None = None
    ) -> Vector:
        period = _found(env, kind, base, shift, setting)
        day, by = broadcast([base, shift])
        moved = _moved(kind, numbers(day, env.locale), numbers(by, env.locale))
        last = moved + MILLISECOND if kind.name == "Day" else np.floor(moved) + 1
        return _inside(env, at, base, Period(period.start, np.minimum(last, period.end)))


def _moved(kind: Kind, x: Floats, shift: Floats) -> Floats:
    """The base date, moved by whole periods."""
    return shifted_months(x, shift * kind.months) if kind.months else x + np.trunc(shift) * kind.days


def _inside(env: Environment, at: Vector, base: Vector, period: Period) -> Vector:
    x = numbers(at, env.locale)
    half = MILLISECOND / 2
    null: Bools = np.isnan(x) | np.isnan(period.start)
    return of_truth((x >= period.start - half) & (x < period.end - half), null)


for _kind in KINDS:
    _register_ranges(_kind)
    _register_tests(_kind)


@function(
    "WeekName(date[, period_no[, first_week_day[, broken_weeks[, reference_day]]]])",
    "date range",
    "The year and number of the week that holds the date, such as 2024/07.",
)
def week_name(env: Environment, date: Vector, shift: Vector | None = None, *options: Vector) -> Vector:
    at, by = broadcast([date, shift if shift is not None else Vector(np.zeros(1))])
    days, known = days_of(numbers(at, env.locale) + np.trunc(numbers(by, env.locale)) * 7)
    rules = WeekRules(env, *options)
    number, year = rules.number_and_year(days)
    start = week_start(days, rules.first)
    if rules.broken:
        start = np.maximum(start, first_of_month(year, np.ones_like(year)))
    found, first, where = np.unique(np.where(known, start, _NO_DAY), return_index=True, return_inverse=True)
    rows = zip(found.tolist(), year[first].tolist(), number[first].tolist(), strict=True)
    names = [(None, None) if at == _NO_DAY else (float(at + UNIX_EPOCH), f"{y}/{n:02d}") for at, y, n in rows]
    return of_duals(names).take(where)


def _n_months(env: Environment, n: Vector, setting: Vector | None) -> tuple[Kind | None, Vector | None]:
    """The kind of a period of n months; None unless n divides the year."""
    length = option(env, n, 0)
    if length not in _MONTH_LENGTHS:
        return None, setting
    return Kind("Months", "period of n months", "", length, 0, _by_months(length), _name_months), setting


def _months_range(part: Callable[[Environment, Kind, Period], Vector]) -> Callable[..., Vector]:
    def run(
        env: Environment, n: Vector, date: Vector, shift: Vector | None = None, setting: Vector | None = None
    ) -> Vector:
        kind, setting = _n_months(env, n, setting)
        if kind is None:
            return of_numbers(np.full(len(date), np.nan))
        return part(env, kind, _found(env, kind, date, shift, setting))

    return run


_MONTHS = "(n_months, date[, period_no[, first_month_of_year]])"
_OF_MONTHS = "of the period of 1, 2, 3, 4, 6 or 12 months that holds the date."
function(f"MonthsStart{_MONTHS}", "date range", f"The first moment {_OF_MONTHS}")(
    _months_range(lambda env, kind, period: of_numbers(period.start, DATE))
)
function(f"MonthsEnd{_MONTHS}", "date range", f"The last millisecond {_OF_MONTHS}")(
    _months_range(lambda env, kind, period: of_numbers(period.end - MILLISECOND, DATE))
)
function(f"MonthsName{_MONTHS}", "date range", f"The name {_OF_MONTHS}")(_months_range(_names))


@function(
    "InMonths(n_months, timestamp, base_date, period_no[, first_month_of_year])",
    "date range",
    "Whether the timestamp lies in the period of n months that holds the base date.",
)
def in_months(
    env: Environment, n: Vector, at: Vector, base: Vector, shift: Vector, setting: Vector | None = None
) -> Vector:
    kind, setting = _n_months(env, n, setting)
    if kind is None:
        return of_numbers(np.full(len(at), np.nan))
    return _inside(env, at, base, _found(env, kind, base, shift, setting))


@function(
    "InMonthsToDate(n_months, timestamp, base_date, period_no[, first_month_of_year])",
    "date range",
    "As InMonths, but only up to the base date itself.",
)
def in_months_to_date(
    env: Environment, n: Vector, at: Vector, base: Vector, shift: Vector, setting: Vector | None = None
) -> Vector:
    kind, setting = _n_months(env, n, setting)
    if kind is None:
        return of_numbers(np.full(len(at), np.nan))
    period = _found(env, kind, base, shift, setting)
    day, by = broadcast([base, shift])
    last = np.floor(_moved(kind, numbers(day, env.locale), numbers(by, env.locale))) + 1
    return _inside(env, at, base, Period(period.start, np.minimum(last, period.end)))


@function(
    "YearToDate(timestamp[, year_offset[, first_month[, today]]])",
    "date range",
    "Whether the timestamp lies in the year so far, or in the same part of another year.",
)
def year_to_date(
    env: Environment,
    at: Vector,
    offset: Vector | None = None,
    first_month: Vector | None = None,
    today: Vector | None = None,
) -> Vector:
    now = today if today is not None else Vector(np.array([moment_number(env.now())]))
    shift = offset if offset is not None else Vector(np.zeros(1))
    period = _found(env, KINDS[0], now, shift, first_month)
    day, by = broadcast([now, shift])
    last = np.floor(_moved(KINDS[0], numbers(day, env.locale), numbers(by, env.locale))) + 1
    return _inside(env, at, now, Period(period.start, np.minimum(last, period.end)))
