"""Counts how often charts are drawn: by chart, day and host of the embedding page. No cookie, no address, no person.

Counts gather in memory and go to the database every few seconds; a process that dies loses a few.
"""

from __future__ import annotations

import atexit
import re
import threading
import uuid
from collections import Counter
from datetime import date

from django.db import close_old_connections, transaction
from django.db.models import F
from django.utils import timezone

from charts.models import ChartViews

FLUSH_SECONDS = 3.0
MAX_HOSTS = 100
"""Different hosts of a chart and day; whatever comes after counts as OTHERS."""
OTHERS = "others"
HOST = re.compile(r"^[a-z0-9.-]{1,120}(:\d{1,5})?$")

_lock = threading.Lock()
_counts: Counter[tuple[str, date, str]] = Counter()
_timer: threading.Timer | None = None


def count_view(chart_id: str, host: str) -> None:
    """Count one drawing; `host` is taken as it was told, if it can be the name of one."""
    global _timer
    named = host.lower() if HOST.match(host.lower()) else ""
    with _lock:
        _counts[chart_id, timezone.now().date(), named] += 1
        if _timer is None:
            _timer = threading.Timer(FLUSH_SECONDS, _flush_in_thread)
            _timer.daemon = True
            _timer.start()


def flush() -> None:
    """Bring what was counted to the database."""
    global _timer
    with _lock:
        counted, _timer = dict(_counts), None
        _counts.clear()
    for (chart_id, day, host), number in counted.items():
        with transaction.atomic():
            _add(uuid.UUID(chart_id), day, host, number)


def _flush_in_thread() -> None:
    try:
        flush()
    finally:
        close_old_connections()


def _add(chart_id: uuid.UUID, day: date, host: str, number: int) -> None:
    rows = ChartViews.objects.filter(chart_id=chart_id, day=day)
    if rows.filter(host=host).update(count=F("count") + number):
        return
    named = host if rows.count() < MAX_HOSTS else OTHERS
    row, _ = ChartViews.objects.get_or_create(chart_id=chart_id, day=day, host=named)
    ChartViews.objects.filter(pk=row.pk).update(count=F("count") + number)


atexit.register(flush)
