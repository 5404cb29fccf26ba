"""The page's own scripts and styles: a few files with hashed names, read once. No other file is served."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from charts.public.bodies import Body

TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@lru_cache(maxsize=1)
def assets() -> dict[str, Body]:
    """By name as it stands behind /s/."""
    folder = Path(settings.PUBLIC_ASSETS) / "page"
    return {
        path.name: Body.of(path.read_bytes(), TYPES[path.suffix]) for path in folder.iterdir() if path.suffix in TYPES
    }


@lru_cache(maxsize=1)
def entry() -> dict[str, str]:
    """The names of the page's script and style sheet."""
    manifest = json.loads((Path(settings.PUBLIC_ASSETS) / "page" / ".vite" / "manifest.json").read_text())
    return {"script": manifest["src/public/page.ts"]["file"], "style": manifest["style.css"]["file"]}


@lru_cache(maxsize=1)
def offline() -> dict[str, str]:
    """Script and style of the file that works without a network, as texts."""
    folder = Path(settings.PUBLIC_ASSETS) / "offline"
    return {"script": (folder / "offline.js").read_text(), "style": (folder / "offline.css").read_text()}
