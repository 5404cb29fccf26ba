"""The public role: published charts, in a process that cannot import the engine or anything of a session."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

os.environ["DJANGO_SETTINGS_MODULE"] = "config.public_settings"

FORBIDDEN = frozenset(
    {
        "engine",
        "hub",
        "sharing",
        "storage.documents",
        "storage.library",
        "charts.publishing",
        "charts.preparing",
        "charts.evaluation",
        "charts.asking",
    }
    | {"config.settings", "config.celery", "allauth", "rest_framework", "celery", "numba", "numpy", "pyarrow"}
)


class NoEngine(MetaPathFinder):
    """Refuses to find what can open an app, whoever asks: import rules are checked again where they matter most."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if any(fullname == name or fullname.startswith(name + ".") for name in FORBIDDEN):
            raise ImportError(f"The public role may not import {fullname}.")
        return None


sys.meta_path.insert(0, NoEngine())

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from django.core.cache import close_caches  # noqa: E402
from django.core.signals import request_finished, request_started  # noqa: E402
from django.db import close_old_connections, reset_queries  # noqa: E402

# What Django does around every request would be a seventh of it, for nothing: connections have no end here (and are
# mended by whoever finds one broken), queries are not logged, there is no cache.
request_started.disconnect(reset_queries)
request_started.disconnect(close_old_connections)
request_finished.disconnect(close_old_connections)
request_finished.disconnect(close_caches)

from security.checks import refuse_when_unsafe  # noqa: E402  (Django must be set up first)

refuse_when_unsafe()
