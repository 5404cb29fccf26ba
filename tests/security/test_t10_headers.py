"""T10, T12: every answer forbids frames, foreign scripts and sniffing, from one table and by default."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from security.headers import HEADERS, POLICY, SecurityHeadersMiddleware


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
