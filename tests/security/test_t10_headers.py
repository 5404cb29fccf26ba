"""T10, T12: every answer forbids frames, foreign scripts and sniffing, from one table and by default."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from accounts.people import create_person
from hub import pages
from security.headers import HEADERS, POLICY, SecurityHeadersMiddleware
from tests.people import ALICE
from tests.security.observatory import score
from tests.sharing.conftest import quick_app


def routes(resolver, prefix=""):
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        elif isinstance(entry, URLPattern) and "<" not in path and "(" not in path:
            yield "/" + path.replace("^", "").replace("$", "").rstrip("\\Z")


@pytest.mark.django_db
def test_t10_every_route_forbids_frames(client):
    seen = 0
    for path in {*routes(get_resolver()), "/no-such-page", "/app/none"}:
        answer = client.get(path)
        seen += 1
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, path
    assert seen > 20


PAGES = {  # address: who asks, the status that is due
    "/account/login/": ("nobody", 200), "/account/signup/": ("nobody", 200),
    "/account/password/reset/": ("nobody", 200),
    "/invitation/": ("nobody", 200), "/health/": ("nobody", 200), "/": ("owner", 200), "/app/{app}/": ("owner", 200),
    "/app/{app}/sharing/": ("owner", 200), "/published/": ("owner", 200), "/groups/": ("owner", 200),
    "/charts/entered/": ("owner", 200), "/settings/api-keys/": ("owner", 200), "/account/email/": ("owner", 200),
    "/account/sessions/": ("owner", 200), "/account/2fa/": ("owner", 200), "/api/apps/": ("owner", 200),
    "/app/none/": ("owner", 404), "/nothing": ("nobody", 404),
    "/account/logout/": ("foreign form", 403),
}  # fmt: skip


@pytest.mark.django_db
def test_t10_a_scanner_of_headers_rates_every_kind_of_page(settings, monkeypatch):
    """As over TLS in production: 130 everywhere but in the workspace, whose charts need styles of their own."""
    settings.SECURE_HSTS_SECONDS = 63072000
    alice = create_person(*ALICE)
    people = {name: Client(raise_request_exception=False, enforce_csrf_checks=True) for name in ("nobody", "owner")}
    people["owner"].force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    workspace = f"/app/{quick_app(alice).pk}/"
    rated = {}
    for path, (who, status) in PAGES.items():
        address = path.replace("/app/{app}/", workspace)
        ask = people["owner"].post if who == "foreign form" else people[who].get
        answer = ask(address, secure=True)
        assert answer.status_code == status, path
        rated[path] = score(answer.headers)

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(pages, "app_for", broken)
    answer = people["owner"].get(workspace + "sharing/", secure=True)
    assert answer.status_code == 500
    rated["trouble"] = score(answer.headers)
    assert rated == {**dict.fromkeys([*PAGES, "trouble"], 130), "/app/{app}/": 120}


def test_t10_a_view_cannot_weaken_a_header():
    def view(request):
        return HttpResponse(headers={"X-Frame-Options": "ALLOWALL", "Content-Security-Policy": "default-src *"})

    answer = SecurityHeadersMiddleware(view)(RequestFactory().get("/"))
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_t12_no_inline_script_and_no_foreign_source():
    directives = dict(part.split(" ", 1) for part in POLICY.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert "http" not in POLICY
    assert "*" not in POLICY
    assert "unsafe-eval" not in POLICY
