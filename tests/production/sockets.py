"""A viewer's open sockets in every process, and waiting for their end."""

from __future__ import annotations

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
        clients.append(stack.enter_context(QixClient(through, key, ssl=topology.trust)))
        for client in clients:
            client.call(-1, "GetActiveDoc")
        yield clients


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
