"""Results that may depend on more than data, selections and definition: on other states, on history, on the moment.

Whoever looks at such a thing while something is calculated says so (`look_at`). What was looked at becomes part of
the key under which the result is kept, so that it is found again exactly as long as everything still is as it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from engine.compute.context import Context, Fact
from engine.selection.state import Selections

T = TypeVar("T")

STATE, STATES, STEP, BOOKMARK, VARIABLE, MEASURE, MOMENT, CHART = (
    "state", "states", "step", "bookmark", "variable", "measure", "moment", "chart",
)  # fmt: skip
"""Kinds of facts: one alternate state, all of them, a step of the history, ..., who asks and when."""


@dataclass(frozen=True)
class _Needs:
    """Kept in place of a result that depends on facts."""

    facts: frozenset[Fact]


def look_at(context: Context, kind: str, name: str = "") -> None:
    """Note that the calculation now going on depends on this."""
    context.seen.add((kind, name))


def recall(context: Context, key: Hashable, make: Callable[[], T], size_of: Callable[[T], int]) -> T:
    """What `make` makes, or made before under the same key when all that it looked at was the same."""
    known = context.cache.get(key)
    needs = known.facts if isinstance(known, _Needs) else frozenset()
    if needs:
        known = context.cache.get((key, _told(context, needs)))
    if known is not None:
        context.seen.update(needs)
        return cast(T, known)
    value, looked_at = watched(context, make)
    used = needs | looked_at
    context.seen.update(used)
    if used:
        context.cache.put(key, _Needs(used), 1_000)
        context.cache.put((key, _told(context, used)), value, size_of(value))
    else:
        context.cache.put(key, value, size_of(value))
    return value


def watched(context: Context, make: Callable[[], T]) -> tuple[T, frozenset[Fact]]:
    """What `make` makes, and what it looks at meanwhile."""
    before = set(context.seen)
    context.seen.clear()
    try:
        value = make()
        return value, frozenset(context.seen)
    finally:
        context.seen.update(before)


def _told(context: Context, facts: frozenset[Fact]) -> tuple[Hashable, ...]:
    """What the facts are now, in an order that is always the same."""
    return tuple((kind, name, _TELL[kind](context, name)) for kind, name in sorted(facts))


def _keys(states: Mapping[str, Selections] | None) -> Hashable:
    return None if states is None else tuple((name, chosen.key()) for name, chosen in sorted(states.items()))


_TELL: Mapping[str, Callable[[Context, str], Hashable]] = {
    STATE: lambda context, name: context.selections(name).key(),
    STATES: lambda context, name: _keys(context.states),
    STEP: lambda context, name: _keys(context.steps(int(name))),
    BOOKMARK: lambda context, name: _keys(context.bookmarks(name)),
    VARIABLE: lambda context, name: context.variables.get(name),
    MEASURE: lambda context, name: context.measures(name),
    CHART: lambda context, name: context.chart,
    MOMENT: lambda context, name: (context.facts, int(time.time())),
}
