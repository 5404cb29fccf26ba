"""Published charts: each with an address that is never used again, its versions, readers and counted views."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

import orjson
from django.db import models

from security.keys import seal_text, unseal_text

SLUG_BYTES = 18


def new_slug() -> str:
    """The random part of an address: 144 bits, so that nobody finds one by trying."""
    return secrets.token_urlsafe(SLUG_BYTES)


class PublishedChart(models.Model):
    """A chart that was published, or is about to be. Ended is for good; the row keeps the address from coming back."""

    class State(models.TextChoices):
        DRAFT = "draft"
        LIVE = "live"
        PAUSED = "paused"
        ENDED = "ended"

    class Audience(models.TextChoices):
        EVERYONE = "everyone"
        LINK = "link", "everyone with the link"
        MEMBERS = "members", "signed-in people"
        LIST = "list", "signed-in people of a list"
        SITES = "sites", "readers of named sites"

    class Embedding(models.TextChoices):
        ANYWHERE = "anywhere"
        SITES = "sites"
        NOWHERE = "nowhere"

    class Refresh(models.TextChoices):
        FIXED = "fixed"
        SAVES = "saves", "after each save or reload of the app"
        SCHEDULE = "schedule"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.CharField(max_length=32, unique=True, default=new_slug, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    app = models.ForeignKey("storage.App", null=True, on_delete=models.SET_NULL, related_name="+")
    object_id = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.LINK)
    audience_version = models.PositiveIntegerField(default=1, help_text="a change of it ends all tokens of viewers")
    embedding = models.CharField(max_length=10, choices=Embedding.choices, default=Embedding.ANYWHERE)
    sites = models.JSONField(default=list, help_text="origins of the pages that may embed it")
    downloads = models.BooleanField(default=True)
    refresh = models.CharField(max_length=10, choices=Refresh.choices, default=Refresh.FIXED)
    refresh_hours = models.PositiveIntegerField(default=24)
    next_refresh = models.DateTimeField(null=True, db_index=True)
    sealed = models.BinaryField(default=bytes, help_text="the owner's plan that is live, as JSON")
    current = models.ForeignKey("ChartVersion", null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    published = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "state"])]

    def __str__(self) -> str:
        return self.slug

    @property
    def plan_data(self) -> dict[str, Any]:
        return dict(orjson.loads(unseal_text(self.tenant_id, bytes(self.sealed), f"chart {self.pk}")))

    @plan_data.setter
    def plan_data(self, data: dict[str, Any]) -> None:
        self.sealed = seal_text(self.tenant_id, orjson.dumps(data).decode(), f"chart {self.pk}")


class ChartVersion(models.Model):
    """One snapshot of a chart. `object` holds what the public gets, `audit` what later versions are checked against."""

    class State(models.TextChoices):
        PREPARING = "preparing"
        READY = "ready"
        LIVE = "live"
        REPLACED = "replaced"
        FAILED = "failed"

    chart = models.ForeignKey(PublishedChart, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARING)
    is_refresh = models.BooleanField(default=False, help_text="made by itself: goes live if it shows nothing new")
    object = models.OneToOneField("storage.StoredObject", null=True, on_delete=models.PROTECT, related_name="+")
    audit = models.OneToOneField("storage.StoredObject", null=True, on_delete=models.PROTECT, related_name="+")
    public_key = models.BinaryField(default=bytes, help_text="the object's data key, wrapped for the public role")
    digest = models.CharField(max_length=64, default="")
    app_version = models.PositiveIntegerField(default=0)
    sealed = models.BinaryField(default=bytes, help_text="what the owner is told of it, as JSON")
    sealed_plan = models.BinaryField(default=bytes, help_text="the plan it is made by, as JSON; empty: the chart's")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chart", "number"], name="one_chart_version_a_number")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def report(self) -> dict[str, Any]:
        """problem, cautions, differences (snapshot.differences, None for a first version), small_changes."""
        if not self.sealed:
            return {"problem": "", "cautions": [], "differences": None, "small_changes": 0}
        return dict(orjson.loads(unseal_text(self.chart.tenant_id, bytes(self.sealed), f"chart version {self.pk}")))

    @report.setter
    def report(self, report: dict[str, Any]) -> None:
        self.sealed = seal_text(self.chart.tenant_id, orjson.dumps(report).decode(), f"chart version {self.pk}")

    @property
    def plan_data(self) -> dict[str, Any]:
        if not self.sealed_plan:
            return self.chart.plan_data
        text = unseal_text(self.chart.tenant_id, bytes(self.sealed_plan), f"chart version plan {self.pk}")
        return dict(orjson.loads(text))

    @plan_data.setter
    def plan_data(self, data: dict[str, Any]) -> None:
        text = orjson.dumps(data).decode()
        self.sealed_plan = seal_text(self.chart.tenant_id, text, f"chart version plan {self.pk}")


class ChartReader(models.Model):
    """An address whose owner may see a chart of the audience `list`; in its stored form, compared byte by byte."""

    chart = models.ForeignKey(PublishedChart, on_delete=models.CASCADE, related_name="readers")
    address = models.EmailField(max_length=254)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chart", "address"], name="one_chart_reader_an_address")]
        ordering = ["address"]

    def __str__(self) -> str:
        return self.address


class ChartViews(models.Model):
    """How often a chart was drawn on a day, in pages of a host (empty: in its own page). No person in it."""

    chart = models.ForeignKey(PublishedChart, on_delete=models.CASCADE, related_name="views")
    day = models.DateField()
    host = models.CharField(max_length=120, default="")
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chart", "day", "host"], name="one_chart_count_a_day_and_host")]

    def __str__(self) -> str:
        return f"{self.day} {self.host}"
