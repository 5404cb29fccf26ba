"""What a session would do next if it were asked: the answers to other values of the field that was touched last.

It is worked on while nobody waits, by a thread that whoever serves the session has for it, and never twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.compute.context import CancelToken, Context
from engine.compute.slicing import slice_field
from engine.errors import Aborted, EngineError
from engine.qix.desk import Desk
from engine.stopping import stopped_by


@dataclass(frozen=True)
class Foresight:
    """What there is to do. It holds nothing of the session, which may go on meanwhile."""

    context: Context
    state: str
    field: str

    @classmethod
    def of(cls, desk: Desk) -> Foresight | None:
        """As things stand at a desk; None if there is nothing to do."""
        if desk.selecting.touched is None:
            return None
        state, field = desk.selecting.touched
        if field not in desk.selecting.states.get(state, ()):
            return None
        limits = CancelToken(desk.limits.seconds, desk.limits.cells)
        return cls(replace(desk.context(), cancel=limits), state, field)

    def work(self, should_stop: Callable[[], bool]) -> bool:
        """Do it, looking again and again whether to stop. False if it was stopped: then it can be gone on with."""

        def check() -> None:
            if should_stop():
                raise Aborted("There is something else to do.")

        try:
            with stopped_by(check):
                slice_field(self.context, self.field, self.state)
        except Aborted:
            return False
        except EngineError:
            return True  # what is too large to be foreseen is worked out when it is asked for
        return True
