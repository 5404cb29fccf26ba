"""What the keys and the audit trail leave in the database: wrapped keys, and a chain of records."""

from __future__ import annotations

from django.db import models


class TenantKey(models.Model):
    """A tenant's key, wrapped by the master key. Deleting the row makes all of the tenant's content unreadable."""

    tenant_id = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField()
    master_id = models.CharField(max_length=16)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.tenant_id)


class AuditRecord(models.Model):
    """One security-relevant action. Records of a tenant form a hash chain; nothing updates or deletes one."""

    tenant_id = models.UUIDField()
    number = models.PositiveBigIntegerField()
    time = models.DateTimeField()
    action = models.CharField(max_length=60)
    actor = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    detail = models.CharField(max_length=64, default="")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant_id", "number"], name="one_audit_record_a_number")]
        indexes = [models.Index(fields=["tenant_id", "subject", "action"], name="audit_by_subject")]
        ordering = ["tenant_id", "number"]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"
