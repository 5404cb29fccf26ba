"""The registry of functions: one entry tells parser, evaluator, clients and documentation all they need.

An entry is made by a decorator over the function that computes it. The signature is the source of the number of
arguments: 'Num(number[, format])' takes one or two, '...' any number more.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from engine.data.dual import Vector
from engine.data.locale import DEFAULT_LOCALE, Locale
from engine.language.facts import NO_FACTS, Facts, local


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Environment:
    """What a function may know besides its arguments.

    size: how many values are asked for. clock: tells the present moment. seed: makes Rand() repeatable; None draws
    anew. facts: what the session may tell.
    """

    locale: Locale = DEFAULT_LOCALE
    size: int = 1
    clock: Callable[[], datetime] = field(default=utc_now)
    seed: int | None = None
    facts: Facts = NO_FACTS

    def now(self) -> datetime:
        """The present moment, as clocks in the user's time zone show it."""
        return local(self.clock(), self.facts.time_zone)


Implementation = Callable[..., Vector]
"""(Environment, *arguments: Vector) -> Vector. Vectors are as long as Environment.size, or of length 1."""


@dataclass(frozen=True)
class Function:
    """kind: 'scalar' (on values), 'aggregate', 'inter-record' or 'context'; maximum None: any number of arguments.

    volatile: the value may differ between two calls with the same arguments, or between two people.
    """

    name: str
    category: str
    signature: str
    help: str
    kind: str
    minimum: int
    maximum: int | None
    implementation: Implementation | None = None
    volatile: bool = False

    def takes(self, count: int) -> bool:
        return self.minimum <= count and (self.maximum is None or count <= self.maximum)

    @property
    def expects(self) -> str:
        """The number of arguments as a sentence ends: 'exactly 1 argument'."""
        if self.maximum is None:
            return f"at least {_arguments(self.minimum)}"
        if self.maximum == self.minimum:
            return _arguments(self.minimum)
        return f"{self.minimum} to {self.maximum} arguments"


FUNCTIONS: dict[str, Function] = {}
"""All functions by their name in lower case. Filled when engine.language.functions is imported."""


def function(
    signature: str, category: str, help: str, *, kind: str = "scalar", volatile: bool = False
) -> Callable[[Implementation], Implementation]:
    """Register the decorated implementation under the signature's name."""

    def register(implementation: Implementation) -> Implementation:
        add(signature, category, help, kind=kind, implementation=implementation, volatile=volatile)
        return implementation

    return register


def add(
    signature: str,
    category: str,
    help: str,
    *,
    kind: str = "scalar",
    implementation: Implementation | None = None,
    volatile: bool = False,
) -> None:
    """Register a function, whose implementation may live in the planner (aggregates)."""
    name = signature.partition("(")[0]
    minimum, maximum = _bounds(signature)
    if name.lower() in FUNCTIONS:
        raise ValueError(f"{name} is registered twice")
    FUNCTIONS[name.lower()] = Function(
        name, category, signature, help, kind, minimum, maximum, implementation, volatile
    )


_MOST_MISSING = 3
"""By how many characters a name may be too long or too short to be suggested."""


@lru_cache(maxsize=1024)
def nearest(name: str) -> str | None:
    """The registered name that looks most like `name`, for a suggestion."""
    alike = [key for key in FUNCTIONS if abs(len(key) - len(name)) <= _MOST_MISSING]
    close = difflib.get_close_matches(name.lower(), alike, n=1, cutoff=0.6)
    return FUNCTIONS[close[0]].name if close else None


def _bounds(signature: str) -> tuple[int, int | None]:
    inside = signature.partition("(")[2].removesuffix(")")
    required, _, _ = inside.partition("[")
    minimum = len([name for name in required.split(",") if name.strip() and "..." not in name])
    if "..." in inside:
        return minimum, None
    return minimum, len(re.findall(r"[^\[\],\s]+", inside))


def _arguments(count: int) -> str:
    return {0: "no arguments", 1: "1 argument"}.get(count, f"{count} arguments")
