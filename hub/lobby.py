"""What a person sees in the Hub; reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from charts.publishing import charts_by_app
from hub.who import notes_of
from sharing import invitations
from sharing.access import SharedApp, apps_shared_with
from sharing.models import Invitation
from storage import library
from storage.models import App, DataFile

if TYPE_CHECKING:
    from accounts.models import User

RECENTLY_DELETED = 20


@dataclass(frozen=True)
class OwnApp:
    app: App
    people: int
    """How many have access to it, or are invited."""
    charts: int
    """How many charts of it are published."""


@dataclass(frozen=True)
class Lobby:
    waiting: list[Invitation]
    apps: list[OwnApp]
    shared: list[SharedApp]
    files: list[DataFile]
    deleted: list[App]
    search: str


def lobby_for(user: User, search: str = "") -> Lobby:
    """What waits for an answer, apps whose title holds `search`, files, and what can be brought back."""
    wanted = search.strip().casefold()
    own = [app for app in library.apps_of(user) if wanted in app.title.casefold()]
    people, charts = notes_of(own), charts_by_app(user)
    return Lobby(
        waiting=list(invitations.waiting_for(user)),
        apps=[OwnApp(app, people.get(app.pk, 0), charts.get(app.pk, 0)) for app in own],
        shared=[one for one in apps_shared_with(user) if wanted in one.app.title.casefold()],
        files=list(library.files_of(user)),
        deleted=list(library.deleted_apps_of(user)[:RECENTLY_DELETED]),
        search=search,
    )
