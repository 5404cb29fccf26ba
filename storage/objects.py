"""Named objects, written once, by tenant, always sealed: put, open, delete."""

from __future__ import annotations

import contextlib
import io
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction

from security.cipher import Label, Unsealed, seal
from security.keys import new_data_key, unwrap_data_key
from storage.backends import Backend, StoreTrouble, backend
from storage.models import StoredObject

SMALL = 1024 * 1024
"""Objects up to this size are fetched in one go: one request to the store instead of two."""


@dataclass
class _Counted:
    """Pieces on their way through, and how many bytes they were."""

    pieces: Iterable[bytes]
    size: int = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.size += len(piece)
            yield piece


@dataclass
class _Source:
    """The sealed bytes of an object in the store."""

    store: Backend
    place: str
    size: int
    held: bytes = field(default=b"", repr=False)

    def read_at(self, offset: int, length: int) -> bytes:
        if self.size > SMALL:
            return self.store.read_at(self.place, offset, length)
        self.held = self.held or self.store.read_at(self.place, 0, self.size)
        return self.held[offset : offset + length]


def put(tenant_id: uuid.UUID, pieces: Iterable[bytes], kind: str) -> StoredObject:
    """Seal `pieces` into a new object, with memory for a few of them.

    The row is made last, so that a row always stands for a whole object. If anything fails, also the
    caller's own `pieces`, nothing is left behind.
    """
    stored = StoredObject(id=uuid.uuid4(), tenant_id=tenant_id, kind=kind)
    raw, stored.wrapped_key = new_data_key(tenant_id, stored.id)
    counted = _Counted(pieces)
    store = backend()
    stored.sealed_size = store.write(stored.place, seal(raw, Label(tenant_id, stored.id), counted))
    stored.size = counted.size
    try:
        stored.save(force_insert=True)
    except BaseException:
        with contextlib.suppress(StoreTrouble):
            store.delete(stored.place)
        raise
    return stored


def open_object(stored: StoredObject) -> io.BufferedReader:
    """The plain bytes of an object as a seekable file; see security.cipher for what can be wrong with it."""
    return open_with(unwrap_data_key(stored.tenant_id, stored.id, bytes(stored.wrapped_key)), stored)


def open_with(raw: bytes, stored: StoredObject) -> io.BufferedReader:
    """The same for whoever holds the object's data key already."""
    source = _Source(backend(), stored.place, stored.sealed_size)
    return io.BufferedReader(Unsealed(raw, Label(stored.tenant_id, stored.id), source), 1024 * 1024)


def read(stored: StoredObject) -> bytes:
    with open_object(stored) as file:
        return file.read()


def delete(stored: StoredObject) -> None:
    """Destroy the key first: from then on nobody can read it, even if the store keeps the bytes.

    The bytes go when the caller's transaction is committed; if that fails, the sweep takes them.
    """
    place = stored.place
    stored.delete()
    transaction.on_commit(lambda: backend().delete(place), robust=True)
