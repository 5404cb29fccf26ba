"""Which of the client's layouts are out of date, and who has to be told.

A handle is valid once its layout was fetched. When something it depends on changes, it is told once, and then
not again until its layout is fetched anew. What a request of this session causes goes with the answer to that
request; what another session causes is pushed in a frame of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from engine.document.document import News
from engine.document.layout import DATA, LISTS
from engine.document.objects import DIMENSION, MEASURE, VARIABLE
from engine.qix.handles import CLASS_OF_KIND, DOC, Handles, Target

_BEHIND_DATA = frozenset({DIMENSION, MEASURE, VARIABLE})
"""Kinds of entries that layouts of other objects are computed from."""

Push = Callable[[list[int], list[int]], None]
"""Tells the client of changed and closed handles."""


class Notices:
    """Safe to use from the threads of other sessions."""

    def __init__(self, handles: Handles) -> None:
        self._handles = handles
        self._lock = threading.RLock()
        self._valid: dict[Target, frozenset[str]] = {}
        self._changed: list[Target] = []
        self._closed: list[int] = []
        self._foreign = 0

    def give_handle(self, target: Target) -> int:
        with self._lock:
            return self._handles.give(target)

    @property
    def foreign_count(self) -> int:
        """How often others have changed something; to be compared before and after a layout is made."""
        return self._foreign

    def mark_valid(self, target: Target, uses: Iterable[str], since: int) -> None:
        """The layout of `target` was made from what was so when `foreign_count` was `since`."""
        with self._lock:
            self._valid[target] = frozenset(uses)
            if self._foreign != since:
                self._note([target])

    def invalidate(self, *targets: Target) -> None:
        with self._lock:
            self._note(target for target in targets if target in self._valid)

    def invalidate_uses(self, use: str) -> None:
        with self._lock:
            self._note([target for target, uses in self._valid.items() if use in uses])

    def hear(self, news: News) -> None:
        """A change of this session's own; it goes with the next answer."""
        with self._lock:
            self._take(news)

    def hear_foreign(self, news: News, push: Push) -> None:
        """A change of another session's: tell the client at once."""
        with self._lock:
            waiting, self._changed = self._changed, []
            closed_waiting, self._closed = self._closed, []
            self._foreign += 1
            self._take(news)
            changed, closed = self.collect()
            self._changed, self._closed = waiting, closed_waiting
        if changed or closed:
            push(changed, closed)

    def collect(self) -> tuple[list[int], list[int]]:
        """Handles changed and closed since the last call."""
        with self._lock:
            found = [self._handles.find(target) for target in self._changed]
            closed, self._changed, self._closed = self._closed, [], []
            return [handle for handle in found if handle is not None], closed

    def _take(self, news: News) -> None:
        gone = [before for before, after in news.change.values() if before is not None and after is None]
        self._close([Target(CLASS_OF_KIND[entry.kind], entry.id) for entry in gone])
        kept = [after for _, after in news.change.values() if after is not None]
        self.invalidate(*(Target(CLASS_OF_KIND[entry.kind], entry.id) for entry in kept))
        if any(entry.kind == VARIABLE or not news.is_private for entry in (*gone, *kept)):
            self.invalidate_uses(LISTS)
        if any(entry.kind in _BEHIND_DATA for entry in (*gone, *kept)):
            self.invalidate_uses(DATA)
        if news.app:
            self.invalidate(DOC)

    def _close(self, targets: list[Target]) -> None:
        for target in targets:
            self._valid.pop(target, None)
        self._closed += self._handles.close(targets)

    def _note(self, targets: Iterable[Target]) -> None:
        for target in list(targets):
            self._valid.pop(target, None)
            if target not in self._changed:
                self._changed.append(target)
