"""What a person may read of an app that is not his: so many values in an hour, so many in a day (T04).

The engine counts the values where they leave (engine.qix.meter); here stand the limits and the account. Counts are
kept in the database, in steps, so that all sockets and processes share them; what one of them has not told yet is
less than a step.
"""

from __future__ import annotations

import threading
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db.models import F, Sum
from django.utils import timezone

from security.audit import record
from sharing.access import Level
from sharing.deeds import doing
from sharing.errors import BadRequest, TooMany
from sharing.invitations import sharing_of
from sharing.models import Deed, Reading, Sharing
from storage.models import App

if TYPE_CHECKING:
    from accounts.models import User

HOURS_OF_A_DAYS_LIMIT = 5
"""The limit of a day is that of so many hours."""
EDITORS_MORE = 5
"""An editor may read so many times what a viewer may."""
STEP = 1000
LEAST, MOST = 1000, 1_000_000_000


class Limits(NamedTuple):
    hour: int
    day: int


def limits_of(app: App, level: Level) -> Limits:
    chosen = Sharing.objects.filter(app=app).values_list("values_an_hour", flat=True).first()
    hour = (chosen or settings.METER_VALUES_AN_HOUR) * (EDITORS_MORE if level >= Level.EDIT else 1)
    return Limits(hour, hour * HOURS_OF_A_DAYS_LIMIT)


def set_limit(owner: User, app: App, values_an_hour: int | None) -> Deed:
    """How much a viewer may read of the app in an hour; None for the default."""
    if values_an_hour is not None and not LEAST <= values_an_hour <= MOST:
        raise BadRequest(f"Choose a number between {LEAST:,} and {MOST:,}.")
    with doing(owner, "meter.changed", app.tenant_id, str(app.pk), [app.pk]) as done:
        done.change(sharing_of(app), values_an_hour=values_an_hour)
        done.audit("meter.changed", app.pk)
    return done.deed


class Account:
    """What one person reads of one app, as one process counts it. Safe between threads."""

    def __init__(self, app: App, user: User, level: Level) -> None:
        self.app, self.user, self.level = app, user, level
        self._lock = threading.Lock()
        self._untold = 0
        self._told = _read_so_far(app.pk, user.pk, timezone.now())
        self._limits = limits_of(app, level)

    def spend(self, values: int) -> None:
        """Count values that are about to leave. Raises TooMany, and counts nothing, if that would pass a limit."""
        with self._lock:
            wanted = self._untold + values
            if wanted >= STEP or self._passes(wanted) is not None:
                self._tell()
                wanted = self._untold + values
            passed = self._passes(wanted)
            if passed is not None:
                self._note_stop()
                raise TooMany(passed)
            self._untold = wanted

    def settle(self) -> None:
        """Tell the database what it has not been told yet."""
        with self._lock:
            if self._untold:
                self._tell()

    def _passes(self, wanted: int) -> str | None:
        for limit, read, span in zip(self._limits, self._told, ("an hour", "a day"), strict=True):
            if read + wanted > limit:
                return (
                    f"You have read as much of this app as its owner lets people read in {span} ({limit:,} values). "
                    "Go on later, or ask the owner to raise the limit."
                )
        return None

    def _tell(self) -> None:
        now = timezone.now()
        if self._untold:
            row, _ = Reading.objects.get_or_create(app=self.app, user=self.user, hour=_hour(now))
            Reading.objects.filter(pk=row.pk).update(amount=F("amount") + self._untold)
            self._untold = 0
        self._told = _read_so_far(self.app.pk, self.user.pk, now)
        self._limits = limits_of(self.app, self.level)

    def _note_stop(self) -> None:
        """Once an hour a limit that was met stands in the audit trail, which the owner is shown."""
        row, _ = Reading.objects.get_or_create(app=self.app, user=self.user, hour=_hour(timezone.now()))
        if Reading.objects.filter(pk=row.pk, stopped=False).update(stopped=True):
            record(self.app.tenant_id, "meter.met", actor=str(self.user.pk), subject=str(self.app.pk))


def _read_so_far(app_id: uuid.UUID, user_id: uuid.UUID, now: datetime) -> Limits:
    """What was read in this hour, and in the last 24."""
    readings = Reading.objects.filter(app_id=app_id, user_id=user_id)
    hour = readings.filter(hour=_hour(now)).aggregate(sum=Sum("amount"))["sum"] or 0
    day = readings.filter(hour__gt=now - timedelta(days=1)).aggregate(sum=Sum("amount"))["sum"] or 0
    return Limits(hour, day)


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
