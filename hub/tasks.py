"""Tasks: fetch by id, call the function that a command would call."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import shared_task

from hub import drafts
from hub.models import Draft

log = logging.getLogger(__name__)


@shared_task
def read_draft(draft_id: str) -> None:
    _run(drafts.read_draft, draft_id)


@shared_task
def create_from_draft(draft_id: str) -> None:
    _run(drafts.create_from_draft, draft_id)


def _run(step: Callable[[Draft], object], draft_id: str) -> None:
    draft = Draft.objects.select_related("owner").filter(pk=draft_id).first()
    if draft is None:
        return  # dropped in the meantime
    try:
        step(draft)
    except Exception:
        log.exception("Draft %s failed", draft_id)
        drafts.fail_unexpectedly(draft)
