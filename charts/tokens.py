"""Short-lived tokens of viewers: the Hub signs one for somebody who may see a chart, the public role checks it.

A token names a chart, the audience as it was then, and when it ends; no person. It travels in a header only.
"""

from __future__ import annotations

import time

from security.publication import is_signed, signature

SECONDS = 120


def make_viewer_token(slug: str, audience_version: int, now: float | None = None) -> str:
    text = f"{slug}.{audience_version}.{int((now or time.time()) + SECONDS)}"
    return f"{text}.{signature(text)}"


def is_viewer_token(token: str, slug: str, audience_version: int, now: float | None = None) -> bool:
    """Whether the token opens this chart now: made for it, for the audience as it still is, and not too old."""
    text, _, given = token.rpartition(".")
    parts = text.split(".")
    if len(parts) != 3 or not is_signed(text, given):
        return False
    return parts[:2] == [slug, str(audience_version)] and int(parts[2]) >= (now or time.time())
