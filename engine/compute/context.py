"""What a calculation sees: the model, the selections of a session, its locale and its limits."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from engine.compute.cache import ResultCache
from engine.compute.habit import Habit
from engine.compute.sliced import size_of_rows, size_of_states, states_of
from engine.data.locale import DEFAULT_LOCALE, Locale
from engine.data.model import Model
from engine.errors import Aborted, CalculationTimeout, CalculationTooLarge
from engine.language.facts import NO_FACTS, Facts
from engine.selection.propagate import Possible, States
from engine.selection.records import CombinedRows, Records
from engine.selection.state import Selections

DEFAULT_CELLS = 50_000_000
"""Cells (groups times columns, joined rows) that one request may hold at a time."""

EVERYTHING = "1"
"""The name of the state in which nothing is selected."""


@dataclass(frozen=True)
class RequestLimits:
    """What one request may take. seconds: how long it may calculate, before it ends with error 7004. cells: how much
    it may hold at a time, before it ends with error 7003. characters: how long its answer may be, or else that is
    error 6001."""

    seconds: float = 120.0
    cells: int = DEFAULT_CELLS
    characters: int = 128 * 2**20


class CancelToken:
    """A request's limits: a flag that other threads may set, a deadline and a number of cells."""

    def __init__(self, seconds: float | None = None, cells: int = DEFAULT_CELLS) -> None:
        self._cancelled = threading.Event()
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._cells = cells

    def cancel(self) -> None:
        """Make the running request end with Aborted at its next look."""
        self._cancelled.set()

    def check(self) -> None:
        """Raises Aborted or CalculationTimeout if the request should end."""
        if self._cancelled.is_set():
            raise Aborted("The request was cancelled.")
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise CalculationTimeout("The calculation took longer than allowed.")

    def allow(self, cells: int, what: str) -> None:
        """Raises CalculationTooLarge if `cells` are more than a request may hold; `what` says of what."""
        if cells > self._cells:
            raise CalculationTooLarge(f"The calculation needs {cells:,} {what}; at most {self._cells:,} are allowed.")


Steps = Callable[[int], Mapping[str, Selections] | None]
"""The selections of every state so many steps back (or, if negative, forward); None where there is no such step."""

Bookmarks = Callable[[str], Mapping[str, Selections] | None]
"""The selections of every state that a bookmark, by id or title, keeps; None where there is no such bookmark."""


Measures = Callable[[str], str | None]
"""The expression of the master measure of that name; None where there is no such measure."""

Habits = defaultdict[str, Habit[Any]]

Fact = tuple[str, str]
"""Something a calculation has looked at besides data and selections: its kind and its name."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What expressions may know of the object they stand in: its id and those of the objects around it, its alternate
    state, and, in hypercubes, fields and names of dimensions and names of measures."""

    id: str = ""
    inside: tuple[str, ...] = ()
    state: str = "$"
    fields: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()


NO_CHART = Chart()


def _nothing_known(_: object) -> None:
    return None


@dataclass(frozen=True, eq=False)
class Context:
    """One session's view of a model, for the time of a request.

    states: selections by name of alternate state; '$' is the default one. '1' always is "nothing
    selected", and a state that is not named here has nothing selected either.
    cache: shared by all sessions with the same model and rights. facts, chart: what expressions may know of the session
    and of the object they stand in.
    seen: what the calculation has looked at besides data and selections, see `recall`. depth: how many expressions
    are being worked out for the sake of each other.
    """

    model: Model
    states: Mapping[str, Selections] = field(default_factory=dict)
    locale: Locale = DEFAULT_LOCALE
    variables: Mapping[str, str] = field(default_factory=dict)
    cache: ResultCache = field(default_factory=ResultCache)
    cancel: CancelToken = field(default_factory=CancelToken)
    facts: Facts = NO_FACTS
    chart: Chart = NO_CHART
    measures: Measures = _nothing_known
    steps: Steps = _nothing_known
    bookmarks: Bookmarks = _nothing_known
    habits: Habits = field(default_factory=lambda: defaultdict(Habit))
    seen: set[Fact] = field(default_factory=set)
    depth: int = 0
    _known: dict[tuple[str, bytes], States] = field(default_factory=dict)

    def selections(self, state: str = "$") -> Selections:
        return Selections() if state == EVERYTHING else self.states.get(state, Selections())

    def values(self, state: str = "$") -> States:
        """The states of all values and rows under the selections of `state`."""
        return self._states_of(self.selections(state))

    def rows_of(self, records: Records) -> Possible:
        """The rows of a set of records, such as a set expression makes."""
        if isinstance(records, Selections):
            return self._states_of(records)
        left, right = self.rows_of(records.left), self.rows_of(records.right)
        key = (self.model.id, "states", records.key())
        make = partial(CombinedRows, self.model, records.op, left, right)
        return self.cache.get_or_make(key, make, lambda rows: size_of_rows(self.model))

    def _states_of(self, selections: Selections) -> States:
        name = (self.model.id, selections.key())
        known = self._known.get(name)
        if known is None:
            key = (self.model.id, "states", selections.key())
            make = partial(states_of, self.model, selections, self.cache)
            known = self._known[name] = self.cache.get_or_make(key, make, size_of_states)
        return known
