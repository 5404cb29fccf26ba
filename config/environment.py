"""Readers of the environment, shared by the settings of all roles; each fails loudly."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
PRODUCT_NAME = "Honeyguide"


def text(name: str, default: str = "") -> str:
    """The variable HONEYGUIDE_<name>, or the content of the file named by HONEYGUIDE_<name>_FILE."""
    file = os.environ.get(f"HONEYGUIDE_{name}_FILE")
    if file and name not in ("MASTER_KEY", "PUBLIC_KEY"):
        return Path(file).read_text().strip()
    return os.environ.get(f"HONEYGUIDE_{name}", default)


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "yes" if default else "no").lower()
    if value not in {"yes", "no", "true", "false", "1", "0"}:
        raise ImproperlyConfigured(f"HONEYGUIDE_{name} must be yes or no, not {value!r}.")
    return value in {"yes", "true", "1"}


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"HONEYGUIDE_{name} must be a whole number, not {value!r}.") from None


def listed(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


PRODUCTION = flag("PRODUCTION")
VAR = Path(text("VAR", str(ROOT / "var")))
VAR.mkdir(parents=True, exist_ok=True)


def database(url: str) -> dict[str, Any]:
    """A Django database entry from sqlite:///path or postgresql://user:password@host:port/name."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path,
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
            "TEST": {"NAME": str(VAR / "test.sqlite3")},
        }
    if parts.scheme == "postgresql":
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": parts.port or 5432,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured(f"HONEYGUIDE_DATABASE_URL: {parts.scheme!r} is neither sqlite nor postgresql.")


def object_store() -> dict[str, str]:
    """Where sealed objects lie."""
    return {
        "kind": text("OBJECT_STORE", "directory"),
        "root": text("OBJECT_ROOT", str(VAR / "objects")),
        "bucket": text("S3_BUCKET"),
        "endpoint": text("S3_ENDPOINT"),
        "region": text("S3_REGION", "us-east-1"),
        "access_key": text("S3_ACCESS_KEY"),
        "secret_key": text("S3_SECRET_KEY"),
    }


SITE_URL = text("SITE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
PUBLIC_URL = text("PUBLIC_URL", "" if PRODUCTION else f"http://localhost:{int(os.environ.get('PORT', '8000')) + 1}")
"""Where the public role answers, on a host name of its own; without it nothing can be published."""
PUBLIC_ASSETS = str(ROOT / "frontend" / "dist-public")
"""What the front end's build made for published charts."""
PUBLIC_KEY_FILE = text("PUBLIC_KEY_FILE", str(VAR / "public-key"))
