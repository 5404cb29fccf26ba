"""T04: reading in bulk meets the owner's limit, over all sockets and processes, and the owner sees it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from tests.browser.clients.qix import QixClient
from tests.browser.topology import ENGINES
from tests.production.sockets import base

pytestmark = pytest.mark.real

LIMIT = 5000


def read(client: QixClient, number: int) -> dict[str, Any]:
    """A hundred values, each time others."""
    return client.ask(1, "Evaluate", f"Repeat('{number:04} ', 2000)")


def test_t04_the_meter_stops_bulk_reading_in_every_process(topology, world, knockers):
    owner = knockers["owner"]
    limited = owner.knock("PATCH", f"{base(world)}/sharing/", {"values_an_hour": LIMIT})
    assert limited.status_code == 200, limited.text
    key, path = world["keys"]["viewer"], f"/app/{world['second_app']}"
    with ExitStack() as stack:
        clients = [
            stack.enter_context(QixClient(topology.engine_url(name) + path, key)) for name in (*ENGINES, *ENGINES)
        ]
        for client in clients:
            client.call(-1, "GetActiveDoc")
        answers = [read(clients[number % len(clients)], number) for number in range(120)]
        first = "Repeat('0000 ', 2000)"
        assert clients[0].call(1, "Evaluate", first)["qReturn"], "what was sent before is free"
        assert clients[0].call(1, "BackCount") == {"qReturn": 0}, "what holds no values goes on"
    refused = [answer["error"] for answer in answers if "error" in answer]
    passed = len(answers) - len(refused)
    assert LIMIT // 100 * 0.9 <= passed <= (LIMIT + 1000 * len(ENGINES)) // 100
    assert {error["code"] for error in refused} == {5}
    assert "its owner lets people read in an hour" in refused[-1]["message"]
    page = owner.knock("GET", f"/app/{world['second_app']}/sharing/").text
    assert "has read as much as is allowed" in page
    assert owner.knock("PATCH", f"{base(world)}/sharing/", {"values_an_hour": None}).status_code == 200
