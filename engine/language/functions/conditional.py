"""Choosing between values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.data.dual import Bools, Vector
from engine.data.number_pattern import shortest
from engine.language.registry import Environment, function
from engine.language.values import (
    broadcast,
    choose,
    constant,
    is_null,
    null_vector,
    numbers,
    of_duals,
    of_numbers,
    texts,
    truth,
)
from engine.language.wildcard import matches
from engine.stopping import looking

Equal = Callable[[str, str], bool]


@function(
    "If(condition, then[, else])", "conditional", "`then` where the condition is true, else `else` (NULL if absent)."
)
def if_(env: Environment, condition: Vector, then: Vector, otherwise: Vector | None = None) -> Vector:
    return choose(truth(condition, env.locale), then, otherwise or null_vector(), env)


@function("Alt(value[, ...])", "conditional", "The first value that has a number; if none has, the last value.")
def alt(env: Environment, *values: Vector) -> Vector:
    found = values[-1]
    for value in reversed(values[:-1]):
        found = choose(~np.isnan(numbers(value, env.locale)), value, found, env)
    return found


@function("Coalesce(value[, ...])", "conditional", "The first value that is not NULL.")
def coalesce(env: Environment, *values: Vector) -> Vector:
    found = values[-1]
    for value in reversed(values[:-1]):
        found = choose(~is_null(value), value, found, env)
    return found


@function("Pick(n, value, ...)", "conditional", "The n-th of the values; NULL when there is none.")
def pick(env: Environment, n: Vector, *values: Vector) -> Vector:
    wanted = np.floor(numbers(n, env.locale))
    found = null_vector()
    for place, value in enumerate(values, start=1):
        found = choose(wanted == place, value, found, env)
    return found


@function(
    "Match(value, candidate, ...)", "conditional", "The place of the first equal candidate, with case; 0 if none."
)
def match(env: Environment, value: Vector, *candidates: Vector) -> Vector:
    return _first_place(env, value, candidates, lambda text, other: text == other)


@function(
    "FastMatch(value, candidate, ...)", "conditional", "As Match: the place of the first equal candidate; 0 if none."
)
def fast_match(env: Environment, value: Vector, *candidates: Vector) -> Vector:
    return match(env, value, *candidates)


@function(
    "MixMatch(value, candidate, ...)", "conditional", "The place of the first equal candidate, whatever its case."
)
def mix_match(env: Environment, value: Vector, *candidates: Vector) -> Vector:
    return _first_place(env, value, candidates, lambda text, other: text.lower() == other.lower())


@function("WildMatch(value, pattern, ...)", "conditional", "The place of the first matching pattern with * and ?.")
def wild_match(env: Environment, value: Vector, *patterns: Vector) -> Vector:
    return _first_place(env, value, patterns, matches, numeric=False)


def _first_place(
    env: Environment, value: Vector, candidates: Sequence[Vector], equal: Equal, numeric: bool = True
) -> Vector:
    """The place (from 1) of the first candidate that is the same: by number where both have one, else by text."""
    vectors = broadcast([value, *(candidate for candidate in candidates if len(candidate) != 1)])
    shown = texts(vectors[0], env.locale).tolist()
    own = numbers(vectors[0], env.locale)
    found = np.zeros(len(own))
    for place in range(len(candidates), 0, -1):
        other = candidates[place - 1]
        same = _same_text(shown, texts(other, env.locale).tolist(), equal)
        if numeric:
            against = numbers(other, env.locale)
            same = np.where(np.isnan(own) | np.isnan(against), same, own == against)
        found = np.where(same, float(place), found)
    return of_numbers(found)


def _same_text(shown: list[str | None], other: list[str | None], equal: Equal) -> Bools:
    """Where two columns of texts are the same; `other` may be a constant. Each different pair is compared once."""
    if len(other) == 1 and len(shown) != 1:
        known = {text: text is not None and other[0] is not None and equal(text, other[0]) for text in set(shown)}
        return np.array([known[text] for text in shown], dtype=bool)
    pairs = zip(shown, other, strict=True)
    return np.array([a is not None and b is not None and equal(a, b) for a, b in pairs], dtype=bool)


@function(
    "Class(number, width[, label[, offset]])",
    "conditional",
    "The interval of the given width that holds the number, shown as '20 <= x < 30'.",
)
def class_(
    env: Environment, number: Vector, width: Vector, label: Vector | None = None, offset: Vector | None = None
) -> Vector:
    size = numbers(width, env.locale)
    shift = np.zeros(1) if offset is None else numbers(offset, env.locale)
    with np.errstate(all="ignore"):
        low = np.floor((numbers(number, env.locale) - shift) / size) * size + shift
    low = np.where((size > 0) & np.isfinite(low + size), low, np.nan)
    high = low + size
    named = constant(label) if label is not None else None
    name = "x" if named is None or named.text is None else named.text
    separator = env.locale.decimal_separator
    return of_duals(
        [
            (None, None) if a != a else (a, f"{shortest(a, separator)} <= {name} < {shortest(b, separator)}")
            for a, b in looking(list(zip(low.tolist(), high.tolist(), strict=True)))
        ]
    )
