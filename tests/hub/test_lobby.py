"""The Hub's page: own apps, search, what it says when there is nothing, delete and bring back."""

from __future__ import annotations

import pytest
from django.utils.html import escape

from hub.lobby import lobby_for
from storage import library
from tests.hub.conftest import FLOWERS

pytestmark = pytest.mark.django_db

HOSTILE = [
    "<script>window.reached = 1</script>",
    '"><img src=x onerror="window.reached = 1">',
    "'; window.reached = 1; '",
    "{{ 7|add:7 }}{% debug %}",
    "</title><svg/onload=window.reached=1>",
    "javascript:window.reached=1",
    "\u202egnp.exe",
    "&lt;b&gt;",
]


@pytest.fixture
def browser(alice, signed_in):
    return signed_in(alice)


def test_an_empty_hub_says_what_to_do(browser):
    page = browser.get("/").content.decode()
    assert "Make your first app" in page
    assert "Drop files here" in page


def test_apps_stand_with_title_time_and_size(browser, alice, make_app):
    app = make_app(alice, "Flowers of the valley")
    page = browser.get("/").content.decode()
    assert "Flowers of the valley" in page
    assert f"/app/{app.pk}/" in page
    assert f'datetime="{app.modified:%Y-%m-%dT%H:%M}' in page
    assert app.size > 0


@pytest.mark.parametrize(("search", "found"), [("flow", ["Flowers"]), ("STRASSE", ["Straße"]), ("", 2), ("x", [])])
def test_search_finds_parts_of_titles_without_case(alice, make_app, search, found):
    make_app(alice, "Flowers")
    make_app(alice, "Straße")
    titles = [own.app.title for own in lobby_for(alice, search).apps]
    assert titles == found if isinstance(found, list) else len(titles) == found


def test_a_search_without_a_result_says_so(browser, alice, make_app):
    make_app(alice)
    assert "No app is called" in browser.get("/", {"search": "wasps"}).content.decode()


def test_a_deleted_app_can_be_brought_back(browser, alice, make_app):
    app = make_app(alice)
    assert browser.delete(f"/api/apps/{app.pk}/").status_code == 204
    assert browser.get("/api/apps/").json() == []
    assert browser.get(f"/app/{app.pk}/").status_code == 404
    assert "Recently deleted (1)" in browser.get("/").content.decode()
    assert browser.post(f"/api/apps/{app.pk}/restore/").json()["title"] == "Flowers"
    assert browser.get(f"/app/{app.pk}/").status_code == 200


@pytest.mark.parametrize("title", ["", "   ", "\x00", "t" * 201])
def test_a_title_that_cannot_be_kept_is_refused_with_a_sentence(browser, alice, make_app, title):
    app = make_app(alice)
    answer = browser.patch(f"/api/apps/{app.pk}/", {"title": title}, content_type="application/json")
    assert answer.status_code == 400
    assert "name" in answer.content.decode().lower() or "null" in answer.content.decode().lower()
    app.refresh_from_db()
    assert app.title == "Flowers"


@pytest.mark.parametrize("text", HOSTILE)
def test_t12_titles_and_file_names_are_shown_as_text(browser, alice, make_app, text):
    app = make_app(alice, text)
    library.add_file(alice, text, [FLOWERS])
    title = library.app_of(alice, app.pk).title
    for page in (browser.get("/"), browser.get(f"/app/{app.pk}/"), browser.get("/", {"search": text})):
        content = page.content.decode()
        assert escape(title) in content
        if escape(title) != title:
            assert title not in content
