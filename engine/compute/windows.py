"""Range functions over the values of several rows, such as RangeSum(Above(x, 0, 12)).

Sums, means, counts and extremes of one window are worked out for all rows at once, whatever the windows' lengths:
from running sums along the segments, and from a table of the extremes of runs of 1, 2, 4 ... values. All other
functions get the values of the windows as so many arguments, in blocks of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import cast

import numpy as np

from engine.compute.frames import Index, Segments
from engine.data.dual import Floats, Vector
from engine.data.locale import Locale
from engine.errors import CalculationTooLarge
from engine.language.registry import Environment, Function, Implementation
from engine.language.values import common_format, is_null, numbers, of_numbers, texts, with_texts
from engine.stopping import check_stop

MOST_VALUES = 200_000_000
"""Values that all windows of one call may have together, where they are looked at one by one."""

BLOCK_VALUES = 2**20
NOTHING = Vector(np.array([np.nan]))
MOST_SPARSE = 2**20
"""Rows up to which a table of extremes is made."""


@dataclass(frozen=True, eq=False)
class Window:
    """The values at `count` places of each row's segment, from `first` on, one `step` (1 or -1) after the other.

    All places lie in the segment; see `within`.
    """

    values: Vector
    segments: Segments
    first: Index
    count: Index
    step: int

    @classmethod
    def within(cls, values: Vector, segments: Segments, first: Index, count: Index, step: int) -> Window:
        """The window without the places that lie outside of its segment."""
        missed = np.maximum(1 - first if step > 0 else first - segments.sizes, 0)
        begin = first + step * missed
        left = segments.sizes - begin + 1 if step > 0 else begin
        return cls(values, segments, begin, np.clip(count - missed, 0, np.maximum(left, 0)), step)

    def at(self, rows: slice, number: int) -> Index:
        """The row of each window's value of that number; -1 where it has none."""
        found = self.segments.at(self.first[rows] + self.step * number, rows)
        return np.where(number < self.count[rows], found, -1)

    @property
    def bounds(self) -> tuple[Index, Index]:
        """The first and the last place of each window."""
        last = self.first + self.step * (self.count - 1)
        return (self.first, last) if self.step > 0 else (last, self.first)


def taken(values: Vector, index: Index, missing: float = np.nan) -> Vector:
    """Values by their places; where that is -1, a number, or NULL."""
    check_stop()
    texts = None if values.texts is None else np.append(values.texts, [None])
    return Vector(np.append(values.numbers, missing), texts, values.format).take(index)


def sliding(name: str, window: Window, locale: Locale) -> Vector | None:
    """The range function of one window a row; None for functions that are not worked out this way."""
    compute = _SLIDING.get(name)
    if compute is None or (compute in _EXTREMES and len(window.first) > MOST_SPARSE):
        return None
    begin, end = window.segments.spans(*window.bounds)
    end = np.where(window.count > 0, end, begin)
    check_stop()
    ordered = window.values.take(window.segments.order)
    return of_numbers(compute(ordered, begin, end, locale))


def _running(values: Floats, begin: Index, end: Index) -> Floats:
    sums = np.append(0.0, np.cumsum(values))
    return sums[end] - sums[begin]


def _sum(values: Vector, begin: Index, end: Index, locale: Locale) -> Floats:
    return _running(np.nan_to_num(numbers(values, locale)), begin, end)


def _numeric_count(values: Vector, begin: Index, end: Index, locale: Locale) -> Floats:
    return _running((~np.isnan(numbers(values, locale))).astype(np.float64), begin, end)


def _count(values: Vector, begin: Index, end: Index, locale: Locale) -> Floats:
    return _running((~is_null(values)).astype(np.float64), begin, end)


def _mean(values: Vector, begin: Index, end: Index, locale: Locale) -> Floats:
    with np.errstate(all="ignore"):
        return _sum(values, begin, end, locale) / _numeric_count(values, begin, end, locale)


def _extreme(better: np.ufunc) -> Callable[[Vector, Index, Index, Locale], Floats]:
    def compute(values: Vector, begin: Index, end: Index, locale: Locale) -> Floats:
        long = end - begin
        levels = [numbers(values, locale)]
        while 1 << len(levels) <= int(long.max(initial=0)):
            width = 1 << (len(levels) - 1)
            levels.append(better(levels[-1][:-width], levels[-1][width:]))
        found = np.full(len(begin), np.nan)
        power = np.where(long > 0, np.floor(np.log2(np.maximum(long, 1))), -1).astype(np.int64)
        for step in np.unique(power[power >= 0]).tolist():
            rows = power == step
            found[rows] = better(levels[step][begin[rows]], levels[step][end[rows] - (1 << step)])
        return found

    return compute


_SLIDING: Mapping[str, Callable[[Vector, Index, Index, Locale], Floats]] = {
    "rangesum": _sum,
    "rangeavg": _mean,
    "rangecount": _count,
    "rangenumericcount": _numeric_count,
    "rangemin": _extreme(np.fmin),
    "rangemax": _extreme(np.fmax),
}
_EXTREMES = (_SLIDING["rangemin"], _SLIDING["rangemax"])


_COUNTING_NULLS = frozenset({"rangenullcount", "rangemissingcount"})
_PAIRED_FROM = {"rangecorrel": 0, "rangexirr": 0, "rangexnpv": 1}
"""Functions of pairs (value, date, value, date ...), and how many arguments they have before these."""


def over_windows(function: Function, env: Environment, given: Sequence[Vector | Window]) -> Vector:
    """A function of the values of windows: [rows]. The function must have an implementation.

    Values that a window does not have are NULL, but are not counted where NULLs are. Two windows that are a pair give
    pairs.
    """
    name, implementation = function.name.lower(), cast(Implementation, function.implementation)
    rows = env.size
    widths = [int(one.count.max(initial=1)) if isinstance(one, Window) else 1 for one in given]
    if sum(widths) * rows > MOST_VALUES:
        raise CalculationTooLarge(
            f"The ranges have {sum(widths) * rows:,} values together; at most {MOST_VALUES:,} are allowed."
        )
    block = max(BLOCK_VALUES // max(sum(widths), 1), 1)
    parts = []
    for begin in range(0, max(rows, 1), block):
        check_stop()
        part = slice(begin, min(begin + block, rows))
        columns, absent = _columns(given, widths, part)
        arguments = _as_arguments(columns, _PAIRED_FROM.get(name))
        found = implementation(Environment(env.locale, part.stop - part.start, facts=env.facts), *arguments)
        parts.append(Vector(found.numbers - absent, found.texts, found.format) if name in _COUNTING_NULLS else found)
    return _joined(parts, env.locale)


def _columns(given: Sequence[Vector | Window], widths: Sequence[int], rows: slice) -> tuple[list[list[Vector]], Floats]:
    """For each argument the values of some rows as columns, and how many of them no window has."""
    columns: list[list[Vector]] = []
    absent = np.zeros(rows.stop - rows.start)
    for one, width in zip(given, widths, strict=True):
        if isinstance(one, Vector):
            columns.append([one if len(one) == 1 else one.take(np.arange(rows.start, rows.stop))])
            continue
        places = [one.at(rows, number) for number in range(width)]
        absent += sum(index < 0 for index in places)
        columns.append([taken(one.values, index) for index in places])
    return columns, absent


def _as_arguments(columns: Sequence[Sequence[Vector]], paired_from: int | None) -> list[Vector]:
    if paired_from is None:
        return [column for own in columns for column in own]
    arguments = [column for own in columns[:paired_from] for column in own]
    for values, others in zip(columns[paired_from::2], columns[paired_from + 1 :: 2], strict=False):
        for pair in zip_longest(values, others, fillvalue=NOTHING):
            arguments += pair
    return arguments


def _joined(parts: Sequence[Vector], locale: Locale) -> Vector:
    """Vectors one behind the other; formats that differ become texts."""
    if len(parts) == 1:
        return parts[0]
    format = common_format(parts)
    if format is None:
        parts = [with_texts(part, locale) for part in parts]
    shown = None
    if any(part.texts is not None for part in parts):
        shown = np.concatenate([texts(part, locale) if part.texts is None else part.texts for part in parts])
    return Vector(np.concatenate([part.numbers for part in parts]), shown, format)
