"""T07: whatever is asked of the public role, it answers with bytes that are published, or says that there is nothing.

Requests are made of true ones by changing paths, queries, methods and headers at random (`FUZZ_REQUESTS` of them).
"""

from __future__ import annotations

import hashlib
import io
import os
import random
import sys
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

from charts.public.assets import assets
from tests.charts import apps
from tests.charts.site import FORMS, public_site

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "3000"))
SEED = int(os.environ.get("FUZZ_SEED", "7"))
HOST = "charts.localhost:8001"
PLAN = apps.plan([["carrier"]], ["Delay"])
BAR = apps.chart_properties("barchart", ["carrier"], ["Sum(delay)"])
STATUSES = {200, 204, 304, 400, 401, 403, 404, 405, 410, 501}
METHODS = ["GET"] * 12 + ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "get", "GET /x"]
PIECES = [
    "/", "//", "/..", "/../", "..;/", "%2f", "%2e%2e", "\x00", "\\", ".json", ".csv", "/embed", "/view", "/c/", "/s/",
    "/app/", "/api/charts/", "/oembed", "?", "#", "*", "'", '"', "<", "\xff", "~", ":", "@", "{", "engine", "data",
    "Sum(delay)",
]  # fmt: skip
QUERIES = [
    "level=1", "filter=carrier", "qDef=Sum(delay)", "callback=x", "format=xml", "format=json", "__proto__=1", "url=",
    "url=http://charts.localhost:8001/c/", "url=file:///etc/passwd", "id=1 or 1=1", "from=news.example", "token=x",
    "%00", "&&", "=",
]  # fmt: skip
HEADERS = {
    "HTTP_RANGE": ["bytes=0-10", "bytes=-1"],
    "HTTP_COOKIE": ["session=x", "csrftoken=y"],
    "HTTP_AUTHORIZATION": ["Bearer x", "Basic eDp5", "Bearer a.1.9999999999.b"],
    "HTTP_X_HTTP_METHOD_OVERRIDE": ["DELETE"],
    "HTTP_X_FORWARDED_HOST": ["evil.example"],
    "HTTP_HOST": ["evil.example", "charts.localhost", "", "charts.localhost:8001@evil"],
    "HTTP_X_ORIGINAL_URL": ["/api/charts/"],
    "HTTP_ACCEPT_ENCODING": ["gzip", "br", "br;q=0", "*", "x" * 300],
    "HTTP_IF_NONE_MATCH": ["*", '"x"', '""'],
    "HTTP_SEC_FETCH_DEST": ["document", "iframe"],
    "CONTENT_TYPE": ["application/json", "text/xml"],
}


def environ(method: str, path: str, query: str, headers: dict[str, str]) -> dict[str, Any]:
    body = b'{"qDef": "Sum(delay)"}'
    return {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "charts.localhost",
        "SERVER_PORT": "8001", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr,
        "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "HTTP_HOST": HOST, **headers,
    }  # fmt: skip


def ask(handler: WSGIHandler, *request: Any) -> tuple[int, bytes]:
    """Without the signals around a request, which would close the test's own connection to the database."""
    response = handler.get_response(WSGIRequest(environ(*request)))
    return response.status_code, response.content


def changed(rng: random.Random, path: str) -> str:
    for _ in range(rng.choice([0, 0, 1, 1, 2, 4])):
        at, kind = rng.randrange(len(path) + 1), rng.randrange(4)
        piece = rng.choice(PIECES) if kind else chr(rng.randrange(1, 256))
        path = path[:at] + piece + path[at + (kind == 2) * rng.randrange(1, 6) :]
    return path


@pytest.mark.django_db
def test_t07_only_published_bytes_ever_come_back(alice, flights, published):
    charts = [published(flights, BAR, PLAN, audience=kind) for kind in ("everyone", "link", "members")]
    fixed = [f"/c/{chart.slug}{form}" for chart in charts for form in (*FORMS, "/view")]
    fixed += ["/oembed", "/robots.txt", "/health/", "/", *(f"/s/{name}" for name in assets())]
    oembeds = [f"url=http://{HOST}/c/{chart.slug}" for chart in charts]
    rng = random.Random(SEED)
    with public_site():
        handler = WSGIHandler()
        handler.load_middleware()
        allowed: dict[str, int] = {}
        for path in fixed:
            for query in ("", *(oembeds if path == "/oembed" else ())):
                for encoding in ("", "gzip", "br"):
                    status, content = ask(handler, "GET", path, query, {"HTTP_ACCEPT_ENCODING": encoding})
                    allowed[hashlib.sha256(content).hexdigest()] = status
        refusals = [("POST", fixed[0], "", {}), ("GET", fixed[0], "", {"HTTP_HOST": "evil.example"}),
                    ("GET", "/oembed", oembeds[0] + "&format=xml", {}), ("HEAD", fixed[0], "", {})]  # fmt: skip
        for request in refusals:
            status, content = ask(handler, *request)
            allowed[hashlib.sha256(content).hexdigest()] = status
        for _ in range(REQUESTS):
            path = changed(rng, rng.choice(fixed))
            query = "&".join(rng.choice([*QUERIES, *oembeds]) for _ in range(rng.randrange(3)))
            names = rng.sample(sorted(HEADERS), rng.choice([0, 0, 1, 2]))
            request = rng.choice(METHODS), path, query, {name: rng.choice(HEADERS[name]) for name in names}
            status, content = ask(handler, *request)
            assert status in STATUSES, request
            assert hashlib.sha256(content).hexdigest() in allowed, (request, content[:300])
