"""Range functions: one value from the values of all arguments of a row. What is no number does not count."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.data.dual import Floats, Vector
from engine.language.registry import FUNCTIONS, Environment, add, function
from engine.language.values import broadcast, choose, is_null, null_vector, numbers, of_numbers, of_texts, texts
from engine.stopping import looking

Table = npt.NDArray[np.float64]
"""[arguments, rows], NaN where an argument is no number."""


def _table(env: Environment, values: tuple[Vector, ...]) -> Table:
    return np.stack([numbers(value, env.locale) for value in broadcast(values)])


def _range(name: str, help: str) -> Callable[[Callable[[Table], Floats]], Callable[[Table], Floats]]:
    """Register a reduction of a table over its arguments."""

    def register(compute: Callable[[Table], Floats]) -> Callable[[Table], Floats]:
        def run(env: Environment, *values: Vector) -> Vector:
            with np.errstate(all="ignore"):
                return of_numbers(compute(_table(env, values)))

        function(f"{name}(value[, ...])", "range", help)(run)
        return compute

    return register


def _count(table: Table) -> Floats:
    return np.asarray((~np.isnan(table)).sum(axis=0), dtype=np.float64)


_range("RangeSum", "The sum of the numbers; 0 when there are none.")(lambda table: np.nansum(table, axis=0))
_range("RangeAvg", "The mean of the numbers.")(lambda table: np.nansum(table, axis=0) / _count(table))
_range("RangeMin", "The smallest number.")(lambda table: np.fmin.reduce(table, axis=0))
_range("RangeMax", "The largest number.")(lambda table: np.fmax.reduce(table, axis=0))
_range("RangeNumericCount", "How many of the values are numbers.")(_count)


@_range("RangeStdev", "The standard deviation of the numbers, as of a sample.")
def range_stdev(table: Table) -> Floats:
    n = _count(table)
    spread = table - np.nansum(table, axis=0) / n
    return np.where(n > 1, np.sqrt(np.nansum(spread**2, axis=0) / (n - 1)), np.nan)


def _standardized(table: Table) -> Table:
    """How many standard deviations of a sample each number is above the mean."""
    n = _count(table)
    spread = table - np.nansum(table, axis=0) / n
    return spread / np.sqrt(np.nansum(spread**2, axis=0) / (n - 1))


def _varies(table: Table) -> npt.NDArray[np.bool_]:
    """Where there are two different numbers: without, nothing can be said of the shape."""
    return np.fmax.reduce(table, axis=0) > np.fmin.reduce(table, axis=0)


@_range("RangeSkew", "The skewness of the numbers, as of a sample.")
def range_skew(table: Table) -> Floats:
    n = _count(table)
    skewed = n / ((n - 1) * (n - 2)) * np.nansum(_standardized(table) ** 3, axis=0)
    return np.where((n > 2) & _varies(table), skewed, np.nan)


@_range("RangeKurtosis", "The kurtosis of the numbers, as of a sample.")
def range_kurtosis(table: Table) -> Floats:
    n = _count(table)
    fourth = np.nansum(_standardized(table) ** 4, axis=0)
    grown = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourth
    return np.where((n > 3) & _varies(table), grown - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)), np.nan)


def _fractile(table: Table, share: Floats, exclusive: bool) -> Floats:
    """Linear interpolation between the closest ranks."""
    ordered = np.sort(table, axis=0)
    n = _count(table)
    place = share * (n + 1) - 1 if exclusive else share * (n - 1)
    known = (n > 0) & (place >= 0) & (place <= n - 1)
    low = np.where(known, np.floor(place), 0).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(n - 1, 0).astype(np.int64))
    row = np.arange(table.shape[1])
    lower, upper = ordered[low, row], ordered[high, row]
    with np.errstate(all="ignore"):
        return np.where(known, lower + (upper - lower) * (place - low), np.nan)


def _register_fractile(name: str, help: str, exclusive: bool) -> None:
    @function(f"{name}(fractile, value[, ...])", "range", help)
    def run(env: Environment, fractile: Vector, *values: Vector) -> Vector:
        share, *others = broadcast([fractile, *values])
        return of_numbers(_fractile(_table(env, tuple(others)), numbers(share, env.locale), exclusive))


_register_fractile("RangeFractile", "The fractile (0 to 1) of the numbers, both ends included.", False)
_register_fractile("RangeFractileExc", "The fractile of the numbers, both ends excluded.", True)


def _counting(name: str, help: str, counts: Callable[[Environment, Vector], npt.NDArray[np.bool_]]) -> None:
    @function(f"{name}(value[, ...])", "range", help)
    def run(env: Environment, *values: Vector) -> Vector:
        return of_numbers(np.sum([counts(env, value) for value in broadcast(values)], axis=0))


_counting("RangeCount", "How many of the values are not NULL.", lambda env, value: ~is_null(value))
_counting("RangeNullCount", "How many of the values are NULL.", lambda env, value: is_null(value))
_counting(
    "RangeTextCount",
    "How many of the values are texts that cannot be read as numbers.",
    lambda env, value: np.isnan(numbers(value, env.locale)) & ~is_null(value),
)
_counting(
    "RangeMissingCount",
    "How many of the values are not numbers.",
    lambda env, value: np.isnan(numbers(value, env.locale)),
)


for _name, _modern, _help in (
    ("NumSum", "RangeSum", "As RangeSum: the sum of the numbers; 0 when there are none."),
    ("NumAvg", "RangeAvg", "As RangeAvg: the mean of the numbers."),
    ("NumMin", "RangeMin", "As RangeMin: the smallest number."),
    ("NumMax", "RangeMax", "As RangeMax: the largest number."),
    ("NumCount", "RangeNumericCount", "As RangeNumericCount: how many of the values are numbers."),
):
    add(f"{_name}(value[, ...])", "range", _help, implementation=FUNCTIONS[_modern.lower()].implementation)


def _string_extreme(name: str, help: str, best: Callable[[list[str]], str]) -> None:
    @function(f"{name}(value[, ...])", "range", help)
    def run(env: Environment, *values: Vector) -> Vector:
        columns = [texts(value, env.locale).tolist() for value in broadcast(values)]
        rows = ([text for text in row if text is not None] for row in looking(list(zip(*columns, strict=True))))
        return of_texts(best(row) if row else None for row in rows)


_string_extreme("RangeMinString", "The first text in alphabetical order.", min)
_string_extreme("RangeMaxString", "The last text in alphabetical order.", max)


@function("RangeOnly(value[, ...])", "range", "The value that all arguments share, NULLs aside; else NULL.")
def range_only(env: Environment, *values: Vector) -> Vector:
    return _one_of(env, values, lambda counts: next(iter(counts)) if len(counts) == 1 else None)


@function("RangeMode(value[, ...])", "range", "The value that occurs most often; NULL if several do.")
def range_mode(env: Environment, *values: Vector) -> Vector:
    def most(counts: dict[object, int]) -> object:
        top = max(counts.values(), default=0)
        winners = [value for value, count in counts.items() if count == top]
        return winners[0] if len(winners) == 1 else None

    return _one_of(env, values, most)


def _one_of(env: Environment, values: tuple[Vector, ...], pick: Callable[[dict[object, int]], object]) -> Vector:
    """The argument that holds the picked value, for each row; values are told apart by number, else by text."""
    stretched = broadcast(values)
    found = [numbers(value, env.locale).tolist() for value in stretched]
    shown = [texts(value, env.locale).tolist() for value in stretched]
    chosen: list[int] = []
    for place in looking(range(len(stretched[0]))):
        keys = [n[place] if n[place] == n[place] else t[place] for n, t in zip(found, shown, strict=True)]
        counts: dict[object, int] = {}
        for key in keys:
            if key is not None:
                counts[key] = counts.get(key, 0) + 1
        wanted = pick(counts)
        chosen.append(-1 if wanted is None else keys.index(wanted))
    result = null_vector()
    for place, value in enumerate(stretched):
        result = choose(np.array(chosen) == place, value, result, env)
    return result


@function("RangeCorrel(x, y[, ...])", "range", "The correlation of pairs of numbers: x1, y1, x2, y2 ...")
def range_correl(env: Environment, *values: Vector) -> Vector:
    if len(values) % 2:
        return null_vector()
    table = _table(env, values)
    x, y = table[::2], table[1::2]
    known = ~np.isnan(x) & ~np.isnan(y)
    n = known.sum(axis=0)
    with np.errstate(all="ignore"):
        dx = np.where(known, x - np.where(known, x, 0).sum(axis=0) / n, 0)
        dy = np.where(known, y - np.where(known, y, 0).sum(axis=0) / n, 0)
        correlation = (dx * dy).sum(axis=0) / np.sqrt((dx**2).sum(axis=0) * (dy**2).sum(axis=0))
    return of_numbers(np.where(n > 1, correlation, np.nan))
