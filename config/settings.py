"""All settings, from environment variables; each is read by a reader that fails loudly.

The table of variables stands in docs/operating.md; `security.checks` refuses to start in production
mode when one of them is unsafe.
"""

from __future__ import annotations

import os
import secrets
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import broker
from config.environment import (
    PRODUCT_NAME,
    PRODUCTION,
    PUBLIC_ASSETS,
    PUBLIC_KEY_FILE,  # noqa: F401 (a setting)
    PUBLIC_URL,  # noqa: F401 (a setting)
    ROOT,
    SITE_URL,
    VAR,
    database,
    flag,
    listed,
    number,
    object_store,
    text,
)

DEBUG = False
DEMO = flag("DEMO", default=False)


def kept_secret(name: str) -> str:
    """A random value made once and kept in var/, for the embedded mode only."""
    path = VAR / name
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


SECRET_KEY = text("SECRET_KEY") or ("" if PRODUCTION else kept_secret("secret-key"))
if not SECRET_KEY:
    raise ImproperlyConfigured("HONEYGUIDE_SECRET_KEY (or _FILE) must be set in production.")
ALLOWED_HOSTS = listed("ALLOWED_HOSTS", urlsplit(SITE_URL).hostname or "127.0.0.1") + (
    [] if PRODUCTION else ["127.0.0.1", "localhost"]
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "security",
    "storage",
    "accounts",
    "sharing",
    "charts",
    "hub",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "security.headers.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "security.keys.KeysReadOnceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.product",
            ]
        },
    }
]


DATABASES = {"default": database(text("DATABASE_URL", f"sqlite://{VAR / 'honeyguide.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = text("REDIS_URL")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(VAR / "cache")}
}

OBJECT_STORE = object_store()
MASTER_KEY_FILE = text("MASTER_KEY_FILE", str(VAR / "master-key"))

CELERY_BROKER_URL = REDIS_URL or f"{broker.SCHEME}://"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "storage.tasks.sweep_storage", "schedule": 24 * 3600},
    "letters": {"task": "sharing.tasks.deliver_letters", "schedule": number("MAIL_RETRY_SECONDS", 30)},
    "invitations": {"task": "sharing.tasks.tidy_sharing", "schedule": 3600},
    "charts": {"task": "charts.tasks.refresh_due", "schedule": 60, "options": {"expires": 60}},
    "chart drafts": {"task": "charts.tasks.sweep_charts", "schedule": 3600},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "schedule")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
if not REDIS_URL:
    QUEUE = VAR / "queue"
    for folder in ("in", "done", "control"):
        (QUEUE / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE / "in"),
        "data_folder_out": str(QUEUE / "in"),
        "processed_folder": str(QUEUE / "done"),
        "control_folder": str(QUEUE / "control"),
        "store_processed": False,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": number("TASK_VISIBILITY_SECONDS", 3600)}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 10}  # type: ignore[assignment]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# A code typed where the sign-up began, not a link: whoever verifies is then whoever chose the password.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignupForm",
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",  # nosec B105 (a class, no password)
    "add_email": "accounts.forms.AddEmailForm",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = PRODUCT_NAME
USERSESSIONS_TRACK_ACTIVITY = True
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"

EMAIL_URL = text("EMAIL_URL", "console://")
_mail = urlsplit(EMAIL_URL)
EMAIL_BACKEND = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "smtps": "django.core.mail.backends.smtp.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
}[_mail.scheme]
EMAIL_FILE_PATH = str(VAR / "mail")
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or 25
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_TLS = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = text("MAIL_FROM", f"{PRODUCT_NAME} <no-reply@{urlsplit(SITE_URL).hostname}>")

INVITATION_DAYS = number("INVITATION_DAYS", 7)
INVITATION_MAILS_A_DAY = number("INVITATION_MAILS_A_DAY", 500)
INVITATION_MAILS_TO_ONE_A_DAY = number("INVITATION_MAILS_TO_ONE_A_DAY", 5)
MAIL_RETRY_SECONDS = number("MAIL_RETRY_SECONDS", 30)
MAIL_GIVE_UP_SECONDS = number("MAIL_GIVE_UP_SECONDS", 24 * 3600)
UNDO_SECONDS = number("UNDO_SECONDS", 10)
SHARING_LOGIN_SECONDS = number("SHARING_LOGIN_SECONDS", 12 * 3600)
METER_VALUES_AN_HOUR = number("METER_VALUES_AN_HOUR", 300_000)

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [("workspace", ROOT / "frontend" / "dist")] if (ROOT / "frontend" / "dist").exists() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if "PYTEST_VERSION" in os.environ
        else "config.static.Storage"
    },
}

# Hashed by Django, or by the bundler for what it loads lazily.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+(\.[0-9a-f]{12}|/chunks/.+-[\w-]{8,})\.\w+$"

_secure = urlsplit(SITE_URL).scheme == "https"
SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 63072000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _secure
SECURE_SSL_REDIRECT = False
if flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

UPLOAD_MAX_BYTES = number("UPLOAD_MAX_BYTES", 2 * 1024**3)
READER_LIMITS = {
    "memory": number("READER_MEMORY_BYTES", 6 * 1024**3),
    "seconds": number("READER_SECONDS", 300),
    "rows": number("READER_ROWS", 200_000_000),
    "cells": number("READER_CELLS", 1_000_000_000),
    "decoded_bytes": number("READER_DECODED_BYTES", 4 * 1024**3),
}
REQUEST_LIMITS = {
    "seconds": number("REQUEST_SECONDS", 120),
    "cells": number("REQUEST_CELLS", 50_000_000),
    "characters": number("REQUEST_CHARACTERS", 128 * 1024**2),
}
ENGINE_MEMORY_BYTES = number("ENGINE_MEMORY_BYTES", 8 * 1024**3)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api_keys.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # Half a surrogate pair, which a request's JSON can hold and an error's sentence repeat, is no UTF-8.
    "UNICODE_JSON": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": PRODUCT_NAME,
    "VERSION": "0.1.0",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
CHART_DRAWER = f"{PUBLIC_ASSETS}/drawer/drawer.js"
