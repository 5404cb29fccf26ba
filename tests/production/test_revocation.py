"""T05: revoking cuts sockets in every process, with Redis alive and dead; and the topology works as a whole."""

from __future__ import annotations

import time

import pytest
from websockets.exceptions import ConnectionClosed

from tests.browser.clients.qix import QixClient
from tests.browser.topology import ENGINES
from tests.production.sockets import base, cut, stop

pytestmark = pytest.mark.real

PATIENCE = 15


def test_the_topology_answers_over_tls(topology, knockers):
    answer = knockers["owner"].knock("GET", "/")
    assert answer.status_code == 200
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]
    assert "Apps" in answer.text


def test_t05_cut_in_2s_in_every_process(sockets, world, knockers):
    cut(sockets, stop(knockers["owner"], world, True))
    path = f"/app/{world['second_app']}/"
    assert knockers["viewer"].knock("GET", path).status_code == 404
    stop(knockers["owner"], world, False)
    assert knockers["viewer"].knock("GET", path).status_code == 200


def test_t05_a_tab_left_open_gets_nothing(topology, sockets, world, knockers):
    """The page comes back after the end, as after a night: neither old nor new sockets say anything."""
    began = stop(knockers["owner"], world, True)
    cut(sockets, began)
    for name in ENGINES:
        with pytest.raises(ConnectionClosed):
            QixClient(f"{topology.engine_url(name)}/app/{world['second_app']}", world["keys"]["viewer"])
    stop(knockers["owner"], world, False)


def test_r19_mails_go_out_through_the_worker(world, knockers, mailbox):
    path = f"{base(world)}/invitations/"
    assert knockers["owner"].knock("POST", path, {"people": "mail.walker@example.org"}).status_code == 201
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and "mail.walker@example.org" not in [mail["To"] for mail in mailbox.mails]:
        knockers["owner"].knock("GET", path)
    assert [mail["To"] for mail in mailbox.mails].count("mail.walker@example.org") == 1
