"""The audit trail: append only, a hash chain a tenant, so that a change, a gap or a reorder is found.

Records hold ids and words of our own, never content, so that no value can forge a line (T19).
"""

from __future__ import annotations

import hashlib
import re
import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from security.models import AuditRecord, TenantKey

PLAIN = re.compile(r"^[\w.@:+-]{0,64}$", re.ASCII)


def record(tenant_id: uuid.UUID, action: str, *, actor: str, subject: str = "", detail: str = "") -> AuditRecord:
    """Append a record; in the caller's transaction, so that it exists exactly when the action does.

    `subject` is the thing that others will ask about (an app, a key), `detail` whatever else was concerned.
    """
    for text in (action, actor, subject, detail):
        if not PLAIN.match(text):
            raise ValueError("An audit record holds ids and words only.")
    with transaction.atomic():
        # The tenant's key row serves as the lock of its chain.
        TenantKey.objects.select_for_update().filter(tenant_id=tenant_id).first()
        last = AuditRecord.objects.filter(tenant_id=tenant_id).order_by("-number").first()
        entry = AuditRecord(
            tenant_id=tenant_id,
            number=last.number + 1 if last else 1,
            time=timezone.now(),
            action=action,
            actor=actor,
            subject=subject,
            detail=detail,
            previous=last.digest if last else "",
        )
        entry.digest = _digest(entry)
        entry.save(force_insert=True)
    return entry


def trail(tenant_id: uuid.UUID, subject: str, limit: int) -> list[AuditRecord]:
    """The newest records about a subject, the newest first."""
    return list(AuditRecord.objects.filter(tenant_id=tenant_id, subject=subject).order_by("-number")[:limit])


def last_times(tenant_id: uuid.UUID, subject: str, action: str, actor: str | None = None) -> dict[str, datetime]:
    """When each actor, or the one that is named, did this to the subject last."""
    found = AuditRecord.objects.filter(tenant_id=tenant_id, subject=subject, action=action).order_by()
    found = found if actor is None else found.filter(actor=actor)
    return dict(found.values_list("actor").annotate(Max("time")))


def first_fault(tenant_id: uuid.UUID, expected_count: int | None = None) -> int | None:
    """The number of the first record that does not fit the chain; None when all is whole."""
    previous, number = "", 0
    for entry in AuditRecord.objects.filter(tenant_id=tenant_id).order_by("number").iterator():
        number += 1
        if entry.number != number or entry.previous != previous or entry.digest != _digest(entry):
            return number
        previous = entry.digest
    if expected_count is not None and number < expected_count:
        return number + 1
    return None


def _digest(entry: AuditRecord) -> str:
    parts = [str(entry.tenant_id), str(entry.number), entry.time.isoformat(), entry.action, entry.actor, entry.subject]
    if entry.detail:  # records from before there were details keep their digests
        parts.append(entry.detail)
    return hashlib.sha256("\n".join([*parts, entry.previous]).encode()).hexdigest()
