"""The life of an invitation, as one table. Nothing changes an invitation's state but `sharing.invitations`, by it.

Each row of TRANSITIONS says from which states an event leads where, who may cause it, and which guards must hold at
that moment. The tests make their cases from the table; docs/sharing.md shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from django.db.models import TextChoices


class State(TextChoices):
    PENDING = "pending", "Invited"
    UNDELIVERABLE = "undeliverable", "Undeliverable"
    SEEN = "seen", "Seen"
    ACCEPTED = "accepted", "Has access"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REVOKED = "revoked", "Removed"
    LEFT = "left", "Left"
    EXPIRED = "expired", "Expired"


OPEN = frozenset({State.PENDING, State.UNDELIVERABLE, State.SEEN})
"""States that wait for an answer."""

ALIVE = OPEN | {State.ACCEPTED}
"""States of which an address has at most one in an app."""


class Event(StrEnum):
    RESEND = "resend"
    REFUSE = "refuse"
    SEE = "see"
    ACCEPT = "accept"
    DECLINE = "decline"
    LEAVE = "leave"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    LAPSE = "lapse"
    END = "end"


class Who(StrEnum):
    """Who causes an event: the app's owner, the one who is invited, or the service itself."""

    OWNER = "owner"
    INVITEE = "invitee"
    SERVICE = "service"


class Guard(StrEnum):
    """What must hold at the moment of a transition; `sharing.invitations` knows how to tell."""

    ADDRESS_VERIFIED = "the signed-in account has the invited address verified"
    IN_TIME = "the time to answer is not over"
    SHARED = "the app is there and its sharing is not stopped"
    HIS_OWN = "it is the account that accepted"
    UNTAKEN = "no other invitation of the address is alive in the app"
    AHEAD = "the access would not end at once"
    LATE = "the time to answer is over"
    OVER = "the time of the access is over"


class Transition(NamedTuple):
    sources: frozenset[State]
    target: State
    by: Who
    guards: tuple[Guard, ...] = ()


_ACCEPTED = frozenset({State.ACCEPTED})
_UNREAD = frozenset({State.PENDING, State.UNDELIVERABLE})

TRANSITIONS: Mapping[Event, Transition] = {
    Event.RESEND: Transition(
        OPEN | {State.EXPIRED}, State.PENDING, Who.OWNER, (Guard.SHARED, Guard.UNTAKEN, Guard.AHEAD)
    ),
    Event.REFUSE: Transition(frozenset({State.PENDING}), State.UNDELIVERABLE, Who.SERVICE),
    Event.SEE: Transition(_UNREAD, State.SEEN, Who.INVITEE, (Guard.ADDRESS_VERIFIED, Guard.IN_TIME, Guard.SHARED)),
    Event.ACCEPT: Transition(
        OPEN, State.ACCEPTED, Who.INVITEE, (Guard.ADDRESS_VERIFIED, Guard.IN_TIME, Guard.SHARED, Guard.AHEAD)
    ),
    Event.DECLINE: Transition(OPEN, State.DECLINED, Who.INVITEE, (Guard.ADDRESS_VERIFIED, Guard.IN_TIME)),
    Event.LEAVE: Transition(_ACCEPTED, State.LEFT, Who.INVITEE, (Guard.HIS_OWN,)),
    Event.WITHDRAW: Transition(OPEN, State.WITHDRAWN, Who.OWNER),
    Event.REVOKE: Transition(_ACCEPTED, State.REVOKED, Who.OWNER),
    Event.LAPSE: Transition(OPEN, State.EXPIRED, Who.SERVICE, (Guard.LATE,)),
    Event.END: Transition(_ACCEPTED, State.EXPIRED, Who.SERVICE, (Guard.OVER,)),
}
