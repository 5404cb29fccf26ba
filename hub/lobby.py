"""What a person sees in the Hub; reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import library
from storage.models import App, DataFile

if TYPE_CHECKING:
    from accounts.models import User

RECENTLY_DELETED = 20


@dataclass(frozen=True)
class Lobby:
    apps: list[App]
    files: list[DataFile]
    deleted: list[App]
    search: str


def lobby_for(user: User, search: str = "") -> Lobby:
    """Own apps whose title holds `search`, data files, and what can be brought back."""
    wanted = search.strip().casefold()
    apps = [app for app in library.apps_of(user) if wanted in app.title.casefold()]
    deleted = list(library.deleted_apps_of(user)[:RECENTLY_DELETED])
    return Lobby(apps, list(library.files_of(user)), deleted, search)
