"""Payments and interest, by the usual annuity equation, and the price of an option.

Money paid out is negative, money received positive; type 1 pays at the beginning of a period, 0 at its end.
"""

from __future__ import annotations

import math

import numpy as np

from engine.data.dual import Floats, NumFormat, Vector
from engine.data.locale import Locale
from engine.language.functions.numeric import numeric
from engine.language.registry import Environment, function
from engine.language.values import each_text, of_numbers

MONEY = NumFormat("M")

_ROUNDS = 60
_CLOSE = 1e-10

Amount = Floats | float


def money(_: Locale) -> NumFormat:
    """Amounts are shown as the app shows money."""
    return MONEY


def _percent(locale: Locale) -> NumFormat:
    return NumFormat("F", f"0{locale.decimal_separator}00%")


def _growth(rate: Amount, periods: Amount, at_begin: Amount) -> tuple[Floats, Floats]:
    """What 1 becomes after all periods, and what payments of 1 a period add up to."""
    grown = np.power(1.0 + rate, periods)
    # expm1 keeps the digits that grown - 1 loses when the interest is tiny.
    annuity = np.expm1(periods * np.log1p(rate)) / rate
    summed = np.where(rate == 0, periods, annuity) * (1 + rate * at_begin)
    return grown, np.asarray(summed, dtype=np.float64)


@numeric(
    "FV(rate, periods, payment[, present_value[, type]])", "financial", "The future value of regular payments.", money
)
def future_value(rate: Floats, periods: Floats, payment: Floats, present: Amount = 0.0, type: Amount = 0.0) -> Floats:
    grown, summed = _growth(rate, periods, type)
    return -(present * grown + payment * summed)


@numeric(
    "PV(rate, periods, payment[, future_value[, type]])", "financial", "The present value of regular payments.", money
)
def present_value(rate: Floats, periods: Floats, payment: Floats, future: Amount = 0.0, type: Amount = 0.0) -> Floats:
    grown, summed = _growth(rate, periods, type)
    return -(future + payment * summed) / grown


@numeric(
    "Pmt(rate, periods, present_value[, future_value[, type]])", "financial", "The payment of a loan by period.", money
)
def payment(rate: Floats, periods: Floats, present: Floats, future: Amount = 0.0, type: Amount = 0.0) -> Floats:
    grown, summed = _growth(rate, periods, type)
    return -(future + present * grown) / summed


@numeric("nPer(rate, payment, present_value[, future_value[, type]])", "financial", "The number of payments of a loan.")
def periods(rate: Floats, payment: Floats, present: Floats, future: Amount = 0.0, type: Amount = 0.0) -> Floats:
    each = payment * (1 + rate * type) / rate
    grown = np.log((each - future) / (present + each)) / np.log1p(rate)
    return np.where(rate == 0, -(present + future) / payment, grown)


@numeric(
    "Rate(periods, payment, present_value[, future_value[, type]])", "financial", "The interest by period.", _percent
)
def rate(periods: Floats, payment: Floats, present: Floats, future: Amount = 0.0, type: Amount = 0.0) -> Floats:
    """By the secant method from two guesses; NULL where it does not settle."""

    def balance(guess: Floats) -> Floats:
        grown, summed = _growth(guess, periods, type)
        return present * grown + payment * summed + future

    shape = np.broadcast_shapes(*(np.shape(part) for part in (periods, payment, present, future, type)))
    first, second = np.full(shape, 0.05), np.full(shape, 0.1)
    for _ in range(_ROUNDS):
        at_first, at_second = balance(first), balance(second)
        slope = at_second - at_first
        step = np.where(slope == 0, 0.0, at_second * (second - first) / np.where(slope == 0, 1.0, slope))
        first, second = second, second - step
    settled = np.abs(second - first) < _CLOSE * np.maximum(1.0, np.abs(second))
    return np.where(settled & (second > -1), second, np.nan)


def _normal(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


def _option(strike: float, years: float, price: float, volatility: float, interest: float, kind: str) -> float | None:
    if kind.lower() not in ("call", "put", "c", "p") or min(strike, years, price, volatility) <= 0:
        return None
    spread = volatility * math.sqrt(years)
    ahead = (math.log(price / strike) + (interest + volatility**2 / 2) * years) / spread
    discounted = strike * math.exp(-interest * years)
    if kind.lower().startswith("c"):
        return price * _normal(ahead) - discounted * _normal(ahead - spread)
    return discounted * _normal(spread - ahead) - price * _normal(-ahead)


def _option_or_null(*given: float | str) -> float | None:
    try:
        return _option(*given)  # type: ignore[arg-type]
    except (OverflowError, ValueError, ZeroDivisionError):
        return None


@function(
    "BlackAndSchole(strike, years, price, volatility, rate, type)",
    "financial",
    "The theoretical value of an option; type is 'call' or 'put'.",
)
def black_and_schole(env: Environment, *given: Vector) -> Vector:
    found = each_text(env, _option_or_null, *given, takes="nnnnnt")
    return of_numbers([math.nan if value is None else value for value in found])
