"""Statistical tests: Student's t for one list and for two, z, and chi-square.

A list that holds a text or NULL among its values gives NULL, as the public pages say. Variants whose name has a w
before the underscore take a weight first, by which each value counts. `sig` is the probability beyond either end of a
confidence interval, 0.025 unless stated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from engine.compute.kinds.lists import Listed, Lists
from engine.compute.kinds.statistics import mean, variance
from engine.data.dual import Bools, Floats, Vector

USUAL_SIGNIFICANCE = 0.025


@dataclass(frozen=True)
class Sample:
    """Number of rows, mean and variance of a list, per group: [count]."""

    size: Floats
    mean: Floats
    variance: Floats

    @property
    def error(self) -> Floats:
        """The standard error of the mean, squared."""
        return self.variance / self.size


@dataclass(frozen=True)
class Outcome:
    """What a test finds, per group. freedom: infinite for a z test."""

    difference: Floats
    error: Floats
    freedom: Floats
    significance: Floats

    @property
    def statistic(self) -> Floats:
        return self.difference / self.error

    @property
    def probability(self) -> Floats:
        """That chance alone makes such a difference, either way."""
        return 2 * special.stdtr(self.freedom, -np.abs(self.statistic))

    @property
    def confidence(self) -> Floats:
        """Half the width of the confidence interval."""
        return special.stdtrit(self.freedom, 1 - self.significance) * self.error


FIGURES: Mapping[str, Callable[[Outcome], Floats]] = {
    "t": lambda found: found.statistic,
    "z": lambda found: found.statistic,
    "df": lambda found: found.freedom,
    "sig": lambda found: found.probability,
    "dif": lambda found: found.difference,
    "sterr": lambda found: found.error,
    "conf": lambda found: found.confidence,
    "lower": lambda found: found.difference - found.confidence,
    "upper": lambda found: found.difference + found.confidence,
}
_OF_INTERVALS = ("conf", "lower", "upper")


def _sample(lists: Lists, values: Floats) -> Sample:
    return Sample(lists.totals, mean(lists, values), variance(lists, values))


def _weighted(lists: Lists, is_weighted: bool) -> Lists:
    """The lists without their first column, the weight, by which their entries count instead."""
    if not is_weighted:
        return lists
    with np.errstate(all="ignore"):
        weights = lists.counts * np.nan_to_num(lists.columns[0].numbers)
    return Lists(lists.count, lists.groups, weights, lists.columns[1:])


def _null_where(bad: Bools, found: Floats) -> Vector:
    return Vector(np.where(np.isfinite(found) & ~bad, found, np.nan))


def _tainted(lists: Lists, column: int) -> Bools:
    """Whether a group holds a value that is no number."""
    return lists.sums(np.isnan(lists.columns[column].numbers)) > 0


def _one_sample(figure: str, is_weighted: bool, is_z: bool) -> Listed:
    """(value[, sigma][, sig]): whether the mean is 0."""

    def finish(given: Lists) -> Vector:
        lists = _weighted(given, is_weighted)
        with np.errstate(all="ignore"):
            found = _sample(lists, np.nan_to_num(lists.columns[0].numbers))
            sigma = lists.first_numbers(1) if is_z else np.full(lists.count, np.nan)
            error = np.where(np.isnan(sigma), np.sqrt(found.error), sigma / np.sqrt(found.size))
            freedom = np.full(lists.count, np.inf) if is_z else found.size - 1
            significance = lists.first_numbers(2 if is_z else 1, otherwise=USUAL_SIGNIFICANCE)
            outcome = Outcome(found.mean, error, np.where(found.size > 0, freedom, np.nan), significance)
            return _null_where(_tainted(lists, 0), FIGURES[figure](outcome))

    return Listed(finish)


def _two_samples(figure: str, is_weighted: bool) -> Listed:
    """(group, value[, sig][, eq_var]): whether two groups have the same mean; they come in load order."""
    equal_at = 3 if figure in _OF_INTERVALS else 2

    def finish(given: Lists) -> Vector:
        known = _weighted(given, is_weighted)
        lists = known.where(~known.columns[0].is_null)
        lists = lists.ordered(lists.columns[0].codes)
        with np.errstate(all="ignore"):
            places = lists.places(lists.columns[0].codes)
            first, second = (_of_place(lists, places, place) for place in (1, 2))
            is_equal = lists.first_numbers(equal_at, otherwise=-1.0) != 0
            error, freedom = _joint_error(first, second, is_equal)
            significance = (
                lists.first_numbers(2, otherwise=USUAL_SIGNIFICANCE)
                if figure in _OF_INTERVALS
                else np.full(lists.count, USUAL_SIGNIFICANCE)
            )
            outcome = Outcome(first.mean - second.mean, error, freedom, significance)
            too_many = lists.sums(places > 2) > 0
            return _null_where(_tainted(lists, 1) | too_many, FIGURES[figure](outcome))

    return Listed(finish)


def _of_place(lists: Lists, places: np.ndarray, place: int) -> Sample:
    part = lists.where(places == place)
    return _sample(part, np.nan_to_num(part.columns[1].numbers))


def _joint_error(first: Sample, second: Sample, is_equal: Bools) -> tuple[Floats, Floats]:
    """The standard error of the difference and its degrees of freedom (Welch's where variances may differ)."""
    freedom = np.where((first.size > 0) & (second.size > 0), first.size + second.size - 2, np.nan)
    pooled = ((first.size - 1) * first.variance + (second.size - 1) * second.variance) / freedom
    together = first.error + second.error
    apart = together**2 / (first.error**2 / (first.size - 1) + second.error**2 / (second.size - 1))
    error = np.where(is_equal, pooled * (1 / first.size + 1 / second.size), together)
    return np.sqrt(error), np.where(is_equal, freedom, apart)


def _chi_square(figure: str) -> Listed:
    """(column, row, actual[, expected]): whether actual numbers differ from the expected ones.

    Without expected numbers: from those that columns and rows would have if they were independent.
    """

    def finish(lists: Lists) -> Vector:
        known = lists.where(~lists.columns[0].is_null & ~lists.columns[1].is_null)
        with np.errstate(all="ignore"):
            statistic, freedom = _chi_square_of(known)
            figures = {"chi2": statistic, "df": freedom, "p": special.chdtrc(freedom, statistic)}
        bad = _tainted(known, 2) | (freedom < 1)
        return _null_where(bad, figures[figure])

    return Listed(finish)


def _chi_square_of(lists: Lists) -> tuple[Floats, Floats]:
    columns, rows = (lists.distinct_within(column) for column in (0, 1))
    wide, high = (lists.count_distinct(ids) for ids in (columns, rows))
    actual = np.nan_to_num(lists.columns[2].numbers) * lists.counts
    if len(lists.columns) > 3:
        expected = lists.columns[3].numbers * lists.counts
        statistic = lists.sums((actual - expected) ** 2 / expected)
    else:
        statistic = _against_margins(lists, actual, columns, rows)
    return statistic, np.where((wide > 1) & (high > 1), (wide - 1) * (high - 1), np.maximum(wide, high) - 1)


def _against_margins(lists: Lists, actual: Floats, columns: np.ndarray, rows: np.ndarray) -> Floats:
    """Sum of (actual - expected) squared / expected: over all cells that is N (sum of actual² / (row x column) - 1)."""
    of_column, of_row = (np.bincount(ids, actual) for ids in (columns, rows))
    cells, cell = np.unique(np.stack([columns, rows]), axis=1, return_inverse=True)
    of_cell = np.bincount(cell.ravel(), actual, minlength=cells.shape[1])
    group_of_cell = np.zeros(cells.shape[1], dtype=np.int64)
    group_of_cell[cell.ravel()] = lists.groups
    shares = of_cell**2 / (of_column[cells[0]] * of_row[cells[1]])
    return lists.sums(actual) * (np.bincount(group_of_cell, shares, minlength=lists.count) - 1)


def _tests() -> dict[str, Listed]:
    figures = [name for name in FIGURES if name != "z"]
    found = {f"chi2test_{name}": _chi_square(name) for name in ("chi2", "df", "p")}
    for weight in ("", "w"):
        for name in figures:
            found[f"ttest{weight}_{name}"] = _two_samples(name, bool(weight))
            found[f"ttest1{weight}_{name}"] = _one_sample(name, bool(weight), is_z=False)
        for name in FIGURES:
            if name not in ("t", "df"):
                found[f"ztest{weight}_{name}"] = _one_sample(name, bool(weight), is_z=True)
    return found


TESTS: Mapping[str, Listed] = _tests()
