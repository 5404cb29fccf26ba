"""A draft: an app in the making, from the files chosen to the app created or the reason why not."""

from __future__ import annotations

import uuid
from typing import Any

import orjson
from django.db import models

from security.keys import seal_text, unseal_text


class Draft(models.Model):
    """What it holds of content (title, plan, profile, message) is sealed as one JSON text."""

    class State(models.TextChoices):
        READING = "reading"
        READY = "ready"
        CREATING = "creating"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    progress = models.FloatField(default=0.0, help_text="share of the work under way, 0 to 1")
    files = models.JSONField(default=list, help_text="ids of the data files")
    sealed = models.BinaryField(default=bytes)
    app = models.ForeignKey("storage.App", null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)

    @property
    def content(self) -> dict[str, Any]:
        """title, step, problem, plan, profile."""
        if not self.sealed:
            return {"title": "", "step": "", "problem": "", "plan": {}, "profile": None, "notes": []}
        return dict(orjson.loads(unseal_text(self.tenant_id, bytes(self.sealed), f"draft {self.pk}")))

    def set_content(self, **changes: Any) -> None:
        content = {**self.content, **changes}
        self.sealed = seal_text(self.tenant_id, orjson.dumps(content).decode(), f"draft {self.pk}")


class DraftTable(models.Model):
    """A table that was read from a draft's files: Arrow data, sealed, so that a changed plan reads no file again."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="tables")
    position = models.PositiveIntegerField()
    object = models.OneToOneField("storage.StoredObject", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return str(self.position)
