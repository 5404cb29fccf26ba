"""R05, T05: Redis is dead and stays so. Sharing goes on, and ends as promptly. The topology's last test."""

from __future__ import annotations

import time

import pytest

from tests.browser.clients.qix import QixClient
from tests.production.sockets import base, cut

pytestmark = pytest.mark.real


def test_t05_cut_with_redis_down(topology, sockets, world, knockers):
    topology.kill("redis")
    path = f"{base(world)}/invitations/{world['second_invitation']}/"
    answer = knockers["owner"].knock("DELETE", path)
    assert answer.status_code == 200, answer.text
    cut(sockets, time.monotonic())
    undo = knockers["owner"].knock("POST", f"/api/deeds/{answer.json()['undo']}/undo/")
    assert undo.status_code == 204
    key = world["keys"]["viewer"]
    with QixClient(f"{topology.engine_url('engine')}/app/{world['second_app']}", key) as client:
        assert client.call(-1, "GetActiveDoc")
    assert (
        knockers["owner"].knock("POST", f"{base(world)}/invitations/", {"people": "late@example.org"}).status_code
        == 201
    )
