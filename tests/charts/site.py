"""The public role inside a test: its addresses, none of the product's middleware."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import Client, override_settings

FORMS = ("", "/embed", ".json", ".csv", ".png", ".svg", ".html")


@contextmanager
def public_site() -> Iterator[Client]:
    own = {
        "ROOT_URLCONF": "charts.public.urls",
        "MIDDLEWARE": [],
        "ALLOWED_HOSTS": ["charts.localhost"],
    }
    with override_settings(**own):
        yield Client(headers={"host": "charts.localhost:8001"})
