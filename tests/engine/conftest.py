"""The engine's tests, and what holds in all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from numba.core import event

from engine.machine.warm import warm


@pytest.fixture(scope="session")
def compiler() -> event.RecordingListener:
    """Hears of every kernel that is compiled after those that set-up compiles."""
    warm()
    listener = event.RecordingListener()
    event.register("numba:compile", listener)
    return listener


@pytest.fixture(autouse=True)
def nothing_is_compiled_while_somebody_waits(compiler: event.RecordingListener) -> Iterator[None]:
    """Compiling may take seconds, in which no session of the process gets an answer: `engine.machine.warm` does it."""
    yield
    compiled = [(happened.data["dispatcher"], happened.data["args"]) for _, happened in compiler.buffer]
    compiler.buffer.clear()
    assert compiled == []
