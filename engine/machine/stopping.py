"""How a running calculation learns that it should stop.

A thread cannot be killed. Whoever runs a request says, for the time of it, what to call between
blocks of rows; that function raises (cancelled, out of time) or returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_check: ContextVar[Callable[[], None] | None] = ContextVar("check", default=None)


@contextmanager
def stopped_by(check: Callable[[], None]) -> Iterator[None]:
    """Calculations of this thread, inside the `with`, call `check` every half million rows."""
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


def check_stop() -> None:
    """Raise if the running request should stop."""
    check = _check.get()
    if check is not None:
        check()
