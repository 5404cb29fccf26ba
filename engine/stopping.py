"""How a running calculation learns that it should stop.

A thread cannot be killed. Whoever runs a request says, for the time of it, what to call between
blocks of rows; that function raises (cancelled, out of time) or returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from itertools import chain
from typing import TypeVar

T = TypeVar("T")

_check: ContextVar[Callable[[], None] | None] = ContextVar("check", default=None)

AT_ONCE = 4096
"""So many items a loop in Python takes before it looks again."""


class stopped_by:
    """Calculations of this thread, inside the `with`, call `check` every half million rows."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._own = check

    def __enter__(self) -> None:
        self._token = _check.set(self._own)

    def __exit__(self, *_: object) -> None:
        _check.reset(self._token)


def check_stop() -> None:
    """Raise if the running request should stop."""
    check = _check.get()
    if check is not None:
        check()


def looking(items: Sequence[T]) -> Iterable[T]:
    """The items; before every few thousand of them the running request may stop."""
    return items if len(items) <= AT_ONCE else chain.from_iterable(_parts(items))


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for begin in range(0, len(items), AT_ONCE):
        check_stop()
        yield items[begin : begin + AT_ONCE]
