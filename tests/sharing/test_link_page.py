"""Behind an invitation's link: who sees what, and that looking changes nothing (T02, T03, T11, T12, T23)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from security.links import make_token
from sharing import invitations
from sharing.models import Invitation
from sharing.states import State
from storage import library
from tests.hub.test_doors import everything_stored
from tests.people import BOB, CHARLIE

pytestmark = pytest.mark.django_db

TITLE = "Canary Flowers"
MESSAGE = "canary message"


@pytest.fixture
def link(invite, app) -> str:
    """The link of Bob's invitation, as his mail has it."""
    library.rename_app(app, TITLE)
    invitation = invite(message=MESSAGE)
    token, token_hash = make_token()
    Invitation.objects.filter(pk=invitation.pk).update(token_hash=token_hash)
    return f"/invitation/?token={token}"


def page(client: Client, link: str) -> str:
    answer = client.get(link, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_token_leaves_the_address_for_a_cookie_of_this_page(link):
    answer = Client().get(link)
    assert (answer.status_code, answer["Location"]) == (302, "/invitation/")
    cookie = answer.cookies["invitation"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/invitation/", True, "Lax")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_without_a_log_in_the_page_leads_to_log_in_and_sign_up_with_the_address(link):
    shown = page(Client(), link)
    assert "/account/login/?email=bob%40example.org&amp;next=%2Finvitation%2F" in shown
    assert "/account/signup/?email=bob%40example.org&amp;next=%2Finvitation%2F" in shown
    for path in ("/account/login/", "/account/signup/"):
        form = Client().get(path, {"email": BOB.email, "next": "/invitation/"}).content.decode()
        assert f'value="{BOB.email}"' in form


def test_after_the_log_in_one_is_back_at_the_invitation(link, bob):
    client = Client()
    page(client, link)
    answer = client.post("/account/login/", {"login": BOB.email, "password": BOB.password, "next": "/invitation/"})
    assert answer["Location"] == "/invitation/"
    assert TITLE in page(client, "/invitation/")


@pytest.mark.parametrize("who", [None, "charlie", "unverified"])
def test_t02_wrong_account_learns_nothing(link, charlie, signed_in, who):
    if who == "unverified":
        EmailAddress.objects.create(user=charlie, email=BOB.email, verified=False)
    client = signed_in(charlie) if who else Client()
    shown = page(client, link)
    assert BOB.email in shown
    for secret in ("anary", "alice@example.org"):
        assert secret not in shown
    answer = client.post("/invitation/", {"answer": "accept"})
    assert answer["Location"] == "/invitation/"
    assert Invitation.objects.get().state == State.PENDING


def test_t02_the_wrong_account_is_offered_to_switch(link, charlie, signed_in):
    client = signed_in(charlie)
    shown = page(client, link)
    assert CHARLIE.email in shown
    answer = client.post("/account/logout/", {"next": "/account/login/?email=bob%40example.org&next=%2Finvitation%2F"})
    assert answer["Location"].startswith("/account/login/?email=bob")
    assert "sessionid" not in client.session


def test_t03_an_account_with_the_address_unverified_is_told_to_verify_it(link, charlie, signed_in):
    EmailAddress.objects.create(user=charlie, email=BOB.email, verified=False)
    assert f"Verify {BOB.email}" in page(signed_in(charlie), link)


def test_the_right_account_sees_what_it_is_and_accepts(link, bob, app, signed_in):
    client = signed_in(bob)
    shown = page(client, link)
    for word in (TITLE, MESSAGE, "alice@example.org"):
        assert word in shown
    answer = client.post("/invitation/", {"answer": "accept"})
    assert answer["Location"] == f"/app/{app.pk}/"
    assert client.get(answer["Location"]).status_code == 200
    assert answer.cookies["invitation"].value == ""


def test_the_right_account_declines(link, bob, app, signed_in):
    client = signed_in(bob)
    page(client, link)
    assert client.post("/invitation/", {"answer": "decline"})["Location"] == "/"
    assert Invitation.objects.get().state == State.DECLINED
    assert client.get(f"/app/{app.pk}/").status_code == 404


def test_t11_get_changes_nothing_whoever_follows_the_link(link, bob, charlie, signed_in):
    clients = [Client(), signed_in(bob), signed_in(charlie)]
    before = everything_stored()
    for client in clients:
        for _ in range(3):
            page(client, link)
        client.head(link)
    assert everything_stored() == before


def test_t11_accepting_wants_the_page_s_token(link, bob):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get(link)
    assert client.post("/invitation/", {"answer": "accept"}).status_code == 403
    assert Invitation.objects.get().state == State.PENDING


def over(state: State) -> None:
    Invitation.objects.update(state=state)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.EXPIRED, "has expired"),
        (State.WITHDRAWN, "not shared with you any more"),
        (State.REVOKED, "not shared with you any more"),
        (State.DECLINED, "was declined"),
        (State.LEFT, "have left"),
    ],
)
@pytest.mark.parametrize("who", ["nobody", "bob", "charlie"])
def test_a_dead_link_says_what_to_do_and_nothing_of_the_app(link, bob, charlie, signed_in, state, words, who):
    Invitation.objects.update(state=state, taken_by=bob)
    client = {"nobody": Client, "bob": lambda: signed_in(bob), "charlie": lambda: signed_in(charlie)}[who]()
    shown = page(client, link)
    assert words in shown
    assert "anary" not in shown
    client.post("/invitation/", {"answer": "accept"})
    assert Invitation.objects.get().state == state


def test_a_used_link_opens_the_app_for_him_who_used_it_only(link, bob, charlie, app, signed_in):
    invitations.accept(bob, Invitation.objects.get())
    assert f"/app/{app.pk}/" in page(signed_in(bob), link)
    for client in (Client(), signed_in(charlie)):
        shown = page(client, link)
        assert "has been used" in shown
        assert str(app.pk) not in shown


def test_a_link_whose_time_is_over_says_so_also_before_that_is_noted(link, bob, signed_in):
    Invitation.objects.update(answer_until=timezone.now() - timedelta(seconds=1))
    assert "has expired" in page(signed_in(bob), link)


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "%00", "../../etc/passwd", "\u202e"])
def test_an_unknown_link_is_no_error(token):
    assert "does not work" in page(Client(), f"/invitation/?token={token}")
    assert "does not work" in page(Client(), "/invitation/")


@pytest.mark.parametrize(
    "text",
    ["<script>window.reached=1</script>", '"><img src=x onerror=alert(1)>', "</title><svg/onload=x>"],
)
def test_t12_hostile_titles_and_messages_are_shown_as_text(alice, app, bob, signed_in, invite, text):
    library.rename_app(app, text)
    invitation = invite(message=text)
    token, token_hash = make_token()
    Invitation.objects.filter(pk=invitation.pk).update(token_hash=token_hash)
    client = signed_in(bob)
    for path in (f"/invitation/?token={token}", "/"):
        assert text not in page(client, path)
    assert text not in page(signed_in(alice), f"/app/{app.pk}/sharing/")


@pytest.mark.parametrize(
    "next_page",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil.example"],
)
def test_t23_open_redirect(bob, next_page):
    answer = Client().post("/account/login/", {"login": BOB.email, "password": BOB.password, "next": next_page})
    assert answer["Location"] == "/"


def test_t23_the_link_uses_the_configured_host(invite, settings):
    from sharing.mail import invitation_mail

    assert f"{settings.SITE_URL}/invitation/" in str(invitation_mail(invite(), "tok").body)
