"""How fast a published chart is: requests a second, and the time until a stranger sees the first chart.

    python -m bench.publishing [seconds]        (default: 4)

Starts the public role as it is shipped and nginx with deploy/proxy.conf, publishes a bar chart, and lets wrk ask for
its data: one process alone (promised: at least 600 a second), and through nginx with TLS (at least 5,000). Then
Chromium opens, alternating, the published page (through nginx) and the same bars in plain Apache ECharts, with a new
profile each time; the median time until bars are on the screen counts (promised: at most 1.3 times ECharts).
"""

from __future__ import annotations

import http.client
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.browser.chromium import chromium
from tests.browser.published import PROGRAM
from tests.browser.server import ROOT
from tests.browser.topology import ENGINES, HOST, PUBLIC_HOST, Topology, production
from tests.people import ALICE

ROUNDS = 7
PROMISED_ALONE, PROMISED_PROXY, PROMISED_RATIO = 600, 5000, 1.3
FLOWERS = [f"flower {number}" for number in range(12)]
TABLES = {"visits": {"flower": [name for name in FLOWERS for _ in range(20)], "bees": list(range(240))}}
WATCH = """
new Promise((resolve) => {
  const bars = () => {
    if (document.querySelector(".drawn svg path[fill='#2f6db5'], .drawn svg path[fill='rgb(47,109,181)']")) return true;
    const canvas = document.querySelector("canvas");
    if (!canvas || !canvas.width) return false;
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === 47 && data[at + 1] === 109 && data[at + 2] === 181) return true;
    }
    return false;
  };
  const look = () => (bars() ? resolve(performance.now()) : requestAnimationFrame(look));
  look();
})
"""


def requests_a_second(url: str, host: str, seconds: int) -> float:
    """How many a second are answered with 200, after a second of others."""

    def rate(for_seconds: int) -> float:
        asked = ["wrk", "-t1", "-c16", f"-d{for_seconds}s", "-H", f"Host: {host}", "-H", "Accept-Encoding: gzip", url]
        told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in told:
            raise SystemExit(told)
        found = re.search(r"Requests/sec:\s+([\d.]+)", told)
        return float(found.group(1)) if found else 0.0

    rate(1)
    return rate(seconds)


def wait_until_started(topology: Topology) -> None:
    """Until every role has answered something: what still starts takes the machine from what is measured."""
    for name in ("web", *ENGINES, "public"):
        connection = http.client.HTTPConnection(HOST, topology.ports[name], timeout=60)
        connection.request("GET", "/health/")
        connection.getresponse()
        connection.close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def plain_echarts(rows: list[Any]) -> Iterator[str]:
    """A page with the same bars drawn by echarts.min.js, and its address."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "echarts.js").write_bytes((ROOT / "frontend/node_modules/echarts/dist/echarts.min.js").read_bytes())
        option = {
            "animation": False, "color": ["#2f6db5"], "yAxis": {"type": "value"},
            "xAxis": {"type": "category", "data": [labels[0] for labels, _ in rows]},
            "series": [{"type": "bar", "data": [figures[0][0] for _, figures in rows]}],
        }  # fmt: skip
        draw = f"echarts.init(document.getElementById('chart')).setOption({json.dumps(option)})"
        scripts = f"<script src=echarts.js></script><script>{draw}</script>"
        body = f"<div id=chart style='width:960px;height:440px'></div>{scripts}"
        (folder / "index.html").write_text(f"<!doctype html><meta charset=utf-8>{body}")
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=name))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_address[1]}/index.html"
        finally:
            server.shutdown()


def first_chart(browser: Browser, url: str) -> float:
    """Milliseconds from the start of the navigation to the first frame with bars in it; nothing is cached."""
    context = browser.new_context(viewport={"width": 1200, "height": 800}, ignore_https_errors=True)
    page = context.new_page()
    page.goto(url, wait_until="commit")
    spent = float(page.evaluate(WATCH))
    context.close()
    return spent


def publish(topology: Topology) -> str:
    topology.manage("createuser", ALICE.email, "--password-stdin", stdin=ALICE.password)
    chart = {"chart": ["barchart", ["flower"], ["Sum(bees)"]], "plan": [[["flower"]], ["Bees"]]}
    asked = {"owner": ALICE.email, "tables": TABLES, "charts": [{**chart, "audience": {"audience": "everyone"}}]}
    return str(
        json.loads(topology.manage("shell", "-v0", "-c", PROGRAM, stdin=json.dumps(asked)).splitlines()[-1])[0]["slug"]
    )


def main(arguments: list[str]) -> None:
    seconds = int(arguments[0]) if arguments else 4
    with tempfile.TemporaryDirectory() as name, production(Path(name)) as topology:
        wait_until_started(topology)
        path, host = f"/c/{publish(topology)}", f"{PUBLIC_HOST}:{topology.ports['https']}"
        alone = requests_a_second(f"http://127.0.0.1:{topology.ports['public']}{path}.json", host, seconds)
        proxy = requests_a_second(f"https://127.0.0.1:{topology.ports['https']}{path}.json", host, seconds)
        print(f"data, one process alone {alone:10.0f}/s   promised {PROMISED_ALONE}")
        print(f"data, through nginx     {proxy:10.0f}/s   promised {PROMISED_PROXY}")
        rows = [[[name], [[sum(range(20 * place, 20 * place + 20)), ""]]] for place, name in enumerate(FLOWERS)]
        with chromium() as browser, plain_echarts(rows) as rival:
            urls = {"published page": f"{topology.public_url}{path}", "plain ECharts": rival}
            spent: dict[str, list[float]] = {which: [] for which in urls}
            for _ in range(ROUNDS):
                for which, url in urls.items():
                    spent[which].append(first_chart(browser, url))
    medians = {which: statistics.median(times) for which, times in spent.items()}
    for which, median in medians.items():
        print(f"first chart, {which:15}{median:8.0f} ms")
    print(f"ratio {medians['published page'] / medians['plain ECharts']:.2f}   promised at most {PROMISED_RATIO}")


if __name__ == "__main__":
    main(sys.argv[1:])
