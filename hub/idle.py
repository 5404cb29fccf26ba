"""Work ahead: a thread of the lowest importance, which works while no session of this process waits for an answer."""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Protocol

QUIET_SECONDS = 0.15
"""How long nothing must have been asked before work begins: charts ask one behind the other."""

LOWEST = 19
"""The importance of the thread, as `nice` counts it."""

log = logging.getLogger(__name__)


class Work(Protocol):
    """Something that can be stopped and gone on with."""

    def work(self, should_stop: Callable[[], bool]) -> bool:
        """Do it; False if it was stopped before it was finished."""
        ...


class Idle:
    """One piece of work for each owner: a newer one takes the place of an older one."""

    def __init__(self, quiet: float = QUIET_SECONDS) -> None:
        self._quiet = quiet
        self._news = threading.Condition()
        self._asked = 0
        self._running = 0
        self._waiting: OrderedDict[Hashable, Work] = OrderedDict()
        self._owner: Hashable = None
        self._thread: threading.Thread | None = None

    @contextmanager
    def busy(self) -> Iterator[None]:
        """While somebody waits for an answer, nothing else is worked on."""
        with self._news:
            self._asked += 1
            self._running += 1
        try:
            yield
        finally:
            with self._news:
                self._running -= 1
                self._news.notify_all()

    def later(self, owner: Hashable, work: Work | None) -> None:
        """Do this when there is time for it; None: do nothing for the owner."""
        with self._news:
            self._waiting.pop(owner, None)
            if work is None:
                return
            self._waiting[owner] = work
            if self._thread is None:
                self._thread = threading.Thread(target=self._go_on, name="idle", daemon=True)
                self._thread.start()
            self._news.notify_all()

    def forget(self, owner: Hashable) -> None:
        """The owner is gone."""
        with self._news:
            self._waiting.pop(owner, None)
            if self._owner == owner:
                self._owner = None

    def _go_on(self) -> None:
        with suppress(AttributeError, OSError):  # where threads have no importance of their own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST)
        while True:
            self._do_next()

    def _do_next(self) -> None:
        owner, work, asked = self._next()
        try:
            is_finished = work.work(lambda: self._asked != asked or self._owner != owner)
        except Exception as error:
            # Messages may quote data: say what, not why.
            log.error("work ahead failed: %s", type(error).__name__)
            is_finished = True
        with self._news:
            if not is_finished and self._owner == owner:
                self._waiting.setdefault(owner, work)
            self._owner = None

    def _next(self) -> tuple[Hashable, Work, int]:
        """The work that has waited longest, once it is quiet, and how much had been asked until then."""
        with self._news:
            while True:
                self._news.wait_for(lambda: self._waiting and not self._running)
                asked = self._asked
                self._news.wait_for(partial(self._is_disturbed, asked), self._quiet)
                if not self._is_disturbed(asked):
                    self._owner, work = self._waiting.popitem(last=False)
                    return self._owner, work, asked

    def _is_disturbed(self, asked: int) -> bool:
        return self._asked != asked or not self._waiting
