"""REST of sharing, as the pages call it: sentences for what is wrong, a fresh log-in for what gives access, undo."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.api_keys import create_api_key
from sharing import invitations
from sharing.models import Group, Invitation, Letter, Sharing
from sharing.states import State
from tests.people import ALICE, BOB, CHARLIE

pytestmark = pytest.mark.django_db

Call = Callable[..., Any]


def browser(person) -> Client:
    """Somebody who has just logged in with his password."""
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": person.password})
    return client


def send(client: Client, method: str, path: str, body: Any = None, **headers: str):
    return client.generic(method, path, "" if body is None else body, "application/json", headers=headers)


def as_json(value: Any) -> str:
    return json.dumps(value)


@pytest.fixture
def owner(alice) -> Client:
    return browser(ALICE)


@pytest.fixture
def base(app) -> str:
    return f"/api/apps/{app.pk}"


def share(client: Client, base: str, people: str = BOB.email, **terms: Any):
    return send(client, "POST", f"{base}/invitations/", as_json({"people": people, **terms}))


def test_many_are_invited_at_once_and_all_of_it_is_undone_at_once(owner, base):
    answer = share(owner, base, f"Bob <{BOB.email}>; {CHARLIE.email}", role="editor", message="Look")
    assert answer.status_code == 201
    body = answer.json()
    assert (body["invited"], body["passed_over"], body["undo_seconds"]) == (2, 0, 10)
    assert set(Invitation.objects.values_list("role", flat=True)) == {"editor"}
    assert share(owner, base).json()["passed_over"] == 1
    assert send(owner, "POST", f"/api/deeds/{body['undo']}/undo/").status_code == 204
    assert set(Invitation.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_people_and_groups_are_one_deed(owner, base):
    made = send(owner, "POST", "/api/groups/", as_json({"name": "Bees", "people": CHARLIE.email})).json()
    body = share(owner, base, groups=[made["id"]]).json()
    assert Invitation.objects.count() == 2
    assert send(owner, "GET", f"{base}/sharing/").json()["groups"][0]["name"] == "Bees"
    send(owner, "POST", f"/api/deeds/{body['undo']}/undo/")
    assert set(Invitation.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert send(owner, "GET", f"{base}/sharing/").json()["groups"] == []


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"people": "bob@example.org, nobody"}, "nobody"),
        ({"people": ""}, "at least one"),
        ({"people": BOB.email, "role": "owner"}, "owner"),
        ({"people": BOB.email, "until": "2020-01-01T00:00:00Z"}, "past"),
        ({"people": BOB.email, "until": "soon"}, "Datetime"),
        ({"people": BOB.email, "message": "x" * 1001}, "1000"),
        ({"people": BOB.email, "groups": ["00000000-0000-4000-8000-000000000000"]}, "no such group"),
        ({"people": ["a"]}, "string"),
        ([], "dictionary"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_invited(owner, base, body, sentence):
    answer = send(owner, "POST", f"{base}/invitations/", as_json(body))
    assert answer.status_code in {400, 409}
    assert sentence in answer.content.decode()
    assert not Invitation.objects.exists()
    assert not Letter.objects.exists()


def test_limits_are_429_with_a_sentence(owner, base, settings):
    settings.INVITATION_MAILS_A_DAY = 0
    answer = share(owner, base)
    assert answer.status_code == 429
    assert "in a day" in answer.json()["detail"]


def test_stop_share_again_and_limit(owner, base, app, bob):
    share(owner, base)
    invitations.accept(bob, Invitation.objects.get())
    stopped = send(owner, "PATCH", f"{base}/sharing/", as_json({"stopped": True}))
    assert stopped.json()["stopped"] is True
    again = send(owner, "PATCH", f"{base}/sharing/", as_json({"stopped": True}))
    assert (again.status_code, again.json()["detail"]) == (409, "Sharing is stopped already.")
    assert send(owner, "PATCH", f"{base}/sharing/", as_json({"stopped": False})).json()["stopped"] is False
    assert send(owner, "PATCH", f"{base}/sharing/", as_json({"values_an_hour": 5000})).json()["values_an_hour"] == 5000
    assert send(owner, "PATCH", f"{base}/sharing/", as_json({"values_an_hour": 5})).status_code == 400
    assert send(owner, "PATCH", f"{base}/sharing/", as_json({})).status_code == 400
    assert Sharing.objects.get(app=app).values_an_hour == 5000


def test_one_invitation_is_changed_sent_again_and_ended(owner, base):
    share(owner, base)
    invitation = Invitation.objects.get()
    path = f"{base}/invitations/{invitation.pk}/"
    assert send(owner, "PATCH", path, as_json({"role": "editor"})).status_code == 200
    assert send(owner, "POST", f"{path}resend/").status_code == 200
    assert Letter.objects.count() == 2
    assert send(owner, "DELETE", path).status_code == 200
    assert send(owner, "DELETE", path).status_code == 409
    (listed,) = send(owner, "GET", f"{base}/invitations/").json()
    assert (listed["address"], listed["role"], listed["state"]) == (BOB.email, "editor", "withdrawn")


def test_the_invitee_sees_answers_and_leaves(owner, base, bob, app):
    share(owner, base)
    invitation = Invitation.objects.get()
    client = browser(BOB)
    (waiting,) = send(client, "GET", "/api/invitations/").json()
    assert waiting == {"id": str(invitation.pk), "title": "Flowers", "owner": ALICE.email, "role": "viewer"}
    assert send(client, "POST", "/api/invitations/seen/").status_code == 204
    invitation.refresh_from_db()
    assert invitation.state == State.SEEN
    assert send(client, "POST", f"/api/invitations/{invitation.pk}/accept/").json()["app"] == str(app.pk)
    (shared,) = send(client, "GET", "/api/apps/").json()
    assert (shared["id"], shared["level"], shared["owner"]) == (str(app.pk), "viewer", ALICE.email)
    left = send(client, "DELETE", f"{base}/access/").json()
    assert send(client, "GET", "/api/apps/").json() == []
    assert send(client, "POST", f"/api/deeds/{left['undo']}/undo/").status_code == 204
    assert len(send(client, "GET", "/api/apps/").json()) == 1


def test_an_invitee_never_learns_of_other_invitees(owner, base, bob):
    share(owner, base, f"{BOB.email}, {CHARLIE.email}")
    client = browser(BOB)
    invitation = Invitation.objects.get(address=BOB.email)
    seen = [send(client, "GET", "/api/invitations/")]
    seen.append(send(client, "POST", f"/api/invitations/{invitation.pk}/accept/"))
    for path in ("/", base + "/", "/api/apps/", "/groups/", "/api/groups/"):
        seen.append(client.get(path))
    for path in (
        f"{base}/invitations/",
        f"{base}/sharing/",
        base.removeprefix("/api").replace("apps", "app") + "/sharing/",
    ):
        answer = client.get(path)
        assert answer.status_code == 403
        seen.append(answer)
    assert all(CHARLIE.email not in answer.content.decode() for answer in seen)


# -- T17: a fresh log-in for what gives access


def age_login(client: Client, seconds: int) -> None:
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - seconds}]
    session.save()


def test_t17_giving_access_wants_a_recent_log_in_and_taking_it_does_not(owner, base):
    share(owner, base)
    invitation = Invitation.objects.get()
    age_login(owner, 13 * 3600)
    path = f"{base}/invitations/{invitation.pk}/"
    for answer in (
        share(owner, base, CHARLIE.email),
        send(owner, "PATCH", path, as_json({"role": "editor"})),
        send(owner, "POST", f"{path}resend/"),
        send(owner, "PATCH", f"{base}/sharing/", as_json({"values_an_hour": 10**6})),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "login_too_old")
        assert "password" in answer.json()["detail"]
    assert send(owner, "DELETE", path).status_code == 200
    assert send(owner, "PATCH", f"{base}/sharing/", as_json({"stopped": True})).status_code == 200
    assert send(owner, "PATCH", f"{base}/sharing/", as_json({"stopped": False})).status_code == 403


def test_t17_after_the_password_is_entered_again_it_works(owner, base):
    age_login(owner, 13 * 3600)
    owner.post("/account/reauthenticate/", {"password": ALICE.password})
    assert share(owner, base).status_code == 201


def test_t17_a_forced_session_without_a_log_in_gives_no_access(alice, base, signed_in):
    assert share(signed_in(alice), base).status_code == 403


def test_an_api_key_may_share(alice, base):
    _, text = create_api_key(alice, "script")
    answer = send(
        Client(), "POST", f"{base}/invitations/", as_json({"people": BOB.email}), Authorization=f"Bearer {text}"
    )
    assert answer.status_code == 201


# -- groups


def test_groups_over_rest(owner, charlie):
    made = send(owner, "POST", "/api/groups/", as_json({"name": "Bees", "people": "Bob <bob@example.org>"}))
    path = f"/api/groups/{made.json()['id']}/"
    assert send(owner, "GET", "/api/groups/").json()[0]["people"] == [{"address": BOB.email, "name": "Bob"}]
    assert send(owner, "PUT", path, as_json({"name": "Wasps", "people": ""})).status_code == 200
    stranger = browser(CHARLIE)
    for method in ("PUT", "DELETE"):
        assert send(stranger, method, path, as_json({"name": "x"})).status_code == 404
    assert send(owner, "POST", "/api/groups/", as_json({"name": "", "people": ""})).status_code == 400
    assert send(owner, "POST", "/api/groups/", as_json({"name": "x", "people": "bad"})).status_code == 400
    assert send(owner, "DELETE", path).status_code == 200
    assert Group.objects.filter(ended=None).count() == 0
