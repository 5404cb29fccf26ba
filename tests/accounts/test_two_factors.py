"""The second factor and the list of sessions: set up, needed at every log-in, not to be walked around (T17)."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils.html import escape

from accounts.people import create_person
from tests.people import ALICE

pytestmark = pytest.mark.django_db

PERIOD = 30
PAGES = ["/", "/settings/api-keys/", "/api/apps/", "/account/email/", "/account/2fa/", "/account/sessions/"]


@pytest.fixture
def alice():
    return create_person(*ALICE)


def logged_in(**headers: str) -> Client:
    client = Client(**headers)
    client.post("/account/login/", {"login": ALICE.email, "password": ALICE.password})
    return client


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))


@pytest.fixture
def secret(alice) -> str:
    """Alice has set up an app of her phone's; what it shares with us."""
    client = logged_in()
    client.post("/account/reauthenticate/", {"password": ALICE.password})
    page = client.get("/account/2fa/totp/activate/").content.decode()
    found = re.search(r"\b([A-Z2-7]{32})\b", page)
    assert found
    client.post("/account/2fa/totp/activate/", {"code": code_for(found.group(1))})
    cache.clear()  # a code is good for once only, and the next log-in comes within its half minute
    return found.group(1)


def recovery_codes() -> list[str]:
    return Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()


def may_see(client: Client, page: str) -> bool:
    return client.get(page).status_code == 200


def test_the_second_factor_lets_in(secret):
    client = logged_in()
    client.post("/account/2fa/authenticate/", {"code": code_for(secret)})
    assert may_see(client, "/")


@pytest.mark.parametrize("page", PAGES)
def test_t17_mfa_cannot_be_skipped(secret, page):
    client = logged_in()
    assert not may_see(client, page)


@pytest.mark.parametrize("code", ["000000", "", "12345", "recovery"])
def test_t17_a_wrong_code_lets_nobody_in(secret, code):
    client = logged_in()
    client.post("/account/2fa/authenticate/", {"code": code})
    assert not may_see(client, "/")


def test_t17_a_code_opens_once(secret):
    code = code_for(secret)
    logged_in().post("/account/2fa/authenticate/", {"code": code})
    second = logged_in()
    second.post("/account/2fa/authenticate/", {"code": code})
    assert not may_see(second, "/")


def test_a_recovery_code_lets_in_once(secret):
    code = recovery_codes()[0]
    first, second = logged_in(), logged_in()
    first.post("/account/2fa/authenticate/", {"code": code})
    assert may_see(first, "/")
    second.post("/account/2fa/authenticate/", {"code": code})
    assert not may_see(second, "/")


def test_t17_secrets_of_the_second_factor_stand_encrypted(secret):
    stored = " ".join(str(one.data) for one in Authenticator.objects.all())
    assert secret not in stored
    assert not any(code in stored for code in recovery_codes())


def test_setting_it_up_needs_a_fresh_log_in(alice):
    client = Client()
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "/reauthenticate/" in client.get("/account/2fa/totp/activate/")["Location"]


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.0 Mobile/15E148 Safari/604.1",
            "Mobile Safari on iOS",
        ),
        ("", "Unknown browser"),
        ("<script>", "Unknown browser"),
    ],
)
def test_a_session_is_told_by_its_browser(alice, user_agent, name):
    here = logged_in(HTTP_USER_AGENT=user_agent)
    page = here.get("/account/sessions/").content.decode()
    assert f">{name}</td>" in page
    assert f'title="{escape(user_agent)}"' in page


def test_other_sessions_are_listed_and_can_be_ended(alice):
    here, there = logged_in(), logged_in()
    assert may_see(there, "/")
    page = here.get("/account/sessions/").content.decode()
    assert page.count("<tr") == 3  # the head and two sessions
    here.post("/account/sessions/")
    assert may_see(here, "/")
    assert not may_see(there, "/")
    assert Session.objects.count() == 1
