"""T27: somebody who floods a socket is refused or ended, and his neighbours on the same engine go on."""

from __future__ import annotations

import base64
import json
import os
import socket
import statistics
import struct
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from websockets.exceptions import ConnectionClosed

from hub.admission import OVERLOADED
from hub.watch import SOCKETS_A_PERSON
from tests.browser.clients.qix import QixClient
from tests.browser.topology import HOST, Topology
from tests.production.sockets import close_code

pytestmark = pytest.mark.real

PATIENCE = 120
IDLE = int(os.environ.get("IDLE_SOCKETS", "200"))
"""`make races` asks for the ten thousand of the threat."""


def address(topology: Topology, world: dict[str, Any]) -> str:
    return f"{topology.engine_url('engine')}/app/{world['app_id']}"


@pytest.fixture
def neighbour(topology, world):
    """The owner works at the same engine all the while."""
    with QixClient(address(topology, world), world["keys"]["owner"]) as client:
        client.call(-1, "GetActiveDoc")
        yield client
        assert client.call(1, "Evaluate", "Sum(bees)")["qReturn"] == "10"


@pytest.fixture
def attacker(topology, world):
    with QixClient(address(topology, world), world["keys"]["viewer"]) as client:
        yield client


def raw(topology: Topology, world: dict[str, Any], key: str | None = None) -> socket.socket:
    """A socket after its handshake and what the server says first, whose frames are written by hand."""
    opened = socket.create_connection(("127.0.0.1", topology.ports["engine"]), timeout=PATIENCE)
    lines = [
        f"GET /app/{world['app_id']} HTTP/1.1",
        f"Host: {HOST}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        f"Authorization: Bearer {key or world['keys']['viewer']}",
    ]
    opened.sendall("\r\n".join([*lines, "", ""]).encode())
    answer = b""
    while b"OnConnected" not in answer:
        piece = opened.recv(65536)
        assert piece, "the server has closed the socket"
        answer += piece
    return opened


@pytest.fixture
def say(capsys) -> Callable[[str], None]:
    """Tell whoever has asked for the great number how it goes."""

    def say(text: str) -> None:
        if "IDLE_SOCKETS" in os.environ:
            with capsys.disabled():
                print(text)

    return say


def told(say: Callable[[str], None], what: str, ask: Callable[[], object]) -> None:
    """Ask twenty times; how long that took is for the reader of `make races`, and judged by nobody."""
    took = []
    for _ in range(20):
        began = time.perf_counter()
        ask()
        took.append(1000 * (time.perf_counter() - began))
    say(f"{what}: median {statistics.median(took):.1f} ms, longest {max(took):.1f} ms")


def received(opened: socket.socket) -> bytes:
    """Everything until the other side ends it."""
    pieces = []
    while piece := opened.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"\x81\xff" + struct.pack("!Q", 2**30), 1009),
        (b"\x81\xff" + struct.pack("!Q", 2**62), 1009),
        (b"\xc1\x80", 1002),  # compressed, which was not agreed
        (b"\x81\x05hello", 1002),  # not masked
        (b"\x83\x80", 1002),  # a kind of frame there is none
    ],
)
def test_t27_ws_frames_that_are_none_are_refused_by_their_head(topology, world, neighbour, head, code):
    with raw(topology, world) as opened:
        opened.sendall(head)
        answer = received(opened)
    assert answer[:1] == b"\x88"
    assert answer[2:4] == struct.pack("!H", code)


def test_t27_ws_large_frames_and_a_larger_one(neighbour, attacker):
    for _ in range(5):
        attacker.socket.send(
            '{"id": 1, "handle": -1, "method": "QvVersion", "params": [], "x": "' + "x" * 4_000_000 + '"}'
        )
        assert neighbour.call(1, "Evaluate", "1+1") == {"qReturn": "2"}
    attacker.socket.send("x" * 4_300_000)
    assert close_code(attacker) == 1009


def test_t27_ws_many_tiny_frames(neighbour, attacker):
    for _ in range(20_000):
        try:
            attacker.socket.send("{}")
        except ConnectionClosed:
            break
        if attacker.socket.close_code is not None:
            break
    assert neighbour.call(1, "Evaluate", "1+1") == {"qReturn": "2"}


def test_t27_ws_many_pings(neighbour, attacker):
    for _ in range(5000):
        attacker.socket.ping()
    assert neighbour.call(1, "Evaluate", "1+1") == {"qReturn": "2"}
    assert attacker.call(-1, "GetActiveDoc")


def test_t27_ws_who_never_reads_holds_up_nobody(neighbour, attacker, topology, world):
    with raw(topology, world) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        text = b'{"id":1,"handle":-1,"method":"GetConfiguration","params":[]}'
        frame = b"\x81" + bytes([0x80 | len(text)]) + b"\0\0\0\0" + text
        opened.setblocking(False)
        for _ in range(2000):
            try:
                opened.send(frame)
            except BlockingIOError:
                break
        for number in range(20):
            assert neighbour.call(1, "Evaluate", f"1+{number}") == {"qReturn": str(1 + number)}


@pytest.mark.parametrize("where", ["engine", "https"])
def test_t27_ws_half_a_handshake_holds_up_nobody(neighbour, topology, where, say):
    half = {"engine": b"GET /app/x HTTP/1.1\r\nHost: ", "https": b"\x16\x03\x01"}[where]

    def somebody_comes() -> None:
        trust = str(topology.folder / "tls.crt")
        assert requests.get(f"{topology.url}/account/signup/", verify=trust, timeout=PATIENCE).status_code == 200

    with ExitStack() as stack:
        for _ in range(IDLE):
            opened = socket.create_connection(("127.0.0.1", topology.ports[where]), timeout=PATIENCE)
            stack.enter_context(opened).sendall(half)
        beside = f"beside {IDLE} halves of handshakes at {where}"
        told(say, f"socket, {beside}", lambda: neighbour.call(1, "Evaluate", "1+1"))
        told(say, f"page, {beside}", somebody_comes)


def test_t27_ws_idle_sockets_of_many_people_hold_up_nobody(topology, world, neighbour, say):
    """As many as the threat names, each person with all that he may have; one more is refused."""
    keys = json.loads(topology.module("tests.production.crowd", world["app_id"], str(IDLE // SOCKETS_A_PERSON)))
    told(say, "alone", lambda: neighbour.call(1, "Evaluate", "1+1"))
    with ExitStack() as stack, ThreadPoolExecutor(16) as pool:
        wanted = [key for key in keys for _ in range(SOCKETS_A_PERSON)]
        opened = list(pool.map(lambda key: stack.enter_context(raw(topology, world, key)), wanted))
        assert len(opened) == IDLE
        told(say, f"beside {IDLE} idle sockets", lambda: neighbour.call(1, "Evaluate", "1+1"))
        with pytest.raises(ConnectionClosed) as refused:
            QixClient(address(topology, world), keys[0])
        assert refused.value.rcvd.code == OVERLOADED
