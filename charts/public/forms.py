"""Every form in which a chart is served, made once a version from its sealed bundle; all from the same snapshot."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote

import orjson
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from charts.models import ChartVersion
from charts.public.addresses import EMBED_SIZE, address, embed_code, share_links
from charts.public.assets import entry, offline
from charts.public.bodies import Body
from charts.public.charts import Facts
from charts.spreadsheet import csv_of
from charts.words import texts
from security.publication import unwrap_for_public
from storage import objects

KEPT_BYTES = 256 * 1024 * 1024
PARSED, RENDERED = 20, 4
"""How many bytes of memory a byte of the snapshot's JSON takes as objects, and one of the bundle as pages."""
HTML = "text/html; charset=utf-8"


@dataclass
class Forms:
    """The forms of one version for one set of facts about its chart."""

    facts: Facts
    bundle: dict[str, Any] = field(repr=False)
    made: dict[str, Body] = field(default_factory=dict, repr=False)

    def body(self, form: str) -> Body:
        if form not in self.made:
            self.made[form] = MAKERS[form](self)
        return self.made[form]

    @property
    def snapshot(self) -> dict[str, Any]:
        return dict(self.bundle["snapshot"])

    @cached_property
    def json(self) -> bytes:
        return orjson.dumps(self.snapshot)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.json).hexdigest()


class Shelf:
    """The versions that were asked for last, as many as fit: what is kept is estimated, in bytes, by their contents."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Facts, tuple[Forms, int]] = OrderedDict()
        self._size = 0

    def take(self, facts: Facts) -> Forms | None:
        with self._lock:
            found = self._kept.get(facts)
            if found is None:
                return None
            self._kept.move_to_end(facts)
            return found[0]

    def put(self, forms: Forms, raw_bytes: int) -> None:
        size = PARSED * len(forms.json) + RENDERED * raw_bytes
        with self._lock:
            if forms.facts in self._kept:
                return
            self._kept[forms.facts] = forms, size
            self._size += size
            while self._size > KEPT_BYTES and len(self._kept) > 1:
                _, (_, dropped) = self._kept.popitem(last=False)
                self._size -= dropped


_shelf = Shelf()


def forms_of(facts: Facts) -> Forms:
    """The forms of the version that is live, read and unsealed at its first request."""
    found = _shelf.take(facts)
    if found is not None:
        return found
    version = ChartVersion.objects.select_related("object").get(pk=facts.version_id)
    if version.object is None:
        raise ChartVersion.DoesNotExist
    raw = unwrap_for_public(version.object.pk, bytes(version.public_key))
    with objects.open_with(raw, version.object) as file:
        content = file.read()
    forms = Forms(facts, orjson.loads(content))
    _shelf.put(forms, len(content))
    return forms


def context_of(forms: Forms, mode: str) -> dict[str, Any]:
    """What the page's templates may use. mode: page, embed or offline."""
    snapshot, facts = forms.snapshot, forms.facts
    first = snapshot["views"][0]
    said = texts(snapshot["language"])
    return {
        "mode": mode,
        "chart": snapshot,
        "said": said,
        "view": first,
        "dimensions": snapshot["levels"][first["level"]]["dimensions"],
        "drawn": {theme: [SafeString(svg) for svg in pair] for theme, pair in forms.bundle["drawn"].items()},  # nosec B308 B703
        "data": embedded_json(forms.json),
        "texts": embedded_json(orjson.dumps(said)),
        "date": said["date"].format(date=snapshot["date"]),
        "address": address(facts.slug),
        "image": address(facts.slug, ".png"),
        "oembed": f"{settings.PUBLIC_URL}/oembed?format=json&url={quote(address(facts.slug), safe='')}",
        "slug": facts.slug,
        "is_listed": facts.audience == "everyone",
        "is_public": facts.is_public,
        "downloads": facts.downloads,
        "share": share_links(facts.slug, snapshot["title"]),
        "product_name": settings.PRODUCT_NAME,
        **{name: f"/s/{file}" for name, file in entry().items()},
    }


def embedded_json(content: bytes) -> SafeString:
    """JSON inside a script element that no value can end."""
    text = content.decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return SafeString(text)  # nosec B308 B703 (nothing that could end the element is left)


def _page(forms: Forms) -> Body:
    return Body.of(render_to_string("charts/public/chart.html", context_of(forms, "page")).encode(), HTML)


def _embed(forms: Forms) -> Body:
    return Body.of(render_to_string("charts/public/chart.html", context_of(forms, "embed")).encode(), HTML)


def _offline(forms: Forms) -> Body:
    parts = offline()
    context = {
        **context_of(forms, "offline"),
        "digest": forms.digest,
        "inline_script": SafeString(parts["script"]),  # nosec B308 B703 (our own bundle)
        "inline_style": SafeString(parts["style"]),  # nosec B308 B703 (our own bundle)
        "script_hash": _csp_hash(parts["script"]),
        "style_hash": _csp_hash(parts["style"]),
    }
    return Body.of(render_to_string("charts/public/chart.html", context).encode(), HTML)


def _csp_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def oembed_within(forms: Forms, most: tuple[int, int]) -> Body:
    """What oEmbed says of a chart for a place of at most so many pixels."""
    title = forms.snapshot["title"]
    size = min(EMBED_SIZE[0], most[0]), min(EMBED_SIZE[1], most[1])
    content = {
        "version": "1.0",
        "type": "rich",
        "provider_name": settings.PRODUCT_NAME,
        "provider_url": settings.PUBLIC_URL,
        "title": title,
        "width": size[0],
        "height": size[1],
        "thumbnail_url": address(forms.facts.slug, ".png"),
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
        "html": embed_code(forms.facts.slug, title, size),
    }
    return Body.of(orjson.dumps(content), "application/json")


MAKERS: dict[str, Callable[[Forms], Body]] = {
    "": _page,
    "/embed": _embed,
    ".json": lambda forms: Body.of(forms.json, "application/json"),
    ".csv": lambda forms: Body.of(csv_of(forms.snapshot), "text/csv; charset=utf-8"),
    ".png": lambda forms: Body.of(base64.b64decode(forms.bundle["png"]), "image/png"),
    ".svg": lambda forms: Body.of(forms.bundle["card"].encode(), "image/svg+xml"),
    ".html": _offline,
}
