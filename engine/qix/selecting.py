"""What one session has selected, its history, and the run of selections an object may be in ("modal").

While an object is modal its selections are tried out: they count at once, become one step of the history when
the run is accepted, and are taken back when it is not. Selecting in another object meanwhile is refused (6003);
what concerns the whole app (Back, Forward, Clear, selections by field) ends the run first and keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data.model import Model
from engine.errors import InvalidObjectState, ModalObject, NotFound
from engine.qix.handles import Target
from engine.selection.history import History, Step
from engine.selection.state import Selections

DEFAULT = "$"

Codes = Iterable[int] | npt.NDArray[np.integer]


@dataclass(slots=True)
class Run:
    """The modal object, the paths it selects in, and what was selected before."""

    target: Target
    paths: list[str]
    before: dict[str, Selections]
    has_selected: bool = False


class Selecting:
    """Selections per state, with history. `version` counts changes. touched: state and field that were changed last."""

    def __init__(self, model: Model, app_states: Callable[[], Sequence[str]] = tuple) -> None:
        """app_states: the states that the app has beside those of this session."""
        self.model = model
        self._app_states = app_states
        self._own_states = {DEFAULT}
        self.states: dict[str, Selections] = {DEFAULT: Selections()}
        self.run: Run | None = None
        self.version = 0
        self.touched: tuple[str, str] | None = None
        self._history = History(self.states)

    @property
    def back_count(self) -> int:
        return self._history.back_count

    @property
    def forward_count(self) -> int:
        return self._history.forward_count

    def of(self, state: str) -> Selections:
        """The selections of a state. Raises NotFound."""
        name = state or DEFAULT
        if name not in self.states and name not in self._app_states():
            raise NotFound(f"There is no state {name}.", "qStateName")
        return self.states.get(name, Selections())

    @property
    def state_names(self) -> list[str]:
        """The alternate states: those of the app, then those of this session."""
        own = (name for name in self.states if name in self._own_states and name != DEFAULT)
        return list(dict.fromkeys([*self._app_states(), *own]))

    def add_state(self, state: str, source: str = "") -> None:
        """A new alternate state, with the selections of another one to begin with."""
        self._own_states.add(state)
        self.states = {**self.states, state: self.of(source) if source else Selections()}
        self._note_step()

    def remove_state(self, state: str) -> bool:
        """Forget a state of this session and what is selected in it. False where there is none."""
        if state == DEFAULT or state not in self._own_states:
            return False
        self._own_states.discard(state)
        self.forget_states()
        return True

    def forget_states(self) -> None:
        """Forget what is selected in states that the app has no longer, whoever removed them."""
        if any(not self._is_known(name) for name in self.states):
            self._become(self.states)
            self._note_step()

    def _is_known(self, state: str) -> bool:
        return state in self._own_states or state in self._app_states()

    # -- selecting values

    def select(
        self,
        field: str,
        codes: Codes,
        *,
        state: str = DEFAULT,
        toggle: bool = False,
        soft_lock: bool = False,
        step: bool = True,
    ) -> bool:
        """Select values of a field, instead of what was selected there, or, with `toggle`, changing it.

        False if the field is locked and `soft_lock` does not override that. `step`: whether the history gets a
        step of its own for it.
        """
        now = self.of(state)
        locked = now.is_locked(field)
        if locked and not soft_lock:
            return False
        wanted = self._existing(field, codes)
        if toggle and field in now:
            wanted = np.setxor1d(now[field].codes, wanted)
        chosen = now.unlock(field).with_values(field, wanted)
        self._set(state, chosen.lock(field) if locked else chosen, step=step)
        return True

    def clear_field(self, field: str, *, state: str = DEFAULT, step: bool = True) -> bool:
        now = self.of(state)
        if now.is_locked(field):
            return False
        self._set(state, now.without(field), step=step)
        return True

    def clear_others(self, field: str, *, state: str, soft_lock: bool) -> bool:
        """Clear every field but this one; locked ones stay unless `soft_lock` overrides that."""
        now = self.of(state)
        kept = {name: chosen for name, chosen in now.items() if name == field or (chosen.locked and not soft_lock)}
        self._set(state, Selections(kept))
        return True

    def clear_all(self, *, state: str = "", locked_also: bool = False) -> None:
        """Clear one state, or all of them if none is named."""
        for name in [state] if state else list(self.states):
            self._set(name, self.of(name).clear(keep_locked=not locked_also), step=False)
        self._note_step()

    def lock(self, field: str, *, state: str = DEFAULT) -> bool:
        now = self.of(state)
        if field not in now:
            return False
        self._set(state, now.lock(field))
        return True

    def unlock(self, field: str, *, state: str = DEFAULT) -> bool:
        self._set(state, self.of(state).unlock(field))
        return True

    def lock_all(self, *, state: str, locked: bool) -> None:
        now = self.of(state)
        self._set(state, now.lock_all() if locked else now.unlock_all())

    def replace(self, states: Mapping[str, Selections]) -> None:
        """Select something else altogether, as one step: a bookmark, for example."""
        for name, chosen in states.items():
            self._set(name, chosen, step=False)
        self._note_step()

    # -- history

    def step(self, back: int) -> Step | None:
        """What was selected so many steps ago (or is ahead, if negative); what is tried out now is a step, too."""
        if back == 0:
            return self.states
        is_tried = self.run is not None and self.states != self._history.current
        return self._history.at(back - 1 if is_tried and back > 0 else back)

    def back(self) -> None:
        self._go(self._history.back())

    def forward(self) -> None:
        self._go(self._history.forward())

    # -- modal runs

    def begin(self, target: Target, paths: list[str]) -> None:
        """Make an object modal. Raises ModalObject if another one is."""
        self.check_free(target)
        if self.run is None:
            self.run = Run(target, paths, self.states)

    def end(self, target: Target, *, accept: bool) -> None:
        """End the run of an object. Raises InvalidObjectState if it is in none."""
        self._own_run(target)
        self.finish(accept=accept)

    def reset(self, target: Target) -> None:
        """Take back what was selected in the run, and stay in it."""
        run = self._own_run(target)
        run.has_selected = False
        self._become(run.before)

    def finish(self, *, accept: bool) -> None:
        """End whatever run there is: keep its selections as one step, or take them back."""
        run, self.run = self.run, None
        if run is not None:
            if accept:
                self._note_step()
            else:
                self._become(run.before)

    def check_free(self, target: Target) -> None:
        """Raise ModalObject if another object is selecting."""
        if self.run is not None and self.run.target != target:
            raise ModalObject("Another object is in selection mode.")

    def end_step(self, target: Target) -> None:
        """An object has selected: note it in its run, or else in the history."""
        if self.run is not None and self.run.target == target:
            self.run.has_selected = True
        self._note_step()

    def _own_run(self, target: Target) -> Run:
        if self.run is None or self.run.target != target:
            raise InvalidObjectState("The object is not in selection mode.")
        return self.run

    # -- inside

    def _existing(self, field: str, codes: Codes) -> npt.NDArray[np.int64]:
        wanted = np.asarray(codes if isinstance(codes, np.ndarray) else list(codes), dtype=np.int64)
        return wanted[(wanted >= 0) & (wanted < self.model.field(field).symbols.size)]

    def _set(self, state: str, chosen: Selections, *, step: bool = True) -> None:
        if chosen != self.of(state):
            self._become({**self.states, state or DEFAULT: chosen})
        if step:
            self._note_step()

    def _become(self, states: dict[str, Selections]) -> None:
        states = {name: chosen for name, chosen in states.items() if self._is_known(name)}
        if states != self.states:
            self.touched = _touched(self.states, states) or self.touched
            self.states = states
            self.version += 1

    def _note_step(self) -> None:
        if self.run is None:
            self._history.push(self.states)

    def _go(self, step: Step | None) -> None:
        if step is not None:
            self._become(dict(step))


def _touched(before: Mapping[str, Selections], after: Mapping[str, Selections]) -> tuple[str, str] | None:
    """The state and the field that differ; None if these are several."""
    found = [
        (state, field)
        for state, chosen in after.items()
        for old in [before.get(state, Selections())]
        if chosen is not old
        for field in {*chosen, *old}
        if chosen.get(field) is not old.get(field)
    ]
    return found[0] if len(found) == 1 else None
