"""A viewer's open sockets in every process, and waiting for their end."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from websockets.exceptions import ConnectionClosed

from tests.browser.clients.qix import QixClient
from tests.browser.topology import ENGINES, Topology
from tests.production.knocker import Knocker

PATIENCE = 15


def base(world: dict[str, Any]) -> str:
    return f"/api/apps/{world['second_app']}"


@contextmanager
def open_everywhere(topology: Topology, world: dict[str, Any]) -> Iterator[list[QixClient]]:
    """The viewer at the app: twice at each engine, and once through the proxy."""
    key, path = world["keys"]["viewer"], f"/app/{world['second_app']}"
    addresses = [topology.engine_url(name) + path for name in (*ENGINES, *ENGINES)]
    with ExitStack() as stack:
        clients = [stack.enter_context(QixClient(address, key)) for address in addresses]
        through = topology.url.replace("https", "wss") + path
        clients.append(stack.enter_context(QixClient(through, key, ssl=two_threads(topology.trust))))
        for client in clients:
            client.call(-1, "GetActiveDoc")
        yield clients


def two_threads(trust: ssl.SSLContext) -> ssl.SSLContext:
    """For clients that read and write in two threads, as those of `websockets.sync` do.

    In TLS 1.3 a server sends session tickets after the handshake. When they are read in the very moment in which the
    first request is written, OpenSSL loses the request now and then (3 of 4,000, beside two busy loops), and the
    client waits for ever. TLS 1.2 sends nothing there.
    """
    trust.maximum_version = ssl.TLSVersion.TLSv1_2
    return trust


def close_code(client: QixClient) -> int | None:
    """Wait until the server closes the socket."""
    with suppress(ConnectionClosed):
        while True:
            client.socket.recv(timeout=PATIENCE)
    return client.socket.close_code


def cut(sockets: list[QixClient], since: float) -> float:
    """Wait until every socket is closed for want of access; how long it took, in seconds."""
    assert {close_code(client) for client in sockets} == {4404}
    return time.monotonic() - since


def stop(owner: Knocker, world: dict[str, Any], stopped: bool) -> float:
    answer = owner.knock("PATCH", f"{base(world)}/sharing/", {"stopped": stopped})
    assert answer.status_code == 200, answer.text
    return time.monotonic()
