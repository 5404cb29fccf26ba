"""Sign-up, verification, log-in and reset, as a person meets them (mail in memory; the walk has a real server)."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.people import create_person, find_person, verified_emails
from tests.people import ALICE, BOB

pytestmark = pytest.mark.django_db


def sign_up(client: Client, email: str, password: str = ALICE.password):
    return client.post("/account/signup/", {"email": email, "password1": password, "password2": password})


def verify(client: Client, mail):
    code = re.search(r"^\s*([A-Z0-9-]{6,12})\s*$", mail.body, re.MULTILINE)
    assert code, mail.body
    return client.post("/account/confirm-email/", {"code": code.group(1)})


def link_in(mail) -> str:
    found = re.search(r"http://\S+", mail.body)
    assert found
    return found.group(0)


def test_nobody_is_in_before_the_address_is_verified(client, mailoutbox):
    sign_up(client, ALICE.email)
    assert client.get("/").status_code == 302
    assert find_person(ALICE.email) is None
    assert [mail.to for mail in mailoutbox] == [[ALICE.email]]


def test_the_code_in_the_mail_verifies_and_the_person_can_log_in(client, mailoutbox):
    sign_up(client, "Alice@Example.org")
    verify(client, mailoutbox[0])
    client.post("/account/logout/")
    client.post("/account/login/", {"login": "ALICE@example.org", "password": ALICE.password})
    assert client.get("/").status_code == 200
    person = find_person(ALICE.email)
    assert person is not None
    assert verified_emails(person) == {ALICE.email}


def test_everyone_has_a_tenant_of_their_own():
    assert create_person(*ALICE).tenant != create_person(*BOB).tenant


def test_t23_links_in_mails_use_the_configured_host(client, mailoutbox, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.post(
        "/account/signup/",
        {"email": ALICE.email, "password1": ALICE.password, "password2": ALICE.password},
        headers={"host": "evil.example"},
    )
    create_person(*BOB)
    client.post("/account/password/reset/", {"email": BOB.email}, headers={"host": "evil.example"})
    assert len(mailoutbox) == 2
    assert link_in(mailoutbox[1]).startswith(settings.SITE_URL)
    for mail in mailoutbox:
        assert "evil.example" not in mail.message().as_string()


def test_t17_the_answer_to_a_reset_is_the_same_for_known_and_unknown_addresses(client):
    create_person(*ALICE)
    known = client.post("/account/password/reset/", {"email": ALICE.email})
    unknown = client.post("/account/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_t17_a_log_in_gets_a_new_session_key(client):
    create_person(*ALICE)
    client.get("/account/login/")
    before = client.session.session_key
    client.post("/account/login/", {"login": ALICE.email, "password": ALICE.password})
    assert client.session.session_key != before


def test_t03_an_unverified_account_blocks_nobody(client, mailoutbox):
    sign_up(client, ALICE.email, "the thief chose this one first")
    mailoutbox.clear()
    cache.clear()  # some minutes later: one address gets one code in three minutes
    owner = Client()
    sign_up(owner, ALICE.email)
    verify(owner, mailoutbox[-1])
    assert owner.get("/").status_code == 200
    thief = Client()
    thief.post("/account/login/", {"login": ALICE.email, "password": "the thief chose this one first"})
    assert thief.get("/").status_code == 302
    assert User.objects.count() == 1
    assert EmailAddress.objects.get().verified


def test_t03_a_code_verifies_only_where_the_sign_up_began(client, mailoutbox):
    sign_up(client, ALICE.email, "the thief chose this one first")
    mailbox_owner = Client()
    verify(mailbox_owner, mailoutbox[0])
    assert find_person(ALICE.email) is None


def test_t03_a_verified_account_is_never_replaced(client, mailoutbox):
    person = create_person(*ALICE)
    sign_up(client, ALICE.email, "an other password entirely")
    assert User.objects.get() == person
    assert person.check_password(ALICE.password)
