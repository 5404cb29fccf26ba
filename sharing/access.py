"""The only door to an app: who may do what with it, looked up through the tenant, refused by default.

Whoever may not open an app learns no more than of an app that does not exist. Access by invitation lasts while the
invitation is accepted, in time, not stopped, and the account still has the invited address verified.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from sharing.models import Invitation, Role
from sharing.states import State
from storage import library
from storage.models import App

if TYPE_CHECKING:
    from accounts.models import User


class Level(IntEnum):
    """What somebody may do with an app; each level holds the ones below it."""

    VIEW = 1
    EDIT = 2
    OWN = 3


LEVEL_OF_ROLE = {Role.VIEWER: Level.VIEW, Role.EDITOR: Level.EDIT}


class NoAccess(Exception):
    """There is no such app for this person."""


class TooLittle(NoAccess):
    """The person may open the app, but not do this with it."""


class SharedApp(NamedTuple):
    """An app of somebody else that a person may open."""

    app: App
    owner: str
    level: Level


def access_app(user: User, app_id: uuid.UUID | str, need: Level) -> tuple[App, Level]:
    """The app and the person's level on it; NoAccess unless that is at least `need`."""
    try:
        wanted = uuid.UUID(str(app_id))
    except ValueError:
        raise NoAccess from None
    app = library.app_of(user, wanted)
    if app is not None:
        return app, Level.OWN
    shared = apps_shared_with(user, wanted)
    if not shared:
        raise NoAccess
    if shared[0].level < need:
        raise TooLittle
    return shared[0].app, shared[0].level


def apps_shared_with(user: User, only: uuid.UUID | None = None) -> list[SharedApp]:
    """Apps of others that the person may open now, the one changed last first; at most the one if one is named."""
    found = _living(user) if only is None else _living(user).filter(app_id=only)
    best: dict[uuid.UUID, SharedApp] = {}
    for invitation in found:
        level = LEVEL_OF_ROLE[Role(invitation.role)]
        if invitation.app_id not in best or best[invitation.app_id].level < level:
            best[invitation.app_id] = SharedApp(invitation.app, invitation.app.owner.email, level)
    return sorted(best.values(), key=lambda shared: shared.app.modified, reverse=True)


def rights_versions(app_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The version of everybody's rights on each app that there is; it grows with every change of them."""
    return dict(App.objects.filter(pk__in=list(app_ids)).values_list("pk", "rights_version"))


def rights_version(app_id: uuid.UUID) -> int:
    """The same for one app, -1 if it is gone. Asked before and after every request of a socket: plain and quick."""
    with connection.cursor() as cursor:
        field = App._meta.pk
        cursor.execute(_VERSION_OF_ONE, [field.get_db_prep_value(app_id, connection)])
        row = cursor.fetchone()
    return int(row[0]) if row else -1


_VERSION_OF_ONE = "SELECT rights_version FROM storage_app WHERE id = %s"


def _living(user: User) -> QuerySet[Invitation]:
    """Invitations by which the person has access at this moment."""
    his = EmailAddress.objects.filter(user_id=OuterRef("taken_by_id"), email=OuterRef("address"), verified=True)
    found = Invitation.objects.filter(Exists(his), taken_by=user, state=State.ACCEPTED, app__deleted_at=None)
    found = found.filter(Q(until=None) | Q(until__gt=timezone.now()), app__sharing__stopped=None)
    return found.exclude(app__current=None).select_related("app__current", "app__owner")
