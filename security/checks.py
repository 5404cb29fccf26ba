"""Production mode refuses to start while any of these conditions holds (T22): id, condition, message, remedy."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from security.keys import master_key_problem


class Condition(NamedTuple):
    id: str
    is_unsafe: Callable[[], bool]
    message: str
    remedy: str
    roles: frozenset[str] = frozenset({"web"})


def _site() -> Any:
    return urlsplit(settings.SITE_URL)


def _public() -> Any:
    return urlsplit(settings.PUBLIC_URL)


def _is_public_role() -> bool:
    return getattr(settings, "ROLE", "web") == "public"


BOTH = frozenset({"web", "public"})
UNSAFE = [
    Condition("security.E01", lambda: bool(settings.DEBUG), "Debug pages are on.", "Set DEBUG to False.", BOTH),
    Condition(
        "security.E02",
        lambda: len(settings.SECRET_KEY) < 40 or len(set(settings.SECRET_KEY)) < 12,
        "The secret key is short or simple.",
        "Set HONEYGUIDE_SECRET_KEY to at least 40 random characters.",
    ),
    Condition(
        "security.E03",
        lambda: (
            not settings.ALLOWED_HOSTS or any("*" in host or host.startswith(".") for host in settings.ALLOWED_HOSTS)
        ),
        "Any host name is answered.",
        "List the exact names in HONEYGUIDE_ALLOWED_HOSTS.",
        BOTH,
    ),
    Condition(
        "security.E04",
        lambda: _site().scheme != "https",
        "The site's address is not https.",
        "Set HONEYGUIDE_SITE_URL to https://… and end TLS at the proxy.",
    ),
    Condition(
        "security.E05",
        lambda: _site().hostname not in settings.ALLOWED_HOSTS,
        "The site's own host name is not answered.",
        "Add it to HONEYGUIDE_ALLOWED_HOSTS.",
    ),
    Condition(
        "security.E06",
        lambda: settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"),
        "The database is SQLite.",
        "Set HONEYGUIDE_DATABASE_URL to postgresql://….",
        BOTH,
    ),
    Condition(
        "security.E07",
        lambda: not settings.REDIS_URL,
        "There is no Redis: caches, throttles and tasks would be each node's own.",
        "Set HONEYGUIDE_REDIS_URL.",
    ),
    Condition(
        "security.E08",
        lambda: not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"),
        "Mail is not sent, only printed or filed: nobody could verify an address.",
        "Set HONEYGUIDE_EMAIL_URL to smtp:// or smtps://….",
    ),
    Condition(
        "security.E09",
        lambda: master_key_problem(settings.MASTER_KEY_FILE) is not None,
        "The master key is missing, of the wrong size, or readable by others.",
        "Put 32 random bytes into HONEYGUIDE_MASTER_KEY_FILE with mode 600, and keep a copy elsewhere.",
    ),
    Condition(
        "security.E10",
        lambda: settings.OBJECT_STORE["kind"] != "s3" or not settings.OBJECT_STORE["bucket"],
        "Objects are kept in one node's directory.",
        "Set HONEYGUIDE_OBJECT_STORE=s3 and HONEYGUIDE_S3_BUCKET.",
        BOTH,
    ),
    Condition(
        "security.E11",
        lambda: (
            not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE and settings.SESSION_COOKIE_HTTPONLY)
        ),
        "Cookies may travel without TLS or be read by scripts.",
        "Set HONEYGUIDE_SITE_URL to https://….",
    ),
    Condition(
        "security.E12",
        lambda: settings.SECURE_HSTS_SECONDS < 31_536_000,
        "Browsers are not told to insist on TLS (HSTS).",
        "Set HONEYGUIDE_SITE_URL to https://….",
    ),
    Condition("security.E13", lambda: bool(settings.DEMO), "The demo tenant is on.", "Set HONEYGUIDE_DEMO=no."),
    Condition(
        "security.E14",
        lambda: settings.ACCOUNT_EMAIL_VERIFICATION != "mandatory",
        "Addresses need not be verified.",
        'Set ACCOUNT_EMAIL_VERIFICATION to "mandatory".',
    ),
    Condition(
        "security.E15",
        lambda: bool(settings.PUBLIC_URL) and (_public().scheme != "https" or _public().hostname == _site().hostname),
        "Published charts have no https host name of their own.",
        "Set HONEYGUIDE_PUBLIC_URL to https://… with another host name than HONEYGUIDE_SITE_URL.",
        BOTH,
    ),
    Condition(
        "security.E16",
        lambda: bool(settings.PUBLIC_URL) and master_key_problem(settings.PUBLIC_KEY_FILE) is not None,
        "The key of published charts is missing, of the wrong size, or readable by others.",
        "Put 32 random bytes into HONEYGUIDE_PUBLIC_KEY_FILE with mode 600.",
        BOTH,
    ),
    Condition(
        "security.E17",
        lambda: bool(os.environ.get("HONEYGUIDE_MASTER_KEY_FILE") or os.environ.get("HONEYGUIDE_SECRET_KEY")),
        "The public role is given the master key or the secret key.",
        "Start it without HONEYGUIDE_MASTER_KEY_FILE and HONEYGUIDE_SECRET_KEY: it needs neither.",
        frozenset({"public"}),
    ),
]


def faults() -> list[Condition]:
    """The conditions that hold now; none outside production mode."""
    if not settings.PRODUCTION:
        return []
    role = "public" if _is_public_role() else "web"
    return [condition for condition in UNSAFE if role in condition.roles and condition.is_unsafe()]


@register("security")
def check_production(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    return [Error(fault.message, hint=fault.remedy, id=fault.id) for fault in faults()]


def refuse_when_unsafe() -> None:
    """Called when a serving process starts, since Django's own checks do not run there."""
    lines = [f"{fault.id}: {fault.message} {fault.remedy}" for fault in faults()]
    if lines:
        raise ImproperlyConfigured("Production mode refuses to start:\n" + "\n".join(lines))
