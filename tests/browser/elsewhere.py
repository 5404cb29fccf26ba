"""Pages of other people's sites: a web server of its own that embeds whatever it is told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LISTENER = "addEventListener('message', (event) => { document.title = event.data.type + ' ' + event.data.height; });"


@dataclass
class OtherSite:
    """`body` is what every page of it shows; it answers under any name of *.localhost."""

    port: int
    body: str = field(default="")

    def url(self, name: str) -> str:
        return f"http://{name}.localhost:{self.port}"

    def embed(self, address: str) -> None:
        self.body = f"<iframe src='{address}' width=800 height=600></iframe>"


class _Page(BaseHTTPRequestHandler):
    def __init__(self, site: list[OtherSite], *arguments: Any) -> None:
        self.site = site
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(f"<!doctype html>{self.site[0].body}<script>{LISTENER}</script>".encode())

    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def other_site() -> Iterator[OtherSite]:
    site: list[OtherSite] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Page, site))
    site.append(OtherSite(server.server_address[1]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site[0]
    finally:
        server.shutdown()
        server.server_close()
