"""Public addresses: GET and HEAD on fixed paths, unknown query strings ignored; an answer is one row and one bundle."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from charts.models import ChartVersion
from charts.public.assets import assets, entry
from charts.public.bodies import Body
from charts.public.charts import Audience, Facts, Gone, NoChart, facts_of, first_row
from charts.public.counting import count_view
from charts.public.forms import HTML, embedded_json, forms_of, oembed_within
from charts.public.headers import DATA, NOBODY, PAGE, headers_for
from charts.tokens import is_viewer_token
from charts.words import texts
from storage.backends import StoreTrouble

KEPT = "1"
CACHED = {"Cache-Control": "public, max-age=0, must-revalidate", "X-Accel-Expires": KEPT}
"""Browsers ask each time and get a 304; the proxy keeps an answer for a second: a deletion is seen within two."""
SLOW_SECONDS = 0.5
"""What took longer is answered but not kept: the chart may be gone since it was looked up."""
PRIVATE = {"Cache-Control": "private, no-store"}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
PAGES = frozenset({"", "/embed"})
DOWNLOADS = frozenset({".csv", ".svg", ".html"})
MOST_PIXELS = 100_000
NAMES = {".csv": "chart.csv", ".svg": "chart.svg", ".html": "chart.html"}

View = Callable[..., HttpResponse]


def reading(view: View) -> View:
    """Only GET and HEAD, only for our own host name; trouble behind answers with a sentence."""

    @wraps(view)
    def guarded(request: HttpRequest, **parts: str) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            return said(request, "missing", 400)
        if request.method not in ("GET", "HEAD"):
            response = said(request, "missing", 405)
            response["Allow"] = "GET, HEAD"
            return response
        try:
            return view(request, **parts)
        except NoChart:
            return said(request, "missing", 404)
        except (Gone, ChartVersion.DoesNotExist):
            return said(request, "gone", 410)
        except (DatabaseError, StoreTrouble):
            connection.close()
            response = said(request, "failed", 503)
            response["Retry-After"] = "5"
            return response

    return guarded


@reading
def chart(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """A chart in one of its forms."""
    begun = time.monotonic()
    response = _chart(request, facts_of(slug), form)
    if time.monotonic() - begun > SLOW_SECONDS:
        response.headers.pop("X-Accel-Expires", None)
    return response


def _chart(request: HttpRequest, facts: Facts, form: str) -> HttpResponse:
    if form == "/view":
        return _counted(request, facts)
    if (form in DOWNLOADS and not facts.downloads) or (facts.audience == Audience.SITES and form != "/embed"):
        raise NoChart
    if facts.needs_token:
        return _for_the_signed_in(request, facts, form)
    if facts.audience == Audience.SITES and request.headers.get("Sec-Fetch-Dest") == "document":
        return said(request, "only_sites", 403)
    return _served(request, facts, form, CACHED)


@reading
def oembed(request: HttpRequest) -> HttpResponse:
    """How other sites learn to embed a chart, by its address."""
    asked = urlsplit(request.GET.get("url", ""))
    own = urlsplit(settings.PUBLIC_URL)
    slug = asked.path.removeprefix("/c/").removesuffix("/embed")
    if (asked.scheme, asked.netloc) != (own.scheme, own.netloc) or not asked.path.startswith("/c/"):
        raise NoChart
    facts = facts_of(slug)
    if not facts.is_public or facts.ancestors == NOBODY:
        raise NoChart
    if request.GET.get("format", "json") != "json":
        return said(request, "missing", 501)
    body = oembed_within(forms_of(facts), (_most(request, "maxwidth"), _most(request, "maxheight")))
    return body.answer(request, {**headers_for(DATA, shared=True), **CACHED})


def _most(request: HttpRequest, name: str) -> int:
    """A limit in pixels; what is no number of them limits nothing."""
    text = request.GET.get(name, "")
    return int(text) if re.fullmatch("[1-9][0-9]{0,4}", text) else MOST_PIXELS


@reading
def asset(request: HttpRequest, name: str) -> HttpResponse:
    found = assets().get(name)
    if found is None:
        raise NoChart
    return found.answer(request, {**headers_for(DATA, shared=True), **FOREVER})


@reading
def robots(request: HttpRequest) -> HttpResponse:
    return Body.of(b"User-agent: *\nDisallow: /s/\n", "text/plain; charset=utf-8").answer(
        request, {**headers_for(DATA), **CACHED}
    )


@reading
def health(request: HttpRequest) -> HttpResponse:
    first_row("SELECT 1")
    return Body.of(b"ok", "text/plain").answer(request, {**headers_for(DATA), **PRIVATE})


@reading
def nothing(request: HttpRequest, **parts: str) -> HttpResponse:
    raise NoChart


def no_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return said(request, "missing", 404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return said(request, "missing", 400)


def trouble(request: HttpRequest) -> HttpResponse:
    return said(request, "failed", 500)


def said(request: HttpRequest, what: str, status: int) -> HttpResponse:
    """A page that says one thing, the same for every form and every chart. It may be framed: an embedded chart that
    is gone says so where it stood."""
    said_texts = texts("en")
    context = {
        "title": said_texts.get(f"{what}_title", said_texts[what]),
        "text": said_texts[what],
        **{name: f"/s/{file}" for name, file in entry().items()},
    }
    content = render_to_string("charts/public/said.html", context).encode()
    response = HttpResponse(b"" if request.method == "HEAD" else content, content_type=HTML, status=status)
    response["Content-Length"] = str(len(content))
    ancestors = "*" if status == 410 else NOBODY
    for name, value in {**headers_for(PAGE, ancestors=ancestors), "Cache-Control": "no-store"}.items():
        response[name] = value
    response["X-Robots-Tag"] = "noindex"
    if status == 410:
        response["X-Accel-Expires"] = KEPT
    return response


def _served(request: HttpRequest, facts: Facts, form: str, caching: dict[str, str]) -> HttpResponse:
    body = forms_of(facts).body(form)
    is_shared = facts.is_public and facts.ancestors == "*"
    if form in PAGES:
        headers = headers_for(PAGE, ancestors=facts.ancestors if form == "/embed" else NOBODY)
    else:
        headers = headers_for(DATA, shared=is_shared)
    response = body.answer(request, {**headers, **caching})
    if facts.audience != Audience.EVERYONE or form in ("/embed", ".json", ".csv"):
        response["X-Robots-Tag"] = "noindex"
    if form in NAMES:
        response["Content-Disposition"] = f'attachment; filename="{NAMES[form]}"'
    return response


def _for_the_signed_in(request: HttpRequest, facts: Facts, form: str) -> HttpResponse:
    """Pages are empty shells that say how to sign in; data wants a token, which never stands in an address."""
    if form in PAGES:
        body = _shell(facts, form)
        ancestors = facts.ancestors if form == "/embed" else NOBODY
        response = body.answer(request, {**headers_for(PAGE, ancestors=ancestors, opens_popup=True), **PRIVATE})
        response["X-Robots-Tag"] = "noindex"
        return response
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not is_viewer_token(token, facts.slug, facts.audience_version):
        return said(request, "enter", 401)
    return _served(request, facts, form, PRIVATE)


def _shell(facts: Facts, form: str) -> Body:
    """Nothing of the chart but its language."""
    language = forms_of(facts).snapshot["language"]
    context = {
        "mode": "embed" if form == "/embed" else "page",
        "slug": facts.slug,
        "language": language,
        "said": texts(language),
        "texts": embedded_json(orjson.dumps(texts(language))),
        "hub": settings.SITE_URL,
        "enter": f"{settings.SITE_URL}/charts/enter/{facts.slug}/",
        **{name: f"/s/{file}" for name, file in entry().items()},
    }
    return Body.of(render_to_string("charts/public/shell.html", context).encode(), HTML)


def _counted(request: HttpRequest, facts: Facts) -> HttpResponse:
    if request.method == "GET":
        count_view(facts.chart_id, request.GET.get("from", ""))
    response = HttpResponse(status=204)
    for name, value in {**headers_for(DATA), "Cache-Control": "no-store"}.items():
        response[name] = value
    return response
