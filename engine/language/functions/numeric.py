"""Numbers: rounding, division, counting, exponentials, trigonometry, constants.

An argument outside of the range of a function gives NULL.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from engine.data.dual import Floats, NumFormat, Vector
from engine.data.locale import Locale
from engine.language.registry import Environment, Implementation, function
from engine.language.values import numbers, of_numbers, of_truth

Numeric = Callable[..., Floats]
_WHOLE_LIMIT = 2.0**53
_EXACT_UP_TO = 2000


Shown = Callable[[Locale], NumFormat | None]
"""How the results of a function are shown in an app's locale."""


def numeric(signature: str, category: str, help: str, shown: Shown = lambda _: None) -> Callable[[Numeric], Numeric]:
    """Register a function of float arrays; what it does not define comes out as NaN and is NULL."""

    def register(compute: Numeric) -> Numeric:
        def run(env: Environment, *arguments: Vector) -> Vector:
            with np.errstate(all="ignore"):
                found = compute(*(numbers(argument, env.locale) for argument in arguments))
            return of_numbers(found, shown(env.locale))

        implementation: Implementation = run
        function(signature, category, help)(implementation)
        return compute

    return register


_UNARY: dict[str, tuple[str, str, Numeric]] = {
    "Fabs": ("numeric", "The absolute value.", np.abs),
    "Exp": ("exponential", "e to the power of x.", np.exp),
    "Log": ("exponential", "The natural logarithm; NULL unless x is positive.", np.log),
    "Log10": ("exponential", "The logarithm to base 10; NULL unless x is positive.", np.log10),
    "Sqr": ("exponential", "The square.", np.square),
    "Sqrt": ("exponential", "The square root; NULL below 0.", np.sqrt),
    "Sin": ("trigonometric", "The sine of an angle in radians.", np.sin),
    "Cos": ("trigonometric", "The cosine of an angle in radians.", np.cos),
    "Tan": ("trigonometric", "The tangent of an angle in radians.", np.tan),
    "Asin": ("trigonometric", "The angle whose sine is x; NULL outside of -1 to 1.", np.arcsin),
    "Acos": ("trigonometric", "The angle whose cosine is x; NULL outside of -1 to 1.", np.arccos),
    "Atan": ("trigonometric", "The angle whose tangent is x.", np.arctan),
    "Sinh": ("trigonometric", "The hyperbolic sine.", np.sinh),
    "Cosh": ("trigonometric", "The hyperbolic cosine.", np.cosh),
    "Tanh": ("trigonometric", "The hyperbolic tangent.", np.tanh),
    "Asinh": ("trigonometric", "The inverse hyperbolic sine.", np.arcsinh),
    "Acosh": ("trigonometric", "The inverse hyperbolic cosine; NULL below 1.", np.arccosh),
    "Atanh": ("trigonometric", "The inverse hyperbolic tangent; NULL unless between -1 and 1.", np.arctanh),
    "Sign": ("numeric", "-1, 0 or 1: the sign of x.", np.sign),
    "Frac": ("numeric", "The fraction of x, never negative: x - Floor(x).", lambda x: x - np.floor(x)),
}
for _name, (_category, _help, _compute) in _UNARY.items():
    numeric(f"{_name}(x)", _category, _help)(_compute)

numeric("Pow(x, y)", "exponential", "x to the power of y.")(np.power)
numeric("Atan2(y, x)", "trigonometric", "The angle of the point (x, y), from -pi to pi.")(np.arctan2)


def _stepped(round_to_whole: Numeric) -> Numeric:
    def compute(x: Floats, step: Floats | float = 1.0, offset: Floats | float = 0.0) -> Floats:
        return np.where(step == 0, np.nan, round_to_whole((x - offset) / step) * step + offset)

    return compute


numeric("Ceil(x[, step[, offset]])", "numeric", "x rounded up to a multiple of step, shifted by offset.")(
    _stepped(np.ceil)
)
numeric("Floor(x[, step[, offset]])", "numeric", "x rounded down to a multiple of step, shifted by offset.")(
    _stepped(np.floor)
)
numeric("Round(x[, step[, offset]])", "numeric", "x rounded to the nearest multiple of step; halves go up.")(
    _stepped(lambda x: np.floor(x + 0.5))
)


@numeric("Div(x, y)", "numeric", "The whole part of x / y.")
def div(x: Floats, y: Floats) -> Floats:
    return np.trunc(x / y)


@numeric("Mod(x, y)", "numeric", "The remainder of whole numbers, never negative; y must be positive.")
def mod(x: Floats, y: Floats) -> Floats:
    defined = (x == np.floor(x)) & (y == np.floor(y)) & (y > 0)
    return np.where(defined, np.mod(x, y), np.nan)


@numeric("Fmod(x, y)", "numeric", "The remainder of x / y with the sign of x.")
def fmod(x: Floats, y: Floats) -> Floats:
    return np.fmod(x, y)


_FACTORIALS = np.array([float(math.factorial(n)) for n in range(171)] + [np.inf])


@numeric("Fact(x)", "numeric", "The factorial of a whole number; NULL below 0.")
def fact(x: Floats) -> Floats:
    whole = np.trunc(x)
    known = whole >= 0
    return np.where(known, _FACTORIALS[np.clip(np.where(known, whole, 0), 0, 171).astype(np.int64)], np.nan)


def _ways(exact: Callable[[int, int], int], logarithm: Callable[[float, float], float]) -> Numeric:
    """Combinatorics: exactly while that is cheap, else by logarithms."""

    def one(p: float, q: float) -> float:
        if not 0 <= q <= p < _WHOLE_LIMIT:
            return math.nan
        try:
            return float(exact(int(p), int(q))) if p <= _EXACT_UP_TO else math.exp(logarithm(p, q))
        except OverflowError:
            return math.nan

    return lambda p, q: np.asarray(np.frompyfunc(one, 2, 1)(np.trunc(p), np.trunc(q)), dtype=np.float64)


def _log_permut(p: float, q: float) -> float:
    return math.lgamma(p + 1) - math.lgamma(p - q + 1)


numeric("Combin(p, q)", "numeric", "How many ways there are to take q of p things, in no order.")(
    _ways(math.comb, lambda p, q: _log_permut(p, q) - math.lgamma(q + 1))
)
numeric("Permut(p, q)", "numeric", "How many ways there are to take q of p things, in order.")(
    _ways(math.perm, _log_permut)
)


def _parity(env: Environment, value: Vector, rest: int) -> Vector:
    x = numbers(value, env.locale)
    return of_truth(np.mod(x, 2) == rest, np.isnan(x) | (x != np.floor(x)))


@function("Even(x)", "numeric", "Whether x is an even whole number; NULL if it is not whole.")
def even(env: Environment, value: Vector) -> Vector:
    return _parity(env, value, 0)


@function("Odd(x)", "numeric", "Whether x is an odd whole number; NULL if it is not whole.")
def odd(env: Environment, value: Vector) -> Vector:
    return _parity(env, value, 1)


@numeric("BitCount(x)", "numeric", "How many bits of the 64-bit integer are 1.")
def bit_count(x: Floats) -> Floats:
    inside = np.abs(x) < 2.0**63
    whole = np.where(inside, np.trunc(x), 0).astype(np.int64)
    ones = np.bitwise_count(whole.view(np.uint64)).astype(np.float64)
    return np.where(inside, ones, np.nan)


@function("e()", "constant", "Euler's number.")
def e(env: Environment) -> Vector:
    return Vector(np.array([math.e]))


@function("pi()", "constant", "The ratio of a circle's circumference to its diameter.")
def pi(env: Environment) -> Vector:
    return Vector(np.array([math.pi]))


@function("Rand()", "constant", "A random number between 0 and 1, another one for each value.", volatile=True)
def rand(env: Environment) -> Vector:
    return Vector(np.random.default_rng(env.seed).random(env.size))
