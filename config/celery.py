"""The Celery application; every room's tasks.py is found by itself."""

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _refuse_when_unsafe(**_: object) -> None:
    from security.checks import refuse_when_unsafe

    refuse_when_unsafe()
