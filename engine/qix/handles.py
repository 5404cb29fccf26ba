"""Handles: the small numbers by which a client names the things it was given, for one connection.

A thing gets its number when it is first handed out and keeps it; a number is never used again. Handles grant
nothing: every call is checked against the rights of the session.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine.errors import InvalidParameters, ResultTooLarge

GLOBAL_HANDLE = -1
MAX_HANDLES = 50_000

CLASS_OF_KIND = {
    "object": "GenericObject",
    "dimension": "GenericDimension",
    "measure": "GenericMeasure",
    "bookmark": "GenericBookmark",
    "variable": "GenericVariable",
}

NOTHING: dict[str, Any] = {"qType": None, "qHandle": None}
"""How "there is no such thing" is answered; it is no error."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a handle stands for: a class of QIX and the thing's name. `state` is used by fields only."""

    qix_class: str
    name: str = ""
    state: str = "$"


GLOBAL = Target("Global")
DOC = Target("Doc")


class Handles:
    """Targets by handle and handles by target."""

    def __init__(self) -> None:
        self._targets: dict[int, Target] = {GLOBAL_HANDLE: GLOBAL}
        self._handles: dict[Target, int] = {GLOBAL: GLOBAL_HANDLE}
        self._last = 0

    def give(self, target: Target) -> int:
        """The handle of a thing; a new one if it has none. Raises ResultTooLarge."""
        handle = self._handles.get(target)
        if handle is None:
            if len(self._targets) > MAX_HANDLES:
                raise ResultTooLarge(f"One connection may hold {MAX_HANDLES} handles.")
            self._last += 1
            handle = self._last
            self._targets[handle] = target
            self._handles[target] = handle
        return handle

    def find(self, target: Target) -> int | None:
        return self._handles.get(target)

    def target(self, handle: object) -> Target:
        """What a handle stands for. Raises InvalidParameters."""
        found = self._targets.get(handle) if isinstance(handle, int) and not isinstance(handle, bool) else None
        if found is None:
            raise InvalidParameters("There is nothing behind this handle.", "handle")
        return found

    def close(self, targets: Iterable[Target]) -> list[int]:
        """Forget things that are gone; the handles that were open."""
        closed = []
        for target in targets:
            handle = self._handles.pop(target, None)
            if handle is not None:
                del self._targets[handle]
                closed.append(handle)
        return closed
