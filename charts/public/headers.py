"""The headers of every public answer, from one table by kind: nothing by default, framing exactly where allowed."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

NOBODY = "'none'"
PAGE = {
    "default-src": NOBODY,
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "base-uri": NOBODY,
    "form-action": NOBODY,
}
DATA = {"default-src": NOBODY, "base-uri": NOBODY, "form-action": NOBODY, "sandbox": ""}
COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
}
HSTS = "max-age=63072000; includeSubDomains; preload"


def headers_for(
    policy: dict[str, str], *, ancestors: str = NOBODY, shared: bool = False, opens_popup: bool = False
) -> dict[str, str]:
    """Headers of an answer.

    ancestors: who may frame it, as CSP writes it. shared: other sites may read it (pictures and data of charts that
    everybody may embed). opens_popup: the page talks to a log-in window that it opens.
    """
    directives = {**policy, "frame-ancestors": ancestors}
    made = {
        **COMMON,
        "Content-Security-Policy": "; ".join(f"{name} {value}".strip() for name, value in directives.items()),
        "Cross-Origin-Resource-Policy": "cross-origin" if shared or ancestors != NOBODY else "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin-allow-popups" if opens_popup else "same-origin",
    }
    if ancestors == NOBODY:
        made["X-Frame-Options"] = "DENY"
    if shared:
        made["Access-Control-Allow-Origin"] = "*"
    if urlsplit(settings.PUBLIC_URL).scheme == "https":
        made["Strict-Transport-Security"] = HSTS
    return made
