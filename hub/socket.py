"""The WebSocket edge: pumps text between a client and an engine Session.

Rules: a handshake counts only from a page of our own, or with an API key; who calls and what he may
is looked at again while the socket is open, so that a log-out, a revoked key or a deleted app ends it;
engine work runs in threads, requests of one session are answered in order, and a cancel overtakes them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from engine import EngineError, Rights, Session
from hub.caller import Caller
from hub.rights import RIGHTS
from sharing.access import Level, NoAccess, access_app
from storage import documents
from storage.models import App

MAX_FRAME_CHARACTERS = 4 * 1024 * 1024
MAX_WAITING_REQUESTS = 1000
RECHECK_SECONDS = 2.0
ENGINE_THREADS = 8

FOREIGN_PAGE, UNKNOWN_PERSON, NO_ACCESS, OVERLOADED, FRAME_TOO_LARGE, TROUBLE = (
    4403,
    4401,
    4404,
    4408,
    1009,
    1011,
)

log = logging.getLogger(__name__)
engine_pool = ThreadPoolExecutor(ENGINE_THREADS, thread_name_prefix="engine")
Result = TypeVar("Result")


class Refused(Exception):
    """The socket has to close, with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Line:
    """One open socket: the caller, what he may, and the frames under way."""

    caller: Caller
    receive: Callable[[], Any]
    send: Callable[[dict[str, Any]], Any]
    waiting: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(MAX_WAITING_REQUESTS))
    speaking: asyncio.Lock = field(default_factory=asyncio.Lock)
    checked: float = 0.0

    async def say(self, texts: list[str]) -> None:
        async with self.speaking:
            for text in texts:
                await self.send({"type": "websocket.send", "text": text})


async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One WebSocket connection from handshake to end."""
    await receive()
    caller = Caller.of(scope)
    if not caller.is_trusted or caller.app_id is None:
        await send({"type": "websocket.close", "code": FOREIGN_PAGE})
        return
    await send({"type": "websocket.accept"})
    try:
        await _serve_app(Line(caller, receive, send))
    except Refused as refused:
        await send({"type": "websocket.close", "code": refused.code})
    except EngineError as error:
        await send({"type": "websocket.close", "code": TROUBLE, "reason": error.message[:100]})


async def _serve_app(line: Line) -> None:
    app, rights = await _in_thread(_admit, line)
    document = await _in_thread(documents.open_document, app)
    try:
        session = Session(
            document,
            rights,
            user=str(app.owner_id),
            save=lambda changed: _save(app, changed),
            document_id=str(app.pk),
        )
        try:
            await _talk(line, session)
        finally:
            session.close()
    finally:
        await _in_thread(documents.release_document, app)


async def _talk(line: Line, session: Session) -> None:
    loop = asyncio.get_running_loop()
    session.on_push = lambda text: _schedule(loop, line, text)
    await line.say(session.greeting())
    tasks = [asyncio.create_task(_listen(line, session)), asyncio.create_task(_answer(line, session))]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        session.on_push = None
        for task in tasks:
            task.cancel()
        session.abort()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _listen(line: Line, session: Session) -> None:
    """Take frames in; a cancel is answered at once, the rest waits its turn. Ends when the client leaves."""
    while True:
        message = await line.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text") or ""
        if len(text) > MAX_FRAME_CHARACTERS:
            raise Refused(FRAME_TOO_LARGE)
        urgent = session.urgent(text)
        if urgent is not None:
            await line.say(urgent)
            continue
        try:
            line.waiting.put_nowait(text)
        except asyncio.QueueFull:
            raise Refused(OVERLOADED) from None


async def _answer(line: Line, session: Session) -> None:
    """Answer the waiting requests one by one, in threads; whoever has lost his access gets no more."""
    loop = asyncio.get_running_loop()
    while True:
        text = await line.waiting.get()
        if time.monotonic() - line.checked > RECHECK_SECONDS:
            _, session.rights = await _in_thread(_admit, line)
        await line.say(await loop.run_in_executor(engine_pool, session.receive, text))


def _admit(line: Line) -> tuple[App, Rights]:
    """The app and the caller's rights on it, read anew; Refused otherwise."""
    user = line.caller.person()
    if user is None:
        raise Refused(UNKNOWN_PERSON)
    try:
        app, level = access_app(user, line.caller.app_id or "", Level.VIEW)
    except NoAccess:
        raise Refused(NO_ACCESS) from None
    line.checked = time.monotonic()
    return app, RIGHTS[level]


def _save(app: App, document: Any) -> None:
    """Keep the app as it is now; called by the session in an engine thread."""
    close_old_connections()
    try:
        documents.save_document(app, document)
    finally:
        close_old_connections()


def _schedule(loop: asyncio.AbstractEventLoop, line: Line, text: str) -> None:
    """Send a frame that another session's thread caused."""
    asyncio.run_coroutine_threadsafe(line.say([text]), loop)


async def _in_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    """Run a function that may touch the database, without holding up the event loop."""

    def run() -> Result:
        close_old_connections()
        try:
            return function(*arguments)
        finally:
            close_old_connections()

    return await sync_to_async(run, thread_sensitive=False)()
