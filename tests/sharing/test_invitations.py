"""Who has access, from the invitation to its end: accept, leave, revoke, stop for all, share again, undo."""

from __future__ import annotations

import datetime
import json
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import serializers
from django.utils import timezone

from accounts.people import create_person
from security.audit import trail
from security.models import AuditRecord
from sharing import access, deeds, invitations
from sharing.access import Level, NoAccess, TooLittle, access_app, apps_shared_with
from sharing.addressees import Addressee
from sharing.errors import BadRequest, NotPossible
from sharing.models import Deed, Invitation, Letter, Role
from sharing.states import State
from storage import library
from tests.people import BOB, CHARLIE
from tests.sharing.conftest import quick_app

pytestmark = pytest.mark.django_db


def level(user, app) -> Level | None:
    try:
        return access_app(user, app.pk, Level.VIEW)[1]
    except NoAccess:
        return None


def later(monkeypatch, **time: float) -> None:
    """Let time pass."""
    now = timezone.now() + timedelta(**time)
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def accepted(invite, bob) -> Invitation:
    invitation = invite()
    invitations.accept(bob, invitation)
    return invitation


# -- who has access


def test_nobody_has_access_before_he_accepts(invite, app, bob):
    invitation = invite()
    assert level(bob, app) is None
    assert list(invitations.waiting_for(bob)) == [invitation]
    invitations.accept(bob, invitation)
    assert level(bob, app) == Level.VIEW
    assert [(one.app, one.owner, one.level) for one in apps_shared_with(bob)] == [
        (app, "alice@example.org", Level.VIEW)
    ]
    assert not invitations.waiting_for(bob)


@pytest.mark.parametrize(("role", "least"), [(Role.VIEWER, Level.VIEW), (Role.EDITOR, Level.EDIT)])
def test_a_role_is_a_level_and_no_more(invite, app, bob, role, least):
    invitations.accept(bob, invite(role=role))
    assert level(bob, app) == least
    with pytest.raises(TooLittle):
        access_app(bob, app.pk, Level.OWN)


def test_t02_a_forwarded_invitation_opens_nothing_for_anybody_else(invite, app, charlie):
    invitation = invite()
    with pytest.raises(NotPossible):
        invitations.accept(charlie, invitation)
    with pytest.raises(NotPossible):
        invitations.decline(charlie, invitation)
    assert invitations.find_for(charlie, invitation.pk) is None
    assert not invitations.waiting_for(charlie)
    assert level(charlie, app) is None


@pytest.mark.parametrize("look_alike", ["bob+x@example.org", "bob@example.org.evil.org", "b.ob@example.org"])
def test_t02_addresses_are_compared_byte_by_byte(invite, app, look_alike):
    other = create_person(look_alike, BOB.password)
    with pytest.raises(NotPossible):
        invitations.accept(other, invite())
    assert level(other, app) is None


def test_t03_an_address_that_is_not_verified_accepts_nothing(invite, app, charlie):
    EmailAddress.objects.create(user=charlie, email=BOB.email, verified=False, primary=False)
    with pytest.raises(NotPossible):
        invitations.accept(charlie, invite())
    assert not invitations.waiting_for(charlie)


def test_t03_a_secondary_address_that_is_verified_is_the_person_s_own(invite, app, charlie):
    address = EmailAddress.objects.create(user=charlie, email=BOB.email, verified=True, primary=False)
    invitations.accept(charlie, invite())
    assert level(charlie, app) == Level.VIEW
    address.delete()
    assert level(charlie, app) is None


def test_t03_access_rests_while_the_address_is_not_verified(accepted, app, bob):
    address = EmailAddress.objects.filter(user=bob, email=BOB.email)
    address.update(verified=False)
    assert level(bob, app) is None
    assert not apps_shared_with(bob)
    address.update(verified=True)
    assert level(bob, app) == Level.VIEW


def test_t03_access_goes_with_the_address_not_with_the_account(accepted, app, bob, charlie):
    EmailAddress.objects.filter(user=bob, email=BOB.email).update(user=charlie, primary=False)
    assert level(bob, app) is None
    assert level(charlie, app) is None


def test_t02_an_invitation_is_used_once(invite, app, bob, charlie):
    invitation = invite()
    stale = Invitation.objects.get(pk=invitation.pk)
    invitations.accept(bob, invitation)
    with pytest.raises(NotPossible):
        invitations.accept(bob, stale)
    EmailAddress.objects.create(user=charlie, email="bob2@example.org", verified=True)
    with pytest.raises(NotPossible):
        invitations.accept(charlie, stale)
    assert Invitation.objects.get().taken_by == bob


def test_two_invitations_of_one_person_give_the_higher_role(invite, app, bob):
    EmailAddress.objects.create(user=bob, email="bob@work.example", verified=True)
    first, second = invite(), invite("bob@work.example", role=Role.EDITOR)
    invitations.accept(bob, first)
    invitations.accept(bob, second)
    assert level(bob, app) == Level.EDIT
    invitations.end(app.owner, second)
    assert level(bob, app) == Level.VIEW


# -- its end


def test_revoking_ends_access_at_once_and_tells_open_sockets(accepted, app, alice, bob):
    before = access.rights_version(app.pk)
    invitations.end(alice, accepted)
    assert level(bob, app) is None
    assert access.rights_version(app.pk) > before


def test_leaving_ends_access(accepted, app, bob):
    invitations.leave(bob, app.pk)
    assert level(bob, app) is None
    assert Invitation.objects.get().state == State.LEFT


def test_an_invitation_to_a_deleted_app_is_not_accepted(invite, app, alice, bob):
    invitation = invite()
    library.delete_app(app, alice)
    with pytest.raises(NotPossible, match="not shared"):
        invitations.accept(bob, invitation)
    library.restore_app(alice, app.pk)
    assert level(bob, app) is None


def test_a_deleted_app_is_open_for_nobody(accepted, app, alice, bob):
    library.delete_app(app, alice)
    assert level(bob, app) is None
    assert apps_shared_with(bob) == []
    library.restore_app(alice, app.pk)
    assert level(bob, app) == Level.VIEW


def test_access_ends_with_its_time(invite, app, bob, monkeypatch):
    invitations.accept(bob, invite(until=timezone.now() + timedelta(days=1)))
    assert level(bob, app) == Level.VIEW
    later(monkeypatch, days=1, seconds=1)
    assert level(bob, app) is None
    invitations.expire()
    assert Invitation.objects.get().state == State.EXPIRED


def test_an_invitation_is_good_for_seven_days(invite, app, bob, alice, monkeypatch):
    invitation = invite()
    later(monkeypatch, days=7, seconds=1)
    with pytest.raises(NotPossible, match="expired"):
        invitations.accept(bob, invitation)
    assert not invitations.waiting_for(bob)
    invitations.resend(alice, Invitation.objects.get())
    invitations.accept(bob, Invitation.objects.get())
    assert level(bob, app) == Level.VIEW


def test_stop_sharing_and_share_again(invite, app, alice, bob, charlie):
    accepted, waiting, removed = invite(), invite(CHARLIE.email), invite("dora@example.org")
    dora = create_person("dora@example.org", BOB.password)
    invitations.accept(bob, accepted)
    invitations.accept(dora, removed)
    invitations.end(alice, Invitation.objects.get(pk=removed.pk))
    invitations.stop_sharing(alice, app)
    assert level(bob, app) is None
    assert level(alice, app) == Level.OWN
    waiting.refresh_from_db()
    with pytest.raises(NotPossible):
        invitations.accept(charlie, waiting)
    with pytest.raises(NotPossible, match="stopped"):
        invite("eve@example.org")
    invitations.share_again(alice, app)
    assert level(bob, app) == Level.VIEW
    assert level(charlie, app) is None
    assert level(dora, app) is None
    with pytest.raises(NotPossible):
        invitations.accept(charlie, waiting)


# -- inviting


def test_who_is_invited_already_is_passed_over(invite, app, alice, accepted):
    _, made = invitations.invite(alice, app, [Addressee(BOB.email), Addressee(CHARLIE.email)])
    assert [one.address for one in made] == [CHARLIE.email]
    _, made = invitations.invite(alice, app, [Addressee(CHARLIE.email)])
    assert made == []


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ({"until": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)}, "past"),
        ({"message": "x" * 1001}, "1000"),
        ({"address": "alice@example.org"}, "your own"),
    ],
)
def test_what_has_no_sense_is_refused_and_nothing_is_kept(invite, terms, sentence):
    with pytest.raises(BadRequest, match=sentence):
        invite(**terms)
    assert not Invitation.objects.exists()
    assert not Letter.objects.exists()


def test_messages_lose_control_characters_and_keep_lines(invite):
    assert invite(message="a\x00b\r\nc\x1b[31m\u202ed").message == "ab\nc[31md"


def test_t18_names_and_messages_are_sealed(alice, app):
    invitations.invite(alice, app, [Addressee(BOB.email, "Canary Bob")], message="canary message")
    stored = serializers.serialize("json", [*Invitation.objects.all(), *Deed.objects.all(), *AuditRecord.objects.all()])
    assert "anary" not in stored
    assert Invitation.objects.get().name == "Canary Bob"


# -- undo


def undone(actor, deed) -> None:
    deeds.undo(actor, deed.pk)


def test_everything_can_be_undone(invite, app, alice, bob, accepted):
    undone(alice, invitations.end(alice, accepted))
    assert level(bob, app) == Level.VIEW
    undone(alice, invitations.stop_sharing(alice, app))
    assert level(bob, app) == Level.VIEW
    undone(bob, invitations.leave(bob, app.pk))
    assert level(bob, app) == Level.VIEW
    accepted.refresh_from_db()
    undone(alice, invitations.change_terms(alice, accepted, role=Role.EDITOR, until=None))
    assert level(bob, app) == Level.VIEW
    deed, (other,) = invitations.invite(alice, app, [Addressee(CHARLIE.email)])
    undone(alice, deed)
    other.refresh_from_db()
    assert other.state == State.WITHDRAWN


def test_an_undone_stop_brings_back_what_was_waiting(invite, app, alice, bob):
    invitation = invite()
    undone(alice, invitations.stop_sharing(alice, app))
    invitation.refresh_from_db()
    invitations.accept(bob, invitation)
    assert level(bob, app) == Level.VIEW


def test_an_undone_share_again_is_stopped_again(accepted, app, alice, bob):
    invitations.stop_sharing(alice, app)
    undone(alice, invitations.share_again(alice, app))
    assert level(bob, app) is None


def test_undoing_is_audited_and_tells_open_sockets(accepted, app, alice):
    deed = invitations.end(alice, accepted)
    before = access.rights_version(app.pk)
    undone(alice, deed)
    assert access.rights_version(app.pk) > before
    assert trail(app.tenant_id, str(app.pk), 1)[0].action == "invitation.ended.undone"


def test_undo_is_for_ten_seconds_once_and_for_who_did_it(accepted, app, alice, bob, monkeypatch):
    deed = invitations.end(alice, accepted)
    with pytest.raises(NotPossible):
        undone(bob, deed)
    undone(alice, deed)
    with pytest.raises(NotPossible):
        undone(alice, deed)
    accepted.refresh_from_db()
    deed = invitations.end(alice, accepted)
    later(monkeypatch, seconds=16)
    with pytest.raises(NotPossible, match="too late"):
        undone(alice, deed)
    assert level(bob, app) is None


def test_what_others_have_built_upon_is_not_undone(invite, app, alice, bob):
    deed, (invitation,) = invitations.invite(alice, app, [Addressee(BOB.email)])
    invitations.accept(bob, invitation)
    with pytest.raises(NotPossible, match="changed"):
        undone(alice, deed)
    assert level(bob, app) == Level.VIEW


@pytest.mark.parametrize("answer", [invitations.accept, invitations.decline])
def test_an_answer_counts_that_was_given_while_the_invitation_moved(invite, bob, answer):
    """The Hub says that it is seen at the moment in which a quick person answers."""
    pending = invite()
    invitations.see(bob, Invitation.objects.get(pk=pending.pk))
    answer(bob, pending)
    assert pending.state in {State.ACCEPTED, State.DECLINED}


def test_a_declined_invitation_is_not_undone_onto_a_newer_one(invite, app, alice, bob):
    deed = invitations.decline(bob, invite())
    newer = invite()
    with pytest.raises(NotPossible, match="changed"):
        undone(bob, deed)
    newer.refresh_from_db()
    assert newer.state == State.PENDING


def test_a_declined_invitation_does_not_outlive_a_stop(invite, app, alice, bob):
    """Stopping withdraws what waits; what was declined a moment before does not come back to life afterwards."""
    declined = invitations.decline(bob, invite())
    stop = invitations.stop_sharing(alice, app)
    with pytest.raises(NotPossible, match="changed"):
        undone(bob, declined)
    invitations.share_again(alice, app)
    with pytest.raises(NotPossible, match="changed"):
        undone(bob, declined)
    assert not invitations.waiting_for(bob)
    assert Deed.objects.get(pk=stop.pk).undone is False


def test_a_declined_invitation_comes_back_if_the_stop_was_taken_back(invite, app, alice, bob):
    declined = invitations.decline(bob, invite())
    undone(alice, invitations.stop_sharing(alice, app))
    undone(bob, declined)
    assert len(invitations.waiting_for(bob)) == 1


def test_deeds_hold_no_content_and_are_forgotten(invite, alice, monkeypatch):
    invite(message="a secret message")
    assert "secret" not in json.dumps(list(Deed.objects.values_list("changes", flat=True)))
    later(monkeypatch, hours=2)
    deeds.forget_old_deeds()
    assert not Deed.objects.exists()


# -- tenants


def test_t01_an_app_of_another_tenant_is_not_reached_by_a_foreign_invitation(invite, app, bob, charlie):
    """Charlie owns an app and has invited Bob; that opens nothing of Alice's."""
    theirs = quick_app(charlie, "Charlie's")
    _, (other,) = invitations.invite(charlie, theirs, [Addressee(BOB.email)])
    invitations.accept(bob, other)
    assert level(bob, theirs) == Level.VIEW
    assert level(bob, app) is None
    with pytest.raises(NoAccess):
        access_app(charlie, app.pk, Level.VIEW)


@pytest.mark.parametrize("odd", ["", "x", "../..", "0" * 36, None])
def test_t01_odd_ids_are_unknown(alice, odd):
    with pytest.raises(NoAccess):
        access_app(alice, odd, Level.VIEW)
