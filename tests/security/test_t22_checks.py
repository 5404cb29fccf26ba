"""T22: production refuses to start while a setting is unsafe; each refusal has an id and a remedy."""

import os

import pytest
from django.core.exceptions import ImproperlyConfigured

from security import checks

SAFE = {
    "PRODUCTION": True,
    "DEBUG": False,
    "SECRET_KEY": "kD93-vn2Lq0xT7mRz5Yw8sPbH4uJcE6gAf1oViNyKtBl",
    "ALLOWED_HOSTS": ["bees.example.org"],
    "SITE_URL": "https://bees.example.org",
    "PUBLIC_URL": "https://charts.example.org",
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "REDIS_URL": "redis://cache:6379/0",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OBJECT_STORE": {"kind": "s3", "bucket": "honey", "root": ""},
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SECURE_HSTS_SECONDS": 63072000,
    "DEMO": False,
    "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
}
UNSAFE = [
    ("security.E01", "DEBUG", True),
    ("security.E02", "SECRET_KEY", "short"),
    ("security.E02", "SECRET_KEY", "ab" * 40),
    ("security.E03", "ALLOWED_HOSTS", ["*", "bees.example.org"]),
    ("security.E03", "ALLOWED_HOSTS", [".example.org", "bees.example.org"]),
    ("security.E04", "SITE_URL", "http://bees.example.org"),
    ("security.E05", "SITE_URL", "https://wasps.example.org"),
    ("security.E06", "DATABASES", {"default": {"ENGINE": "django.db.backends.sqlite3"}}),
    ("security.E07", "REDIS_URL", ""),
    ("security.E08", "EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend"),
    ("security.E09", "MASTER_KEY_FILE", "/nonexistent/master-key"),
    ("security.E10", "OBJECT_STORE", {"kind": "directory", "bucket": "", "root": "/data"}),
    ("security.E11", "SESSION_COOKIE_SECURE", False),
    ("security.E11", "CSRF_COOKIE_SECURE", False),
    ("security.E12", "SECURE_HSTS_SECONDS", 0),
    ("security.E13", "DEMO", True),
    ("security.E14", "ACCOUNT_EMAIL_VERIFICATION", "optional"),
    ("security.E15", "PUBLIC_URL", "http://charts.example.org"),
    ("security.E15", "PUBLIC_URL", "https://bees.example.org:8443"),
    ("security.E16", "PUBLIC_KEY_FILE", "/nonexistent/public-key"),
]


@pytest.fixture
def safe(settings, tmp_path, monkeypatch):
    key = tmp_path / "master-key"
    key.write_bytes(os.urandom(32))
    key.chmod(0o600)
    public = tmp_path / "public-key"
    public.write_bytes(os.urandom(32))
    public.chmod(0o600)
    values = {**SAFE, "MASTER_KEY_FILE": str(key), "PUBLIC_KEY_FILE": str(public)}

    class Settings:
        pass

    for name, value in values.items():
        setattr(Settings, name, value)
    # Not the settings fixture: no database may be configured anew in a running process.
    monkeypatch.setattr(checks, "settings", Settings)
    return Settings


def test_t22_safe_settings_start(safe):
    checks.refuse_when_unsafe()
    assert checks.check_production(None) == []


@pytest.mark.parametrize(("code", "name", "value"), UNSAFE, ids=[f"{row[0]}-{row[1]}" for row in UNSAFE])
def test_t22_refuses_each_of_12(safe, code, name, value):
    setattr(safe, name, value)
    found = checks.check_production(None)
    assert [error.id for error in found] == [code]
    assert found[0].hint
    with pytest.raises(ImproperlyConfigured, match=code):
        checks.refuse_when_unsafe()


def test_t22_a_master_key_that_the_group_may_read(safe):
    os.chmod(safe.MASTER_KEY_FILE, 0o640)
    assert [error.id for error in checks.check_production(None)] == ["security.E09"]


def test_t22_every_condition_has_a_case():
    assert {row[0] for row in UNSAFE} == {condition.id for condition in checks.UNSAFE if "web" in condition.roles}
    assert len(checks.UNSAFE) >= 12


def test_t22_outside_production_nothing_is_refused(safe):
    safe.PRODUCTION, safe.DEBUG = False, True
    assert checks.check_production(None) == []


def test_t22_the_public_role_is_not_given_what_it_does_not_need(safe, monkeypatch):
    safe.ROLE = "public"
    for name in ("REDIS_URL", "SECURE_HSTS_SECONDS", "EMAIL_BACKEND", "SESSION_COOKIE_SECURE"):
        delattr(safe, name)
    monkeypatch.delenv("HONEYGUIDE_MASTER_KEY_FILE", raising=False)
    assert checks.faults() == []
    monkeypatch.setenv("HONEYGUIDE_MASTER_KEY_FILE", "/run/secrets/master_key")
    assert [fault.id for fault in checks.faults()] == ["security.E17"]
