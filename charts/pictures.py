"""Pictures of a snapshot, drawn by the public page's own code: SVG by ECharts in an embedded V8, PNG from it.

The drawing code is fixed and gets the snapshot as JSON text; nothing of it reaches a file, the network or Python.
"""

from __future__ import annotations

import json
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import vl_convert
from django.conf import settings
from py_mini_racer import MiniRacer

WIDE, NARROW = (960, 440), (400, 360)
CARD = (1200, 630)
"""What social media show of a link."""
SECONDS = 20
MEMORY = 512 * 1024 * 1024
_turn = threading.Lock()


class CannotDraw(Exception):
    """The drawing code failed or took too long."""


def draw(snapshot: dict[str, Any], theme: str, size: tuple[int, int], *, is_card: bool = False) -> str:
    """The first view of a snapshot as SVG. theme: light or dark. A card has the title and the source in it."""
    asked = {"theme": theme, "width": size[0], "height": size[1], "card": is_card}
    with _turn:
        try:
            return str(
                _drawer().call("draw", json.dumps(snapshot), json.dumps(asked), timeout_sec=SECONDS, max_memory=MEMORY)
            )
        except Exception as error:
            _drawer.cache_clear()
            raise CannotDraw(f"The chart cannot be drawn ({type(error).__name__}).") from error


def png(svg: str) -> bytes:
    return bytes(vl_convert.svg_to_png(svg, scale=1.0))


@lru_cache(maxsize=1)
def _drawer() -> MiniRacer:
    drawer = MiniRacer()
    drawer.eval(Path(settings.CHART_DRAWER).read_text())
    return drawer
