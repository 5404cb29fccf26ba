"""The watch over a process's open sockets: whoever loses his access is cut off, also while he asks for nothing.

Each second one read compares the rights versions of all apps that are open here; the sockets of an app where it has
changed are told to look at their admission again. What changes no version (a log-out, an access whose time is over) is
found by reading everything about each caller anew now and then: once for all of his sockets at an app, and one caller
after the other, so that thousands of idle sockets take little from those who work (T27). Both need the database only,
so that a broken cache or broker delays nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError

from hub.admission import OVERLOADED, Admission, Refused, admit
from hub.caller import Caller
from sharing.access import rights_versions

if TYPE_CHECKING:
    from hub.socket import Line

LOOK_SECONDS = 1.0
FULL_LOOK_SECONDS = 10.0
"""A log-out, a deleted session, an access whose time is over: noticed so soon on a socket that asks nothing."""

SOCKETS_A_PERSON = 40
SOCKETS_A_TENANT = 1000

log = logging.getLogger(__name__)

InThread = Callable[..., Awaitable[Any]]


class Watch:
    """Used from one event loop."""

    def __init__(self, in_thread: InThread) -> None:
        self._in_thread = in_thread
        self._lines: dict[Line, tuple[uuid.UUID, uuid.UUID]] = {}
        """With the person and the tenant whom each is counted for."""
        self._counts: Counter[uuid.UUID] = Counter()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def join(self, line: Line) -> None:
        """Watch over a line. Raises Refused when its person, or his tenant, has too many."""
        user = line.admission.user
        if self._counts[user.pk] >= SOCKETS_A_PERSON or self._counts[user.tenant_id] >= SOCKETS_A_TENANT:
            raise Refused(OVERLOADED)
        self._lines[line] = (user.pk, user.tenant_id)
        self._counts.update(self._lines[line])
        for look in (self._look_for_changes, self._look_at_everybody):
            task = self._tasks.get(look.__name__)
            if task is None or task.done():
                self._tasks[look.__name__] = asyncio.get_running_loop().create_task(look())

    def leave(self, line: Line) -> None:
        for counted in self._lines.pop(line, ()):
            self._counts[counted] -= 1
            if not self._counts[counted]:
                del self._counts[counted]

    async def _look_for_changes(self) -> None:
        while self._lines:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                versions = await self._in_thread(rights_versions, {line.admission.app.pk for line in self._lines})
            except DatabaseError as error:
                # Requests are refused by themselves while the database is away; idle sockets wait for it.
                log.warning("the watch cannot read rights: %s", type(error).__name__)
                continue
            for line in self._lines:
                if versions.get(line.admission.app.pk, -1) != line.admission.version:
                    line.alarm.set()

    async def _look_at_everybody(self) -> None:
        while self._lines:
            await asyncio.sleep(LOOK_SECONDS)
            looked_at = time.monotonic() - FULL_LOOK_SECONDS
            old: dict[Caller, list[Line]] = {}
            for line in self._lines:
                if line.admission.at < looked_at:
                    old.setdefault(line.caller, []).append(line)
            try:
                found: dict[Caller, Admission] = await self._in_thread(_admitted, list(old))
            except DatabaseError as error:
                log.warning("the watch cannot read who may stay: %s", type(error).__name__)
                continue
            for caller, lines in old.items():
                for line in lines:
                    line.stays(found.get(caller))


def _admitted(callers: list[Caller]) -> dict[Caller, Admission]:
    """Those who may still be here."""
    found = {}
    for caller in callers:
        with contextlib.suppress(Refused):
            found[caller] = admit(caller)
    return found
