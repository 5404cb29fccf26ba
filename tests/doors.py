"""Tables of doors: every address of a room, how it answers its owner, and how to knock at it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pytest
from django.http import HttpResponseBase
from django.test import Client


class Door(NamedTuple):
    """How an address answers its owner. Things stand in path and body by their names: `{app}`, `"{app}"`."""

    name: str
    method: str
    path: str
    owner: int
    body: Any = None


def each(doors: Iterable[Door]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("door", list(doors), ids=lambda door: f"{door.method} {door.name}")


def knock(client: Client, door: Door, things: Mapping[str, str], **headers: str) -> HttpResponseBase:
    """What a door answers; a body of bytes is a file, any other one is sent as JSON."""
    is_file = isinstance(door.body, bytes)
    path, text = door.path, "" if is_file or door.body is None else json.dumps(door.body)
    for name, value in things.items():
        path, text = path.replace(f"{{{name}}}", value), text.replace(f'"{{{name}}}"', f'"{value}"')
    if is_file:
        named = {"X-File-Name": "flowers.csv", **headers}
        return client.generic(door.method, path, door.body, "text/csv", headers=named)
    return client.generic(door.method, path, text, "application/json", headers=headers)
