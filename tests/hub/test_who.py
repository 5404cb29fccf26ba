"""Who can see an app: people with state and last visit, groups, links, and what happened, in words."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from charts.models import PublishedChart
from hub.who import WORDS, overview
from security.audit import record
from sharing import deeds, groups, invitations
from sharing.addressees import Addressee
from sharing.models import Letter
from tests.people import ALICE, BOB, CHARLIE
from tests.sharing.conftest import quick_app

pytestmark = pytest.mark.django_db


@pytest.fixture
def app(alice):
    return quick_app(alice)


@pytest.fixture
def invited(alice, app):
    _, (invitation,) = invitations.invite(alice, app, [Addressee(BOB.email, "Bob Bee")])
    return invitation


def shown(alice, app) -> dict[str, str]:
    seen = overview(alice, app)
    return {one.invitation.address: one.label for one in (*seen.people, *seen.past)}


def test_people_stand_with_their_state(alice, app, invited, bob):
    assert shown(alice, app) == {BOB.email: "Invited"}
    invitations.see(bob, invited)
    assert shown(alice, app) == {BOB.email: "Seen"}
    invitations.accept(bob, invited)
    assert shown(alice, app) == {BOB.email: "Has access"}
    invitations.stop_sharing(alice, app)
    assert shown(alice, app) == {BOB.email: "Paused"}


def test_the_newest_invitation_of_an_address_is_shown(alice, app, invited, bob):
    invitations.decline(bob, invited)
    assert shown(alice, app) == {BOB.email: "Declined"}
    invitations.invite(alice, app, [Addressee(BOB.email)])
    assert shown(alice, app) == {BOB.email: "Invited"}


def test_an_undeliverable_mail_says_why(alice, app, invited):
    Letter.objects.update(failure="the mail server refuses this address (550)", next_try=None)
    invitations.refuse(invited)
    (person,) = overview(alice, app).people
    assert (person.label, person.failure) == ("Undeliverable", "the mail server refuses this address (550)")


def test_the_last_visit_is_the_invitee_s(alice, app, invited, bob):
    invitations.accept(bob, invited)
    assert overview(alice, app).people[0].last_visit is None
    visit = record(app.tenant_id, "app.opened", actor=str(bob.pk), subject=str(app.pk))
    record(app.tenant_id, "app.opened", actor=str(alice.pk), subject=str(app.pk))
    assert overview(alice, app).people[0].last_visit == visit.time


def test_history_tells_in_words_who_did_what_to_whom(alice, app, invited, bob):
    invitations.accept(bob, invited)
    _, group = groups.create_group(alice, "Bees", [Addressee(CHARLIE.email)])
    groups.share_with_group(alice, app, group)
    invitations.refuse(invitations.invitations_of(app).get(address=CHARLIE.email))
    lines = [" ".join(filter(None, (line.who, line.what, line.whom))) for line in overview(alice, app).history]
    assert lines == [
        f"The mail could not be delivered to {CHARLIE.email}",
        f"{ALICE.email} shared with the group “Bees”",
        f"{ALICE.email} invited {CHARLIE.email}",
        f"{BOB.email} accepted the invitation",
        f"{ALICE.email} invited {BOB.email}",
    ]


def test_a_group_stands_with_who_is_in_by_it_and_when_somebody_was_there_last(alice, app, bob):
    _, group = groups.create_group(alice, "Bees", [Addressee(BOB.email), Addressee(CHARLIE.email)])
    groups.share_with_group(alice, app, group)
    (one,) = overview(alice, app).groups
    assert (one.share.group.name, one.with_access, one.last_visit) == ("Bees", 0, None)
    invitations.accept(bob, invitations.waiting_for(bob).get())
    record(app.tenant_id, "app.opened", actor=str(bob.pk), subject=str(app.pk))
    (one,) = overview(alice, app).groups
    (person,) = [person for person in overview(alice, app).people if person.invitation.address == BOB.email]
    assert (one.with_access, one.last_visit) == (1, person.last_visit)
    assert one.last_visit is not None


def test_what_is_taken_back_of_a_group_stands_in_the_app_s_history(alice, app):
    _, group = groups.create_group(alice, "Bees", [Addressee(BOB.email)])
    deeds.undo(alice, groups.share_with_group(alice, app, group).pk)
    groups.share_with_group(alice, app, group)
    deeds.undo(alice, groups.unshare_with_group(alice, groups.shares_of(app).get()).pk)
    deeds.undo(alice, groups.change_group(alice, group, "Bees", []).pk)
    deeds.undo(alice, groups.delete_group(alice, group).pk)
    taken_back = [line.what for line in overview(alice, app).history if line.what.startswith("took back")]
    assert taken_back == [
        "took back that a group was deleted",
        "took back a change of a group",
        "took back the end of sharing with a group",
        "took back sharing with a group",
    ]


def test_published_charts_stand_with_their_audience(alice, app, settings):
    settings.PUBLIC_URL = "https://charts.example.org"
    chart = PublishedChart(
        tenant_id=app.tenant_id, owner=alice, app=app, object_id="c", state=PublishedChart.State.LIVE
    )
    chart.plan_data = {"title": "Bees by flower"}
    chart.save()
    (link,) = overview(alice, app).links
    assert (link.title, link.address) == ("Bees by flower", f"https://charts.example.org/c/{chart.slug}")
    assert link.last_viewed is None
    for day in (3, 5, 4):
        chart.views.create(day=date(2026, 11, day), count=2)
    assert overview(alice, app).links[0].last_viewed == date(2026, 11, 5)
    assert overview(alice, quick_app(alice, "Other")).links == []


def test_every_event_of_an_invitation_has_words():
    from sharing.states import Event

    assert {f"invitation.{event}" for event in Event} <= set(WORDS)


def test_the_page_escapes_what_people_wrote(alice, app, signed_in):
    invitations.invite(alice, app, [Addressee(BOB.email, "<script>x</script>")])
    page = signed_in(alice).get(f"/app/{app.pk}/sharing/").content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_the_page_asks_no_more_for_more_people(alice, app, signed_in):
    client, counts = signed_in(alice), []
    for first in (0, 2, 12):
        people = [Addressee(f"bee{number}@example.org", f"Bee {number}") for number in range(first, 2 * first + 2)]
        invitations.invite(alice, app, people, message="Look")
        _, group = groups.create_group(alice, f"Group {first}", people[:1])
        groups.share_with_group(alice, app, group)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/app/{app.pk}/sharing/").status_code == 200
        counts.append(len(queries))
    assert max(counts) <= min(counts) + 2, "but for what the session writes now and then"
