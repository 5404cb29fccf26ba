"""Groups: each member is invited and accepts for himself, also who comes later; who leaves loses what he had by it."""

from __future__ import annotations

import pytest

from accounts.people import create_person
from sharing import deeds, groups, invitations
from sharing.access import apps_shared_with
from sharing.addressees import Addressee
from sharing.errors import BadRequest, NotPossible
from sharing.models import GroupMember, Invitation, Role
from sharing.states import State
from tests.people import BOB, CHARLIE
from tests.sharing.conftest import quick_app

pytestmark = pytest.mark.django_db


@pytest.fixture
def bees(alice):
    """Alice's group of Bob and Charlie."""
    _, group = groups.create_group(alice, "Bees", [Addressee(BOB.email, "Bob"), Addressee(CHARLIE.email)])
    return group


def people(*addresses: str) -> list[Addressee]:
    return [Addressee(address) for address in addresses]


def states(app) -> dict[str, str]:
    return dict(Invitation.objects.filter(app=app).order_by("created").values_list("address", "state"))


def accept_all(user) -> None:
    for invitation in invitations.waiting_for(user):
        invitations.accept(user, invitation)


def test_every_member_is_invited_and_accepts_for_himself(alice, app, bees, bob, charlie):
    groups.share_with_group(alice, app, bees, role=Role.EDITOR)
    assert states(app) == {BOB.email: "pending", CHARLIE.email: "pending"}
    accept_all(bob)
    assert [one.app for one in apps_shared_with(bob)] == [app]
    assert apps_shared_with(charlie) == []
    assert Invitation.objects.get(address=BOB.email).role == Role.EDITOR


def test_who_comes_later_is_invited_to_everything_the_group_has(alice, app, bees):
    second = quick_app(alice, "Trees")
    groups.share_with_group(alice, app, bees)
    groups.share_with_group(alice, second, bees)
    groups.change_group(alice, bees, "Bees", people(BOB.email, CHARLIE.email, "dora@example.org"))
    assert states(app)["dora@example.org"] == states(second)["dora@example.org"] == "pending"


def test_who_is_taken_out_loses_what_he_had_by_the_group(alice, app, bees, bob, charlie):
    groups.share_with_group(alice, app, bees)
    accept_all(bob)
    groups.change_group(alice, bees, "Bees", people(CHARLIE.email))
    assert apps_shared_with(bob) == []
    assert states(app) == {BOB.email: "revoked", CHARLIE.email: "pending"}


def test_what_somebody_has_by_an_invitation_of_his_own_stays(alice, app, bees, bob, invite):
    invitations.accept(bob, invite())
    groups.share_with_group(alice, app, bees)
    groups.delete_group(alice, bees)
    assert len(apps_shared_with(bob)) == 1
    assert states(app) == {BOB.email: "accepted", CHARLIE.email: "withdrawn"}


def test_ending_the_sharing_with_a_group_ends_it_for_all(alice, app, bees, bob):
    groups.share_with_group(alice, app, bees)
    accept_all(bob)
    deed = groups.unshare_with_group(alice, groups.shares_of(app).get())
    assert apps_shared_with(bob) == []
    assert not groups.shares_of(app).exists()
    deeds.undo(alice, deed.pk)
    assert len(apps_shared_with(bob)) == 1
    assert groups.shares_of(app).count() == 1


def test_changes_of_a_group_can_be_undone(alice, app, bees, bob):
    groups.share_with_group(alice, app, bees)
    accept_all(bob)
    deed = groups.change_group(alice, bees, "Wasps", people("dora@example.org"))
    changed = groups.groups_of(alice).get()
    assert (changed.name, [member.address for member in changed.people]) == ("Wasps", ["dora@example.org"])
    deeds.undo(alice, deed.pk)
    back = groups.groups_of(alice).get()
    assert back.name == "Bees"
    assert {member.address: member.name for member in back.people} == {BOB.email: "Bob", CHARLIE.email: ""}
    assert len(apps_shared_with(bob)) == 1
    assert states(app)["dora@example.org"] == State.WITHDRAWN
    deeds.undo(alice, groups.delete_group(alice, back).pk)
    assert groups.groups_of(alice).count() == 1
    deed, _ = groups.create_group(alice, "Ants", [])
    deeds.undo(alice, deed.pk)
    assert groups.groups_of(alice).count() == 1


def test_nobody_is_invited_while_sharing_is_stopped(alice, app, bees):
    groups.share_with_group(alice, app, bees)
    invitations.stop_sharing(alice, app)
    groups.change_group(alice, bees, "Bees", people(BOB.email, CHARLIE.email, "dora@example.org"))
    assert "dora@example.org" not in states(app)
    invitations.share_again(alice, app)
    groups.change_group(alice, bees, "Bees", people(BOB.email, CHARLIE.email, "eve@example.org"))
    assert states(app) == {BOB.email: "withdrawn", CHARLIE.email: "withdrawn", "eve@example.org": "pending"}
    groups.share_with_group(alice, app, bees)
    assert Invitation.objects.filter(app=app, state=State.PENDING).count() == 3


def test_the_owner_is_not_invited_to_his_own_app(alice, app):
    _, group = groups.create_group(alice, "All", people(alice.email, BOB.email))
    groups.share_with_group(alice, app, group)
    assert set(states(app)) == {BOB.email}


def test_a_group_is_its_owner_s_alone(alice, bees, charlie):
    assert not groups.groups_of(charlie)
    with pytest.raises(NotPossible):
        groups.group_of(charlie, bees.pk)


@pytest.mark.parametrize("name", ["", "  ", "\x00", "x" * 201])
def test_a_group_needs_a_name(alice, name):
    with pytest.raises(BadRequest):
        groups.create_group(alice, name, [])


def test_names_of_groups_and_members_are_sealed(bees):
    stored = b"".join(bytes(one) for one in GroupMember.objects.values_list("sealed_name", flat=True))
    assert b"Bob" not in stored + bytes(bees.sealed_name)
    assert b"Bees" not in bytes(bees.sealed_name)


def test_a_stranger_s_group_member_sees_nothing(alice, app, bees):
    groups.share_with_group(alice, app, bees)
    assert apps_shared_with(create_person("eve@example.org", BOB.password)) == []


@pytest.mark.parametrize("deed", ["leave", "decline"])
@pytest.mark.parametrize("end", ["unshare", "delete", "take out"])
def test_undoing_brings_back_nothing_that_the_group_no_longer_gives(alice, app, bees, bob, deed, end):
    """Ending a group's share passes over whoever had just left or declined: it is not his to take back then."""
    groups.share_with_group(alice, app, bees)
    if deed == "leave":
        accept_all(bob)
        his = invitations.leave(bob, app.pk)
    else:
        his = invitations.decline(bob, Invitation.objects.get(app=app, address=BOB.email))
    if end == "unshare":
        groups.unshare_with_group(alice, groups.shares_of(app).get())
    elif end == "delete":
        groups.delete_group(alice, bees)
    else:
        groups.change_group(alice, bees, "Bees", people(CHARLIE.email))
    with pytest.raises(NotPossible, match="changed"):
        deeds.undo(bob, his.pk)
    assert apps_shared_with(bob) == []
    assert not invitations.waiting_for(bob)
