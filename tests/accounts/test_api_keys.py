"""API keys: shown once, stored as a hash, named, expiring, revocable."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.api_keys import bearer_key, create_api_key, revoke_api_key, user_for_key
from accounts.models import ApiKey
from accounts.people import create_person
from tests.people import ALICE, BOB

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return create_person(*ALICE)


def test_a_key_means_its_person(alice):
    _, text = create_api_key(alice, "script")
    assert user_for_key(text) == alice


def test_only_a_hash_is_stored(alice):
    key, text = create_api_key(alice, "script")
    stored = " ".join(str(value) for value in ApiKey.objects.filter(pk=key.pk).values_list()[0])
    assert text not in stored
    assert text[len("key_") + 4 :] not in stored


@pytest.mark.parametrize("text", ["", "key_", "key_unknown", "x" * 5000, "key_\x00"])
def test_an_unknown_key_means_nobody(alice, text):
    create_api_key(alice, "script")
    assert user_for_key(text) is None


def test_an_expired_key_means_nobody(alice):
    key, text = create_api_key(alice, "script")
    ApiKey.objects.filter(pk=key.pk).update(expires=timezone.now() - timedelta(seconds=1))
    assert user_for_key(text) is None


def test_a_revoked_key_means_nobody(alice):
    key, text = create_api_key(alice, "script")
    revoke_api_key(alice, str(key.pk))
    assert user_for_key(text) is None


def test_t01_nobody_revokes_a_stranger_s_key(alice):
    key, text = create_api_key(alice, "script")
    revoke_api_key(create_person(*BOB), str(key.pk))
    assert user_for_key(text) == alice


def test_a_key_of_a_closed_account_means_nobody(alice):
    _, text = create_api_key(alice, "script")
    alice.is_active = False
    alice.save()
    assert user_for_key(text) is None


@pytest.mark.parametrize(
    ("header", "key"),
    [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Basic abc", None), ("Bearer ", None), ("", None)],
)
def test_the_key_is_read_from_the_header(header, key):
    assert bearer_key(header) == key


def test_the_page_shows_a_new_key_once_and_revokes_it(alice, client: Client):
    client.post("/account/login/", {"login": ALICE.email, "password": ALICE.password})
    assert "reauthenticate" in client.post("/settings/api-keys/new/", {})["Location"]
    client.post("/account/reauthenticate/", {"password": ALICE.password})
    made = client.post("/settings/api-keys/new/", {"name": "nightly <b>export</b>", "expires_in_days": 30})
    assert made.status_code == 200
    text = made.context["new_key"]
    assert text in made.content.decode()
    assert "<b>export</b>" not in made.content.decode()
    assert text not in client.get("/settings/api-keys/").content.decode()
    assert user_for_key(text) == alice
    client.post(f"/settings/api-keys/{ApiKey.objects.get().pk}/revoke/")
    assert user_for_key(text) is None
