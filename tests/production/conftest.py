"""The production topology, started once, with a small world in it and people who knock at its doors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.clients.qix import QixClient
from tests.browser.topology import Topology, production
from tests.mailbox import Mailbox
from tests.production.knocker import Knocker
from tests.production.sockets import open_everywhere


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    yield box
    box.stop()


@pytest.fixture(scope="session")
def topology(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[Topology]:
    with production(tmp_path_factory.mktemp("production"), mailbox.port) as running:
        yield running


@pytest.fixture(scope="session")
def world(topology: Topology) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(topology.module("tests.production.world"))
    return made


@pytest.fixture(scope="session")
def knockers(topology: Topology, world: dict[str, Any]) -> dict[str | None, Knocker]:
    """By role; None is nobody."""
    keys: dict[str, str] = world["keys"]
    found: dict[str | None, Knocker] = {role: Knocker(topology, role, key) for role, key in keys.items()}
    return {**found, None: Knocker(topology, None, None)}


@pytest.fixture
def sockets(topology: Topology, world: dict[str, Any]) -> Iterator[list[QixClient]]:
    with open_everywhere(topology, world) as clients:
        yield clients
