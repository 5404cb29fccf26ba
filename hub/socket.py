"""The WebSocket edge: pumps text between a client and an engine Session.

Rules: a handshake counts only from a page of our own, or with an API key; whoever loses his access is cut off at
once and gets no answer any more, also none that was under way; engine work runs in threads, requests of one session
are answered in order, and a cancel overtakes them.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils.timezone import now

from engine import Document, EngineError, Facts, Layer, RequestLimits, Session, rehearse
from hub.admission import (
    FOREIGN_PAGE,
    FRAME_TOO_LARGE,
    OVERLOADED,
    TROUBLE,
    Admission,
    Refused,
    admit,
    confirm,
    meter_for,
    note_visit,
)
from hub.caller import Caller
from hub.idle import Idle
from hub.watch import Watch
from sharing.access import Level
from sharing.meter import Account
from storage import documents, layers
from storage.backends import backend

MAX_FRAME_CHARACTERS = 4 * 1024 * 1024
MAX_WAITING_REQUESTS = 1000
SEND_SECONDS = 60.0
"""A client that takes nothing for so long is given up."""
ENGINE_THREADS = 8
LEAVING_AT_ONCE = 20

log = logging.getLogger(__name__)
engine_pool = ThreadPoolExecutor(ENGINE_THREADS, thread_name_prefix="engine")
leavers = ThreadPoolExecutor(1, thread_name_prefix="leavers")
idle = Idle()
Result = TypeVar("Result")


@dataclass(eq=False)
class Line:
    """One open socket: the caller, what he may, and the frames under way."""

    caller: Caller
    receive: Callable[[], Any]
    send: Callable[[dict[str, Any]], Any]
    admission: Admission
    waiting: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(MAX_WAITING_REQUESTS))
    speaking: asyncio.Lock = field(default_factory=asyncio.Lock)
    alarm: asyncio.Event = field(default_factory=asyncio.Event)

    async def say(self, texts: list[str]) -> None:
        async with self.speaking:
            for text in texts:
                try:
                    await asyncio.wait_for(self.send({"type": "websocket.send", "text": text}), SEND_SECONDS)
                except TimeoutError:
                    raise Refused(OVERLOADED) from None

    def confirm(self, session: Session) -> None:
        """Compare the caller's rights with what is so now. Raises Refused; blocks, for threads."""
        self.admission = confirm(self.caller, self.admission)
        session.rights = self.admission.rights

    def stays(self, found: Admission | None) -> None:
        """The watch has read everything anew: the line goes on as it is, or looks for itself at what has changed."""
        last = self.admission
        if found is not None and (found.version, found.level) == (last.version, last.level):
            self.admission = found
        else:
            self.alarm.set()


def get_ready() -> None:
    """Do what the first socket of a process would wait for, before the process serves. Blocks, for threads."""
    rehearse()
    backend()
    gc.collect()
    gc.freeze()  # what is there now stays: else whoever works while the collector goes through all of it waits 0.15 s


async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One WebSocket connection from handshake to end."""
    await receive()
    caller = Caller.of(scope)
    if not caller.is_trusted or caller.app_id is None:
        await send({"type": "websocket.close", "code": FOREIGN_PAGE})
        return
    await send({"type": "websocket.accept"})
    try:
        line = Line(caller, receive, send, await in_thread(admit, caller))
        watch.join(line)
        try:
            await _serve_app(line)
        finally:
            watch.leave(line)
    except Refused as refused:
        await send({"type": "websocket.close", "code": refused.code})
    except DatabaseError as error:
        log.error("a socket was closed: %s", type(error).__name__)
        await send({"type": "websocket.close", "code": TROUBLE, "reason": "The database does not answer."})
    except EngineError as error:
        await send({"type": "websocket.close", "code": TROUBLE, "reason": error.message[:100]})


async def _serve_app(line: Line) -> None:
    app, user = line.admission.app, line.admission.user
    document, layer = await in_thread(_open, line.admission)
    session: Session | None = None
    account: Account | None = None
    try:
        metered = await in_thread(meter_for, line.admission)
        account, meter = metered or (None, None)
        # In a thread, as its end: a session joins and leaves its document when nobody edits it.
        session = await in_thread(
            Session,
            document,
            line.admission.rights,
            user=str(user.pk),
            save=lambda changed: _save(line, changed),
            layer=layer,
            meter=meter,
            document_id=str(app.pk),
            facts=Facts(client=line.caller.client, opened=now(), user_attributes=(("userEmail", user.email),)),
            limits=RequestLimits(**settings.REQUEST_LIMITS),
        )
        await _talk(line, session)
    finally:
        # Now, since until its tasks have ended one of them may still have looked ahead.
        idle.forget(line)
        # In the one thread that is for those who leave: who comes does not wait behind thousands of them.
        put_away = partial(in_connection, _put_away, line.admission, layer, session, account)
        await asyncio.get_running_loop().run_in_executor(leavers, put_away)


def _open(admission: Admission) -> tuple[Document, Layer | None]:
    document = documents.open_document(admission.app)
    try:
        layer = None if admission.level == Level.OWN else layers.open_layer(admission.app, admission.user)
        note_visit(admission)
    except BaseException:
        documents.release_document(admission.app)
        raise
    return document, layer


def _put_away(admission: Admission, layer: Layer | None, session: Session | None, account: Account | None) -> None:
    try:
        if session is not None:
            session.close()
        if account is not None:
            account.settle()
    finally:
        documents.release_document(admission.app)
        if layer is not None:
            layers.release_layer(admission.app, admission.user, layer)


async def _talk(line: Line, session: Session) -> None:
    loop = asyncio.get_running_loop()
    session.on_push = lambda text: _schedule(loop, line, text)
    await line.say(session.greeting())
    tasks = [asyncio.create_task(work(line, session)) for work in (_listen, _answer, _heed)]
    refused: Refused | None = None
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    except Refused as found:
        refused = found
    finally:
        session.on_push = None
        session.abort()
        # Whoever has left counts no more, however long the rest takes.
        watch.leave(line)
        async with nullcontext() if refused else _turns(loop):
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    if refused:
        # At once: it must not wait until all is put away.
        await line.send({"type": "websocket.close", "code": refused.code})


@lru_cache(maxsize=1)
def _turns(_: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
    """Of thousands who leave in one moment a few end at a time; in between, those who stay get their answers."""
    return asyncio.Semaphore(LEAVING_AT_ONCE)


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
    """Answer the waiting requests one by one, in threads; when there is none, look ahead."""
    loop = asyncio.get_running_loop()
    while True:
        text = await line.waiting.get()
        await line.say(await loop.run_in_executor(engine_pool, in_connection, _work, line, session, text))
        idle.later(line, session.foresight() if line.waiting.empty() else None)


def _work(line: Line, session: Session, text: str) -> list[str]:
    """One request; rights are compared before it, and again before its answer may leave."""
    with idle.busy():
        line.confirm(session)
        answers = session.receive(text)
        line.confirm(session)
    return answers


async def _heed(line: Line, session: Session) -> None:
    """Look at the admission again whenever the watch gives the alarm."""
    while True:
        await line.alarm.wait()
        line.alarm.clear()
        await in_thread(line.confirm, session)


def _save(line: Line, document: Document) -> None:
    """Keep the app as it is now; called by the session in an engine thread."""
    documents.save_document(line.admission.app, document)


def _schedule(loop: asyncio.AbstractEventLoop, line: Line, text: str) -> None:
    """Send a frame that another session's thread caused."""
    asyncio.run_coroutine_threadsafe(line.say([text]), loop)


async def in_thread(function: Callable[..., Result], *arguments: Any, **options: Any) -> Result:
    """Run a function that may touch the database, without holding up the event loop."""

    return await sync_to_async(in_connection, thread_sensitive=False)(function, *arguments, **options)


def in_connection(function: Callable[..., Result], *arguments: Any, **options: Any) -> Result:
    """Run a function of a thread that may use the database: without a connection that is too old, or left broken."""
    close_old_connections()
    try:
        return function(*arguments, **options)
    finally:
        close_old_connections()


watch = Watch(in_thread)
