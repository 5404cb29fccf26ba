"""The web role: pages and REST under WSGI."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

import config.celery  # noqa: F401  (tasks are sent through it)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from security.checks import refuse_when_unsafe  # noqa: E402  (Django must be set up first)

refuse_when_unsafe()
# What pages need is imported before the process serves: the first reader would wait three seconds for it.
import_module("config.urls")
