"""T01: two tenants, people with some rights and with none, all at once: nobody gets another's answer."""

from __future__ import annotations

import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.browser.clients.qix import QixClient
from tests.browser.topology import ENGINES, Topology
from tests.production.world import ROLES

pytestmark = pytest.mark.real

TOGETHER = 40
TIMES = 5
PATHS = (
    "/api/apps/",
    "/api/apps/{app_id}/",
    "/api/apps/{other_app}/",
    "/api/apps/{app_id}/invitations/",
    "/api/apps/{app_id}/sharing/",
    "/api/files/",
    "/api/groups/",
    "/api/invitations/",
)
APP_OF = {"owner": "app_id", "editor": "app_id", "viewer": "app_id", "other": "other_app"}


def get(topology: Topology, key: str, path: str) -> tuple[int, bytes]:
    """Each time by a connection of its own, so that it may come to any process."""
    answer = requests.get(
        topology.url + path,
        headers={"Authorization": f"Bearer {key}"},
        verify=str(topology.folder / "tls.crt"),
        timeout=60,
    )
    return answer.status_code, answer.content


def ask(topology: Topology, world: dict[str, Any], role: str, engine: str) -> tuple[Any, Any]:
    """What a socket says of the app to somebody: its layout for him, and what he is told to be."""
    address = f"{topology.engine_url(engine)}/app/{world[APP_OF[role]]}"
    with QixClient(address, world["keys"][role]) as client:
        doc = client.call(-1, "GetActiveDoc")["qReturn"]["qHandle"]
        return client.call(doc, "GetAppLayout"), client.call(-1, "GetAuthenticatedUser")


def test_t01_under_load(topology, world):
    paths = [path.format(**{name: value for name, value in world.items() if isinstance(value, str)}) for path in PATHS]
    asked = [(role, path) for role in ROLES for path in paths]
    alone = {(role, path): get(topology, world["keys"][role], path) for role, path in asked}
    said = {(role, engine): ask(topology, world, role, engine) for role in APP_OF for engine in ENGINES}
    assert len({content for _, content in alone.values()}) > len(paths), "people get answers of their own"
    work = [*asked, *said] * TIMES
    random.Random(1).shuffle(work)

    def again(what: tuple[str, str]) -> str | None:
        role, place = what
        if place in ENGINES:
            same = ask(topology, world, role, place) == said[what]
        else:
            same = get(topology, world["keys"][role], place) == alone[what]
        return None if same else f"{role} at {place}"

    with ThreadPoolExecutor(TOGETHER) as pool:
        mixed = list(itertools.filterfalse(lambda one: one is None, pool.map(again, work)))
    assert mixed == []
