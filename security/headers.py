"""The headers of every answer, from one table. Nothing may be framed, no foreign script, style or socket (T10, T12)."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
}

EXCEPTIONS = {
    # The window that a published chart opens: it answers its opener with a message to one exact origin.
    re.compile(r"/charts/enter/.*"): {"Cross-Origin-Opener-Policy": "unsafe-none"},
    # The workspace: its charts' style tags (emotion) need 'unsafe-inline' for styles; scripts never do.
    re.compile(r"/app/[0-9a-f-]{36}/"): {
        "Content-Security-Policy": POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    },
}
"""What differs for the addresses of a pattern. Framing and scripts are never among it."""


class SecurityHeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in {**HEADERS, **exception_for(request.path)}.items():
            response.headers[name] = value
        return response


def exception_for(path: str) -> dict[str, str]:
    return next((headers for pattern, headers in EXCEPTIONS.items() if pattern.fullmatch(path)), {})
