"""Changes to own apps that concern more than one room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from charts import publishing
from storage import library

if TYPE_CHECKING:
    from accounts.models import User
    from storage.models import App


@transaction.atomic
def delete_app(app: App, actor: User) -> None:
    """Take an app away. It can be brought back for a while; the charts published from it end for good."""
    publishing.end_charts_of(app, str(actor.pk))
    library.delete_app(app, actor)
