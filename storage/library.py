"""Records: create, list, rename, delete, bring back. Everything is looked up through its tenant and owner."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from security.audit import record
from storage import objects
from storage.models import App, DataFile
from storage.quotas import require_app, within

if TYPE_CHECKING:
    from accounts.models import User

MAX_NAME = 200


class BadName(ValueError):
    """A name that cannot be stored; the message is for the person."""


def clean_name(name: str) -> str:
    """`name` without control characters and outer spaces; BadName if nothing is left or it is too long."""
    cleaned = "".join(character for character in name if character.isprintable()).strip()
    if not cleaned:
        raise BadName("Give it a name of at least one letter.")
    if len(cleaned) > MAX_NAME:
        raise BadName(f"A name has at most {MAX_NAME} letters; this one has {len(cleaned)}.")
    return cleaned


@transaction.atomic
def create_app(owner: User, title: str) -> App:
    """An app without any version yet; it shows up once its first version is saved."""
    require_app(owner.tenant_id)
    app = App(tenant_id=owner.tenant_id, owner=owner)
    app.title = clean_name(title)
    app.save(force_insert=True)
    record(owner.tenant_id, "app.created", actor=str(owner.pk), subject=str(app.pk))
    return app


def apps_of(owner: User) -> QuerySet[App]:
    """Own apps that open, the one changed last first."""
    return _own(owner).filter(deleted_at=None).order_by("-modified")


def deleted_apps_of(owner: User) -> QuerySet[App]:
    return _own(owner).exclude(deleted_at=None).order_by("-deleted_at")


def app_of(owner: User, app_id: uuid.UUID) -> App | None:
    return apps_of(owner).filter(pk=app_id).first()


def rename_app(app: App, title: str) -> None:
    app.title = clean_name(title)
    app.save(update_fields=["sealed_name", "modified"])


@transaction.atomic
def delete_app(app: App, actor: User) -> None:
    """Take an app away; it can be brought back until the sweep."""
    app.deleted_at = timezone.now()
    app.save(update_fields=["deleted_at"])
    rights_changed(app.pk)
    record(app.tenant_id, "app.deleted", actor=str(actor.pk), subject=str(app.pk))


def rights_changed(app_id: uuid.UUID) -> None:
    """Somebody's rights on the app have changed: whoever has it open is looked at again."""
    App.objects.filter(pk=app_id).update(rights_version=F("rights_version") + 1)


@transaction.atomic
def restore_app(owner: User, app_id: uuid.UUID) -> App | None:
    """Bring a deleted app back; None if there is none of that id."""
    app = deleted_apps_of(owner).filter(pk=app_id).first()
    if app is not None:
        app.deleted_at = None
        app.save(update_fields=["deleted_at"])
        record(app.tenant_id, "app.restored", actor=str(owner.pk), subject=str(app.pk))
    return app


def add_file(owner: User, name: str, pieces: Iterable[bytes]) -> DataFile:
    """Keep an uploaded file; if `pieces` fails on the way, nothing is left behind."""
    cleaned = clean_name(name)
    stored = objects.put(owner.tenant_id, within(owner.tenant_id, pieces), "file")
    try:
        with transaction.atomic():
            file = DataFile(tenant_id=owner.tenant_id, owner=owner, size=stored.size, object=stored)
            file.name = cleaned
            file.save(force_insert=True)
            record(owner.tenant_id, "file.added", actor=str(owner.pk), subject=str(file.pk))
    except BaseException:
        objects.delete(stored)
        raise
    return file


def files_of(owner: User) -> QuerySet[DataFile]:
    files = DataFile.objects.filter(tenant_id=owner.tenant_id, owner=owner, deleted_at=None)
    return files.select_related("object").order_by("-created")


def open_file(file: DataFile) -> BinaryIO:
    return objects.open_object(file.object)


def delete_file(file: DataFile, actor: User) -> None:
    """Destroy a file: its key first, then its bytes."""
    with transaction.atomic():
        record(file.tenant_id, "file.deleted", actor=str(actor.pk), subject=str(file.pk))
        stored = file.object
        file.delete()
        objects.delete(stored)


def _own(owner: User) -> QuerySet[App]:
    own = App.objects.filter(tenant_id=owner.tenant_id, owner=owner).exclude(current=None)
    return own.select_related("current", "owner")
