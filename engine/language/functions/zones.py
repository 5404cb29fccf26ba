"""Time zones, from the public database of them (zoneinfo): places are cities, regions, GMT+02:00 or IANA names.

Moments are numbers as clocks there show them. Where a clock shows the same time twice, the earlier one is meant.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

import numpy as np

from engine.data.dual import Floats, Vector
from engine.language.facts import zone
from engine.language.functions.dates import TIME, TIMESTAMP, moment_number
from engine.language.functions.places import PLACES
from engine.language.registry import Environment, function
from engine.language.values import broadcast, numbers, of_duals, of_numbers, texts
from engine.stopping import looking

_OFFSET = re.compile(r"(?:GMT|UTC)\s*(?:([+-])(\d{1,2})(?::?(\d{2}))?)?", re.IGNORECASE)
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_FIRST, _LAST = -693_000, 2_957_000


@lru_cache(maxsize=1024)
def place_zone(place: str) -> tzinfo | None:
    """The time zone of a place, or None."""
    text = place.strip()
    offset = _OFFSET.fullmatch(text)
    if offset:
        hours, minutes = int(offset[2] or 0), int(offset[3] or 0)
        if hours > 14 or minutes > 59:
            return None
        shift = timedelta(hours=hours, minutes=minutes)
        return timezone(-shift if offset[1] == "-" else shift)
    return zone(PLACES.get(text.lower(), text))


def _offset(moment: float, place: tzinfo, ignore_dst: bool) -> float:
    """Days to add to a moment of UTC, to get the time of the place."""
    at = (_EPOCH + timedelta(days=moment)).astimezone(place)
    shift = at.utcoffset() or timedelta()
    if ignore_dst:
        shift -= at.dst() or timedelta()
    return shift / timedelta(days=1)


def _converted(x: Floats, places: list[str | None], ignoring: Floats) -> Floats:
    known: dict[tuple[float, str | None, bool], float] = {}
    found = np.full(len(x), np.nan)
    for row, key in enumerate(looking(list(zip(x.tolist(), places, (ignoring != 0).tolist(), strict=True)))):
        if key not in known:
            known[key] = _convert(*key)
        found[row] = known[key]
    return found


def _convert(moment: float, place: str | None, ignore_dst: bool) -> float:
    target = None if place is None else place_zone(place)
    if target is None or not _FIRST < moment < _LAST:
        return np.nan
    return moment + _offset(moment, target, ignore_dst)


@function(
    "ConvertToLocalTime(timestamp[, place[, ignore_dst]])",
    "date",
    "A moment of UTC as clocks at the place show it, without daylight saving time if that is to be ignored.",
)
def convert_to_local_time(
    env: Environment, timestamp: Vector, place: Vector | None = None, ignore_dst: Vector | None = None
) -> Vector:
    at, where, ignoring = broadcast([timestamp, place or _own_zone(env), ignore_dst or Vector(np.zeros(1))])
    ignored = np.nan_to_num(numbers(ignoring, env.locale))
    x = numbers(at, env.locale)
    return of_numbers(_converted(x, texts(where, env.locale).tolist(), ignored), TIMESTAMP)


def _own_zone(env: Environment) -> Vector:
    return Vector(np.array([np.nan]), np.array([env.facts.time_zone], dtype=object))


def _utc(env: Environment) -> Vector:
    moment = env.clock()
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Vector(np.array([moment_number(aware.astimezone(UTC))]), None, TIMESTAMP)


for _name in ("UTC", "GMT"):
    function(f"{_name}()", "date", "The date and time of now in UTC.", volatile=True)(_utc)


@function(
    "LocalTime([place[, ignore_dst]])",
    "date",
    "The date and time of now at a place; without one, at yours.",
    volatile=True,
)
def local_time(env: Environment, place: Vector | None = None, ignore_dst: Vector | None = None) -> Vector:
    return convert_to_local_time(env, _utc(env), place or _own_zone(env), ignore_dst)


@function("TimeZone()", "date", "The time zone in which Now() tells the time.", volatile=True)
def time_zone(env: Environment) -> Vector:
    return of_duals([(None, env.facts.time_zone)])


@function("DaylightSaving()", "date", "By how much clocks in your time zone are put forward now.", volatile=True)
def daylight_saving(env: Environment) -> Vector:
    shift = env.now().dst() or timedelta()
    return Vector(np.array([shift / timedelta(days=1)]), None, TIME)
