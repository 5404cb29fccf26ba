"""Time series taken apart into a trend, a season and the rest: STL (Cleveland et al., 1990) by local straight lines.

The number of rounds is that which is usual for series without outliers; nothing is down-weighted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.data.dual import Floats
from engine.errors import CalculationTooLarge
from engine.stopping import check_stop

ROUNDS = 5
USUAL_SEASON = 7
MOST_CELLS = 50_000_000
"""Points times points around them that one series may have."""


@dataclass(frozen=True, eq=False)
class Parts:
    """trend + season + rest is the series: [n] each."""

    trend: Floats
    season: Floats
    rest: Floats


def taken_apart(series: Floats, period: float, season: float, trend: float) -> Parts | None:
    """The parts of a series of numbers [n], or None where it has none.

    period: points in a cycle, at least 2; the series must have two cycles. season, trend: how many points a line is
    fitted to, odd numbers from 3 on; NaN for the usual ones.
    """
    if not period >= 2 or not len(series) >= 2 * period or np.isnan(series).any():
        return None
    cycle = int(period)
    own = USUAL_SEASON if np.isnan(season) else season
    long = _odd(1.5 * cycle / (1 - 1.5 / own)) if np.isnan(trend) and own >= 3 else trend
    if not (_is_odd(own) and _is_odd(long)):
        return None
    width = min(max(own, long), len(series))
    if len(series) * width > MOST_CELLS:
        raise CalculationTooLarge("The series is too long to be taken apart with so many points around each.")
    return _rounds(series, cycle, int(min(own, 2**31)), int(min(long, 2**31)))


def _odd(number: float) -> int:
    """The smallest odd number that is not below."""
    return int(np.ceil(number)) // 2 * 2 + 1


def _is_odd(number: float) -> bool:
    return bool(np.isfinite(number)) and number >= 3 and number % 2 == 1


def _rounds(series: Floats, cycle: int, own: int, long: int) -> Parts:
    n = len(series)
    trend, season = np.zeros(n), np.zeros(n)
    for _ in range(ROUNDS):
        check_stop()
        cycles = _smooth_cycles(series - trend, cycle, own)
        low = _moving(_moving(_moving(cycles, cycle), cycle), 3)
        season = cycles[cycle : cycle + n] - _smooth(low, _odd(cycle))
        trend = _smooth(series - season, long)
    return Parts(trend, season, series - trend - season)


def _smooth_cycles(series: Floats, cycle: int, width: int) -> Floats:
    """Each place of the cycle smoothed by itself, one cycle longer at either end: [n + 2 cycles]."""
    found = np.empty(len(series) + 2 * cycle)
    for place in range(cycle):
        found[place::cycle] = _smooth(series[place::cycle], width, beyond=1)
    return found


def _moving(series: Floats, width: int) -> Floats:
    """Means of `width` points: [n - width + 1]."""
    sums = np.append(0.0, np.cumsum(series))
    return (sums[width:] - sums[:-width]) / width


def _smooth(series: Floats, width: int, beyond: int = 0) -> Floats:
    """Lines fitted around each point, and `beyond` points before the first and behind the last."""
    first, weights = _lines(len(series), width, beyond)
    return np.asarray((series[first[:, None] + np.arange(weights.shape[1])] * weights).sum(axis=1))


@lru_cache(maxsize=16)
def _lines(n: int, width: int, beyond: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """For each point to be fitted where its neighbours begin, and how much each of them counts."""
    at = np.arange(-beyond, n + beyond, dtype=np.float64)
    count = min(width, n)
    first = np.clip(at.astype(np.int64) - (count - 1) // 2, 0, n - count)
    near = first[:, None] + np.arange(count)
    reach = np.maximum(at - first, first + count - 1 - at)[:, None] + max(width - n, 0) // 2
    apart = np.abs(near - at[:, None])
    with np.errstate(all="ignore"):
        weights = np.where(apart <= 0.001 * reach, 1.0, (1 - (apart / reach) ** 3) ** 3)
    weights[apart > 0.999 * reach] = 0.0
    weights[(reach <= 0)[:, 0]] = 1.0
    weights /= weights.sum(axis=1, keepdims=True)
    middle = (weights * near).sum(axis=1, keepdims=True)
    spread = (weights * (near - middle) ** 2).sum(axis=1, keepdims=True)
    slope = np.where(np.sqrt(spread) > 0.001 * max(n - 1, 1), (at[:, None] - middle) / np.maximum(spread, 1e-300), 0.0)
    return first, weights * (slope * (near - middle) + 1)
