"""Settings of the public role: what serving published charts takes. No session, no mail, no master key."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from config.environment import (
    PRODUCT_NAME,  # noqa: F401 (a setting)
    PRODUCTION,
    PUBLIC_ASSETS,  # noqa: F401 (a setting)
    PUBLIC_KEY_FILE,  # noqa: F401 (a setting)
    PUBLIC_URL,
    ROOT,
    SITE_URL,  # noqa: F401 (a setting)
    VAR,
    database,
    object_store,
    text,
)

ROLE = "public"
DEBUG = False
SECRET_KEY = secrets.token_urlsafe(48)  # signs nothing: there is no session, and tokens have a key of their own
ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname or ""] + ([] if PRODUCTION else ["localhost", "127.0.0.1"])
INSTALLED_APPS = ["security", "storage", "accounts", "charts"]
AUTH_USER_MODEL = "accounts.User"
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "charts.public.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [ROOT / "templates"]}]
DATABASES = {"default": database(text("DATABASE_URL", f"sqlite://{VAR / 'honeyguide.sqlite3'}"))}
# Kept for good and not looked at before it is asked: charts.public.charts.first_row finds out what is broken.
DATABASES["default"] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # The one question of every request is planned once a connection: planning takes longer than answering.
    DATABASES["default"].setdefault("OPTIONS", {}).update(server_side_binding=True, prepare_threshold=5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
OBJECT_STORE = object_store()
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
