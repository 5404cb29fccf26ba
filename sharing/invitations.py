"""Invite, see, accept, decline, leave, withdraw, revoke, resend: every way an invitation's state changes.

The table is sharing.states; here stand its guards and the one function that moves an invitation. An invitation's
link only points at it: what opens is the account that has the invited address verified.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.people import verified_emails
from security.audit import record
from security.links import hash_token
from sharing import outbox
from sharing.addressees import Addressee
from sharing.deeds import Doing, doing, lock
from sharing.errors import BadRequest, NotPossible
from sharing.models import NO_LINK, Deed, GroupShare, Invitation, Role, Sharing
from sharing.states import ALIVE, OPEN, TRANSITIONS, Event, Guard, State
from storage.models import App

if TYPE_CHECKING:
    from accounts.models import User

MAX_MESSAGE = 1000
SERVICE = "service"


# -- the table at work


def _is_shared(invitation: Invitation) -> bool:
    app = App.objects.filter(pk=invitation.app_id, deleted_at=None).exclude(current=None)
    return app.exists() and not Sharing.objects.filter(app=invitation.app_id).exclude(stopped=None).exists()


def _is_untaken(invitation: Invitation) -> bool:
    others = Invitation.objects.filter(app=invitation.app_id, address=invitation.address, state__in=ALIVE)
    return not others.exclude(pk=invitation.pk).exists()


GUARDS: Mapping[Guard, Callable[[Invitation, User | None, datetime], bool]] = {
    Guard.ADDRESS_VERIFIED: lambda one, user, now: user is not None and one.address in verified_emails(user),
    Guard.IN_TIME: lambda one, user, now: now < one.answer_until,
    Guard.SHARED: lambda one, user, now: _is_shared(one),
    Guard.HIS_OWN: lambda one, user, now: user is not None and one.taken_by_id == user.pk,
    Guard.UNTAKEN: lambda one, user, now: _is_untaken(one),
    Guard.AHEAD: lambda one, user, now: one.until is None or now < one.until,
    Guard.LATE: lambda one, user, now: one.answer_until <= now,
    Guard.OVER: lambda one, user, now: one.until is not None and one.until <= now,
}

_REFUSALS = {
    Guard.ADDRESS_VERIFIED: "This invitation is for another e-mail address.",
    Guard.IN_TIME: "This invitation has expired. Ask for a new one.",
    Guard.SHARED: "This app is not shared at the moment.",
    Guard.HIS_OWN: "You have no access to leave.",
    Guard.UNTAKEN: "There is a newer invitation for this address.",
    Guard.AHEAD: "The date until which the access was given has passed. Choose a later one.",
}


def may(invitation: Invitation, event: Event, user: User | None, now: datetime) -> str | None:
    """None if the event may happen to the invitation as it is now, else a sentence why not."""
    transition = TRANSITIONS[event]
    if invitation.state not in transition.sources:
        return f"This is not possible: the invitation is {State(invitation.state).label.lower()}."
    for guard in transition.guards:
        if not GUARDS[guard](invitation, user, now):
            return _REFUSALS.get(guard, "It is not time for this.")
    return None


def _move(done: Doing, invitation: Invitation, event: Event, user: User | None = None, **values: Any) -> None:
    """Let an event happen to an invitation, or raise NotPossible. The app is locked by the deed."""
    now = timezone.now()
    problem = may(invitation, event, user, now)
    if problem:
        raise NotPossible(problem)
    done.change(invitation, state=TRANSITIONS[event].target, changed=now, **values)
    done.audit(f"invitation.{event}", invitation.app_id, str(invitation.pk))


# -- the owner's side


def invite(
    owner: User,
    app: App,
    people: Iterable[Addressee],
    *,
    role: str = Role.VIEWER,
    message: str = "",
    until: datetime | None = None,
) -> tuple[Deed, list[Invitation]]:
    """Invite addresses to an app; those invited already, or having access, are passed over.

    Nothing here, nor how long it takes, depends on whether somebody has an account.
    """
    people = list(people)
    own = verified_emails(owner) & {person.address for person in people}
    if own:
        raise BadRequest(f"{min(own)} is your own address: the app is yours.")
    check_until(until)
    with doing(owner, "invitation.sent", app.tenant_id, str(app.pk), [app.pk]) as done:
        require_shared(app)
        made = add_invitations(done, app, people, role=role, message=message, until=until)
    return done.deed, made


def add_invitations(
    done: Doing,
    app: App,
    people: Iterable[Addressee],
    *,
    role: str,
    message: str = "",
    until: datetime | None = None,
    share: GroupShare | None = None,
) -> list[Invitation]:
    """Make invitations and their letters, as a part of a deed."""
    alive = set(Invitation.objects.filter(app=app, state__in=ALIVE).values_list("address", flat=True))
    new = [person for person in people if person.address not in alive]
    outbox.require_mails(app.tenant_id, [person.address for person in new])
    made = []
    for person in new:
        invitation = Invitation(tenant_id=app.tenant_id, app=app, address=person.address, role=Role(role), until=until)
        invitation.name, invitation.message, invitation.share = person.name, clean_message(message), share
        invitation.answer_until = _answer_until()
        invitation.save(force_insert=True)
        done.note(invitation, {"state": State.WITHDRAWN}, {"state__in": sorted(OPEN)})
        done.audit("invitation.sent", app.pk, str(invitation.pk))
        outbox.post(invitation)
        made.append(invitation)
    return made


def resend(owner: User, invitation: Invitation) -> Deed:
    """A new mail with a new link; the old link is dead at once."""
    outbox.require_mails(invitation.tenant_id, [invitation.address])
    with _on_one(owner, invitation, "invitation.resent") as done:
        _move(done, invitation, Event.RESEND, token_hash=NO_LINK, answer_until=_answer_until(), taken_by_id=None)
        outbox.post(invitation)
    return done.deed


def end(owner: User, invitation: Invitation) -> Deed:
    """Withdraw an invitation that is open, or revoke the access that it gave."""
    with _on_one(owner, invitation, "invitation.ended") as done:
        end_within(done, invitation)
    return done.deed


def end_within(done: Doing, invitation: Invitation) -> None:
    """The same as a part of a deed."""
    _move(done, invitation, Event.REVOKE if invitation.state == State.ACCEPTED else Event.WITHDRAW)


def change_terms(owner: User, invitation: Invitation, *, role: str, until: datetime | None) -> Deed:
    """Another role, another end of the access; both count at once."""
    check_until(until)
    with _on_one(owner, invitation, "invitation.changed") as done:
        if invitation.state not in ALIVE:
            raise NotPossible(f"This is not possible: the invitation is {State(invitation.state).label.lower()}.")
        done.change(invitation, role=Role(role), until=until)
        done.audit("invitation.changed", invitation.app_id, str(invitation.pk))
    return done.deed


def stop_sharing(owner: User, app: App) -> Deed:
    """Nobody but the owner has access from now on; what was waiting for an answer is withdrawn."""
    with doing(owner, "sharing.stopped", app.tenant_id, str(app.pk), [app.pk]) as done:
        sharing = sharing_of(app)
        if sharing.stopped:
            raise NotPossible("Sharing is stopped already.")
        done.change(sharing, stopped=timezone.now())
        for invitation in Invitation.objects.filter(app=app, state__in=OPEN):
            _move(done, invitation, Event.WITHDRAW)
        done.audit("sharing.stopped", app.pk)
    return done.deed


def share_again(owner: User, app: App) -> Deed:
    """Everybody who had accepted has access again, and nobody else."""
    with doing(owner, "sharing.resumed", app.tenant_id, str(app.pk), [app.pk]) as done:
        sharing = sharing_of(app)
        if not sharing.stopped:
            raise NotPossible("The app is shared already.")
        done.change(sharing, stopped=None)
        done.audit("sharing.resumed", app.pk)
    return done.deed


def sharing_of(app: App) -> Sharing:
    return Sharing.objects.get_or_create(app=app)[0]


def is_stopped(app: App) -> bool:
    return Sharing.objects.filter(app=app).exclude(stopped=None).exists()


def require_shared(app: App) -> None:
    if is_stopped(app):
        raise NotPossible("Sharing of this app is stopped. Share it again before you invite people.")


def invitations_of(app: App) -> QuerySet[Invitation]:
    """An app's invitations, the newest first."""
    return Invitation.objects.filter(app=app, tenant_id=app.tenant_id).order_by("-created", "address")


# -- the invitee's side


def waiting_for(user: User) -> QuerySet[Invitation]:
    """Invitations that the person may accept or decline now."""
    now = timezone.now()
    found = Invitation.objects.filter(address__in=verified_emails(user), state__in=OPEN, answer_until__gt=now)
    found = found.filter(Q(until=None) | Q(until__gt=now), app__deleted_at=None, app__sharing__stopped=None)
    return found.exclude(app__current=None).select_related("app__current", "app__owner").order_by("-created")


def find_for(user: User, invitation_id: uuid.UUID) -> Invitation | None:
    """An invitation of this id for one of the person's verified addresses."""
    found = Invitation.objects.filter(pk=invitation_id, address__in=verified_emails(user))
    return found.select_related("app__current", "app__owner").first()


def by_token(token: str) -> Invitation | None:
    """The invitation that a link points at; None if there is none, or a newer mail has a newer link."""
    found = Invitation.objects.filter(token_hash=hash_token(token))
    return found.select_related("app__current", "app__owner").first()


def see(user: User, invitation: Invitation) -> None:
    """The signed-in person has looked at it; nothing happens where it was seen, or cannot be any more."""
    if may(invitation, Event.SEE, user, timezone.now()) is None:
        with _on_one(user, invitation, "invitation.seen") as done:
            _move(done, invitation, Event.SEE, user)


def accept(user: User, invitation: Invitation) -> Deed:
    with _on_one(user, invitation, "invitation.accepted") as done:
        _move(done, invitation, Event.ACCEPT, user, taken_by_id=user.pk)
    return done.deed


def decline(user: User, invitation: Invitation) -> Deed:
    with _on_one(user, invitation, "invitation.declined") as done:
        _move(done, invitation, Event.DECLINE, user)
    return done.deed


def leave(user: User, app_id: uuid.UUID) -> Deed:
    """Give up the access to an app, whichever invitations it came by."""
    taken = Invitation.objects.filter(app=app_id, taken_by=user, state=State.ACCEPTED)
    one = taken.first()
    if one is None:
        raise NotPossible("You have no access to leave.")
    with doing(user, "invitation.left", one.tenant_id, str(app_id), [app_id]) as done:
        for invitation in taken.all():
            _move(done, invitation, Event.LEAVE, user)
        if not done.deed.changes:
            raise NotPossible("You have no access to leave.")
    return done.deed


# -- the service's side


def refuse(invitation: Invitation) -> None:
    """The mail cannot be delivered."""
    _by_service(invitation, Event.REFUSE)


def expire() -> None:
    """Note what time has brought about; access and answers are refused by the dates already before."""
    now = timezone.now()
    for event in (Event.LAPSE, Event.END):
        late = Q(answer_until__lte=now) if event == Event.LAPSE else Q(until__lte=now)
        for invitation in Invitation.objects.filter(late, state__in=TRANSITIONS[event].sources):
            _by_service(invitation, event)


def _by_service(invitation: Invitation, event: Event) -> None:
    with transaction.atomic():
        lock([invitation.app_id])
        invitation.refresh_from_db()
        now = timezone.now()
        if may(invitation, event, None, now) is None:
            Invitation.objects.filter(pk=invitation.pk).update(state=TRANSITIONS[event].target, changed=now)
            detail = str(invitation.pk)
            subject = str(invitation.app_id)
            record(invitation.tenant_id, f"invitation.{event}", actor=SERVICE, subject=subject, detail=detail)


# -- small things


@contextlib.contextmanager
def _on_one(actor: User, invitation: Invitation, action: str) -> Iterator[Doing]:
    """A deed about one invitation, as it is once nobody else is at it: it may have moved since it was read."""
    with doing(actor, action, invitation.tenant_id, str(invitation.app_id), [invitation.app_id]) as done:
        invitation.refresh_from_db()
        yield done


def _answer_until() -> datetime:
    return timezone.now() + timedelta(days=settings.INVITATION_DAYS)


def check_until(until: datetime | None) -> None:
    if until is not None and until <= timezone.now():
        raise BadRequest("The date until which access is given lies in the past.")


def clean_message(message: str) -> str:
    """The text without control characters, lines kept. BadRequest if it is too long."""
    lines = message.replace("\r\n", "\n").split("\n")
    cleaned = "\n".join("".join(character for character in line if character.isprintable()) for line in lines).strip()
    if len(cleaned) > MAX_MESSAGE:
        raise BadRequest(f"A message has at most {MAX_MESSAGE} letters; this one has {len(cleaned)}.")
    return cleaned
