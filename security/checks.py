"""Production mode refuses to start while any of these conditions holds (T22): id, condition, message, remedy."""

from __future__ import annotations

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


def _site() -> Any:
    return urlsplit(settings.SITE_URL)


UNSAFE = [
    Condition("security.E01", lambda: bool(settings.DEBUG), "Debug pages are on.", "Set DEBUG to False."),
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
]


def faults() -> list[Condition]:
    """The conditions that hold now; none outside production mode."""
    return [condition for condition in UNSAFE if condition.is_unsafe()] if settings.PRODUCTION else []


@register("security")
def check_production(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    return [Error(fault.message, hint=fault.remedy, id=fault.id) for fault in faults()]


def refuse_when_unsafe() -> None:
    """Called when a serving process starts, since Django's own checks do not run there."""
    lines = [f"{fault.id}: {fault.message} {fault.remedy}" for fault in faults()]
    if lines:
        raise ImproperlyConfigured("Production mode refuses to start:\n" + "\n".join(lines))
