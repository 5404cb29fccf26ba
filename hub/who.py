"""Who can see an app: every person, group and link that reaches it, when each was there last, and what happened."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from charts import publishing
from charts.public.addresses import address
from security import audit
from sharing import groups, invitations
from sharing.models import Group, GroupShare, Invitation, Letter, Sharing
from sharing.states import ALIVE, OPEN, State
from storage.models import App

EVENTS_SHOWN = 200

WORDS = {
    "app.opened": "opened the app",
    "invitation.sent": "invited",
    "invitation.resend": "sent a new mail to",
    "invitation.refuse": "The mail could not be delivered to",
    "invitation.see": "saw the invitation",
    "invitation.accept": "accepted the invitation",
    "invitation.decline": "declined the invitation",
    "invitation.leave": "gave up the access",
    "invitation.withdraw": "withdrew the invitation of",
    "invitation.revoke": "removed",
    "invitation.lapse": "The invitation expired of",
    "invitation.end": "The access ended of",
    "invitation.changed": "changed the access of",
    "invitation.sent.undone": "took back an invitation",
    "invitation.resent.undone": "took back a new mail",
    "invitation.ended.undone": "took back a removal",
    "invitation.changed.undone": "took back a change of access",
    "invitation.accepted.undone": "took back having accepted",
    "invitation.declined.undone": "took back having declined",
    "invitation.left.undone": "took back having left",
    "sharing.stopped": "stopped sharing",
    "sharing.resumed": "shared the app again",
    "sharing.stopped.undone": "took back that sharing was stopped",
    "sharing.resumed.undone": "took back that the app was shared again",
    "group.shared": "shared with the group",
    "group.unshared": "ended the sharing with the group",
    "group.shared.undone": "took back sharing with a group",
    "group.unshared.undone": "took back the end of sharing with a group",
    "group.changed.undone": "took back a change of a group",
    "group.deleted.undone": "took back that a group was deleted",
    "meter.changed": "changed how much may be read",
    "meter.changed.undone": "took back how much may be read",
    "meter.met": "has read as much as is allowed, and was stopped",
}
"""What a record of the audit trail says to the owner; records of other kinds are not about who sees the app."""

_BY_THE_INVITEE = frozenset({"see", "accept", "decline", "leave"})


@dataclass(frozen=True)
class Reacher:
    """A person by whom the app can be seen, or could be once he answers."""

    invitation: Invitation
    state: str
    label: str
    last_visit: datetime | None
    failure: str
    group: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN or self.state == State.EXPIRED

    @property
    def is_alive(self) -> bool:
        return self.state in ALIVE


@dataclass(frozen=True)
class Gathering:
    """A group that the app is shared with."""

    share: GroupShare
    with_access: int
    """How many have accepted by it, and may open the app."""
    last_visit: datetime | None
    """The newest one of anybody who is in by the group."""


@dataclass(frozen=True)
class Happening:
    """One line of the history."""

    time: datetime
    who: str
    what: str
    whom: str = ""


@dataclass(frozen=True)
class Link:
    """A published chart, and who can see it."""

    title: str
    address: str
    audience: str
    last_viewed: date | None


@dataclass(frozen=True)
class Overview:
    app: App
    stopped: datetime | None
    people: list[Reacher]
    past: list[Reacher]
    groups: list[Gathering]
    all_groups: list[Group]
    history: list[Happening]
    values_an_hour: int
    default_values_an_hour: int
    links: list[Link]
    """The published charts that reach the app's data."""


def overview(owner: User, app: App) -> Overview:
    sharing = Sharing.objects.filter(app=app).first()
    reachers = _reachers(app, is_stopped=bool(sharing and sharing.stopped))
    default = settings.METER_VALUES_AN_HOUR
    return Overview(
        app=app,
        stopped=sharing.stopped if sharing else None,
        people=[one for one in reachers if one.is_alive],
        past=[one for one in reachers if not one.is_alive],
        groups=[_gathering(share, reachers) for share in groups.shares_of(app)],
        all_groups=list(groups.groups_of(owner)),
        history=_history(app),
        values_an_hour=(sharing.values_an_hour if sharing else None) or default,
        default_values_an_hour=default,
        links=_links(owner, app),
    )


def _links(owner: User, app: App) -> list[Link]:
    found = publishing.published_of(owner).filter(app=app).annotate(last_viewed=Max("views__day"))
    return [
        Link(
            str(chart.plan_data.get("title") or "Untitled chart"),
            address(chart.slug),
            f"{chart.get_audience_display()}, {chart.get_state_display()}",
            chart.last_viewed,
        )
        for chart in found
    ]


def _gathering(share: GroupShare, reachers: Iterable[Reacher]) -> Gathering:
    within = [one for one in reachers if one.invitation.share_id == share.pk and one.state == State.ACCEPTED]
    return Gathering(share, len(within), max((one.last_visit for one in within if one.last_visit), default=None))


def _reachers(app: App, *, is_stopped: bool) -> list[Reacher]:
    """Everybody who was ever invited, the newest invitation of each address."""
    visits = audit.last_times(app.tenant_id, str(app.pk), "app.opened")
    given_up = Letter.objects.filter(invitation__app=app).exclude(failure="").order_by("created")
    failures = dict(given_up.values_list("invitation", "failure"))
    newest: dict[str, Reacher] = {}
    for invitation in invitations.invitations_of(app).select_related("share__group"):
        state = shown_state(invitation)
        share = invitation.share
        known = newest.get(invitation.address)
        if known is not None and (known.is_alive or state not in ALIVE):
            continue
        newest[invitation.address] = Reacher(
            invitation,
            state,
            "Paused" if is_stopped and state == State.ACCEPTED else State(state).label,
            visits.get(str(invitation.taken_by_id)) if invitation.taken_by_id else None,
            failures.get(invitation.pk, "") if state == State.UNDELIVERABLE else "",
            share.group.name if share else "",
        )
    return sorted(newest.values(), key=lambda one: (_ORDER.get(State(one.state), 9), one.invitation.address))


_ORDER = {State.ACCEPTED: 0, State.SEEN: 1, State.PENDING: 2, State.UNDELIVERABLE: 3}


def shown_state(invitation: Invitation) -> str:
    """The state as time has made it, also before the hourly task has noted it."""
    now = timezone.now()
    lapsed = invitation.state in OPEN and invitation.answer_until <= now
    ended = invitation.state == State.ACCEPTED and invitation.until is not None and invitation.until <= now
    return State.EXPIRED if lapsed or ended else invitation.state


def _history(app: App) -> list[Happening]:
    records = [one for one in audit.trail(app.tenant_id, str(app.pk), EVENTS_SHOWN) if one.action in WORDS]
    people = _addresses(one.actor for one in records)
    whom = {str(one.pk): one.address for one in Invitation.objects.filter(app=app)}
    whom |= {str(share.group_id): f"“{share.group.name}”" for share in GroupShare.objects.filter(app=app)}
    lines = []
    for one in records:
        by_invitee = one.action.removeprefix("invitation.") in _BY_THE_INVITEE
        detail = "" if by_invitee else whom.get(one.detail, "")
        lines.append(Happening(one.time, people.get(one.actor, ""), WORDS[one.action], detail))
    return lines


def _addresses(ids: Iterable[str]) -> dict[str, str]:
    wanted = set()
    for one in ids:
        try:
            wanted.add(uuid.UUID(one))
        except ValueError:
            continue  # the service itself, or an operator's command
    return {str(pk): email for pk, email in User.objects.filter(pk__in=wanted).values_list("pk", "email")}


def notes_of(apps: Iterable[App]) -> dict[uuid.UUID, int]:
    """By app: how many people have access or are asked; for the cards in the Hub."""
    counts: dict[uuid.UUID, int] = {}
    for app_id in Invitation.objects.filter(app__in=list(apps), state__in=ALIVE).values_list("app_id", flat=True):
        counts[app_id] = counts.get(app_id, 0) + 1
    return counts
