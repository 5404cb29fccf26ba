"""Present values and internal rates of series of payments, regular (a period apart) or dated (days of a 365-day year).

Payments of all series stand in one flat list, each with the number of its series and its distance in time from the
beginning of that; so series of any lengths are worked out together, those of a row and those of an aggregate's group.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.data.dual import Floats, Vector
from engine.language.functions.financial import MONEY
from engine.language.registry import Environment, function
from engine.language.values import broadcast, is_null, null_vector, numbers, of_numbers
from engine.stopping import check_stop

DAYS_A_YEAR = 365.0
USUAL_RATE = 0.1
_ROUNDS = 60
_CLOSE = 1e-15
_GROWTHS = np.geomspace(1e-6, 1e6, 121)
"""Growths (1 + rate) between which a rate is looked for."""


@dataclass(frozen=True, eq=False)
class Payments:
    """amounts and times [payments]; series: int64 [payments], 0 .. count - 1."""

    count: int
    series: npt.NDArray[np.int64]
    amounts: Floats
    times: Floats

    def sums(self, values: Floats) -> Floats:
        return np.bincount(self.series, values, minlength=self.count).astype(np.float64, copy=False)

    def worth(self, rates: Floats) -> Floats:
        """What each series is worth at time 0, at its rate: [count]; NaN at a rate of -1 or less and of no payment."""
        with np.errstate(all="ignore"):
            found = self._worth(np.log(np.where(rates > -1, 1 + rates, np.nan)))
        return np.where(self.sums(np.ones(len(self.series))) > 0, found, np.nan)

    def _worth(self, growths: Floats) -> Floats:
        """By the logarithm of growth."""
        check_stop()
        return self.sums(self.amounts * np.exp(-self.times * growths[self.series]))

    def rates(self, guess: Floats) -> Floats:
        """The rate at which each series is worth nothing: [count].

        What Newton's method leads to from the guess, or else the one nearest to it; NaN where there is none.
        """
        with np.errstate(all="ignore"):
            growths = np.log(np.where(guess > -1, 1 + guess, np.nan))
            settled = np.zeros(self.count, dtype=np.bool_)
            slopes = Payments(self.count, self.series, -self.amounts * self.times, self.times)
            for _ in range(_ROUNDS):
                step = self._worth(growths) / slopes._worth(growths)
                growths = growths - step
                settled = np.abs(step) < _CLOSE * np.maximum(1.0, np.abs(growths))
                if (settled | ~np.isfinite(growths)).all():
                    break
            return np.where(settled, np.expm1(growths), self._searched(guess, ~settled))

    def _searched(self, guess: Floats, wanted: npt.NDArray[np.bool_]) -> Floats:
        """By bisection between the two growths of a grid, nearest to the guess, where the worth changes its sign."""
        if not wanted.any():
            return np.full(self.count, np.nan)
        part = wanted[self.series]
        some = Payments(self.count, self.series[part], self.amounts[part], self.times[part])
        grid, near = np.log(_GROWTHS), np.log(1 + guess)
        low, high = np.full(self.count, np.nan), np.full(self.count, np.nan)
        before = some._worth(np.full(self.count, grid[0]))
        for left, right in pairwise(grid.tolist()):
            behind = some._worth(np.full(self.count, right))
            found = (np.sign(before) * np.sign(behind) <= 0) & (before != behind)
            found &= np.isnan(low) | (np.abs(right - near) < np.abs(high - near))
            low, high = np.where(found, left, low), np.where(found, right, high)
            before = behind
        start = some._worth(low)
        for _ in range(_ROUNDS):
            middle = (low + high) / 2
            is_below = np.sign(some._worth(middle)) * np.sign(start) > 0
            low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
        return np.expm1((low + high) / 2)


Table = npt.NDArray[np.float64]
"""[payments, rows]; NaN where a payment is missing."""


def _regular(table: Table, first: float = 0.0) -> Payments:
    """A series a row; payments that are missing take no time."""
    return _flat(table, np.cumsum(~np.isnan(table), axis=0) - 1.0 + first)


def _dated(amounts: Table, dates: Table) -> Payments:
    """A series a row, from its first payment; what lacks amount or date does not count."""
    known = ~np.isnan(amounts) & ~np.isnan(dates)
    first = np.take_along_axis(dates, np.argmax(known, axis=0)[None, :], axis=0)
    return _flat(np.where(known, amounts, np.nan), (dates - first) / DAYS_A_YEAR)


def _flat(amounts: Table, times: Table) -> Payments:
    known = ~np.isnan(amounts)
    rows = np.broadcast_to(np.arange(amounts.shape[1]), amounts.shape)
    return Payments(amounts.shape[1], rows[known], amounts[known], times[known])


def _rates(payments: Payments) -> Vector:
    return of_numbers(payments.rates(np.full(payments.count, USUAL_RATE)))


def _table(env: Environment, values: tuple[Vector, ...]) -> Table:
    return np.stack([numbers(value, env.locale) for value in broadcast(values)])


def _aligned(env: Environment, rate: Vector, values: tuple[Vector, ...]) -> tuple[Floats, Table]:
    first, *others = broadcast([rate, *values])
    return numbers(first, env.locale), _table(env, tuple(others))


@function("RangeIRR(value[, ...])", "range", "The internal rate of return of payments a period apart.")
def range_irr(env: Environment, *values: Vector) -> Vector:
    table = _table(env, values)
    return _rates(_regular(table))


@function("RangeNPV(rate, value[, ...])", "range", "The present value of payments at the end of each period.")
def range_npv(env: Environment, rate: Vector, *values: Vector) -> Vector:
    """A text is no payment, but its period passes."""
    rates, table = _aligned(env, rate, values)
    texts = np.stack([np.isnan(numbers(v, env.locale)) & ~is_null(v) for v in broadcast([rate, *values])[1:]])
    worth = _regular(np.where(texts, 0.0, table), first=1.0).worth(rates)
    return of_numbers(np.where(np.isnan(table).all(axis=0), np.nan, worth), MONEY)


@function("RangeXIRR(value, date[, ...])", "range", "The internal rate of return of dated payments: value, date ...")
def range_xirr(env: Environment, *values: Vector) -> Vector:
    if len(values) % 2:
        return null_vector()
    table = _table(env, values)
    return _rates(_dated(table[::2], table[1::2]))


@function("RangeXNPV(rate, value, date[, ...])", "range", "The present value of dated payments: value, date ...")
def range_xnpv(env: Environment, rate: Vector, *values: Vector) -> Vector:
    if len(values) % 2:
        return null_vector()
    rates, table = _aligned(env, rate, values)
    return of_numbers(_dated(table[::2], table[1::2]).worth(rates), MONEY)
