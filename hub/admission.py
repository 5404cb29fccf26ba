"""Who is at the other end of a socket, and what he may: read when it opens, compared before and after every request.

The rights version of the app tells, by one small read, whether anybody's rights on it have changed; if so, or after
a moment anyway, everything is read anew: the log-in, the account, the app, the invitation.
"""

from __future__ import annotations

import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from django.utils import timezone

from accounts.models import User
from engine import AccessDenied, Meter, Rights
from hub.caller import Caller
from hub.rights import RIGHTS
from security import audit
from sharing.access import Level, NoAccess, access_app, rights_version
from sharing.errors import TooMany
from sharing.meter import Account
from storage.models import App

RECHECK_SECONDS = 2.0
VISIT = timedelta(minutes=10)
"""Opening an app again within this time is the same visit."""
METERS_KEPT = 1000

FOREIGN_PAGE, UNKNOWN_PERSON, NO_ACCESS, OVERLOADED, FRAME_TOO_LARGE, TROUBLE = 4403, 4401, 4404, 4408, 1009, 1011


class Refused(Exception):
    """The socket has to close, with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Admission:
    """What was found when it was last read."""

    user: User
    app: App
    level: Level
    version: int
    at: float

    @property
    def rights(self) -> Rights:
        return RIGHTS[self.level]


def admit(caller: Caller) -> Admission:
    """The caller's rights, read anew. Raises Refused."""
    user = caller.person()
    if user is None:
        raise Refused(UNKNOWN_PERSON)
    app_id = uuid.UUID(caller.app_id)
    # The version is read first: a change that comes in between is then seen by the next comparison.
    version = rights_version(app_id)
    try:
        app, level = access_app(user, app_id, Level.VIEW)
    except NoAccess:
        raise Refused(NO_ACCESS) from None
    return Admission(user, app, level, version, time.monotonic())


def confirm(caller: Caller, last: Admission) -> Admission:
    """The admission as it stands now: the last one, if nothing has changed. Raises Refused."""
    if rights_version(last.app.pk) == last.version and time.monotonic() - last.at <= RECHECK_SECONDS:
        return last
    return admit(caller)


def note_visit(admission: Admission) -> None:
    """The owner can see who opened the app and when."""
    app, actor = admission.app, str(admission.user.pk)
    last = audit.last_times(app.tenant_id, str(app.pk), "app.opened", actor=actor).get(actor)
    if last is None or timezone.now() - last > VISIT:
        audit.record(app.tenant_id, "app.opened", actor=actor, subject=str(app.pk))


_meters: OrderedDict[tuple[uuid.UUID, uuid.UUID], tuple[Account, Meter]] = OrderedDict()
_meters_lock = Lock()


def meter_for(admission: Admission) -> tuple[Account, Meter] | None:
    """The account and meter of everybody but the owner; one a person and app in this process, also after he left."""
    if admission.level == Level.OWN:
        return None
    key = (admission.app.pk, admission.user.pk)
    with _meters_lock:
        if key not in _meters:
            account = Account(admission.app, admission.user, admission.level)
            _meters[key] = (account, Meter(lambda values: _spend(account, values)))
            while len(_meters) > METERS_KEPT:
                _meters.popitem(last=False)
        _meters.move_to_end(key)
        _meters[key][0].level = admission.level
        return _meters[key]


def _spend(account: Account, values: int) -> None:
    try:
        account.spend(values)
    except TooMany as error:
        raise AccessDenied(error.message) from None
