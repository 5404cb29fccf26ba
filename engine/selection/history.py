"""The way back: the selections of a session, step by step.

A step is the selections of every alternate state. A run of changes inside one modal object is one
step, pushed when it is confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.selection.state import Selections

Step = Mapping[str, Selections]

LONGEST = 200
"""Steps kept; the oldest go first."""


class History:
    """Steps with a place to stand on. Starts with one step, by default: nothing selected in '$'."""

    def __init__(self, start: Step | None = None) -> None:
        self._steps: list[Step] = [dict(start or {"$": Selections()})]
        self._place = 0

    @property
    def current(self) -> Step:
        return self._steps[self._place]

    @property
    def back_count(self) -> int:
        return self._place

    @property
    def forward_count(self) -> int:
        return len(self._steps) - 1 - self._place

    def push(self, step: Step) -> bool:
        """Go on to `step`, forgetting what lay ahead; False if nothing would change."""
        if dict(step) == dict(self.current):
            return False
        self._steps = [*self._steps[: self._place + 1], dict(step)][-LONGEST:]
        self._place = len(self._steps) - 1
        return True

    def at(self, back: int) -> Step | None:
        """The step so many back from where one stands (forward, if negative); None where there is none."""
        place = self._place - back
        return self._steps[place] if 0 <= place < len(self._steps) else None

    def back(self) -> Step | None:
        """One step back; None at the beginning."""
        if not self.back_count:
            return None
        self._place -= 1
        return self.current

    def forward(self) -> Step | None:
        if not self.forward_count:
            return None
        self._place += 1
        return self.current
