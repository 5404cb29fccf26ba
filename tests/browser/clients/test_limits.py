"""Limits and cancels over a real socket: one client asks for too much, another goes on beside it (T13)."""

from __future__ import annotations

import itertools
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.clients.qix import QixClient
from tests.browser.server import Server
from tests.people import ALICE

pytestmark = pytest.mark.real

ROWS = 20_000
SLOW = "CountRegEx(Repeat('x', 900000), '(x+x+)+y' & number)"
"""A pattern of its own for each number, looked for in a long text: far beyond any limit here."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that gives a request five seconds and room for a hundred thousand cells."""
    folder = tmp_path_factory.mktemp("limits")
    running = Server(folder / "var")
    running.environment |= {
        "HONEYGUIDE_REQUEST_SECONDS": "5",
        "HONEYGUIDE_REQUEST_CELLS": "100000",
        "HONEYGUIDE_REQUEST_CHARACTERS": "100000",
    }
    running.start()
    running.manage("createuser", ALICE.email, "--password-stdin", stdin=ALICE.password)
    for name in ("number", "digit"):
        (folder / f"{name}.csv").write_text("\n".join([name, *map(str, range(ROWS if name == "number" else 10))]))
    files = [str(folder / f"{name}.csv") for name in ("number", "digit")]
    running.manage("createapp", "--owner", ALICE.email, "--name", "Numbers", *files)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def key(server: Server) -> str:
    return server.manage("createapikey", ALICE.email, "--name", "limits")


@pytest.fixture
def two_clients(server: Server, key: str) -> Iterator[tuple[QixClient, QixClient]]:
    request = urllib.request.Request(f"{server.url}/api/apps/", headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        app = str(json.load(answer)[0]["id"])
    url = f"{server.url.replace('http', 'ws')}/app/{app}"
    with QixClient(url, key) as one, QixClient(url, key) as other:
        for client in (one, other):
            client.open_app(app)
        yield one, other


def made(client: QixClient, dimensions: list[str], measures: list[str], **more: Any) -> int:
    definition = {
        "qDimensions": [{"qDef": {"qFieldDefs": [field]}} for field in dimensions],
        "qMeasures": [{"qDef": {"qDef": text}} for text in measures],
        **more,
    }
    properties = {"qInfo": {"qType": "cube"}, "qHyperCubeDef": definition}
    return int(client.call(1, "CreateSessionObject", properties)["qReturn"]["qHandle"])


def send(client: QixClient, number: int, handle: int, method: str, *params: Any) -> None:
    client.socket.send(json.dumps({"id": number, "handle": handle, "method": method, "params": params}))


def answer_to(client: QixClient, number: int) -> dict[str, Any]:
    frames = (json.loads(client.socket.recv(timeout=60)) for _ in itertools.count())
    return next(frame for frame in frames if frame.get("id") == number)


def total(client: QixClient) -> float:
    (row,) = client.cube(1, [], ["Sum(number)"], rows=1)
    return float(row[0]["qNum"])


def test_t13_each_limit_has_its_error_and_the_session_goes_on(two_clients: tuple[QixClient, QixClient]) -> None:
    one, other = two_clients
    assert total(one) == total(other)  # whatever is compiled or read when first needed, is by now
    crossed = made(one, ["number", "digit"], ["Count(number)"])
    listed = made(one, ["number"], ["Count(number)"], qInitialDataFetch=[{"qWidth": 2, "qHeight": 3000}])
    pages = [{"qLeft": 0, "qTop": 0, "qWidth": 2, "qHeight": 9000}] * 2
    codes = [
        one.ask(crossed, "GetLayout")["error"]["code"],
        one.ask(listed, "GetLayout")["error"]["code"],
        one.ask(listed, "GetHyperCubeData", "/qHyperCubeDef", pages)["error"]["code"],
        one.ask(made(one, ["number"], [SLOW]), "GetLayout")["error"]["code"],
    ]
    assert codes == [7003, 6001, 7009, 7004]
    assert total(one) == total(other) == sum(range(ROWS))


def test_a_request_under_way_is_cancelled_while_the_neighbour_is_answered(
    two_clients: tuple[QixClient, QixClient],
) -> None:
    one, other = two_clients
    slow = made(one, ["number"], [SLOW])
    send(one, 1000, slow, "GetLayout")
    assert total(other) == sum(range(ROWS))
    send(one, 1001, -1, "CancelRequest", 1000)
    assert answer_to(one, 1001)["result"] == {}
    assert answer_to(one, 1000)["error"]["code"] in (15, 7004)
    assert total(one) == sum(range(ROWS))
