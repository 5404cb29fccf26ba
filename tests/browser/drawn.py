"""What the charts on the page were given to draw: the newest layout of every object, as it came over the socket.

Bars and lines are painted on canvases, which cannot be read back as text; their layouts can.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, WebSocket

PATIENCE_MILLISECONDS = 30_000
PAUSE_MILLISECONDS = 100


class Drawn:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.layouts: dict[str, dict[str, Any]] = {}
        self._asked: dict[int, dict[str, Any]] = {}
        self._objects: dict[int, str] = {}
        self._pages: dict[tuple[int, str], list[dict[str, Any]]] = {}
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        for known in (self._asked, self._objects, self._pages):
            known.clear()
        socket.on("framesent", self._ask)
        socket.on("framereceived", self._take)

    def _ask(self, frame: str | bytes) -> None:
        request = json.loads(frame)
        self._asked[request["id"]] = request

    def _take(self, frame: str | bytes) -> None:
        answer = json.loads(frame)
        asked = self._asked.pop(answer.get("id"), {})
        result = answer.get("result") or {}
        layout = result.get("qLayout") if isinstance(result, dict) else None
        if isinstance(layout, dict) and "qInfo" in layout:
            self.layouts[layout["qInfo"]["qId"]] = layout
            self._objects[asked["handle"]] = layout["qInfo"]["qId"]
        if isinstance(result, dict) and "qDataPages" in result:
            self._pages[asked["handle"], asked["params"][0]] = result["qDataPages"]

    def layout(self, visualization: str) -> dict[str, Any]:
        """The newest layout of the only chart of this kind."""
        return next(one for one in self.layouts.values() if one.get("visualization") == visualization)

    def fetched(self, visualization: str, path: str) -> list[list[dict[str, Any]]]:
        """The newest rows that the only chart of this kind has fetched for one of its cubes after its layout."""
        wanted = self.layout(visualization)["qInfo"]["qId"]
        (handle,) = (handle for handle, name in self._objects.items() if name == wanted)
        return [row for page in self._pages[handle, path] for row in page["qMatrix"]]

    def rows(self, visualization: str) -> dict[str, tuple[float, ...]]:
        """A chart's numbers by the text of its first dimension."""
        cube = self.layout(visualization)["qHyperCube"]
        matrix = [row for page in cube["qDataPages"] for row in page["qMatrix"]]
        return {row[0]["qText"]: tuple(float(cell["qNum"]) for cell in row[1:]) for row in matrix}

    def number(self, visualization: str) -> float:
        """The number of a chart without a dimension."""
        return float(self.layout(visualization)["qHyperCube"]["qDataPages"][0]["qMatrix"][0][0]["qNum"])

    def eventually(self, holds: Callable[[], None]) -> None:
        eventually(self.page, holds)


def eventually(page: Page, holds: Callable[[], None]) -> None:
    """Run an assertion until it holds, or for the last time when patience ends."""
    for _ in range(PATIENCE_MILLISECONDS // PAUSE_MILLISECONDS):
        try:
            holds()
        except (AssertionError, KeyError, StopIteration, IndexError):
            page.wait_for_timeout(PAUSE_MILLISECONDS)
        else:
            return
    holds()
