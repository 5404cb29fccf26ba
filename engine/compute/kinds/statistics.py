"""Statistics of one list of numbers: fractiles and moments, as of a sample."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.compute.kinds.lists import Listed, Lists, of_numbers
from engine.data.dual import Floats


def mean(lists: Lists, values: Floats) -> Floats:
    """The mean of one number an entry, per group."""
    return lists.sums(lists.counts * values) / lists.totals


def deviations(lists: Lists, values: Floats) -> Floats:
    """Each entry's distance from the mean of its group."""
    return values - mean(lists, values)[lists.groups]


def variance(lists: Lists, values: Floats) -> Floats:
    """Of a sample, per group; NaN for fewer than two rows."""
    n = lists.totals
    return np.where(n > 1, lists.sums(lists.counts * deviations(lists, values) ** 2) / (n - 1), np.nan)


def _standardized(lists: Lists, power: int) -> Floats:
    """The sum of (distance / standard deviation) ** power, per group."""
    numbers = lists.columns[0].numbers
    scaled = deviations(lists, numbers) / np.sqrt(variance(lists, numbers))[lists.groups]
    return lists.sums(lists.counts * scaled**power)


@of_numbers(0)
def _stdev(lists: Lists) -> Floats:
    return np.sqrt(variance(lists, lists.columns[0].numbers))


@of_numbers(0)
def _sterr(lists: Lists) -> Floats:
    return np.sqrt(variance(lists, lists.columns[0].numbers) / lists.totals)


@of_numbers(0)
def _skew(lists: Lists) -> Floats:
    n = lists.totals
    return np.where(n > 2, n / ((n - 1) * (n - 2)) * _standardized(lists, 3), np.nan)


@of_numbers(0)
def _kurtosis(lists: Lists) -> Floats:
    n = lists.totals
    grown = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * _standardized(lists, 4)
    return np.where(n > 3, grown - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)), np.nan)


def fractile(lists: Lists, share: Floats, *, exclusive: bool = False) -> Floats:
    """Linear interpolation between the closest ranks; share [count] is the part of the rows below."""
    ordered = lists.ordered(lists.columns[0].numbers)
    numbers, n = ordered.columns[0].numbers, ordered.totals
    place = share * (n + 1) - 1 if exclusive else share * (n - 1)
    known = (n > 0) & (place >= 0) & (place <= n - 1)
    if not known.any():
        return np.full(lists.count, np.nan)
    low = np.where(known, np.floor(place), 0.0)
    high = np.minimum(low + 1, np.maximum(n - 1, 0.0))
    reached, before = np.cumsum(ordered.counts), np.cumsum(n) - n
    lower, upper = (
        numbers[np.minimum(np.searchsorted(reached, before + rank, side="right"), len(numbers) - 1)]
        for rank in (low, high)
    )
    return np.where(known, lower + (upper - lower) * (place - low), np.nan)


@of_numbers(0, keeps_format=True)
def _median(lists: Lists) -> Floats:
    return fractile(lists, np.full(lists.count, 0.5))


@of_numbers(0, keeps_format=True)
def _fractile(lists: Lists) -> Floats:
    return fractile(lists, lists.first_numbers(1))


@of_numbers(0, keeps_format=True)
def _fractile_exclusive(lists: Lists) -> Floats:
    return fractile(lists, lists.first_numbers(1), exclusive=True)


STATISTICS: Mapping[str, Listed] = {
    "median": Listed(_median),
    "fractile": Listed(_fractile),
    "fractileexc": Listed(_fractile_exclusive),
    "stdev": Listed(_stdev),
    "sterr": Listed(_sterr),
    "skew": Listed(_skew),
    "kurtosis": Listed(_kurtosis),
}
