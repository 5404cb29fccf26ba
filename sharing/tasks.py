"""Tasks without arguments: each looks into the tables what there is to do, and reads rights again there (T33)."""

from __future__ import annotations

from celery import shared_task

from sharing import deeds, invitations, outbox


@shared_task
def deliver_letters() -> None:
    outbox.deliver_due(invitations.refuse)


@shared_task
def tidy_sharing() -> None:
    invitations.expire()
    deeds.forget_old_deeds()
