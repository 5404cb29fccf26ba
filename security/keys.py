"""Keys: a master key wraps each tenant's key, which wraps the random data key of every object.

Raw keys pass through this file only, and never reach a log, an error or the database. Rotation
re-wraps and never touches content; deleting a wrapped key makes what it guards unreadable.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from security.cipher import Tampered, seal_bytes, unseal_bytes
from security.models import TenantKey

KEY_BYTES = 32


class KeyTrouble(Exception):
    """A key is missing, unreadable or not the one that is needed."""


class KeyProvider(Protocol):
    """Where master keys come from; it stands outside database and bucket."""

    def current(self) -> bytes:
        """The key that wraps from now on."""

    def all(self) -> list[bytes]:
        """The current key and those before it that may still have wrapped something."""


@dataclass(frozen=True)
class FileProvider:
    """A file of 32 bytes, mode 600; `<file>.previous` holds the key before it while a rotation is under way.

    is_replaceable: what this key wraps can be wrapped again from elsewhere, so a lost one may be made anew.
    """

    path: str
    is_replaceable: bool = False

    def current(self) -> bytes:
        if _stamp(self.path) is None:
            _make_master(Path(self.path), self.is_replaceable)
        return _read_master(self.path, _stamp(self.path))

    def all(self) -> list[bytes]:
        previous = previous_path(self.path)
        stamp = _stamp(previous)
        return [self.current(), *([_read_master(previous, stamp)] if stamp else [])]


def provider() -> KeyProvider:
    return FileProvider(settings.MASTER_KEY_FILE)


def previous_path(path: str) -> str:
    return f"{path}.previous"


def master_key() -> bytes:
    """The current master key; made at first use in embedded mode."""
    return provider().current()


def _master_named(name: str) -> bytes:
    """The master key of that name."""
    for key in provider().all():
        if master_id(key) == name:
            return key
    raise KeyTrouble("A tenant's key was wrapped by a master key that is not here. Restore that one.")


def master_key_problem(path: str) -> str | None:
    """What is wrong with the master key's file, None when nothing is."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return "does not exist or cannot be read"
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return "may be read by others (mode must be 600 or 400)"
    return None if os.path.getsize(path) == KEY_BYTES else f"does not hold exactly {KEY_BYTES} bytes"


@lru_cache(maxsize=8)
def _read_master(path: str, stamp: tuple[int, int] | None) -> bytes:
    """The key in a file; `stamp` makes a running process notice that the file was replaced."""
    problem = master_key_problem(path)
    if problem:
        raise KeyTrouble(f"The key {path} {problem}.")
    return Path(path).read_bytes()


def _make_master(file: Path, is_replaceable: bool) -> None:
    """First use, in embedded mode only: where something is kept already, a new key would open none of it."""
    if settings.PRODUCTION or (not is_replaceable and TenantKey.objects.exists()):
        raise KeyTrouble(f"The key {file} does not exist. Restore it; a new one opens nothing that is kept.")
    draft = _draft_master(file)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass  # another process was first: its key is the key
    finally:
        draft.unlink()


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_ctime_ns


def _draft_master(file: Path) -> Path:
    """A new random key in a file beside `file`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(secrets.token_bytes(KEY_BYTES))
        out.flush()
        os.fsync(out.fileno())
    return draft


def master_id(key: bytes) -> str:
    """A name of a master key that tells nothing about it."""
    return hashlib.sha256(b"master key id" + key).hexdigest()[:16]


_read_already: ContextVar[dict[uuid.UUID, bytes | None] | None] = ContextVar("keys_read_already", default=None)
"""The tenants' keys that were read in `keys_read_once`. None: made there, which a rollback may undo."""


@contextmanager
def keys_read_once() -> Iterator[None]:
    """In here each tenant's key is read once, however much is unsealed."""
    before = _read_already.set({})
    try:
        yield
    finally:
        _read_already.reset(before)


class KeysReadOnceMiddleware:
    """Within a request each tenant's key is read once: a page shows hundreds of sealed texts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with keys_read_once():
            return self.get_response(request)


def tenant_key(tenant_id: uuid.UUID) -> bytes:
    """The key of a tenant; made at first use."""
    known = _read_already.get()
    if known is None:
        return _read_tenant_key(tenant_id, {})
    return known.get(tenant_id) or _read_tenant_key(tenant_id, known)


def _read_tenant_key(tenant_id: uuid.UUID, known: dict[uuid.UUID, bytes | None]) -> bytes:
    row = TenantKey.objects.filter(tenant_id=tenant_id).first()
    if row is None:
        known[tenant_id] = None
        master = master_key()
        fresh = secrets.token_bytes(KEY_BYTES)
        wrapped = seal_bytes(master, fresh, _tenant_context(tenant_id))
        row, _ = TenantKey.objects.get_or_create(
            tenant_id=tenant_id, defaults={"wrapped": wrapped, "master_id": master_id(master)}
        )
    key = _unwrap_tenant(bytes(row.wrapped), tenant_id, _master_named(row.master_id))
    known.setdefault(tenant_id, key)
    return key


@lru_cache(maxsize=1024)
def _unwrap_tenant(wrapped: bytes, tenant_id: uuid.UUID, master: bytes) -> bytes:
    try:
        return unseal_bytes(master, wrapped, _tenant_context(tenant_id))
    except Tampered:
        raise KeyTrouble("A tenant's key was wrapped by another master key. Restore that one.") from None


def new_data_key(tenant_id: uuid.UUID, object_id: uuid.UUID) -> tuple[bytes, bytes]:
    """A random key for one object, raw and wrapped."""
    raw = secrets.token_bytes(KEY_BYTES)
    return raw, seal_bytes(tenant_key(tenant_id), raw, b"data key" + object_id.bytes)


def unwrap_data_key(tenant_id: uuid.UUID, object_id: uuid.UUID, wrapped: bytes) -> bytes:
    try:
        return unseal_bytes(tenant_key(tenant_id), wrapped, b"data key" + object_id.bytes)
    except Tampered:
        raise KeyTrouble("An object's key was wrapped by another tenant's key, or belongs to another object.") from None


def seal_text(tenant_id: uuid.UUID, text: str, context: str) -> bytes:
    """A short text of a tenant for the database, bound to where it stands (`context`)."""
    return seal_bytes(tenant_key(tenant_id), text.encode(), b"text " + context.encode())


def unseal_text(tenant_id: uuid.UUID, sealed: bytes, context: str) -> str:
    return unseal_bytes(tenant_key(tenant_id), bytes(sealed), b"text " + context.encode()).decode()


def destroy_tenant_key(tenant_id: uuid.UUID) -> None:
    """Crypto-shredding: nothing of the tenant can be read from now on, in no copy and no backup of the bucket."""
    TenantKey.objects.filter(tenant_id=tenant_id).delete()
    (_read_already.get() or {}).pop(tenant_id, None)


def turn_over_master(path: str) -> None:
    """Put a new master key into `path` and the one there was beside it; goes on where a killed run stopped."""
    file, previous = Path(path), Path(previous_path(path))
    if not previous.exists():
        os.link(file, previous)
    if file.samefile(previous):  # else turned over before: only the re-wrapping is left
        os.replace(_draft_master(file), file)


def put_away_previous_master(path: str) -> Path | None:
    """Rename the key before the current one, once only backups need it; its new place, None if there is none."""
    previous = Path(previous_path(path))
    if not previous.exists():
        return None
    kept = previous.with_name(f"{Path(path).name}.old-{master_id(previous.read_bytes())}")
    os.replace(previous, kept)
    return kept


def rewrap_tenant_keys(batch: int = 100) -> int:
    """Wrap every tenant's key by the current master key; a batch is one transaction, so a killed run goes on later."""
    master, done = master_key(), 0
    while rows := _rewrap_batch(master, batch):
        done += rows
    return done


@transaction.atomic
def _rewrap_batch(master: bytes, batch: int) -> int:
    name = master_id(master)
    rows = list(TenantKey.objects.select_for_update().exclude(master_id=name)[:batch])
    for row in rows:
        context = _tenant_context(row.tenant_id)
        raw = unseal_bytes(_master_named(row.master_id), bytes(row.wrapped), context)
        row.wrapped, row.master_id = seal_bytes(master, raw, context), name
        row.save(update_fields=["wrapped", "master_id"])
    return len(rows)


def _tenant_context(tenant_id: uuid.UUID) -> bytes:
    return b"tenant key" + tenant_id.bytes
