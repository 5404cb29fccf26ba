"""The socket's edge, driven as a server drives it: who is let in, and how he is cut off (T05, T27, T29)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from accounts.models import User
from engine.qix import methods
from hub import socket, watch
from hub.admission import FRAME_TOO_LARGE, NO_ACCESS, OVERLOADED, UNKNOWN_PERSON
from hub.socket import in_thread
from sharing import invitations
from sharing.addressees import Addressee
from sharing.models import Invitation, Role
from storage import library
from storage.models import App
from tests.people import BOB
from tests.sharing.conftest import quick_app

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30.0


class Wire:
    """One end of a socket: what a test sends, and what came back."""

    def __init__(self, client: Client, app: App, path: str = "") -> None:
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.frames: list[dict[str, Any]] = []
        self.code: int | None = None
        self.changed = asyncio.Event()
        cookie = f"{django_settings.SESSION_COOKIE_NAME}={client.cookies[django_settings.SESSION_COOKIE_NAME].value}"
        self.scope = {
            "type": "websocket",
            "path": f"/app/{app.pk}{path}",
            "headers": [
                (b"host", b"127.0.0.1"),
                (b"origin", b"http://127.0.0.1"),
                (b"cookie", cookie.encode()),
            ],
        }
        self.inbox.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(socket.serve(self.scope, self.inbox.get, self._take))

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            assert self.code is None, "a frame after the close"
            self.frames.append(json.loads(message["text"]))
        elif message["type"] == "websocket.close":
            self.code = message["code"]
        self.changed.set()

    def say(self, text: str) -> None:
        self.inbox.put_nowait({"type": "websocket.receive", "text": text})

    def ask(self, number: int, method: str, *params: Any, handle: int = -1) -> None:
        self.say(json.dumps({"id": number, "handle": handle, "method": method, "params": params}))

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self.changed.clear()
                await self.changed.wait()

    async def answer(self, number: int) -> dict[str, Any]:
        def found() -> list[dict[str, Any]]:
            return [frame for frame in self.frames if frame.get("id") == number]

        await self.until(lambda: bool(found()))
        return found()[0]

    async def closed(self) -> int:
        await self.until(lambda: self.code is not None)
        assert self.code is not None
        return self.code

    async def leave(self) -> None:
        self.inbox.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(self.task, PATIENCE)


@pytest.fixture(autouse=True)
def quick_watch(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(watch, "FULL_LOOK_SECONDS", 0.1)
    settings.SITE_URL = "http://127.0.0.1"


@pytest.fixture
def app(alice: User) -> App:
    return quick_app(alice)


@pytest.fixture
def invitation(alice: User, app: App, bob: User) -> Invitation:
    """Bob may look at Alice's app."""
    _, (made,) = invitations.invite(alice, app, [Addressee(BOB.email)])
    invitations.accept(bob, made)
    return made


@pytest.fixture
def bobs(bob: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(bob)


def run(work: Any) -> None:
    asyncio.run(work)


async def asking(client: Client, app: App, running: threading.Event) -> Wire:
    """A socket whose second request is being worked on, and blocked."""
    wire = Wire(client, app)
    wire.ask(1, "GetActiveDoc")
    await wire.answer(1)
    wire.ask(2, "Evaluate", "x", handle=1)
    assert await asyncio.to_thread(running.wait, PATIENCE)
    return wire


@pytest.fixture
def blocked() -> Iterator[tuple[threading.Event, threading.Event]]:
    """A method that says when it runs, and answers a secret once it is let go."""
    running, go_on = threading.Event(), threading.Event()

    def method(session: Any, target: Any, *arguments: Any) -> dict[str, Any]:
        running.set()
        assert go_on.wait(PATIENCE)
        return {"qReturn": "canary"}

    original = methods.METHODS["Doc", "Evaluate"]
    methods.METHODS["Doc", "Evaluate"] = method  # type: ignore[index]
    yield running, go_on
    go_on.set()
    methods.METHODS["Doc", "Evaluate"] = original  # type: ignore[index]


# -- T05: cut off


ENDS = {
    "removed": lambda alice, app, invitation: invitations.end(alice, invitation),
    "stopped": lambda alice, app, invitation: invitations.stop_sharing(alice, app),
    "deleted": lambda alice, app, invitation: library.delete_app(app, alice),
    "left": lambda alice, app, invitation: invitations.leave(invitation.taken_by, app.pk),
    "expired": lambda alice, app, invitation: Invitation.objects.update(until=invitation.created),
    "address gone": lambda alice, app, invitation: invitation.taken_by.emailaddress_set.all().delete(),
}


@pytest.mark.parametrize("how", sorted(ENDS))
def test_t05_an_idle_socket_is_cut_off(how, alice, app, invitation, bobs):
    async def work() -> None:
        wire = Wire(bobs, app)
        await wire.until(lambda: bool(wire.frames))
        await in_thread(ENDS[how], alice, app, invitation)
        assert await wire.closed() == NO_ACCESS
        await asyncio.wait_for(wire.task, PATIENCE)

    run(work())


def test_t05_a_log_out_ends_the_socket(app, invitation, bobs):
    async def work() -> None:
        wire = Wire(bobs, app)
        await wire.until(lambda: bool(wire.frames))
        await in_thread(bobs.logout)
        assert await wire.closed() == UNKNOWN_PERSON

    run(work())


def test_t05_request_in_flight_gets_no_data(alice, app, invitation, bobs, blocked, monkeypatch):
    """The watch is asleep: it is the comparison before the answer leaves that stops it."""
    monkeypatch.setattr(watch, "LOOK_SECONDS", 3600.0)
    running, go_on = blocked

    async def work() -> None:
        wire = await asking(bobs, app, running)
        await in_thread(invitations.end, alice, invitation)
        go_on.set()
        assert await wire.closed() == NO_ACCESS
        assert "canary" not in json.dumps(wire.frames)

    run(work())


def test_t05_requests_that_wait_are_not_answered_after_the_end(alice, app, invitation, bobs, blocked, monkeypatch):
    monkeypatch.setattr(watch, "LOOK_SECONDS", 3600.0)
    running, go_on = blocked

    async def work() -> None:
        wire = await asking(bobs, app, running)
        for number in range(3, 30):
            wire.ask(number, "Evaluate", "x", handle=1)
        await in_thread(invitations.end, alice, invitation)
        go_on.set()
        assert await wire.closed() == NO_ACCESS
        assert len(wire.frames) == 2  # the greeting, and the answer from before

    run(work())


def test_t05_a_lowered_role_counts_from_the_next_request_on(alice, app, invitation, bobs):
    invitation.refresh_from_db()
    invitations.change_terms(alice, invitation, role=Role.EDITOR, until=None)

    async def work() -> None:
        wire = Wire(bobs, app)
        wire.ask(1, "GetActiveDoc")
        await wire.answer(1)
        wire.ask(2, "SetAppProperties", {"qTitle": "Changed"}, handle=1)
        assert "error" not in await wire.answer(2)
        await in_thread(lambda: invitations.change_terms(alice, invitation, role=Role.VIEWER, until=None))
        wire.ask(3, "SetAppProperties", {"qTitle": "Spoiled"}, handle=1)
        assert (await wire.answer(3))["error"]["code"] == 5
        await wire.leave()

    run(work())


def test_t05_t29_resume_refused(alice, app, invitation, bobs):
    """The name of a session of before opens nothing, neither for him who lost his access nor for somebody else."""

    async def work() -> None:
        path = "/identity/tab-1/ttl/60"
        wire = Wire(bobs, app, path)
        wire.ask(1, "GetActiveDoc")
        await wire.answer(1)
        await in_thread(invitations.end, alice, invitation)
        assert await wire.closed() == NO_ACCESS
        again = Wire(bobs, app, path)
        assert await again.closed() == NO_ACCESS
        assert again.frames == []

    run(work())


def test_t29_another_s_session_name_is_a_session_of_one_s_own(alice, app, invitation, bobs, signed_in):
    async def work() -> None:
        path = "/identity/tab-1/ttl/60"
        first = Wire(bobs, app, path)
        first.ask(1, "GetActiveDoc")
        await first.answer(1)
        first.ask(2, "CreateSessionObject", {"qInfo": {"qType": "x", "qId": "mine"}}, handle=1)
        handle = (await first.answer(2))["result"]["qReturn"]["qHandle"]
        other = Wire(await in_thread(signed_in, alice), app, path)
        other.ask(1, "GetActiveDoc")
        assert (await other.answer(1))["result"]["qReturn"]["qHandle"] == 1
        other.ask(2, "GetLayout", handle=handle)
        assert (await other.answer(2))["error"]["code"] == 8
        other.ask(3, "GetObject", "mine", handle=1)
        assert (await other.answer(3))["result"]["qReturn"]["qHandle"] is None
        await first.leave()
        await other.leave()

    run(work())


def test_the_database_away_ends_the_socket_without_a_word(app, invitation, bobs, monkeypatch):
    from django.db import OperationalError

    def away(*ids: object) -> int:
        raise OperationalError("the canary is away")

    async def work() -> None:
        wire = Wire(bobs, app)
        wire.ask(1, "GetActiveDoc")
        await wire.answer(1)
        monkeypatch.setattr("hub.admission.rights_version", away)
        wire.ask(2, "GetActiveDoc")
        assert await wire.closed() == 1011

    run(work())


# -- what invitees keep


def test_own_sheets_stay_also_over_removal_and_return(alice, app, invitation, bobs, bob):
    properties = {"qInfo": {"qType": "sheet", "qId": "mine"}, "title": "Bob's own"}

    async def make() -> None:
        wire = Wire(bobs, app)
        wire.ask(1, "GetActiveDoc")
        await wire.answer(1)
        wire.ask(2, "CreateObject", properties, handle=1)
        assert "error" not in await wire.answer(2)
        await wire.leave()

    async def look() -> dict[str, Any]:
        wire = Wire(bobs, app)
        wire.ask(1, "GetActiveDoc")
        await wire.answer(1)
        wire.ask(2, "GetObject", "mine", handle=1)
        found = (await wire.answer(2))["result"]["qReturn"]
        await wire.leave()
        return found

    run(make())
    invitation.refresh_from_db()
    invitations.end(alice, invitation)
    _, (again,) = invitations.invite(alice, app, [Addressee(BOB.email)])
    invitations.accept(bob, again)
    assert asyncio.run(look())["qGenericId"] == "mine"
    row = app.layers.get()
    assert row.object.tenant_id == app.tenant_id
    assert library.app_of(alice, app.pk).current.manifest != row.object


def test_a_visit_is_noted_once(alice, app, invitation, bobs):
    from security.audit import trail

    async def work() -> None:
        for _ in range(3):
            wire = Wire(bobs, app)
            await wire.until(lambda wire=wire: bool(wire.frames))
            await wire.leave()

    run(work())
    opened = [one for one in trail(app.tenant_id, str(app.pk), 50) if one.action == "app.opened"]
    assert [one.actor for one in opened] == [str(invitation.taken_by_id)]


# -- T27: too much


def test_t27_ws_a_frame_that_is_too_large_ends_the_socket(app, invitation, bobs):
    async def work() -> None:
        wire = Wire(bobs, app)
        await wire.until(lambda: bool(wire.frames))
        wire.say("x" * (socket.MAX_FRAME_CHARACTERS + 1))
        assert await wire.closed() == FRAME_TOO_LARGE

    run(work())


def test_t27_ws_too_many_waiting_requests_end_the_socket(app, invitation, bobs, blocked):
    running, go_on = blocked

    async def work() -> None:
        wire = await asking(bobs, app, running)
        for number in range(3, socket.MAX_WAITING_REQUESTS + 10):
            wire.ask(number, "Evaluate", "x", handle=1)
        assert await wire.closed() == OVERLOADED
        go_on.set()

    run(work())


def test_t27_ws_one_person_has_so_many_sockets_and_no_more(app, invitation, bobs, monkeypatch):
    monkeypatch.setattr(watch, "SOCKETS_A_PERSON", 3)

    async def work() -> None:
        wires = [Wire(bobs, app) for _ in range(3)]
        for wire in wires:
            await wire.until(lambda wire=wire: bool(wire.frames))
        assert await Wire(bobs, app).closed() == OVERLOADED
        await wires[0].leave()
        another = Wire(bobs, app)
        await another.until(lambda: bool(another.frames))
        for wire in (*wires[1:], another):
            await wire.leave()

    run(work())


def test_t27_ws_who_comes_or_is_cut_off_does_not_wait_for_those_who_leave(alice, app, invitation, bobs, monkeypatch):
    """Putting away what thousands leave takes its time; here it waits until the test says go on."""
    monkeypatch.setattr(watch, "SOCKETS_A_PERSON", 3)
    go_on = threading.Event()

    async def work() -> None:
        wires = [Wire(bobs, app) for _ in range(3)]
        for wire in wires:
            await wire.until(lambda wire=wire: bool(wire.frames))
        socket.leavers.submit(go_on.wait)
        leaving = [asyncio.create_task(wire.leave()) for wire in wires]
        while socket.watch._lines:
            await asyncio.sleep(0)
        comes = Wire(bobs, app)
        await comes.until(lambda: bool(comes.frames))
        await in_thread(invitations.end, alice, invitation)
        assert await comes.closed() == NO_ACCESS
        assert not any(task.done() for task in leaving)
        go_on.set()
        await asyncio.gather(*leaving, comes.task)

    try:
        run(work())
    finally:
        go_on.set()


def test_t27_ws_of_many_who_leave_at_once_a_few_end_in_one_turn(app, invitation, bobs, monkeypatch):
    """In between, whoever stays gets a turn of the loop."""
    monkeypatch.setattr(socket, "LEAVING_AT_ONCE", 2)
    turns, ended = [0], []

    async def count() -> None:
        while True:
            turns[0] += 1
            await asyncio.sleep(0)

    async def heed(*_: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(turns[0])

    async def work() -> None:
        wires = [Wire(bobs, app) for _ in range(12)]
        for wire in wires:
            await wire.until(lambda wire=wire: bool(wire.frames))
        clock = asyncio.create_task(count())
        await asyncio.gather(*(wire.leave() for wire in wires))
        clock.cancel()

    monkeypatch.setattr(socket, "_heed", heed)
    run(work())
    assert len(ended) == 12
    assert max(Counter(ended).values()) <= 2


def test_nothing_is_foreseen_for_who_has_left(app, invitation, bobs, blocked, monkeypatch):
    """Also if his last request ends while he waits for his turn to leave."""
    running, go_on = blocked
    monkeypatch.setattr(socket, "LEAVING_AT_ONCE", 1)
    told: list[str] = []

    async def work() -> None:
        wire = await asking(bobs, app, running)
        monkeypatch.setattr(socket.idle, "later", lambda *_: told.append("later"))
        monkeypatch.setattr(socket.idle, "forget", lambda _: told.append("forget"))
        async with socket._turns(asyncio.get_running_loop()):
            leaving = asyncio.create_task(wire.leave())
            while socket.watch._lines:
                await asyncio.sleep(0)
            go_on.set()
            async with asyncio.timeout(PATIENCE):
                while "later" not in told:
                    await asyncio.sleep(0)
        await leaving

    run(work())
    assert told[-1] == "forget"


def test_t27_ws_a_client_that_takes_nothing_is_given_up(app, invitation, bobs, monkeypatch):
    monkeypatch.setattr(socket, "SEND_SECONDS", 0.2)

    async def work() -> None:
        wire = Wire(bobs, app)
        wire.ask(1, "GetActiveDoc")
        await wire.answer(1)
        take = wire._take

        async def stuck(message: dict[str, Any]) -> None:
            if message["type"] == "websocket.send":
                await asyncio.Event().wait()
            await take(message)

        wire._take = stuck  # type: ignore[method-assign]
        line = next(iter(socket.watch._lines))
        line.send = stuck
        wire.ask(2, "GetActiveDoc")
        assert await wire.closed() == OVERLOADED

    run(work())


@pytest.mark.parametrize(
    "text", ["", "\x00" * 100, "[" * 10_000, '{"method": "x"}', "null", "\ud800".encode("utf-8", "replace").decode()]
)
def test_t27_ws_frames_of_nonsense_are_answered_and_harm_nothing(app, invitation, bobs, text):
    async def work() -> None:
        wire = Wire(bobs, app)
        for _ in range(50):
            wire.say(text)
        wire.ask(1, "GetActiveDoc")
        assert "result" in await wire.answer(1)
        await wire.leave()

    run(work())
