"""The QIX session: a pure machine, JSON text in, JSON texts out. No sockets, no threads of its own, no clock.

`receive` is called by one thread at a time and answers in order. `urgent`, `abort` and `on_push` are the three
things that may cross threads: a cancel reaches the request that is being worked on, and what other sessions
change is told in frames of the server's own.
Every call goes one way: find what the handle stands for, find the method in the table, check the right, bind
the parameters, run, and put what has changed into the answer.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from engine.compute.context import RequestLimits
from engine.document.document import Document, News
from engine.document.layer import Layer
from engine.document.objects import ObjectTree, Properties
from engine.errors import Aborted, AccessDenied, AlreadyExists, EngineError, ResultTooLarge, UnknownMethod
from engine.language.facts import NO_FACTS, Facts
from engine.qix.desk import Desk
from engine.qix.foresight import Foresight
from engine.qix.handles import DOC, GLOBAL_HANDLE, Target
from engine.qix.meter import JSON_OPTIONS, Meter
from engine.qix.methods import METHODS
from engine.qix.rights import EDIT, RELIEFS, SOFT, Rights
from engine.qix.schema import VERSION, Method, method
from engine.stopping import stopped_by

REMEMBERED_REQUESTS = 2000
"""Answered and cancelled ids that are remembered, to tell a late cancel from an early one."""

CANCELLED = "The request was cancelled."

_URGENT = frozenset({"CancelRequest", "AbortRequest", "AbortAll"})

log = logging.getLogger(__name__)


class _BadRequest(EngineError):
    code = -32600


class _NoJson(EngineError):
    code = -32700


class Session:
    """One connection's conversation about one document.

    `save` keeps the document for good (None: it cannot be saved). `layer` holds what the person keeps for himself.
    `meter` counts the values that leave (None: they are not counted). `on_push` takes frames that the server sends
    by itself. `facts`: what expressions may know of the person (time zone, browser). `limits`: what each request may
    take. `rights` may be replaced while the session is open; the next request is judged by the new ones.
    """

    def __init__(
        self,
        document: Document,
        rights: Rights,
        *,
        user: str,
        save: Callable[[Document], None] | None = None,
        layer: Layer | None = None,
        meter: Meter | None = None,
        document_id: str = "",
        facts: Facts = NO_FACTS,
        limits: RequestLimits = RequestLimits(),
    ) -> None:
        self.document = document
        self.rights = rights
        self.user = user
        self.save = save
        self.meter = meter
        self.document_id = document_id
        self.desk = Desk(document, layer, replace(facts, user=user, document_id=document_id, version=VERSION), limits)
        self.on_push: Callable[[str], None] | None = None
        self._turn = threading.Lock()
        self._running: object = None
        self._is_reading = False
        self._answered_early: object = None
        self._answered: deque[object] = deque(maxlen=REMEMBERED_REQUESTS)
        self._cancelled: deque[object] = deque(maxlen=REMEMBERED_REQUESTS)
        document.listen(self._hear)
        self.desk.layer.listen(self._hear)

    def greeting(self) -> list[str]:
        """What the server says first."""
        return [_text({"method": "OnConnected", "params": {"qSessionState": "SESSION_CREATED"}})]

    def receive(self, text: str) -> list[str]:
        """Answer one frame of the client. Never raises for what a client can send."""
        request_id: object = None
        try:
            request = _read(text)
            request_id = request.get("id")
            result = self._run(request, request_id)
            return self._answer(request_id, {"result": result})
        except EngineError as error:
            return self._answer(request_id, {"error": _error(error.code, error.parameter, error.message)})
        except Exception as error:
            # Messages of unforeseen errors may quote data: say where, not what.
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("request failed: %s at %s:%s", type(error).__name__, place.filename, place.lineno)
            return self._answer(request_id, {"error": _error(-128, "", "An internal error occurred.")})

    def call(self, handle: int, method_name: str, *parameters: Any) -> dict[str, Any]:
        """Call a method from inside the house: its result as it is. Raises EngineError."""
        return self._run({"handle": handle, "method": method_name, "params": list(parameters)}, None)

    def urgent(self, text: str) -> list[str] | None:
        """Answer a cancel at once, from any thread; None for everything else, which is for `receive`.

        If the cancelled request only reads, its own answer (error 15) comes along, however long it takes a calculation
        to come to its next look; `receive` then has none for it.
        """
        if "Request" not in text and "AbortAll" not in text:
            return None
        try:
            request = _read(text)
        except EngineError:
            return None
        if request.get("handle") != GLOBAL_HANDLE or request.get("method") not in _URGENT:
            return None
        early: list[str] = []
        if request["method"] == "AbortAll":
            self.abort()
        else:
            try:
                (wanted,) = method("Global", request["method"]).bind(request.get("params"))
            except EngineError as error:
                return [_text({"id": request.get("id"), "error": _error(error.code, error.parameter, error.message)})]
            if self._cancel(wanted):
                early.append(_text({"id": wanted, "error": _error(Aborted.code, "", CANCELLED)}))
        return [*([_text({"id": request.get("id"), "result": {}})] if "id" in request else []), *early]

    def foresight(self) -> Foresight | None:
        """What to work on while nobody asks, as things stand after the last answer; None if that is nothing."""
        return Foresight.of(self.desk)

    def abort(self) -> None:
        """Stop whatever is being calculated now, from any thread; that request is answered with error 15."""
        self.desk.cancel.cancel()

    def close(self) -> None:
        """The connection is gone."""
        self.abort()
        self.on_push = None
        self.document.unlisten(self._hear)
        self.desk.layer.unlisten(self._hear)

    # -- one request

    def _run(self, request: dict[str, Any], request_id: object) -> dict[str, Any]:
        self.desk.begin_request()
        try:
            with self._turn:
                self._running = request_id
                if request_id in self._cancelled:
                    self._cancelled.remove(request_id)
                    raise Aborted(CANCELLED)
            target = self.desk.handles.target(request.get("handle", GLOBAL_HANDLE))
            called = method(target.qix_class, str(request.get("method", "")))
            self._authorize(called, target, request.get("params"))
            self._is_reading = called.name.startswith("Get")
            implementation = METHODS.get((called.qix_class, called.name))
            if implementation is None:
                raise UnknownMethod(f"{called.qix_class}.{called.name} is not available here.", called.name)
            with stopped_by(self.desk.cancel.check):
                result = implementation(self, target, *called.bind(request.get("params"))) or {}
            return result if self.meter is None else self.meter.passed(result)
        finally:
            self._running, self._is_reading = None, False

    def _authorize(self, called: Method, target: Target, given: object) -> None:
        """Raise AccessDenied unless the rights cover what the method needs, as it is aimed."""
        need = called.need
        if need in RELIEFS:
            arguments = called.bind(given)
            name = str(arguments[0]) if target is DOC else target.name
            if self.desk.is_private(name) or (need == SOFT and arguments[-1]):
                need = RELIEFS[need]
        if not self.rights.covers(need):
            raise AccessDenied(f"You may not use {called.name} in this app.", called.name)

    def _answer(self, request_id: object, body: dict[str, Any]) -> list[str]:
        if request_id is None:
            return [_text({"id": None, **body})] if "error" in body else []
        self._answered.append(request_id)
        self.desk.note_changes()
        changed, closed = self.desk.notices.collect()
        notes = {name: handles for name, handles in (("change", changed), ("close", closed)) if handles}
        with self._turn:
            is_answered, self._answered_early = request_id == self._answered_early, None
        if is_answered:
            return [_text(notes)] if notes else []
        text, most = _text({"id": request_id, **body, **notes}), self.desk.limits.characters
        if len(text) > most:
            message = f"The answer has {len(text):,} characters; at most {most:,} can be sent at once."
            text = _text({"id": request_id, "error": _error(ResultTooLarge.code, "", message), **notes})
        return [text]

    def _cancel(self, wanted: object) -> bool:
        """Stop a request; whether it may be answered at once, because it is running and changes nothing."""
        with self._turn:
            if wanted == self._running and self._running is not None:
                self.desk.cancel.cancel()
                if self._is_reading and self._answered_early is None:
                    self._answered_early = wanted
                    return True
            elif wanted not in self._answered:
                self._cancelled.append(wanted)
            return False

    # -- what others do

    def _hear(self, news: News) -> None:
        if news.origin is not self.desk:
            self.desk.notices.hear_foreign(news, self._push)

    def _push(self, changed: list[int], closed: list[int]) -> None:
        if self.on_push is not None:
            notes = {name: handles for name, handles in (("change", changed), ("close", closed)) if handles}
            self.on_push(_text(notes))

    # -- what methods need

    def place_for(self, kind: str, properties: Properties) -> ObjectTree:
        """Where a new thing goes: into the app, or to the person's own layer, which must not hide what the app has."""
        if not self.rights.makes_privately(kind):
            if not self.rights.covers(EDIT):
                raise AccessDenied(f"You may not make a {kind} in this app.", "qProp")
            return self.document.objects
        name = (properties.get("qInfo") or {}).get("qId")
        if name and self.document.objects.find(str(name)) is not None:
            raise AlreadyExists(f"There is already an object {name}.", "qId")
        return self.desk.layer.objects

    def doc_interface(self) -> dict[str, Any]:
        handle = self.desk.notices.give_handle(DOC)
        return {"qType": "Doc", "qHandle": handle, "qGenericId": self.document_id}

    def tell_app(self) -> None:
        """The app itself (title, state of saving) has changed."""
        news = News({}, app=True, origin=self.desk)
        self.desk.notices.hear(news)
        self.document.tell(news)


def _read(text: str) -> dict[str, Any]:
    try:
        request = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _NoJson("The frame is no JSON.") from None
    if not isinstance(request, dict) or not isinstance(request.get("method"), str):
        raise _BadRequest("A request is an object with a method.", "method")
    if not isinstance(request.get("id"), int | str | None):
        raise _BadRequest("An id is a number or a text.", "id")
    return request


def _error(code: int, parameter: str, message: str) -> dict[str, Any]:
    return {"code": code, "parameter": parameter, "message": message}


def _text(frame: dict[str, Any]) -> str:
    return orjson.dumps({"jsonrpc": "2.0", **frame}, option=JSON_OPTIONS).decode()
