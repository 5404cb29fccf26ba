"""Taking away for good: apps deleted long ago, and what died half-way left behind. Run daily; safe at any time."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from security.audit import record
from storage import objects
from storage.backends import StoreTrouble, backend
from storage.models import App, StoredObject

DELETED_APPS_KEPT = timedelta(days=30)
"""So long a deleted app can be brought back."""
GRACE = timedelta(days=1)
"""Longer than any upload or save: what nothing refers to after this long, nothing will."""

ORPHANS_EXPECTED = 1000
"""More than this, and more than half of the store, looks like a wrong or an old database."""


def sweep(now: datetime | None = None) -> None:
    """All three, the apps first, since they leave objects behind."""
    now = now or timezone.now()
    sweep_apps(now)
    sweep_objects(now)
    sweep_store(now)


def sweep_apps(now: datetime) -> int:
    """Destroy apps deleted more than DELETED_APPS_KEPT ago, and those that never got a first version."""
    gone = models.Q(deleted_at__lt=now - DELETED_APPS_KEPT) | models.Q(current=None, created__lt=now - GRACE)
    apps = list(App.objects.filter(gone))
    for app in apps:
        destroy_app(app)
    return len(apps)


@transaction.atomic
def destroy_app(app: App) -> None:
    """Every version, every chunk and their keys; nobody can bring it back."""
    App.objects.filter(pk=app.pk).update(current=None)
    kept = [version.manifest for version in app.versions.select_related("manifest")]
    kept += [chunk.object for chunk in app.chunks.select_related("object")]
    kept += [layer.object for layer in app.layers.select_related("object")]
    record(app.tenant_id, "app.destroyed", actor="sweep", subject=str(app.pk))
    app.refresh_from_db()
    app.delete()
    for stored in kept:
        objects.delete(stored)


def sweep_objects(now: datetime) -> int:
    """Destroy objects that no row of any room refers to."""
    unreferenced = StoredObject.objects.filter(created__lt=now - GRACE)
    for relation in StoredObject._meta.get_fields(include_hidden=True):
        if relation.auto_created and isinstance(relation, models.ForeignObjectRel):
            field = relation.field
            named = field.model._default_manager.exclude(**{field.name: None}).values(field.name)
            unreferenced = unreferenced.exclude(pk__in=named)
    found = list(unreferenced)
    for stored in found:
        objects.delete(stored)
    return len(found)


def sweep_store(now: datetime) -> int:
    """Delete bytes that no row stands for: their key is gone, or their write was never finished."""
    store = backend()
    store.tidy(now - GRACE)
    found = [place for place, written in store.places("") if written < now - GRACE]
    orphans = [place for place in found if not _has_row(place)]
    if len(orphans) > ORPHANS_EXPECTED and len(orphans) > len(found) // 2:
        raise StoreTrouble(
            f"{len(orphans)} of {len(found)} objects in the store are unknown to this database. Nothing was deleted: "
            "is it the right database, the right store?"
        )
    for place in orphans:
        store.delete(place)
    return len(orphans)


def _has_row(place: str) -> bool:
    tenant, _, name = place.partition("/")
    try:
        return StoredObject.objects.filter(pk=uuid.UUID(name), tenant_id=uuid.UUID(tenant)).exists()
    except ValueError:
        return True  # not of our making, so not ours to delete
