"""The engine role, and in embedded mode everything: sockets here, pages through WSGI in threads.

Django's own ASGI handler would run ordinary views one at a time and spool every upload to disk
unsealed; WSGI in threads does neither, and is what the web role runs in production.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from a2wsgi import WSGIMiddleware

from config.wsgi import application as wsgi_application
from hub import socket

PAGE_THREADS = 8
pages = WSGIMiddleware(wsgi_application, workers=PAGE_THREADS)  # type: ignore[arg-type]


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await socket.serve(scope, receive, send)
    elif scope["type"] == "http":
        await pages(scope, receive, send)  # type: ignore[arg-type]
    else:
        await _lifespan(receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await socket.in_thread(socket.get_ready)
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
