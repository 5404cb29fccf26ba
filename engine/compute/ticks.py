"""The axis of a time line: its years, quarters, months, days, hours and minutes as ticks with a beginning and an end.

A level with more ticks than asked for is left out. Some levels have ticks of two texts, a short one and one that says
all by itself (marked `$qualified`); clients choose what fits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.compute.definitions import Tree
from engine.data.dual import Floats, NumFormat, Vector
from engine.data.formats import format_vector
from engine.data.locale import Locale

Starts = npt.NDArray[np.datetime64]

DAY_ZERO = np.datetime64("1899-12-30")
"""The day that the number 0 stands for."""

FIRST, LAST = -693_593.0, 2_958_466.0
"""The days that have a year of four digits at most."""

_SECONDS = 86_400

Write = Callable[[Starts, Locale], Sequence[str]]


def _formatted(format: NumFormat) -> Write:
    def write(starts: Starts, locale: Locale) -> Sequence[str]:
        texts: list[str] = format_vector(Vector(_days(starts), None, format), locale).tolist()
        return texts

    return write


def _years(starts: Starts, locale: Locale) -> Sequence[str]:
    return [str(year) for year in (starts.astype("M8[Y]").astype(int) + 1970).tolist()]


def _quarters(starts: Starts, locale: Locale) -> Sequence[str]:
    return [f"Q{number // 3 + 1}" for number in _month_numbers(starts)]


def _months(starts: Starts, locale: Locale) -> Sequence[str]:
    return [locale.month_names[number] for number in _month_numbers(starts)]


def _days_of_month(starts: Starts, locale: Locale) -> Sequence[str]:
    return [str(number + 1) for number in (starts.astype("M8[D]") - starts.astype("M8[M]")).astype(int).tolist()]


def _with_year(write: Write) -> Write:
    return lambda starts, locale: [
        f"{year}-{text}" for year, text in zip(_years(starts, locale), write(starts, locale), strict=True)
    ]


def _month_numbers(starts: Starts) -> list[int]:
    found: list[int] = (starts.astype("M8[M]").astype(int) % 12).tolist()
    return found


_TIME = _formatted(NumFormat("T", "hh:mm"))
_MOMENT = _formatted(NumFormat("TS", "YYYY-MM-DD hh:mm"))


class _Axis(NamedTuple):
    """One way to divide time. unit, step: how long a tick is, in numpy's units."""

    name: str
    unit: str
    step: int
    tags: tuple[str, ...]
    write: Write


AXES = (
    _Axis("Year", "Y", 1, ("$axis", "$year"), _years),
    _Axis("Quarter", "M", 3, ("$axis", "$quarter", "$cyclic"), _quarters),
    _Axis("YearQuarter", "M", 3, ("$axis", "$yearquarter", "$qualified"), _with_year(_quarters)),
    _Axis("Month", "M", 1, ("$axis", "$month", "$cyclic"), _months),
    _Axis("YearMonth", "M", 1, ("$axis", "$yearmonth", "$qualified"), _with_year(_months)),
    _Axis("Day", "D", 1, ("$axis", "$day", "$cyclic"), _days_of_month),
    _Axis("Date", "D", 1, ("$axis", "$date", "$qualified"), _formatted(NumFormat("D"))),
    _Axis("Hour", "h", 1, ("$axis", "$hour", "$cyclic"), _TIME),
    _Axis("DateHour", "h", 1, ("$axis", "$datehour", "$qualified"), _MOMENT),
    _Axis("Minute", "m", 1, ("$axis", "$minute", "$cyclic"), _TIME),
    _Axis("DateMinute", "m", 1, ("$axis", "$dateminute", "$qualified"), _MOMENT),
)


def time_axes(start: float, end: float, most_ticks: int, locale: Locale) -> list[Tree]:
    """The levels, coarsest first, with the ticks from `start` to `end` (days since 1899-12-30)."""
    start, end = (min(max(edge, FIRST), LAST) for edge in (start, end))
    if not end >= start:
        return []
    levels = []
    for axis in AXES:
        first, last = _place(start, axis), _place(end, axis)
        if last - first + 1 > most_ticks:
            continue
        edges = (np.arange(first, last + 2) * axis.step).astype(f"M8[{axis.unit}]").astype("M8[s]")
        days, texts = _days(edges), axis.write(edges[:-1], locale)
        ticks = [
            {"qText": text, "qStart": _plain(begin), "qEnd": _plain(finish)}
            for text, begin, finish in zip(texts, days[:-1].tolist(), days[1:].tolist(), strict=True)
        ]
        levels.append({"qName": axis.name, "qTags": list(axis.tags), "qTicks": ticks})
    return levels


def _place(days: float, axis: _Axis) -> int:
    """The number of the tick a moment lies in."""
    moment = DAY_ZERO.astype("M8[s]") + np.timedelta64(int(np.floor(days * _SECONDS + 1e-6)), "s")
    return int(moment.astype(f"M8[{axis.unit}]").astype(int)) // axis.step


def _days(moments: Starts) -> Floats:
    seconds = (moments.astype("M8[s]") - DAY_ZERO.astype("M8[s]")).astype(np.int64)
    return seconds / _SECONDS


def _plain(days: float) -> float | int:
    return int(days) if days == int(days) else days
