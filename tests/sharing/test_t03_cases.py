"""What went wrong elsewhere with addresses and invitations, tried here: each test bears the id of the case (T02, T03).

CVE-2022-2326 and gitlab#356665 (GitLab): accepted by an unverified secondary address; gitlab#424168: by an unverified
primary one. CVE-2023-7028 (GitLab): a reset's mail to two addresses. gitlab#222349: invitations that never expired.
CVE-2017-0910 (Zulip): an invitation to one realm let people into others. CVE-2026-102893 (Zulip), CVE-2023-3128 and
CVE-2022-31107 (Grafana): an identity provider's word for an address. CVE-2019-19844 (Django): Unicode that folds to
another's address. CVE-2022-39306 (Grafana): sign-up by an invitation with any address. GHSA-jv85-mqxj-3f9j (Sentry):
one link for several accounts by an edited cookie.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps as rooms
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.people import create_person, verified_emails
from security.links import make_token
from sharing import invitations
from sharing.access import apps_shared_with
from sharing.errors import NotPossible
from sharing.models import Invitation
from sharing.states import State
from tests.accounts.test_sign_up import sign_up, verify
from tests.people import ALICE, BOB, CHARLIE
from tests.sharing.conftest import quick_app

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(invite) -> Invitation:
    """Of Bob's address, which has no account yet."""
    return invite()


@pytest.fixture
def link(invitation) -> str:
    token, token_hash = make_token()
    Invitation.objects.filter(pk=invitation.pk).update(token_hash=token_hash)
    return f"/invitation/?token={token}"


def logged_in(email: str, password: str) -> Client:
    client = Client()
    client.post("/account/login/", {"login": email, "password": password})
    return client


def accept_everywhere(client: Client, link: str, invitation: Invitation) -> str:
    """By the link and over REST; what the link's page says."""
    page = client.get(link, follow=True).content.decode()
    client.post("/invitation/", {"answer": "accept"})
    client.post(f"/api/invitations/{invitation.pk}/accept/")
    return page


def nothing_given(invitation: Invitation) -> bool:
    return not Invitation.objects.exclude(taken_by=None).exists() and not any(
        apps_shared_with(user) for user in User.objects.all()
    )


def test_t03_cve_2022_2326_gitlab_356665_unverified_secondary_address(charlie, link, invitation):
    client = logged_in(*CHARLIE)
    client.post("/account/email/", {"action_add": "", "email": BOB.email})
    added, _ = EmailAddress.objects.get_or_create(user=charlie, email=BOB.email)
    assert not added.verified
    assert "another account" in accept_everywhere(client, link, invitation)
    assert nothing_given(invitation)


def test_t03_gitlab_424168_unverified_primary_address(charlie, link, invitation, signed_in):
    thief = Client()
    sign_up(thief, BOB.email, "the thief chose this one first")
    accept_everywhere(thief, link, invitation)
    assert nothing_given(invitation)
    # Even with a session, and with the address made the main one behind the product's back.
    for user in (User.objects.get(email=BOB.email), charlie):
        EmailAddress.objects.filter(email=BOB.email).delete()
        EmailAddress.objects.filter(user=user).update(primary=False)
        EmailAddress.objects.create(user=user, email=BOB.email, primary=True, verified=False)
        accept_everywhere(signed_in(user), link, invitation)
        assert nothing_given(invitation)


def test_t03_an_unverified_address_cannot_be_made_the_main_one(charlie):
    client = logged_in(*CHARLIE)
    client.post("/account/email/", {"action_add": "", "email": BOB.email})
    client.post("/account/email/", {"action_primary": "", "email": BOB.email})
    assert EmailAddress.objects.get(user=charlie, primary=True).email == CHARLIE.email


@pytest.mark.parametrize(
    "emails",
    [
        [ALICE.email, "eve@example.org"],
        ["eve@example.org", ALICE.email],
        [f"{ALICE.email},eve@example.org"],
        [f"{ALICE.email} eve@example.org"],
        [f"{ALICE.email}\r\nCc: eve@example.org"],
    ],
)
def test_t03_cve_2023_7028_a_reset_goes_to_the_stored_address_alone(alice, emails, mailoutbox):
    for body in ({"email": emails}, {"email[]": emails}):
        cache.clear()
        Client().post("/account/password/reset/", body)
        Client().post("/account/password/reset/", body, content_type="application/json")
    # Somebody who is named by mistake is told that he has no account: without a link.
    for mail in mailoutbox:
        assert len(mail.recipients()) == 1
        assert ("password/reset/key" in mail.body) <= (mail.recipients() == [ALICE.email])


def test_t03_gitlab_222349_invitations_expire(bob, invitation, settings):
    assert invitation.answer_until - timezone.now() <= timedelta(days=7)
    assert settings.INVITATION_DAYS == 7
    Invitation.objects.update(answer_until=timezone.now())
    invitation.refresh_from_db()
    with pytest.raises(NotPossible, match="expired"):
        invitations.accept(bob, invitation)
    assert nothing_given(invitation)


def test_t03_cve_2017_0910_an_invitation_opens_one_app_of_one_tenant(bob, charlie, invitation, app):
    others = [quick_app(charlie, "Another tenant's"), quick_app(invitation.app.owner, "Not shared")]
    client = logged_in(*BOB)
    for other in others:
        client.post(f"/api/apps/{other.pk}/invitations/{invitation.pk}/accept/")
        client.patch(
            f"/api/apps/{other.pk}/invitations/{invitation.pk}/", {"role": "editor"}, content_type="application/json"
        )
    client.post(f"/api/invitations/{invitation.pk}/accept/", {"app": str(others[0].pk)})
    assert [(shared.app, shared.level.name) for shared in apps_shared_with(bob)] == [(app, "VIEW")]


@pytest.mark.parametrize("provider", ["google", "github", "oidc/any", "saml/any", "openid", "microsoft"])
def test_t03_cve_2026_102893_cve_2023_3128_cve_2022_31107_no_provider_vouches_for_an_address(client, provider):
    """There is no log-in by an identity provider: whoever adds one meets this test, and sharing's rule."""
    assert not rooms.is_installed("allauth.socialaccount")
    for path in ("login/", "login/callback/", "acs/"):
        assert client.get(f"/account/{provider}/{path}", {"email": BOB.email}).status_code == 404


@pytest.mark.parametrize(
    "written",
    ["bøb@example.org", "b\u043eb@example.org", "bob@ex\u0430mple.org", "b\u200bob@example.org", "ｂob@example.org"],
)
def test_t03_cve_2019_19844_what_folds_to_an_address_is_another_one(bob, link, invitation, written, mailoutbox):
    Client().post("/account/password/reset/", {"email": written})
    assert [mail for mail in mailoutbox if BOB.email in mail.recipients()] == []
    thief = Client()
    sign_up(thief, written, "the thief chose this one first")
    if mailoutbox and "code" in mailoutbox[-1].body:  # the domain can be somebody's own: it is another address
        assert mailoutbox[-1].recipients() != [BOB.email]
        verify(thief, mailoutbox[-1])
    accept_everywhere(thief, link, invitation)
    assert nothing_given(invitation)


def test_t02_cve_2022_39306_sign_up_by_an_invitation_with_another_address(link, invitation, mailoutbox):
    thief = Client()
    thief.get(link, follow=True)
    sign_up(thief, "thief@example.org", "the thief chose this one first")
    verify(thief, mailoutbox[-1])
    assert verified_emails(User.objects.get(email="thief@example.org")) == {"thief@example.org"}
    assert "another account" in accept_everywhere(thief, link, invitation)
    assert nothing_given(invitation)


def test_t02_ghsa_jv85_mqxj_3f9j_one_link_for_one_account(bob, charlie, link, invitation):
    """The cookie in which the link waits is carried over to other browsers, before the link is used and after it."""
    token = link.partition("=")[2]
    create_person("dora@example.org", CHARLIE.password)
    for person in (CHARLIE, BOB, ("dora@example.org", CHARLIE.password)):
        client = logged_in(*person)
        client.cookies["invitation"] = token
        client.post("/invitation/", {"answer": "accept"})
    invitation.refresh_from_db()
    assert (invitation.state, invitation.taken_by) == (State.ACCEPTED, bob)
    assert [user.email for user in User.objects.all() if apps_shared_with(user)] == [BOB.email]
