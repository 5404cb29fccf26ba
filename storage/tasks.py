"""Tasks: call the function that a command would call."""

from __future__ import annotations

from celery import shared_task

from storage import sweep


@shared_task
def sweep_storage() -> None:
    sweep.sweep()
