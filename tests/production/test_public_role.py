"""Published charts on the production topology: the public role, the proxy with its cache on, other people's pages."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.elsewhere import OtherSite, other_site
from tests.browser.published import END, PROGRAM
from tests.browser.server import ROOT
from tests.browser.topology import HOST, PUBLIC_HOST, Topology, wait_for_port
from tests.charts.site import FORMS
from tests.mailbox import free_port
from tests.people import ALICE, BOB
from tests.security.observatory import score

pytestmark = [pytest.mark.real, pytest.mark.slow]
TABLES = {"visits": {"flower": ["clover"] * 30 + ["linden"] * 20 + ["thyme"] * 10, "bees": list(range(60))}}
CHART = {"chart": ["barchart", ["flower"], ["Sum(bees)"]], "plan": [[["flower"]], ["Bees"]]}
CACHED_SECONDS = 2.0
LONG = 60_000
"""Milliseconds: two cores may be busy with other things."""


@pytest.fixture(scope="module", autouse=True)
def people(topology: Topology) -> None:
    for person in (ALICE, BOB):
        topology.manage("createuser", person.email, "--password-stdin", stdin=person.password)


def publish(topology: Topology, *audiences: dict[str, Any]) -> list[dict[str, str]]:
    charts = [{**CHART, "audience": audience} for audience in audiences]
    asked = {"owner": ALICE.email, "tables": TABLES, "charts": charts}
    return list(json.loads(topology.manage("shell", "-v0", "-c", PROGRAM, stdin=json.dumps(asked)).splitlines()[-1]))


def fetch(topology: Topology, path: str, **headers: str) -> http.client.HTTPResponse:
    """Through nginx, by TLS, under the public host's name."""
    return ask(topology, "GET", PUBLIC_HOST, path, headers)


def ask(topology: Topology, method: str, host: str, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    context = topology.trust
    connection = http.client.HTTPSConnection(host, topology.ports["https"], context=context, timeout=20)
    raw = socket.create_connection(("127.0.0.1", topology.ports["https"]), timeout=20)
    connection.sock = context.wrap_socket(raw, server_hostname=host)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    answer.content = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


@pytest.mark.parametrize("end", ["delete", "pause", "audience"])
def test_t09_all_forms_410_through_the_cache(topology, end):
    """Warm in the proxy's cache; deleted, paused or for members only; two seconds later no form tells of the chart."""
    (chart,) = publish(topology, {"audience": "everyone"})
    path, tags = f"/c/{chart['slug']}", {}
    for form in FORMS:
        answer = warmed(topology, path + form)
        tags[form] = answer.headers["ETag"]
        assert fetch(topology, path + form, **{"If-None-Match": tags[form]}).status == 304
        assert fetch(topology, path + form).content == answer.content
    topology.manage("shell", "-v0", "-c", END, stdin=f"{ALICE.email} {chart['id']} {end}")
    ended = time.monotonic()
    wanted = dict.fromkeys(FORMS, 401) | {"": 200, "/embed": 200} if end == "audience" else dict.fromkeys(FORMS, 410)
    for form in FORMS:
        answer = once_gone(topology, path + form, tags[form], ended)
        assert (form, answer.status) == (form, wanted[form])
        assert answer.headers["Cache-Control"].endswith("no-store")
        assert b"clover" not in answer.content
    oembed = f"/oembed?url=https%3A//{PUBLIC_HOST}%3A{topology.ports['https']}{path}"
    assert fetch(topology, oembed).status == (404 if end == "audience" else 410)


def warmed(topology: Topology, path: str) -> http.client.HTTPResponse:
    """An answer that the proxy has kept in a file; what took too long to make it does not keep."""
    kept = topology.folder / "nginx" / "public"
    before = len(list(kept.iterdir()))
    for _ in range(200):
        answer = fetch(topology, path)
        assert answer.status == 200
        if len(list(kept.iterdir())) > before:
            return answer
    raise AssertionError(f"the proxy does not keep {path}")


def once_gone(topology: Topology, path: str, tag: str, ended: float) -> http.client.HTTPResponse:
    """The first answer for somebody who knows the old version that is not the old version; due in two seconds."""
    while True:
        asked = time.monotonic()
        answer = fetch(topology, path, **{"If-None-Match": tag})
        if answer.status != 304:
            return answer
        assert asked - ended < CACHED_SECONDS, path


def test_t09_a_validator_of_one_reader_is_not_the_answer_for_another(topology):
    """A 304 of the role behind must never be kept by the proxy: somebody without the chart would get nothing."""
    (chart,) = publish(topology, {"audience": "everyone"})
    path = f"/c/{chart['slug']}"
    tag = fetch(topology, path).headers["ETag"].strip('"')
    gzip = {"Accept-Encoding": "gzip"}
    assert fetch(topology, path, **{"If-None-Match": f'"{tag}-gzip"'}, **gzip).status == 304
    answer = fetch(topology, path, **gzip)
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
    assert answer.content


def test_t10_a_scanner_of_headers_rates_what_comes_through_the_proxy(topology):
    """Pages of both hosts, warm in the cache too, and what the proxy answers by itself; each header once."""
    (chart,) = publish(topology, {"audience": "everyone"})
    page = f"/c/{chart['slug']}"
    warmed(topology, page)
    due = {
        ("GET", HOST, "/account/login/", 200): 130, ("GET", HOST, "/", 302): 130, ("GET", HOST, "/nothing", 404): 130,
        ("GET", HOST, "/static/hub/theme.js", 200): 130, ("GET", PUBLIC_HOST, page, 200): 130,
        ("GET", PUBLIC_HOST, f"{page}.json", 200): 120, ("GET", PUBLIC_HOST, "/", 404): 130,
        ("GET", PUBLIC_HOST, "/c/" + "x" * 24, 404): 130, ("POST", PUBLIC_HOST, page, 405): 130,
    }  # fmt: skip
    rated = {}
    for method, host, path, status in due:
        answer = ask(topology, method, host, path, {})
        assert answer.status == status, path
        rated[method, host, path, status] = score(answer.headers)
        assert [len(answer.headers.get_all(name)) for name in ("Content-Security-Policy", "Referrer-Policy")] == [1, 1]
    assert rated == due


def test_t07_the_proxy_passes_nothing_else_on(topology):
    (chart,) = publish(topology, {"audience": "everyone"})
    page = fetch(topology, f"/c/{chart['slug']}")
    assert fetch(topology, f"/c/{chart['slug']}?qDef=Sum(bees)&level=9").content == page.content
    assert fetch(topology, f"/c/{chart['slug']}", Cookie="session=x").content == page.content
    assert "Set-Cookie" not in page.headers
    assert "Strict-Transport-Security" in page.headers
    for path in (
        "/",
        "/app/x",
        "/api/charts/",
        "/account/login/",
        f"//c/{chart['slug']}",
        "/c/..%2f..%2fapi",
        "/static/x.js",
    ):
        assert fetch(topology, path).status in (400, 404)


def test_t07_public_path_has_no_engine(topology, tmp_path):
    """The running role, after it has served every form: nothing of the engine, of the Hub, of sessions is loaded."""
    (chart,) = publish(topology, {"audience": "everyone"})
    port = free_port()
    without = ("HONEYGUIDE_SECRET_KEY", "HONEYGUIDE_MASTER_KEY_FILE", "HONEYGUIDE_REDIS_URL")
    own = {name: value for name, value in topology.environment.items() if name not in without}
    log = (tmp_path / "peek.log").open("wb")
    command = ["gunicorn", "tests.browser.peek:application", "--bind", f"127.0.0.1:{port}", "--threads", "2"]
    role = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **own}, stdout=log, stderr=log
    )
    try:
        wait_for_port(port)
        for form in (*FORMS, "/view"):
            assert local(port, f"/c/{chart['slug']}{form}")[0] in (200, 204)
        loaded = local(port, "/loaded")[1].decode().split("\n")
    finally:
        role.terminate()
        role.wait(15)
    views = f"SELECT sum(count) FROM charts_chartviews WHERE chart_id = '{chart['id']}'"
    assert topology.asked(views) == "1", "what a role has counted is kept when it stops"
    assert "charts.public.views" in loaded
    forbidden = ("engine", "hub", "sharing", "storage.documents", "numpy", "numba", "pyarrow", "celery", "allauth")
    assert [name for name in loaded if name.split(".")[0] in forbidden or name in forbidden] == []
    assert not [
        name
        for name in loaded
        if name.startswith(("django.contrib.sessions.", "charts.evaluation", "charts.publishing"))
    ]


def test_t07_the_shipped_role_maps_no_engine_code(topology):
    """The process that the topology started, and its workers: no library of the engine is in their memory."""
    master = topology.programs["public"].pid
    workers = [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]
    assert workers
    for pid in workers:
        mapped = Path(f"/proc/{pid}/maps").read_text()
        assert "psycopg" in mapped
        for library in ("llvmlite", "numba", "pyarrow", "/numpy/"):
            assert library not in mapped


def test_a_restart_of_the_database_costs_no_reader_more_than_the_time_it_is_down(topology):
    """The connections of all threads are broken by it: each finds out when asked, and asks again on a new one."""
    (chart,) = publish(topology, {"audience": "everyone"})
    path, port = f"/c/{chart['slug']}.json", topology.ports["public"]

    def crowd() -> set[int]:
        with ThreadPoolExecutor(8) as readers:
            return {status for status, _ in readers.map(lambda _: local(port, path), range(40))}

    assert crowd() == {200}
    topology.stop_database()
    topology.start_database()
    assert crowd() == {200}
    topology.stop_database()
    status, content = local(port, path)
    assert status == 503
    assert b"Traceback" not in content
    topology.start_database()
    assert crowd() == {200}
    assert local(port, "/health/") == (200, b"ok")


def local(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": PUBLIC_HOST})
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.fixture
def site() -> Iterator[OtherSite]:
    with other_site() as running:
        yield running


def test_t10_only_listed_sites_frame_a_chart(topology, site, browser: Browser):
    """Three origins: a listed one draws the chart and learns its height, an unlisted one stays empty."""
    listed, unlisted = site.url("listed"), site.url("unlisted")
    (chart,) = publish(topology, {"audience": "everyone", "embedding": "sites", "sites": [listed]})
    site.embed(f"{topology.public_url}/c/{chart['slug']}/embed")
    context = browser.new_context(ignore_https_errors=True)
    context.set_default_timeout(LONG)
    page = context.new_page()
    page.goto(listed)
    embedded = page.frame_locator("iframe")
    expect(embedded.locator("[data-live=true]")).to_be_visible(timeout=LONG)
    page.wait_for_function("document.title.startsWith('chart-height ')")
    assert context.cookies() == []
    for where, what in ((unlisted, "/embed"), (listed, "")):
        site.embed(f"{topology.public_url}/c/{chart['slug']}{what}")
        page.goto(where)
        refused = page.locator("iframe").element_handle().content_frame()
        refused.wait_for_url("chrome-error://**")
        assert "clover" not in refused.content()
    context.close()


def test_t10_a_semi_public_chart_opens_in_a_frame_by_a_log_in_window(topology, site, browser: Browser):
    """In a frame of another site, with third-party cookies out of the question: a window, a message, the chart."""
    (chart,) = publish(topology, {"audience": "list", "readers": [BOB.email]})
    site.embed(f"{topology.public_url}/c/{chart['slug']}/embed")
    context = browser.new_context(ignore_https_errors=True)
    hub = context.new_page()
    hub.goto(f"{topology.url}/account/login/")
    hub.get_by_label("E-mail address").fill(BOB.email)
    hub.locator("input[name=password]").fill(BOB.password)
    hub.locator("main").get_by_role("button", name="Sign In").click()
    expect(hub.get_by_role("heading", name="Apps")).to_be_visible(timeout=LONG)
    page = context.new_page()
    page.goto(site.url("elsewhere"))
    embedded = page.frame_locator("iframe")
    expect(embedded.get_by_role("heading", name="Sign in to see this chart")).to_be_visible(timeout=LONG)
    with context.expect_page() as window:
        embedded.get_by_role("link", name="Sign in to see this chart").click()
    expect(embedded.get_by_role("heading", name="What the public reads")).to_be_visible(timeout=LONG)
    assert "chart" in window.value.url
    assert all("token=" not in one.url and "." + chart["slug"] not in one.url for one in page.frames)
    assert [one["domain"] for one in context.cookies() if PUBLIC_HOST in one["domain"]] == []
    context.close()
