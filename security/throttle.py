"""How often something may happen: so many times in a window, counted in the cache that all processes share."""

from __future__ import annotations

import hashlib
import time
from typing import NamedTuple

from django.core.cache import cache


class Rate(NamedTuple):
    """At most `times` in any window of `seconds`; windows are fixed, so up to twice that across an edge."""

    times: int
    seconds: int


def allow(key: str, rate: Rate, now: float | None = None) -> bool:
    """Count one more of `key`; False when there have been too many. Keys are hashed: they may hold addresses."""
    window = int((time.time() if now is None else now) // rate.seconds)
    place = "throttle:" + hashlib.sha256(f"{key}|{rate}|{window}".encode()).hexdigest()
    if cache.add(place, 1, timeout=rate.seconds):
        return True
    try:
        return cache.incr(place) <= rate.times
    except ValueError:  # it ran out between the two calls
        return cache.add(place, 1, timeout=rate.seconds)
