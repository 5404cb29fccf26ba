"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / "var" / "numba"))
# No deadlines: a test asserts what is computed, never how long it took.
# No chance either: a change is judged by the same examples as the one before it; `make fuzz` looks for new ones.
PATIENT = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", PATIENT, derandomize=True)
settings.register_profile("search", PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests that want one."""
    from tests.browser.chromium import chromium

    with chromium() as running:
        yield running


@pytest.fixture(autouse=True)
def own_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A test with a database has an object store, a master key and a cache of its own, in a folder that goes away."""
    if request.node.get_closest_marker("django_db") is None:
        yield
        return
    from django.conf import settings as django_settings
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("var")
    store = {**django_settings.OBJECT_STORE, "kind": "directory", "root": str(folder / "objects")}
    caches = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(folder)}}
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one takes its time on purpose
    own = {"OBJECT_STORE": store, "MASTER_KEY_FILE": str(folder / "master-key"), "CACHES": caches}
    with override_settings(**own, PASSWORD_HASHERS=quick):
        yield
