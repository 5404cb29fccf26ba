"""Letters: mails about invitations, sent by a worker after the commit, tried again until taken or refused.

The table is the queue. A task is only a hint to look at it now: a lost task, a dead worker or a dead broker costs
time, never a mail, since a look at what is due follows on a schedule. The link is made when the mail is: the database
never holds it, only its hash.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from security.links import make_token
from sharing import mail
from sharing.deeds import undo_window
from sharing.errors import TooMany
from sharing.models import Invitation, Letter
from sharing.states import OPEN

LONGEST_PAUSE = timedelta(hours=1)
DAY = timedelta(days=1)
MOST_AT_A_TIME = 1000

log = logging.getLogger(__name__)


def require_mails(tenant_id: uuid.UUID, addresses: Iterable[str]) -> None:
    """TooMany if so many more mails would pass what a tenant may send, or one address may get, in a day (T25)."""
    wanted = Counter(addresses)
    today = Letter.objects.filter(created__gt=timezone.now() - DAY)
    left = settings.INVITATION_MAILS_A_DAY - today.filter(invitation__tenant=tenant_id).count()
    if wanted.total() > left:
        raise TooMany(
            f"Up to {settings.INVITATION_MAILS_A_DAY} invitations can be sent in a day; {max(left, 0)} are left. "
            "Invite fewer people now, and the others tomorrow."
        )
    got = Counter(today.filter(invitation__address__in=wanted).values_list("invitation__address", flat=True))
    full = [address for address in wanted if got[address] + wanted[address] > settings.INVITATION_MAILS_TO_ONE_A_DAY]
    if full:
        raise TooMany(f"{min(full)} has been sent too many invitations today. Try again tomorrow.")


def post(invitation: Invitation) -> None:
    """Queue a mail about the invitation, in the caller's transaction."""
    Letter.objects.create(invitation=invitation, next_try=timezone.now())


def deliver_due(refuse: Callable[[Invitation], None]) -> None:
    """Try to send every letter that is due; `refuse` is told of those that cannot be delivered."""
    for letter in list(Letter.objects.filter(next_try__lte=timezone.now()).order_by("next_try")[:MOST_AT_A_TIME]):
        try:
            deliver(letter, refuse)
        except Exception:
            log.exception("Letter %s failed", letter.pk)  # it is tried again when it is due


def deliver(letter: Letter, refuse: Callable[[Invitation], None]) -> None:
    """Try to send a letter that is due. Whoever else tries at the same time finds it not due any more."""
    now = timezone.now()
    claimed = Letter.objects.filter(pk=letter.pk, tries=letter.tries, next_try__lte=now)
    if not claimed.update(tries=letter.tries + 1, next_try=now + _pause(letter.tries)):
        return
    invitation = Invitation.objects.select_related("app", "app__owner").get(pk=letter.invitation_id)
    if not _is_wanted(letter, invitation, now):
        return
    token, token_hash = make_token()
    if not Invitation.objects.filter(pk=invitation.pk, state__in=OPEN).update(token_hash=token_hash):
        return  # it was withdrawn this very moment
    try:
        mail.send_invitation(invitation, token)
    except mail.Refused as error:
        _give_up(letter, invitation, str(error), refuse)
    except mail.Unreachable as error:
        if now - letter.created > timedelta(seconds=settings.MAIL_GIVE_UP_SECONDS):
            _give_up(letter, invitation, str(error), refuse)
    else:
        Letter.objects.filter(pk=letter.pk).update(sent=timezone.now(), next_try=None)


def _is_wanted(letter: Letter, invitation: Invitation, now: datetime) -> bool:
    """Whether the letter is still to be sent: rights are read again when a task runs, not when it was made (T33)."""
    newer = invitation.letters.filter(created__gt=letter.created).exists()
    if invitation.state in OPEN and invitation.app.deleted_at is None and now < invitation.answer_until and not newer:
        return True
    may_come_back = not newer and now - invitation.changed < undo_window()
    Letter.objects.filter(pk=letter.pk).update(next_try=now + undo_window() if may_come_back else None)
    return False


def _give_up(letter: Letter, invitation: Invitation, reason: str, refuse: Callable[[Invitation], None]) -> None:
    Letter.objects.filter(pk=letter.pk).update(next_try=None, failure=reason)
    refuse(invitation)


def _pause(tries: int) -> timedelta:
    """Until the next try: doubles from the setting up to an hour."""
    return min(timedelta(seconds=settings.MAIL_RETRY_SECONDS * 2 ** min(tries, 12)), LONGEST_PAUSE)
