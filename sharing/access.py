"""The only door to an app: who may do what with it, looked up through the tenant, refused by default.

Whoever may not open an app learns no more than of an app that does not exist.
"""

from __future__ import annotations

import uuid
from enum import IntEnum
from typing import TYPE_CHECKING

from storage import library

if TYPE_CHECKING:
    from accounts.models import User
    from storage.models import App


class Level(IntEnum):
    """What somebody may do with an app; each level holds the ones below it."""

    VIEW = 1
    EDIT = 2
    OWN = 3


class NoAccess(Exception):
    """There is no such app for this person."""


def access_app(user: User, app_id: uuid.UUID | str, need: Level) -> tuple[App, Level]:
    """The app and the person's level on it; NoAccess unless that is at least `need`."""
    try:
        wanted = uuid.UUID(str(app_id))
    except ValueError:
        raise NoAccess from None
    app = library.app_of(user, wanted)
    if app is None or need > Level.OWN:
        raise NoAccess
    return app, Level.OWN
