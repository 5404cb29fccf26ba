"""How a running calculation learns that it should stop.

A thread cannot be killed. Whoever runs a request says, for the time of it, what to call between
blocks of rows; that function raises (cancelled, out of time) or returns.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

_check: ContextVar[Callable[[], None] | None] = ContextVar("check", default=None)


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
