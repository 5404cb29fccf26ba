"""The audit trail: append only, a hash chain a tenant, so that a change, a gap or a reorder is found.

Records hold ids and words of our own, never content, so that no value can forge a line (T19).
"""

from __future__ import annotations

import hashlib
import re
import uuid

from django.db import transaction
from django.utils import timezone

from security.models import AuditRecord, TenantKey

PLAIN = re.compile(r"^[\w.@:+-]{0,64}$", re.ASCII)


def record(tenant_id: uuid.UUID, action: str, *, actor: str, subject: str = "") -> AuditRecord:
    """Append a record; in the caller's transaction, so that it exists exactly when the action does."""
    for text in (action, actor, subject):
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
            previous=last.digest if last else "",
        )
        entry.digest = _digest(entry)
        entry.save(force_insert=True)
    return entry


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
    return hashlib.sha256("\n".join([*parts, entry.previous]).encode()).hexdigest()
