"""What a session asks for after every selection."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

Cube = TypeVar("Cube", bound=Hashable)


MOST = 32
"""So many cubes are remembered: what a sheet can show. Those that were asked for first are forgotten first."""


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
        """The cube was asked for under these selections, and could be worked out."""
        self._turn_to(selections)
        self._now[cube] = None
        if len(self._now) > MOST:
            del self._now[next(iter(self._now))]

    def following(self, selections: Hashable, cube: Cube) -> list[Cube]:
        """What is likely to be asked for under these selections, after this one.

        A cube that has to be worked out again, because what it gave is no longer kept, begins a round of its own.
        """
        self._turn_to(selections)
        if cube in self._now:
            self._before, self._now = tuple(self._now), {}
        return [other for other in self._before if other != cube and other not in self._now]

    def _turn_to(self, selections: Hashable) -> None:
        if selections != self._selections:
            self._before, self._now, self._selections = tuple(self._now), {}, selections
