"""The meter: how many values leave a session. Counted where answers become text, so that nothing passes beside it.

A value is a cell (whatever has a qText) or a hundred bytes of an answer, whichever are more: long texts, labels,
titles and search results count like what they can hold. An answer that is the same as one before, to the byte, tells
nothing new and counts nothing, so that looking again is free.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

JSON_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
BYTES_A_VALUE = 100
REMEMBERED_ANSWERS = 50_000


class Meter:
    """Counts for one person and one app; the person's sessions share it.

    `spend` is told of values that are about to leave, and raises AccessDenied when they may not.
    """

    def __init__(self, spend: Callable[[int], None]) -> None:
        self._spend = spend
        self._sent: set[int] = set()

    def passed(self, result: dict[str, Any]) -> Any:
        """The result as JSON, ready to be put into a frame, once it is paid for."""
        body = orjson.dumps(result, option=JSON_OPTIONS)
        values = values_in(body)
        if values:
            known = hash(body)
            if known not in self._sent:
                self._spend(values)
                if len(self._sent) >= REMEMBERED_ANSWERS:
                    self._sent.clear()
                self._sent.add(known)
        return orjson.Fragment(body)


def values_in(body: bytes) -> int:
    """How many values an answer counts for."""
    return max(body.count(b'"qText"'), len(body) // BYTES_A_VALUE)
