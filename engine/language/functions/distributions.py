"""Statistical distributions, by scipy: cumulative (Dist), density or frequency, and inverse (Inv).

An argument outside of a distribution's range gives NULL.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import Any

import numpy as np

from engine.data.dual import Bools, Floats
from engine.language.functions.numeric import Numeric, numeric

_CUMULATIVE = "The probability of a value up to x"
_INVERSE = "The value whose probability is p"


def _stat(name: str) -> Callable[..., Any]:
    """A function of scipy.stats, which is imported when it is first needed: that takes most of a second."""

    @cache
    def found() -> Callable[..., Any]:
        return attrgetter(name)(import_module("scipy.stats"))

    return lambda *arguments, **options: found()(*arguments, **options)


def _shielded(compute: Numeric, arguments: tuple[Floats, ...]) -> Floats:
    """A few extreme arguments make scipy raise; only their own rows may suffer."""
    try:
        return compute(*arguments)
    except ArithmeticError:
        rows = zip(*np.broadcast_arrays(*arguments), strict=True)
        return np.array([_single(compute, row) for row in rows], dtype=np.float64)


def _single(compute: Numeric, row: tuple[float, ...]) -> float:
    try:
        return float(compute(*row))
    except ArithmeticError:
        return float("nan")


def _checked(compute: Numeric, valid: Callable[..., Any]) -> Numeric:
    def run(*arguments: Floats) -> Floats:
        return np.where(valid(*arguments), _shielded(compute, arguments), np.nan)

    return run


def _register(signature: str, help: str, compute: Numeric, valid: Callable[..., Any]) -> None:
    numeric(signature, "distribution", help)(_checked(compute, valid))


def _is_share(p: Floats) -> Bools:
    return (p >= 0) & (p <= 1)


_register(
    "NormDist(x[, mean[, standard_deviation[, cumulative]]])",
    "The cumulative normal distribution; with cumulative = 0 its density.",
    lambda x, mean=0.0, sd=1.0, cumulative=1.0: np.where(
        cumulative == 0, _stat("norm.pdf")(x, mean, sd), _stat("norm.cdf")(x, mean, sd)
    ),
    lambda x, mean=0.0, sd=1.0, cumulative=1.0: (sd > 0) & ~np.isnan(cumulative),
)
_register(
    "NormInv(p[, mean[, standard_deviation]])",
    f"{_INVERSE} in a normal distribution.",
    lambda p, mean=0.0, sd=1.0: _stat("norm.ppf")(p, mean, sd),
    lambda p, mean=0.0, sd=1.0: _is_share(p) & (sd > 0),
)
_register(
    "TDist(x, degrees, tails)",
    "The probability of a value beyond x in one or both tails of Student's t distribution.",
    lambda x, df, tails: _stat("t.sf")(x, df) * tails,
    lambda x, df, tails: (x >= 0) & (df > 0) & ((tails == 1) | (tails == 2)),
)
_register("TDensity(x, degrees)", "The density of Student's t distribution.", _stat("t.pdf"), lambda x, df: df > 0)
_register(
    "TInv(p, degrees)",
    "The value beyond which, in both tails, lies the probability p of Student's t distribution.",
    lambda p, df: _stat("t.isf")(p / 2, df),
    lambda p, df: (p > 0) & (p <= 1) & (df > 0),
)
_register(
    "FDist(x, degrees1, degrees2)",
    "The probability of a value beyond x in an F distribution.",
    _stat("f.sf"),
    lambda x, a, b: (x >= 0) & (a > 0) & (b > 0),
)
_register(
    "FDensity(x, degrees1, degrees2)",
    "The density of an F distribution.",
    _stat("f.pdf"),
    lambda x, a, b: (x >= 0) & (a > 0) & (b > 0),
)
_register(
    "FInv(p, degrees1, degrees2)",
    "The value beyond which lies the probability p of an F distribution.",
    _stat("f.isf"),
    lambda p, a, b: _is_share(p) & (a > 0) & (b > 0),
)
_register(
    "ChiDist(x, degrees)",
    "The probability of a value beyond x in a chi-square distribution.",
    _stat("chi2.sf"),
    lambda x, df: (x >= 0) & (df > 0),
)
_register(
    "ChiDensity(x, degrees)",
    "The density of a chi-square distribution.",
    _stat("chi2.pdf"),
    lambda x, df: (x >= 0) & (df > 0),
)
_register(
    "ChiInv(p, degrees)",
    "The value beyond which lies the probability p of a chi-square distribution.",
    _stat("chi2.isf"),
    lambda p, df: _is_share(p) & (df > 0),
)
_register(
    "BetaDist(x, alpha, beta)",
    f"{_CUMULATIVE} in a beta distribution.",
    _stat("beta.cdf"),
    lambda x, a, b: _is_share(x) & (a > 0) & (b > 0),
)
_register(
    "BetaDensity(x, alpha, beta)",
    "The density of a beta distribution.",
    _stat("beta.pdf"),
    lambda x, a, b: _is_share(x) & (a > 0) & (b > 0),
)
_register(
    "BetaInv(p, alpha, beta)",
    f"{_INVERSE} in a beta distribution.",
    _stat("beta.ppf"),
    lambda p, a, b: _is_share(p) & (a > 0) & (b > 0),
)
_register(
    "GammaDist(x, k, theta)",
    f"{_CUMULATIVE} in a gamma distribution.",
    lambda x, k, theta: _stat("gamma.cdf")(x, k, scale=theta),
    lambda x, k, theta: (x >= 0) & (k > 0) & (theta > 0),
)
_register(
    "GammaDensity(x, k, theta)",
    "The density of a gamma distribution.",
    lambda x, k, theta: _stat("gamma.pdf")(x, k, scale=theta),
    lambda x, k, theta: (x >= 0) & (k > 0) & (theta > 0),
)
_register(
    "GammaInv(p, k, theta)",
    f"{_INVERSE} in a gamma distribution.",
    lambda p, k, theta: _stat("gamma.ppf")(p, k, scale=theta),
    lambda p, k, theta: _is_share(p) & (k > 0) & (theta > 0),
)
_register(
    "BinomDist(x, trials, p)",
    f"{_CUMULATIVE} in a binomial distribution.",
    _stat("binom.cdf"),
    lambda x, n, p: (x >= 0) & (n >= 1) & _is_share(p),
)
_register(
    "BinomFrequency(x, trials, p)",
    "The probability of x in a binomial distribution.",
    _stat("binom.pmf"),
    lambda x, n, p: (x >= 0) & (n >= 1) & _is_share(p),
)
_register(
    "BinomInv(p, trials, chance)",
    f"{_INVERSE} in a binomial distribution.",
    _stat("binom.ppf"),
    lambda q, n, p: _is_share(q) & (n >= 1) & _is_share(p),
)
_register(
    "PoissonDist(x, mean)",
    f"{_CUMULATIVE} in a Poisson distribution.",
    _stat("poisson.cdf"),
    lambda x, mean: (x >= 0) & (mean > 0),
)
_register(
    "PoissonFrequency(x, mean)",
    "The probability of x in a Poisson distribution.",
    _stat("poisson.pmf"),
    lambda x, mean: (x >= 0) & (mean > 0),
)
_register(
    "PoissonDensity(x, mean)",
    "As PoissonFrequency: the probability of x in a Poisson distribution.",
    _stat("poisson.pmf"),
    lambda x, mean: (x >= 0) & (mean > 0),
)
_register(
    "PoissonInv(p, mean)",
    f"{_INVERSE} in a Poisson distribution.",
    _stat("poisson.ppf"),
    lambda p, mean: _is_share(p) & (mean > 0),
)
