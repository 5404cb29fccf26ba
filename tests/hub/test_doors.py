"""Every address of the Hub for the owner, a stranger and nobody, from one table; one without a row fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.apps import apps as rooms
from django.core import serializers
from django.test import Client

from accounts.api_keys import create_api_key
from hub.urls import urlpatterns
from storage import library
from tests.doors import Door, each, knock
from tests.hub.conftest import FLOWERS, UNKNOWN, ready_draft

pytestmark = pytest.mark.django_db

DOORS = [
    Door("lobby", "GET", "/", 200),
    Door("new_app", "GET", "/new/{draft}/", 200),
    Door("workspace", "GET", "/app/{app}/", 200),
    Door("who_can_see", "GET", "/app/{app}/sharing/", 200),
    Door("health", "GET", "/health/", 200),
    Door("api_schema", "GET", "/api/schema/", 200),
    Door("api_apps", "GET", "/api/apps/", 200),
    Door("api_app", "GET", "/api/apps/{app}/", 200),
    Door("api_app", "PATCH", "/api/apps/{app}/", 200, {"title": "Renamed"}),
    Door("api_app", "DELETE", "/api/apps/{app}/", 204),
    Door("api_app_restore", "POST", "/api/apps/{deleted}/restore/", 200),
    Door("api_files", "GET", "/api/files/", 200),
    Door("api_files", "POST", "/api/files/", 201, FLOWERS),
    Door("api_file", "DELETE", "/api/files/{file}/", 204),
    Door("api_drafts", "POST", "/api/drafts/", 201, {"files": ["{file}"]}),
    Door("api_draft", "GET", "/api/drafts/{draft}/", 200),
    Door("api_draft", "DELETE", "/api/drafts/{draft}/", 204),
    Door("api_draft_plan", "PUT", "/api/drafts/{draft}/plan/", 200, {"flowers": {"bees": "visits"}}),
    Door("api_draft_creation", "POST", "/api/drafts/{draft}/creation/", 202, {"title": "Made"}),
]
OPEN = {"health"}
OF_SOMEBODY = [door for door in DOORS if "{" in door.path]
each_door = each(DOORS)


@pytest.fixture
def things(alice, make_app):
    """What Alice has, by its name in a path."""
    deleted = make_app(alice, "Gone")
    library.delete_app(deleted, alice)
    file = library.add_file(alice, "flowers.csv", [FLOWERS])
    return {
        "app": str(make_app(alice).pk),
        "deleted": str(deleted.pk),
        "file": str(file.pk),
        "draft": str(ready_draft(alice).pk),
    }


def test_every_address_of_the_hub_stands_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == {door.name for door in DOORS}


@each_door
def test_the_owner_is_let_in(door, alice, things, signed_in: Callable[..., Client]):
    assert knock(signed_in(alice), door, things).status_code == door.owner


@each_door
def test_a_key_opens_the_api_and_no_page(door, alice, things):
    _, text = create_api_key(alice, "script")
    answer = knock(Client(), door, things, Authorization=f"Bearer {text}")
    expected = door.owner if door.path.startswith("/api/") or door.name in OPEN else 302
    assert answer.status_code == expected


@each(OF_SOMEBODY)
def test_t01_what_is_somebody_elses_answers_like_what_is_unknown(door, things, bob, signed_in):
    client = signed_in(bob)
    taken = knock(client, door, things)
    unknown = knock(client, door, dict.fromkeys(things, str(UNKNOWN)))
    assert taken.status_code == unknown.status_code == 404
    assert taken.content == unknown.content
    assert dict(taken.headers) == dict(unknown.headers)


@each_door
def test_nobody_is_let_in_without_a_name(door, things):
    answer = knock(Client(), door, things)
    if door.name in OPEN:
        assert answer.status_code == 200
    elif door.path.startswith("/api/"):
        assert answer.status_code in {401, 403}
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/?next=")


@each_door
def test_t11_what_changes_something_wants_the_page_s_token(door, alice, things):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = knock(client, door, things)
    assert answer.status_code == (door.owner if door.method == "GET" else 403)


@each(door for door in DOORS if door.method == "GET")
def test_t11_get_changes_nothing(door, alice, things, signed_in):
    client = signed_in(alice)
    client.get("/")
    before = everything_stored()
    knock(client, door, things)
    assert everything_stored() == before


@each_door
def test_t10_no_page_may_be_framed(door, alice, things, signed_in):
    answer = knock(signed_in(alice), door, things)
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "script-src 'self';" in answer["Content-Security-Policy"]


def everything_stored() -> str:
    """Every row of every room; sessions aside, which note when somebody was last seen."""
    models = [model for model in rooms.get_models() if model._meta.app_label not in {"sessions", "usersessions"}]
    return "\n".join(serializers.serialize("json", model._default_manager.order_by("pk")) for model in models)
