"""What a session asks for after every selection."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

Cube = TypeVar("Cube", bound=Hashable)


class Habit(Generic[Cube]):
    """The cubes that one session has asked for: under the present selections, and under those before.

    A dashboard asks for the same cubes again after every selection. Whoever is asked for the first of them can work
    out all of them. For one alternate state; used by one thread at a time.
    """

    def __init__(self) -> None:
        self._selections: Hashable = None
        self._now: dict[Cube, None] = {}
        self._before: tuple[Cube, ...] = ()

    def note(self, selections: Hashable, cube: Cube) -> None:
        """The cube is asked for under these selections."""
        if selections != self._selections:
            self._before, self._now, self._selections = tuple(self._now), {}, selections
        self._now[cube] = None

    def following(self) -> list[Cube]:
        """What is likely to be asked for next."""
        return [cube for cube in self._before if cube not in self._now]
