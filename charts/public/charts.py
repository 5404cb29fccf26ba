"""What the public role knows of a chart: one row, read anew for each request; a deletion or a pause counts at once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from charts.models import PublishedChart

Audience = PublishedChart.Audience
PUBLIC = frozenset({Audience.EVERYONE, Audience.LINK})
SIGNED_IN = frozenset({Audience.MEMBERS, Audience.LIST})


@dataclass(frozen=True)
class Facts:
    """A chart that is live, as far as its answers depend on it."""

    slug: str
    chart_id: uuid.UUID
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


FIELDS = (
    "id", "state", "current_id", "audience", "audience_version", "embedding", "sites", "downloads", "app_id",
    "app__deleted_at",
)  # fmt: skip


def facts_of(slug: str) -> Facts:
    """The chart of an address, if the public may see one there now. NoChart, Gone."""
    row = (
        PublishedChart.objects.filter(slug=slug).exclude(state=PublishedChart.State.DRAFT).values_list(*FIELDS).first()
    )
    if row is None:
        raise NoChart
    chart_id, state, version_id, audience, audience_version, embedding, sites, downloads, app_id, app_deleted = row
    if state != PublishedChart.State.LIVE or version_id is None or app_id is None or app_deleted is not None:
        raise Gone
    return Facts(slug, chart_id, version_id, audience, audience_version, embedding, tuple(sites), downloads)
