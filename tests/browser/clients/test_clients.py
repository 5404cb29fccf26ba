"""Clients that are not our page open the demo app with an API key and read what pandas computes."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.clients.qix import QixClient
from tests.browser.flights import flights
from tests.browser.server import ROOT, Server

pytestmark = pytest.mark.real
DEMO = "demo@example.org"


@pytest.fixture(scope="module")
def api_key(server: Server) -> str:
    return server.manage("createapikey", DEMO, "--name", "client test")


@pytest.fixture(scope="module")
def demo_app(server: Server, api_key: str) -> str:
    import urllib.request

    request = urllib.request.Request(f"{server.url}/api/apps/", headers={"Authorization": f"Bearer {api_key}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(json.load(answer)[0]["id"])


@pytest.fixture(scope="module")
def socket_url(server: Server, demo_app: str) -> str:
    return f"{server.url.replace('http', 'ws')}/app/{demo_app}"


def delays_by_carrier() -> dict[str, tuple[int, float]]:
    grouped = flights().groupby("carrier")["dep_delay"]
    return {str(carrier): (int(values.size), float(values.mean())) for carrier, values in grouped}


def as_table(rows: list[list[dict]]) -> dict[str, Any]:
    return {row[0]["qText"]: pytest.approx((row[1]["qNum"], row[2]["qNum"])) for row in rows}


def test_a_python_client_reads_what_pandas_computes(socket_url, demo_app, api_key):
    with QixClient(socket_url, api_key) as client:
        assert client.greeting["method"] == "OnConnected"
        doc = client.open_app(demo_app)
        rows = client.cube(doc, ["carrier"], ["Count(flight)", "Avg(dep_delay)"])
    assert as_table(rows) == delays_by_carrier()


def test_enigma_in_node_reads_what_pandas_computes(socket_url, demo_app, api_key):
    node = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")
    script = Path(__file__).with_name("enigma_walk.mjs")
    done = subprocess.run(
        [node, str(script), socket_url, demo_app, api_key],
        cwd=ROOT / "frontend",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert as_table(seen["rows"]) == delays_by_carrier()
    only_united = flights()[flights()["carrier"] == "UA"]
    assert {row[0]["qText"]: row[1]["qNum"] for row in seen["after_selecting_UA"]} == {"UA": len(only_united)}


@pytest.mark.parametrize("key", ["key_unknown", ""])
def test_without_a_key_that_is_known_nothing_opens(socket_url, key):
    from websockets.exceptions import ConnectionClosed, InvalidStatus

    with pytest.raises((ConnectionClosed, InvalidStatus)):
        QixClient(socket_url, key)
