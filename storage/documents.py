"""Apps as documents: sealed chunks in the store <-> an engine Document, open once a process.

A save writes new chunks, then the manifest, then moves the app's pointer in one transaction: a crash
leaves the old version or the new one, never a mixture.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import uuid
from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Sum
from django.utils import timezone

from engine import DamagedApp, Document, Host
from security.cipher import SealError, digest
from security.keys import keys_read_once, tenant_key
from storage import objects
from storage.backends import NoObject
from storage.models import App, AppChunk, AppVersion
from storage.quotas import require_room

KEPT_VERSIONS = 20
ATTEMPTS = 3
UNNAMED_CHUNK_GRACE = timedelta(hours=1)
"""A save under way has chunks that no version names yet."""

_saving: dict[uuid.UUID, threading.Lock] = {}


class SaveConflict(Exception):
    """Somebody else has saved the app since the version that this change began with."""


class Chunks:
    """An app's chunks as the engine wants them: by the digest of their content."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.key = tenant_key(app.tenant_id)
        self.known: dict[str, AppChunk] = {c.name: c for c in app.chunks.select_related("object")}

    def named(self, name: str) -> str:
        """The name under which a chunk is stored: a bare digest would let others confirm a guess of the content."""
        return digest(name.encode(), self.key)

    def put(self, name: str, data: bytes) -> None:
        if self.has(name):
            return
        stored = objects.put(self.app.tenant_id, [data], "chunk")
        chunk = AppChunk(app=self.app, name=self.named(name), object=stored)
        try:
            with transaction.atomic():
                chunk.save(force_insert=True)
        except IntegrityError:  # another process has just written the same content
            objects.delete(stored)
            chunk = AppChunk.objects.select_related("object").get(app=self.app, name=chunk.name)
        self.known[chunk.name] = chunk

    def get(self, name: str) -> bytes:
        try:
            return objects.read(self.known[self.named(name)].object)
        except (NoObject, SealError) as error:
            raise DamagedApp(f"A part of the app cannot be read: {error} Restore an earlier version.") from error

    def has(self, name: str) -> bool:
        return self.named(name) in self.known


def save_document(app: App, document: Document, expected_version: int | None = None) -> AppVersion:
    """Keep the document as the app's newest version.

    `expected_version` is the number that the change began with; SaveConflict if it is not current any more.
    QuotaExceeded when the tenant has no room left.
    """
    require_room(app.tenant_id)
    with _saving.setdefault(app.pk, threading.Lock()):
        for _ in range(ATTEMPTS):
            version = _write_version(app, document, expected_version)
            if version is not None:
                break
        else:
            raise SaveConflict("Others keep saving the app. Try again in a moment.")
        _opened[app.pk] = version.number
        prune_versions(app)
    return version


def _write_version(app: App, document: Document, expected_version: int | None) -> AppVersion | None:
    """Chunks, manifest, pointer; None if a chunk that was there has been swept away meanwhile."""
    chunks = Chunks(app)
    manifest = document.save(chunks)
    names = {chunks.named(name) for name in Document.chunk_names(manifest)}
    stored = objects.put(app.tenant_id, [manifest], "manifest")
    try:
        with transaction.atomic():
            # The lock comes before the look at the chunks: prune_versions takes the same one.
            locked = App.objects.select_for_update().get(pk=app.pk)
            current = locked.current.number if locked.current else 0
            if expected_version is not None and current != expected_version:
                raise SaveConflict(f"The app was saved by somebody else (version {current}).")
            used = AppChunk.objects.filter(app=app, name__in=names)
            if used.count() < len(names):
                objects.delete(stored)
                return None
            size = stored.size + (used.aggregate(total=Sum("object__size"))["total"] or 0)
            version = AppVersion.objects.create(
                app=locked, number=current + 1, manifest=stored, digest=_manifest_digest(app, manifest), size=size
            )
            version.chunks.set(used)
            locked.current, locked.size = version, size
            locked.save(update_fields=["current", "size", "modified"])
    except BaseException:
        with contextlib.suppress(Exception):  # what stays behind is swept
            objects.delete(stored)
        raise
    return version


@keys_read_once()
def load_document(app: App) -> Document:
    """The app's current version, read from the store. DamagedApp if it does not verify."""
    version = app.current
    if version is None:
        raise DamagedApp("The app has no saved version.")
    try:
        manifest = objects.read(version.manifest)
    except (NoObject, SealError) as error:
        raise DamagedApp(f"The app's manifest cannot be read: {error} Restore an earlier version.") from error
    if _manifest_digest(app, manifest) != version.digest:
        raise DamagedApp("The app's manifest is not the one that was saved. Restore an earlier version.")
    return Document.load(manifest, Chunks(app))


_opened: dict[uuid.UUID, int] = {}
"""The version that each document open in this process stands at."""


@lru_cache(maxsize=1)
def host() -> Host:
    """The documents open in this process."""
    return Host(settings.ENGINE_MEMORY_BYTES)


def open_document(app: App) -> Document:
    """The app's document, shared by everybody in this process; release it once for every open."""
    number = app.current.number if app.current else 0
    if _opened.get(app.pk, number) != number:
        host().drop(str(app.pk))  # another process has saved since
    document = host().open(str(app.pk), lambda: load_document(app))
    _opened[app.pk] = number
    return document


def release_document(app: App) -> None:
    host().release(str(app.pk))


def versions(app: App) -> list[AppVersion]:
    return list(app.versions.all())


@transaction.atomic
def restore_version(app: App, number: int) -> AppVersion:
    """Make an earlier version the newest again; what stood between stays in the list."""
    locked = App.objects.select_for_update().get(pk=app.pk)
    old = locked.versions.get(number=number)
    newest = locked.versions.aggregate(number=Max("number"))["number"]
    copy = objects.put(app.tenant_id, [objects.read(old.manifest)], "manifest")
    version = AppVersion.objects.create(app=locked, number=newest + 1, manifest=copy, digest=old.digest, size=old.size)
    version.chunks.set(old.chunks.all())
    locked.current, locked.size = version, version.size
    locked.save(update_fields=["current", "size", "modified"])
    return version


@transaction.atomic
def prune_versions(app: App, keep: int = KEPT_VERSIONS) -> None:
    """Forget the oldest versions beyond `keep`, and the chunks that no version names any more."""
    App.objects.select_for_update().get(pk=app.pk)
    for version in list(app.versions.all()[keep:]):
        manifest = version.manifest
        version.delete()
        objects.delete(manifest)
    settled = timezone.now() - UNNAMED_CHUNK_GRACE
    for chunk in app.chunks.filter(versions=None, object__created__lt=settled).select_related("object"):
        stored = chunk.object
        chunk.delete()
        objects.delete(stored)


def _manifest_digest(app: App, manifest: bytes) -> str:
    return digest(hashlib.sha256(manifest).digest() + app.pk.bytes, tenant_key(app.tenant_id))
