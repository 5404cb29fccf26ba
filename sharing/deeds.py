"""Deeds: changes of who may open what, each in one transaction, audited, and undone on request for a while.

A deed notes the fields it changes, before and after. Every change is conditional on what was read: of two that race,
one finds the row changed and is refused. Undoing is the same backwards, and refused where a row has changed since.
The apps concerned are locked first and told last, so that every open socket is looked at again.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps as rooms
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from security.audit import record
from sharing.errors import NotPossible
from sharing.models import Deed, Invitation
from sharing.states import ALIVE, OPEN
from storage import library
from storage.models import App

if TYPE_CHECKING:
    from accounts.models import User

UNDO_GRACE_SECONDS = 5
"""What a slow line may add to the seconds that people are shown."""

CHANGED_SINCE = "This has changed in the meantime. Look at it again."


class Doing:
    """A deed while it is done."""

    def __init__(self, deed: Deed) -> None:
        self.deed = deed

    def change(self, row: models.Model, **values: Any) -> None:
        """Set fields of a row, if they still are as the row in hand says. Raises NotPossible."""
        before = {name: _own(getattr(row, name)) for name in values}
        if not type(row)._default_manager.filter(pk=row.pk, **before).update(**values):
            raise NotPossible(CHANGED_SINCE)
        for name, value in values.items():
            setattr(row, name, value)
        self.note(row, before, values)

    def made(self, row: models.Model, **undone: Any) -> None:
        """A row has been made; `undone` are the fields that take it back."""
        self.note(row, undone, {name: getattr(row, name) for name in undone})

    def note(self, row: models.Model, before: dict[str, Any], after: dict[str, Any]) -> None:
        self.deed.changes.append([row._meta.label, str(row.pk), _plain(before), _plain(after)])

    def audit(self, action: str, app_id: uuid.UUID, detail: str = "") -> None:
        record(self.deed.tenant_id, action, actor=str(self.deed.actor_id), subject=str(app_id), detail=detail)


@contextlib.contextmanager
def doing(actor: User, action: str, tenant_id: uuid.UUID, subject: str, apps: Iterable[uuid.UUID]) -> Iterator[Doing]:
    """Do something to rows that concern these apps; it counts once the block is left without an error."""
    with transaction.atomic():
        ids = sorted(set(apps))
        lock(ids)
        deed = Deed(tenant_id=tenant_id, actor=actor, action=action, subject=subject, at=timezone.now())
        deed.apps = [str(one) for one in ids]
        yield Doing(deed)
        deed.save(force_insert=True)
        for app_id in ids:
            library.rights_changed(app_id)


def _own(value: Any) -> Any:
    """PostgreSQL hands out binary fields as views."""
    return bytes(value) if isinstance(value, memoryview) else value


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields as JSON, so that `_read` gives them back exactly."""
    return {name: _as_json(value) for name, value in fields.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, uuid.UUID) else value


def _read(model: type[models.Model], fields: dict[str, Any]) -> dict[str, Any]:
    binary = {field.name for field in model._meta.get_fields() if isinstance(field, models.BinaryField)}
    return {name: bytes.fromhex(value) if name in binary else value for name, value in fields.items()}


def lock(app_ids: Iterable[uuid.UUID]) -> None:
    """Whatever concerns who may open an app takes this lock first: one after the other."""
    list(App.objects.select_for_update().filter(pk__in=list(app_ids)).order_by("pk").values_list("pk"))


@transaction.atomic
def undo(actor: User, deed_id: uuid.UUID) -> Deed:
    """Take a deed back. Raises NotPossible if it is not his, too old, undone already, or built upon since."""
    deed = Deed.objects.filter(pk=deed_id, actor=actor).first()
    if deed is None:
        raise NotPossible("There is nothing to undo.")
    lock([uuid.UUID(one) for one in deed.apps])
    if not Deed.objects.filter(pk=deed_id, undone=False, at__gt=timezone.now() - undo_window()).update(undone=True):
        raise NotPossible(f"It is too late to undo this: it can be undone for {settings.UNDO_SECONDS} seconds.")
    try:
        for label, key, before, after in reversed(deed.changes):
            model = rooms.get_model(label)
            rows = model._default_manager.filter(pk=key, **_read(model, after))
            if not rows.update(**_read(model, before)):
                raise NotPossible(CHANGED_SINCE)
    except IntegrityError:  # something new stands in the place that it would come back to
        raise NotPossible(CHANGED_SINCE) from None
    _require_ground(deed)
    for app_id in deed.apps:
        library.rights_changed(uuid.UUID(app_id))
    for subject in deed.apps or [deed.subject]:
        record(deed.tenant_id, f"{deed.action}.undone", actor=str(actor.pk), subject=subject)
    return deed


def _require_ground(deed: Deed) -> None:
    """NotPossible if an invitation came back to life for which nothing stands any more.

    What the owner has ended meanwhile passed over it: it was not alive then.
    """
    keys = [key for label, key, _, _ in deed.changes if label == Invitation._meta.label]
    back = list(Invitation.objects.filter(pk__in=keys, state__in=ALIVE).select_related("share__group"))
    for invitation in back:
        share = invitation.share
        if share is None:
            continue
        members = share.group.members.filter(address=invitation.address, ended=None)
        if share.ended or share.group.ended or not members.exists():
            raise NotPossible(CHANGED_SINCE)
    waiting = {str(one.app_id) for one in back if one.state in OPEN}
    stops = Deed.objects.filter(tenant_id=deed.tenant_id, action="sharing.stopped", undone=False, at__gt=deed.at)
    if any(waiting & set(stop.apps) for stop in stops):
        raise NotPossible(CHANGED_SINCE)


def undo_window() -> timedelta:
    """How long a deed can be undone."""
    return timedelta(seconds=settings.UNDO_SECONDS + UNDO_GRACE_SECONDS)


def joined(done: list[Deed]) -> Deed:
    """Several deeds of one transaction as one, to be undone together."""
    first, *others = done
    for other in others:
        first.changes += other.changes
        first.apps = sorted({*first.apps, *other.apps})
        other.delete()
    if others:
        first.save(update_fields=["changes", "apps"])
    return first


def forget_old_deeds() -> None:
    """Deeds that nobody can undo any more hold nothing that the audit trail does not."""
    Deed.objects.filter(at__lt=timezone.now() - timedelta(hours=1)).delete()
