"""Who calls at the WebSocket: what the handshake says, whether to trust it, and whom it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.http.request import validate_host

from accounts.api_keys import bearer_key, user_for_key
from accounts.models import User

PATH = re.compile(r"^/app/(?P<app>[0-9a-fA-F-]{36})(/(identity|ttl)/[\w-]{1,64})*/?$")

MAX_CLIENT = 300


@dataclass(frozen=True)
class Caller:
    app_id: str | None
    host: str
    origin: str | None
    key: str | None
    session: str | None
    client: str = ""
    """What the browser says of itself."""

    @classmethod
    def of(cls, scope: dict[str, Any]) -> Caller:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        match = PATH.match(scope["path"])
        return cls(
            app_id=match["app"].lower() if match else None,
            host=headers.get("host", ""),
            origin=headers.get("origin"),
            key=bearer_key(headers.get("authorization", "")),
            session=_session_key(headers.get("cookie", "")),
            client=headers.get("user-agent", "")[:MAX_CLIENT],
        )

    @property
    def is_trusted(self) -> bool:
        """A cookie counts only from a page of our own: Origin exactly ours. No Origin only with an API key."""
        try:
            hostname = urlsplit(f"//{self.host}").hostname or ""
        except ValueError:
            return False
        if not validate_host(hostname, settings.ALLOWED_HOSTS):
            return False
        if self.origin is None:
            return self.key is not None
        return self.origin == settings.SITE_URL or (not settings.PRODUCTION and self.origin == f"http://{self.host}")

    def person(self) -> User | None:
        """The signed-in person, None without a live session or key. Reads the database."""
        if self.key is not None:
            return user_for_key(self.key)
        if self.session is None:
            return None
        request = HttpRequest()
        request.session = SessionStore(self.session)
        user = get_user(request)
        return user if isinstance(user, User) and user.is_active else None


def _session_key(header: str) -> str | None:
    try:
        cookie = SimpleCookie(header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return cookie.value if cookie else None
