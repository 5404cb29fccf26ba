"""Addresses of a published chart: its page, the code to embed it, and links to share it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string

EMBED_SIZE = (800, 480)


def address(slug: str, form: str = "") -> str:
    return f"{settings.PUBLIC_URL}/c/{slug}{form}"


def embed_code(slug: str, title: str, size: tuple[int, int] = EMBED_SIZE) -> str:
    """What an owner pastes into a page, or a program that learned of it by oEmbed; size in pixels."""
    return render_to_string(
        "charts/public/embed_code.html",
        {"address": address(slug, "/embed"), "title": title, "width": size[0], "height": size[1]},
    ).strip()


def share_links(slug: str, title: str) -> list[tuple[str, str]]:
    """Plain links to the pages on which people share; no script of theirs is loaded anywhere."""
    page = address(slug)
    return [
        ("Facebook", "https://www.facebook.com/sharer/sharer.php?" + urlencode({"u": page})),
        ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?" + urlencode({"url": page})),
        ("X", "https://x.com/intent/post?" + urlencode({"url": page, "text": title})),
    ]
