"""Tasks: fetch by id, call the function that a command would call."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from charts import preparing, publishing
from charts.models import ChartVersion


@shared_task
def prepare_version(version_id: int) -> None:
    version = (
        ChartVersion.objects.select_related("chart__owner", "chart__app", "chart__current__object")
        .filter(pk=version_id)
        .first()
    )
    if version is not None:
        preparing.prepare(version)


@shared_task
def refresh_due() -> None:
    for version in publishing.start_due(timezone.now()):
        prepare_version.delay(version.pk)


@shared_task
def sweep_charts() -> None:
    publishing.sweep_drafts(timezone.now())
