"""What the public role knows of a chart: one row, read anew for each request; a deletion or a pause counts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import InterfaceError, OperationalError, connection

from charts.models import PublishedChart

Audience = PublishedChart.Audience
PUBLIC = frozenset({Audience.EVERYONE, Audience.LINK})
SIGNED_IN = frozenset({Audience.MEMBERS, Audience.LIST})


@dataclass(frozen=True)
class Facts:
    """A chart that is live, as far as its answers depend on it."""

    slug: str
    chart_id: str
    version_id: int
    audience: str
    audience_version: int
    embedding: str
    sites: tuple[str, ...]
    downloads: bool

    @property
    def is_public(self) -> bool:
        return self.audience in PUBLIC

    @property
    def needs_token(self) -> bool:
        return self.audience in SIGNED_IN

    @property
    def ancestors(self) -> str:
        """Who may frame the embedded chart, as CSP writes it: exactly the owner's list."""
        if self.audience == Audience.SITES or self.embedding == PublishedChart.Embedding.SITES:
            return " ".join(self.sites) or "'none'"
        return "*" if self.embedding == PublishedChart.Embedding.ANYWHERE else "'none'"


class NoChart(Exception):
    """There never was a chart of this address."""


class Gone(Exception):
    """There was one, and it is not shown: deleted, paused, or its app is."""


QUESTION = """
    SELECT chart.id, chart.state, chart.current_id, chart.audience, chart.audience_version, chart.embedding,
           chart.sites, chart.downloads, chart.app_id, app.deleted_at
    FROM charts_publishedchart AS chart LEFT JOIN storage_app AS app ON app.id = chart.app_id
    WHERE chart.slug = %s AND chart.state <> 'draft'
"""
"""Written out because it is asked at every request, and the ORM takes several times as long as the database."""


def first_row(question: str, parameters: Sequence[str] = ()) -> tuple[Any, ...] | None:
    """What the database answers; asked again on a new connection if the kept one turned out to be broken.

    Nobody looks at a connection before he asks: that would be a second question at every request.
    """
    try:
        return _first_row(question, parameters)
    except (OperationalError, InterfaceError):
        if connection.connection is None or connection.is_usable():
            raise
        connection.close()
        return _first_row(question, parameters)


def _first_row(question: str, parameters: Sequence[str]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def facts_of(slug: str) -> Facts:
    """The chart of an address, if the public may see one there now. NoChart, Gone."""
    row = first_row(QUESTION, [slug])
    if row is None:
        raise NoChart
    chart_id, state, version_id, audience, audience_version, embedding, sites, downloads, app_id, app_deleted = row
    if state != PublishedChart.State.LIVE or version_id is None or app_id is None or app_deleted is not None:
        raise Gone
    named = tuple(orjson.loads(sites))
    return Facts(slug, str(chart_id), version_id, audience, audience_version, embedding, named, bool(downloads))
