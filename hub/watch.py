"""The watch over a process's open sockets: whoever loses his access is cut off, also while he asks for nothing.

Each second one read compares the rights versions of all apps that are open here; where one has changed, and now and
then anyway, the sockets concerned are told to look at their admission again. It needs the database only, so that a
broken cache or broker delays nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError

from hub.admission import OVERLOADED, Refused
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
        self._lines: set[Line] = set()
        self._task: asyncio.Task[None] | None = None

    def join(self, line: Line) -> None:
        """Watch over a line. Raises Refused when its person, or his tenant, has too many."""
        people = Counter(one.admission.user.pk for one in self._lines)
        tenants = Counter(one.admission.user.tenant_id for one in self._lines)
        user = line.admission.user
        if people[user.pk] >= SOCKETS_A_PERSON or tenants[user.tenant_id] >= SOCKETS_A_TENANT:
            raise Refused(OVERLOADED)
        self._lines.add(line)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look())

    def leave(self, line: Line) -> None:
        self._lines.discard(line)

    async def _look(self) -> None:
        while self._lines:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                versions = await self._in_thread(rights_versions, {line.admission.app.pk for line in self._lines})
            except DatabaseError as error:
                # Requests are refused by themselves while the database is away; idle sockets wait for it.
                log.warning("the watch cannot read rights: %s", type(error).__name__)
                continue
            for line in self._lines:
                seen = line.admission
                is_old = time.monotonic() - seen.at > FULL_LOOK_SECONDS
                if versions.get(seen.app.pk, -1) != seen.version or is_old:
                    line.alarm.set()
