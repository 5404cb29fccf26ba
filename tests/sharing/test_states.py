"""The life of an invitation: a case for each state and event, made from the table in sharing.states."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from security.audit import trail
from sharing import invitations
from sharing.errors import NotPossible
from sharing.models import Invitation, Role
from sharing.states import ALIVE, OPEN, TRANSITIONS, Event, Guard, State, Who

pytestmark = pytest.mark.django_db

CASES = list(itertools.product(State, Event))
ALLOWED = [(state, event) for state, event in CASES if state in TRANSITIONS[event].sources]


def put(invitation: Invitation, state: State, bob) -> Invitation:
    """The invitation in a state, as if it had come there; time and people as every guard of an event wants them."""
    invitation.state = state
    taken = state in {State.ACCEPTED, State.REVOKED, State.LEFT}
    invitation.taken_by = bob if taken else None
    invitation.save()
    return invitation


def suit(invitation: Invitation, event: Event) -> None:
    """Make the guards about time hold."""
    now = timezone.now()
    if Guard.LATE in TRANSITIONS[event].guards:
        invitation.answer_until = now - timedelta(seconds=1)
    if Guard.OVER in TRANSITIONS[event].guards:
        invitation.until = now - timedelta(seconds=1)
    invitation.save()


def cause(event: Event, invitation: Invitation, alice, bob) -> None:
    """What a person, or the service, does to bring the event about."""
    acts = {
        Event.RESEND: lambda: invitations.resend(alice, invitation),
        Event.REFUSE: lambda: invitations.refuse(invitation),
        Event.SEE: lambda: invitations.see(bob, invitation),
        Event.ACCEPT: lambda: invitations.accept(bob, invitation),
        Event.DECLINE: lambda: invitations.decline(bob, invitation),
        Event.LEAVE: lambda: invitations.leave(bob, invitation.app_id),
        Event.WITHDRAW: lambda: invitations.end(alice, invitation),
        Event.REVOKE: lambda: invitations.end(alice, invitation),
        Event.LAPSE: invitations.expire,
        Event.END: invitations.expire,
    }
    acts[event]()


@pytest.mark.parametrize(("state", "event"), CASES, ids=lambda one: str(one))
def test_an_event_leads_where_the_table_says_or_changes_nothing(state, event, invite, alice, bob):
    invitation = put(invite(), state, bob)
    suit(invitation, event)
    before = len(trail(invitation.tenant_id, str(invitation.app_id), 100))
    # Ending an invitation is one act: which event it is depends on the state.
    twins = {Event.WITHDRAW: Event.REVOKE, Event.REVOKE: Event.WITHDRAW}
    happening = event if state in TRANSITIONS[event].sources else twins.get(event, event)
    if state in TRANSITIONS[happening].sources:
        cause(event, invitation, alice, bob)
        invitation.refresh_from_db()
        assert invitation.state == TRANSITIONS[happening].target
        assert trail(invitation.tenant_id, str(invitation.app_id), 100)[0].action == f"invitation.{happening}"
        return
    quiet = TRANSITIONS[event].by == Who.SERVICE or event == Event.SEE
    if quiet:
        cause(event, invitation, alice, bob)
    else:
        with pytest.raises(NotPossible):
            cause(event, invitation, alice, bob)
    invitation.refresh_from_db()
    assert invitation.state == state
    assert len(trail(invitation.tenant_id, str(invitation.app_id), 100)) == before


def break_guard(guard: Guard, invitation: Invitation, alice, charlie) -> None:
    """Make a guard fail that holds otherwise."""
    now = timezone.now()
    if guard == Guard.ADDRESS_VERIFIED:
        invitation.address = "somebody.else@example.org"
    elif guard == Guard.IN_TIME:
        invitation.answer_until = now - timedelta(seconds=1)
    elif guard == Guard.AHEAD:
        invitation.until = now - timedelta(seconds=1)
    elif guard == Guard.LATE:
        invitation.answer_until = now + timedelta(seconds=60)
    elif guard == Guard.OVER:
        invitation.until = now + timedelta(seconds=60)
    elif guard == Guard.HIS_OWN:
        invitation.taken_by = charlie
    elif guard == Guard.UNTAKEN:
        invitation.state = State.EXPIRED
        invitation.save()
        Invitation.objects.create(
            tenant=invitation.tenant, app=invitation.app, address=invitation.address, role=Role.VIEWER,
            answer_until=now + timedelta(days=1),
        )  # fmt: skip
        return
    else:
        assert guard == Guard.SHARED
        sharing = invitations.sharing_of(invitation.app)
        sharing.stopped = now
        sharing.save()
    invitation.save()


GUARDED = [(event, guard) for event in Event for guard in TRANSITIONS[event].guards]


@pytest.mark.parametrize(("event", "guard"), GUARDED, ids=lambda one: one.name)
def test_a_guard_that_does_not_hold_stops_the_event(event, guard, invite, alice, bob, charlie):
    source = State.ACCEPTED if TRANSITIONS[event].sources == {State.ACCEPTED} else State.PENDING
    invitation = put(invite(), source, bob)
    suit(invitation, event)
    break_guard(guard, invitation, alice, charlie)
    state = invitation.state
    if TRANSITIONS[event].by == Who.SERVICE or event == Event.SEE:
        cause(event, invitation, alice, bob)
    else:
        with pytest.raises(NotPossible):
            cause(event, invitation, alice, bob)
    invitation.refresh_from_db()
    assert invitation.state == state


def test_every_guard_is_known_and_used():
    used = {guard for transition in TRANSITIONS.values() for guard in transition.guards}
    assert used == set(Guard) == set(invitations.GUARDS)


def test_every_state_can_be_reached_and_the_open_ones_be_left():
    reached = {transition.target for transition in TRANSITIONS.values()}
    assert reached == set(State)
    for state in ALIVE:
        assert [event for event in Event if state in TRANSITIONS[event].sources]
    assert OPEN < ALIVE
