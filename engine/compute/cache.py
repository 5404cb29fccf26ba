"""The result cache: what was computed once under the same data, selections and definition.

Shared by all sessions of a model that have the same rights, bounded in bytes (of which one large value may take as
many again), the least recently used goes first. Values in it never change after they were put.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")

DEFAULT_BYTES = 256 * 2**20
"""How much one cache keeps unless told otherwise."""


class ResultCache:
    """Safe between threads. Two threads that miss the same key at once both compute it; either result stays."""

    def __init__(self, budget: int = DEFAULT_BYTES) -> None:
        self._budget = budget
        self._used = 0
        self._large: tuple[Hashable, Any, int] = (None, None, 0)
        self._entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def used(self) -> int:
        """Bytes kept, as their makers estimated them."""
        return self._used + self._large[2]

    def get_or_make(self, key: Hashable, make: Callable[[], T], size_of: Callable[[T], int]) -> T:
        """The value of `key`; made now if absent."""
        known = self.get(key)
        if known is not None:
            return cast(T, known)
        value = make()
        self.put(key, value, size_of(value))
        return value

    def get(self, key: Hashable) -> Any | None:
        """What is kept under a key; None if nothing is."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return self._large[1] if self._large[0] == key else None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keep a value of so many bytes. One that is larger than a quarter of the budget takes the place of the last
        such; one that is larger than all of it is not kept."""
        with self._lock:
            if size > self._budget // 4:
                if size <= self._budget:
                    self._large = (key, value, size)
                return
            if key in self._entries:
                self._used -= self._entries.pop(key)[1]
            self._entries[key] = (value, size)
            self._used += size
            while self._used > self._budget:
                self._used -= self._entries.popitem(last=False)[1][1]
