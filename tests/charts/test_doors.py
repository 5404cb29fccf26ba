"""Every address about published charts for the owner, a stranger and nobody, from one table."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from charts import preparing, publishing
from charts.models import PublishedChart
from charts.urls import urlpatterns
from config.celery import app as celery
from tests.charts import apps
from tests.charts.conftest import FLIGHTS, prepared
from tests.charts.site import public_site
from tests.doors import Door, each, knock

pytestmark = pytest.mark.django_db
BAR = apps.chart_properties("barchart", ["carrier"], ["Sum(delay)"])
PLAN = apps.plan([["carrier"]], ["Delay"])
UNKNOWN = "00000000-0000-4000-8000-000000000000"
DOORS = [
    Door("published", "GET", "/published/", 200),
    Door("chart_enter", "GET", "/charts/enter/{members}/", 200),
    Door("chart_token", "POST", "/charts/enter/{members}/token/", 200),
    Door("chart_entered", "GET", "/charts/entered/", 200),
    Door("api_charts", "GET", "/api/charts/", 200),
    Door("api_charts", "POST", "/api/charts/", 201, {"app": "{app}", "object": "{object}", "plan": PLAN}),
    Door("api_charts_all", "POST", "/api/charts/all/pause/", 204),
    Door("api_chart", "GET", "/api/charts/{chart}/", 200),
    Door("api_chart", "PUT", "/api/charts/{chart}/", 200, PLAN),
    Door("api_chart", "DELETE", "/api/charts/{chart}/", 204),
    Door("api_chart_preview", "GET", "/api/charts/{chart}/preview/", 200),
    Door("api_chart_preview", "DELETE", "/api/charts/{chart}/preview/", 204),
    Door("api_chart_picture", "GET", "/api/charts/{chart}/picture/", 200),
    Door("api_chart_publication", "POST", "/api/charts/{draft}/publication/", 200, {"version": 1}),
    Door("api_chart_refresh", "POST", "/api/charts/{chart}/refresh/", 202),
    Door("api_chart_pause", "POST", "/api/charts/{chart}/pause/", 200),
    Door("api_chart_pause", "DELETE", "/api/charts/{chart}/pause/", 200),
    Door("api_chart_audience", "PUT", "/api/charts/{chart}/audience/", 200, {"audience": "link"}),
]
OPEN = {"chart_enter", "chart_token"}
OF_SOMEBODY = [door for door in DOORS if "{" in door.path and door.name not in OPEN]
each_door = each(DOORS)


@pytest.fixture(autouse=True)
def tasks_at_once():
    celery.conf.task_always_eager = True
    yield
    celery.conf.task_always_eager = False


@pytest.fixture
def things(alice, flights, published) -> dict[str, str]:
    chart, members = published(flights, BAR, PLAN), published(flights, BAR, PLAN, audience="members")
    draft = publishing.draft_chart(alice, flights.pk, chart.object_id, PLAN)
    preparing.prepare(draft.versions.get())
    return {
        "app": str(flights.pk), "object": chart.object_id, "chart": str(chart.pk), "draft": str(draft.pk),
        "members": members.slug,
    }  # fmt: skip


def browser(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_every_address_stands_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == {door.name for door in DOORS}


@each_door
def test_the_owner_is_let_in_and_nothing_may_be_framed(door, alice, things):
    answer = knock(browser(alice), door, things)
    assert answer.status_code == door.owner, answer.content
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    opener = "unsafe-none" if door.path.startswith("/charts/enter/") else "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == opener


@each(OF_SOMEBODY)
def test_t01_what_is_somebody_elses_answers_like_what_is_unknown(door, things, bob):
    client = browser(bob)
    taken = knock(client, door, things)
    unknown = knock(client, door, {**dict.fromkeys(things, UNKNOWN), "object": things["object"]})
    assert taken.status_code == unknown.status_code == 404
    assert taken.content == unknown.content


def test_t01_a_chart_of_somebody_elses_app_cannot_be_drafted(bob, things):
    answer = browser(bob).post(
        "/api/charts/", {"app": things["app"], "object": things["object"], "plan": PLAN}, "application/json"
    )
    assert answer.status_code == 404


@each_door
def test_nobody_is_let_in_without_a_name(door, things):
    answer = knock(Client(), door, things)
    refused = (401, 403) if door.path.startswith("/api/") else (302,)
    assert answer.status_code in ((200,) if door.name in OPEN else refused)


@each(door for door in DOORS if door.method != "GET")
def test_t11_what_changes_something_wants_the_page_s_token(door, alice, things):
    assert knock(browser(alice, enforce_csrf_checks=True), door, things).status_code == 403


def test_t02_the_entrance_lets_in_whom_the_audience_names(alice, bob, flights, published, things):
    listed = published(flights, BAR, PLAN, audience="list", readers=["bob@example.org"])
    path = f"/charts/enter/{listed.slug}/token/"
    assert Client().post(path).json() == {"state": "signed-out"}
    assert browser(bob).post(path).json()["state"] == "open"
    publishing.change_audience(listed, alice, {"audience": "list", "readers": ["someone@example.org"]})
    assert browser(bob).post(path).json() == {"state": "refused"}
    assert browser(bob).post(f"/charts/enter/{things['members']}/token/").json()["state"] == "open"


def test_t02_the_entrance_of_a_public_or_ended_chart_does_not_exist(alice, flights, published):
    public = published(flights, BAR, PLAN)
    ended = published(flights, BAR, PLAN, audience="members")
    publishing.unpublish(ended, str(alice.pk))
    for slug in (public.slug, ended.slug, "x" * 24):
        assert browser(alice).get(f"/charts/enter/{slug}/").status_code == 404


def test_what_is_done_to_all_is_done_to_every_published_chart_of_one_owner_and_to_no_other(
    alice, bob, flights, published, things
):
    """Drafts stay drafts, ended charts ended, and somebody else's charts as they are."""
    members = PublishedChart.objects.get(slug=things["members"])
    ended = published(flights, BAR, PLAN)
    publishing.unpublish(ended, str(alice.pk))
    theirs = apps.make_app(bob, {"flights": FLIGHTS}, "Theirs")
    other = publishing.draft_chart(bob, theirs.pk, apps.add_chart(theirs, BAR), PLAN)
    publishing.change_audience(other, bob, {"audience": "everyone"})
    publishing.publish(other, bob, prepared(other).number)
    untouched = [publishing.charts_of(alice).get(pk=things["draft"]), ended, other]
    before = [PublishedChart.objects.get(pk=one.pk).state for one in untouched]
    public = PublishedChart.objects.get(pk=things["chart"])
    owner = browser(alice)
    for action, state, code in (("pause", "paused", 410), ("resume", "live", 200), ("delete", "ended", 410)):
        assert owner.post(f"/api/charts/all/{action}/").status_code == 204
        for one in (public, members):
            one.refresh_from_db()
            assert one.state == state
        assert [PublishedChart.objects.get(pk=one.pk).state for one in untouched] == before
        with public_site() as site:
            assert site.get(f"/c/{public.slug}").status_code == code
            assert site.get(f"/c/{other.slug}").status_code == 200
    assert owner.post("/api/charts/all/forget/").status_code == 404


BAD = [
    ({"audience": "list"}, "at least one address"),
    ({"audience": "list", "readers": ["not an address"]}, "e-mail address"),
    ({"embedding": "sites", "sites": ["*"]}, "is no site"),
    ({"audience": "the world"}, "not a valid choice"),
    ({"refresh": "schedule", "refresh_hours": 0}, "greater than or equal to 1"),
]


@pytest.mark.parametrize(("wanted", "sentence"), BAD)
def test_an_audience_that_cannot_be_is_refused_with_a_sentence(wanted, sentence, alice, things):
    answer = browser(alice).put(f"/api/charts/{things['chart']}/audience/", wanted, "application/json")
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
