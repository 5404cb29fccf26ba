"""Statistical distributions: cumulative (Dist), density or frequency, and inverse (Inv).

An argument outside of a distribution's range gives NULL. All are made of the special functions of scipy, which give
NaN where they have no value. scipy.stats is not used: some of its distributions end the whole process when extreme
arguments overflow in them, others search for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from engine.data.dual import Bools, Floats
from engine.language.functions.numeric import Numeric, numeric
from engine.stopping import check_stop

_CUMULATIVE = "The probability of a value up to x"
_INVERSE = "The value whose probability is p"
_LARGEST_COUNT = 2.0**53
_HALVINGS = 54


class _Special:
    """scipy.special, imported when it is first needed: that takes some tenths of a second."""

    @staticmethod
    @cache
    def _module() -> Any:
        return import_module("scipy.special")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module(), name)


sp = _Special()


def _register(signature: str, help: str, compute: Numeric, valid: Callable[..., Any]) -> None:
    def run(*arguments: Floats) -> Floats:
        rows = np.broadcast_arrays(*arguments)
        inside = valid(*rows)
        found = np.full(rows[0].shape, np.nan)
        found[inside] = compute(*(row[inside] for row in rows))
        return found

    numeric(signature, "distribution", help)(run)


def _is_share(p: Floats) -> Bools:
    return (p >= 0) & (p <= 1)


def _is_count(n: Floats) -> Bools:
    return (n >= 1) & (n < _LARGEST_COUNT) & (n == np.floor(n))


def _normal(x: Floats, mean: Any = 0.0, sd: Any = 1.0, cumulative: Any = 1.0) -> Floats:
    z = (x - mean) / sd
    return np.where(cumulative == 0, np.exp(-z * z / 2) / (sd * np.sqrt(2 * np.pi)), sp.ndtr(z))


_register(
    "NormDist(x[, mean[, standard_deviation[, cumulative]]])",
    "The cumulative normal distribution; with cumulative = 0 its density.",
    _normal,
    lambda x, mean=0.0, sd=1.0, cumulative=1.0: (sd > 0) & ~np.isnan(cumulative),
)
_register(
    "NormInv(p[, mean[, standard_deviation]])",
    f"{_INVERSE} in a normal distribution.",
    lambda p, mean=0.0, sd=1.0: mean + sd * sp.ndtri(p),
    lambda p, mean=0.0, sd=1.0: _is_share(p) & (sd > 0),
)


def _t_density(x: Floats, df: Floats) -> Floats:
    logarithm = -sp.betaln(df / 2, 0.5) - np.log(df) / 2 - (df + 1) / 2 * np.log1p(x / df * x)
    return np.exp(logarithm)


_register(
    "TDist(x, degrees, tails)",
    "The probability of a value beyond x in one or both tails of Student's t distribution.",
    lambda x, df, tails: sp.stdtr(df, -x) * tails,
    lambda x, df, tails: (x >= 0) & (df > 0) & ((tails == 1) | (tails == 2)),
)
_register("TDensity(x, degrees)", "The density of Student's t distribution.", _t_density, lambda x, df: df > 0)
_register(
    "TInv(p, degrees)",
    "The value beyond which, in both tails, lies the probability p of Student's t distribution.",
    lambda p, df: -sp.stdtrit(df, p / 2),
    lambda p, df: (p > 0) & (p <= 1) & (df > 0),
)


def _f_density(x: Floats, a: Floats, b: Floats) -> Floats:
    """Of the share a x / (a x + b), which has a beta distribution."""
    ratio = a / b * x
    logarithm = sp.xlogy(a / 2 - 1, ratio) - (a + b) / 2 * np.log1p(ratio) - sp.betaln(a / 2, b / 2) + np.log(a / b)
    return np.exp(logarithm)


def _f_inverse(p: Floats, a: Floats, b: Floats) -> Floats:
    return b / a * (sp.betainccinv(a / 2, b / 2, p) / sp.betaincinv(b / 2, a / 2, p))


_register(
    "FDist(x, degrees1, degrees2)",
    "The probability of a value beyond x in an F distribution.",
    lambda x, a, b: sp.betainc(b / 2, a / 2, 1 / (1 + a / b * x)),
    lambda x, a, b: (x >= 0) & (a > 0) & (b > 0),
)
_register(
    "FDensity(x, degrees1, degrees2)",
    "The density of an F distribution.",
    _f_density,
    lambda x, a, b: (x >= 0) & (a > 0) & (b > 0),
)
_register(
    "FInv(p, degrees1, degrees2)",
    "The value beyond which lies the probability p of an F distribution.",
    _f_inverse,
    lambda p, a, b: _is_share(p) & (a > 0) & (b > 0),
)


def _gamma_density(x: Floats, k: Floats, theta: Any = 1.0) -> Floats:
    z = x / theta
    return np.exp(sp.xlogy(k - 1, z) - z - sp.gammaln(k)) / theta


_register(
    "ChiDist(x, degrees)",
    "The probability of a value beyond x in a chi-square distribution.",
    lambda x, df: sp.gammaincc(df / 2, x / 2),
    lambda x, df: (x >= 0) & (df > 0),
)
_register(
    "ChiDensity(x, degrees)",
    "The density of a chi-square distribution.",
    lambda x, df: _gamma_density(x, df / 2, 2.0),
    lambda x, df: (x >= 0) & (df > 0),
)
_register(
    "ChiInv(p, degrees)",
    "The value beyond which lies the probability p of a chi-square distribution.",
    lambda p, df: 2 * sp.gammainccinv(df / 2, p),
    lambda p, df: _is_share(p) & (df > 0),
)


def _beta_density(x: Floats, a: Floats, b: Floats) -> Floats:
    return np.exp(sp.xlogy(a - 1, x) + sp.xlog1py(b - 1, -x) - sp.betaln(a, b))


_register(
    "BetaDist(x, alpha, beta)",
    f"{_CUMULATIVE} in a beta distribution.",
    lambda x, a, b: sp.betainc(a, b, x),
    lambda x, a, b: _is_share(x) & (a > 0) & (b > 0),
)
_register(
    "BetaDensity(x, alpha, beta)",
    "The density of a beta distribution.",
    _beta_density,
    lambda x, a, b: _is_share(x) & (a > 0) & (b > 0),
)
_register(
    "BetaInv(p, alpha, beta)",
    f"{_INVERSE} in a beta distribution.",
    lambda p, a, b: sp.betaincinv(a, b, p),
    lambda p, a, b: _is_share(p) & (a > 0) & (b > 0),
)
_register(
    "GammaDist(x, k, theta)",
    f"{_CUMULATIVE} in a gamma distribution.",
    lambda x, k, theta: sp.gammainc(k, x / theta),
    lambda x, k, theta: (x >= 0) & (k > 0) & (theta > 0),
)
_register(
    "GammaDensity(x, k, theta)",
    "The density of a gamma distribution.",
    _gamma_density,
    lambda x, k, theta: (x >= 0) & (k > 0) & (theta > 0),
)
_register(
    "GammaInv(p, k, theta)",
    f"{_INVERSE} in a gamma distribution.",
    lambda p, k, theta: sp.gammaincinv(k, p) * theta,
    lambda p, k, theta: _is_share(p) & (k > 0) & (theta > 0),
)


def _binomial(x: Floats, n: Floats, p: Floats) -> Floats:
    whole = np.clip(np.floor(x), 0, n)
    return np.where(whole >= n, 1.0, sp.betaincc(whole + 1, np.maximum(n - whole, 1), p))


def _binomial_frequency(x: Floats, n: Floats, p: Floats) -> Floats:
    ways = -sp.betaln(n - x + 1, x + 1) - np.log1p(n)
    found = np.exp(ways + sp.xlogy(x, p) + sp.xlog1py(n - x, -p))
    return np.where((x <= n) & (x == np.floor(x)), found, 0.0)


def _poisson(x: Floats, mean: Floats) -> Floats:
    return np.asarray(sp.gammaincc(np.floor(x) + 1, mean), dtype=np.float64)


def _poisson_frequency(x: Floats, mean: Floats) -> Floats:
    found = np.exp(sp.xlogy(x, mean) - sp.gammaln(x + 1) - mean)
    return np.where(x == np.floor(x), found, 0.0)


def _smallest_count(share: Floats, cumulative: Callable[[Floats], Floats], most: Floats) -> Floats:
    """The smallest whole number up to `most` whose cumulative probability reaches the share; NaN if none does."""
    low, high = np.broadcast_arrays(np.full(np.shape(share), -1.0), most)
    for _ in range(_HALVINGS):
        check_stop()
        middle = np.floor((low + high) / 2)
        reached = cumulative(np.maximum(middle, 0)) >= share
        low, high = np.where(reached, low, middle), np.where(reached, np.maximum(middle, 0), high)
    return np.where(cumulative(high) >= share, high, np.nan)


_register(
    "BinomDist(x, trials, p)",
    f"{_CUMULATIVE} in a binomial distribution.",
    _binomial,
    lambda x, n, p: (x >= 0) & _is_count(n) & _is_share(p),
)
_register(
    "BinomFrequency(x, trials, p)",
    "The probability of x in a binomial distribution.",
    _binomial_frequency,
    lambda x, n, p: (x >= 0) & _is_count(n) & _is_share(p),
)
_register(
    "BinomInv(p, trials, chance)",
    f"{_INVERSE} in a binomial distribution.",
    lambda q, n, p: _smallest_count(q, lambda x: _binomial(x, n, p), n),
    lambda q, n, p: _is_share(q) & _is_count(n) & _is_share(p),
)
_register(
    "PoissonDist(x, mean)",
    f"{_CUMULATIVE} in a Poisson distribution.",
    _poisson,
    lambda x, mean: (x >= 0) & (mean > 0),
)
_register(
    "PoissonFrequency(x, mean)",
    "The probability of x in a Poisson distribution.",
    _poisson_frequency,
    lambda x, mean: (x >= 0) & (mean > 0),
)
_register(
    "PoissonDensity(x, mean)",
    "As PoissonFrequency: the probability of x in a Poisson distribution.",
    _poisson_frequency,
    lambda x, mean: (x >= 0) & (mean > 0),
)
_register(
    "PoissonInv(p, mean)",
    f"{_INVERSE} in a Poisson distribution.",
    lambda p, mean: _smallest_count(p, lambda x: _poisson(x, mean), np.full(np.shape(p), _LARGEST_COUNT)),
    lambda p, mean: (p >= 0) & (p < 1) & (mean > 0),
)
