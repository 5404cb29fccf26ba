"""Present values and internal rates of series of payments, regular (a period apart) or dated (days of a 365-day year).

`present_values` and `internal_rates` serve the aggregates too: they work on tables [payments, series], NaN where a
series has no payment; such places do not count.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.data.dual import Floats, Vector
from engine.language.registry import Environment, function
from engine.language.values import broadcast, null_vector, numbers, of_numbers

Table = npt.NDArray[np.float64]
DAYS_A_YEAR = 365.0
_GROWTHS = np.geomspace(1e-6, 1e6, 481)
"""Growths (1 + rate) between which a rate is looked for."""
_LIKELY = 1.1
_HALVINGS = 60


def periods_of(payments: Table) -> Table:
    """The number of each payment of a series, from 0, those that are missing left out: [payments, series]."""
    return np.cumsum(~np.isnan(payments), axis=0) - 1.0


def years_of(payments: Table, dates: Table) -> tuple[Table, Table]:
    """Payments with their distance from the first one in years; what lacks amount or date is NaN."""
    known = ~np.isnan(payments) & ~np.isnan(dates)
    first = np.take_along_axis(dates, np.argmax(known, axis=0)[None, :], axis=0)
    return np.where(known, payments, np.nan), np.where(known, (dates - first) / DAYS_A_YEAR, 0.0)


def present_values(rate: Floats, payments: Table, times: Table) -> Floats:
    """What the payments are worth at time 0: [series]; NaN without any payment or at a rate of -1 or less."""
    grown = np.where(rate > -1, 1.0 + rate, np.nan)
    with np.errstate(all="ignore"):
        worth = np.where(np.isnan(payments), 0.0, payments * np.power(grown, -times))
    some = (~np.isnan(payments)).any(axis=0)
    return np.where(some & ~np.isnan(grown), worth.sum(axis=0), np.nan)


def internal_rates(payments: Table, times: Table) -> Floats:
    """The rate at which the payments are worth nothing: [series]; of several the one nearest to 10 %, NaN if none."""
    size = payments.shape[1]
    low, high = np.full(size, np.nan), np.full(size, np.nan)
    before = _worth(_GROWTHS[0], payments, times)
    for left, right in pairwise(_GROWTHS.tolist()):
        behind = _worth(right, payments, times)
        found = (np.sign(before) * np.sign(behind) <= 0) & (before != behind)
        nearer = found & (np.isnan(low) | (abs(np.log(right / _LIKELY)) < np.abs(np.log(high / _LIKELY))))
        low, high = np.where(nearer, left, low), np.where(nearer, right, high)
        before = behind
    start = _worth(low, payments, times)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = np.sign(_worth(middle, payments, times)) * np.sign(start) > 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2 - 1.0


def _worth(growth: Floats | float, payments: Table, times: Table) -> Floats:
    with np.errstate(all="ignore"):
        worth = np.where(np.isnan(payments), 0.0, payments * np.power(growth, -times))
        return np.asarray(worth.sum(axis=0), dtype=np.float64)


def _table(env: Environment, values: tuple[Vector, ...]) -> Table:
    return np.stack([numbers(value, env.locale) for value in broadcast(values)])


def _aligned(env: Environment, rate: Vector, values: tuple[Vector, ...]) -> tuple[Floats, Table]:
    first, *others = broadcast([rate, *values])
    return numbers(first, env.locale), _table(env, tuple(others))


@function("RangeIRR(value[, ...])", "range", "The internal rate of return of payments a period apart.")
def range_irr(env: Environment, *values: Vector) -> Vector:
    table = _table(env, values)
    return of_numbers(internal_rates(table, periods_of(table)))


@function("RangeNPV(rate, value[, ...])", "range", "The present value of payments at the end of each period.")
def range_npv(env: Environment, rate: Vector, *values: Vector) -> Vector:
    rates, table = _aligned(env, rate, values)
    return of_numbers(present_values(rates, table, periods_of(table) + 1))


@function("RangeXIRR(value, date[, ...])", "range", "The internal rate of return of dated payments: value, date ...")
def range_xirr(env: Environment, *values: Vector) -> Vector:
    if len(values) % 2:
        return null_vector()
    table = _table(env, values)
    return of_numbers(internal_rates(*years_of(table[::2], table[1::2])))


@function("RangeXNPV(rate, value, date[, ...])", "range", "The present value of dated payments: value, date ...")
def range_xnpv(env: Environment, rate: Vector, *values: Vector) -> Vector:
    if len(values) % 2:
        return null_vector()
    rates, table = _aligned(env, rate, values)
    return of_numbers(present_values(rates, *years_of(table[::2], table[1::2])))
