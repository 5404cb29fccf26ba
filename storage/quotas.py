"""What a tenant may keep. Simple limits, so that one tenant cannot fill the store for all (T20)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from django.db.models import Sum

from storage.backends import StoreTrouble
from storage.models import App, StoredObject

MAX_BYTES = 200 * 1024**3
"""Bytes of all of a tenant's objects before sealing: files, and all kept versions of apps."""
MAX_APPS = 5000
"""Apps of a tenant, deleted ones that can still be brought back included."""


class QuotaExceeded(StoreTrouble):
    """The tenant has used up what it may keep; the message is for the person."""


def used_bytes(tenant_id: uuid.UUID) -> int:
    return StoredObject.objects.filter(tenant_id=tenant_id).aggregate(total=Sum("size"))["total"] or 0


def require_room(tenant_id: uuid.UUID) -> int:
    """The bytes that are left; QuotaExceeded if there are none."""
    left = MAX_BYTES - used_bytes(tenant_id)
    if left <= 0:
        raise QuotaExceeded("Your storage is full. Delete files or apps that you do not need any more.")
    return left


def within(tenant_id: uuid.UUID, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """`pieces`, as long as the tenant has room for them."""
    left = require_room(tenant_id)
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise QuotaExceeded("There is no room for this file. Delete files or apps that you do not need any more.")
        yield piece


def require_app(tenant_id: uuid.UUID) -> None:
    """QuotaExceeded if the tenant has as many apps as it may."""
    if App.objects.filter(tenant_id=tenant_id).count() >= MAX_APPS:
        raise QuotaExceeded(f"You have {MAX_APPS} apps, which is the limit. Delete some first.")
