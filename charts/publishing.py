"""From a chart of an own app to the public: draft, prepare, publish, refresh, pause, change the audience, unpublish.

What goes live is always a version that is prepared whole; the owner's look and the public's are the same bytes.
Deleting destroys the versions and their keys, and keeps the row, so that an address never comes back.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from charts.models import ChartReader, ChartVersion, PublishedChart
from charts.plan import Plan
from security.audit import record
from sharing.access import Level, access_app
from storage import objects
from storage.models import App, StoredObject

if TYPE_CHECKING:
    from accounts.models import User

MAX_CHARTS = 1000
"""Charts of one tenant that are live, paused or drafts."""
DRAFTS_KEPT = timedelta(hours=24)
LOOK_KEPT = timedelta(hours=1)
"""So long no refresh takes away another plan's preview that the owner looks at."""
State, VersionState = PublishedChart.State, ChartVersion.State


class NotPossible(Exception):
    """This cannot be done with the chart as it is now; the message is for the owner."""


# -- reading


def charts_of(owner: User) -> QuerySet[PublishedChart]:
    """Own charts that are not ended, the newest first."""
    mine = PublishedChart.objects.filter(tenant_id=owner.tenant_id, owner=owner).exclude(state=State.ENDED)
    return mine.select_related("current", "app").order_by("-created")


def published_of(owner: User) -> QuerySet[PublishedChart]:
    return charts_of(owner).filter(state__in=[State.LIVE, State.PAUSED])


def charts_by_app(owner: User) -> dict[uuid.UUID, int]:
    """How many published charts each app has."""
    counted = published_of(owner).order_by().values_list("app").annotate(Count("pk"))
    return {app_id: number for app_id, number in counted if app_id is not None}


def waiting_version(chart: PublishedChart) -> ChartVersion | None:
    """The newest version that is not live: being prepared, waiting for the owner's look, or failed."""
    newest = chart.versions.first()
    return newest if newest is not None and newest.pk != chart.current_id else None


def stored_bundle(version: ChartVersion) -> dict[str, Any]:
    """The version's snapshot and pictures, as the owner may see them."""
    if version.object is None:
        raise NotPossible("The version is not ready.")
    return dict(orjson.loads(objects.read(version.object)))


# -- drafting


@transaction.atomic
def draft_chart(owner: User, app_id: uuid.UUID, object_id: str, data: dict[str, Any]) -> PublishedChart:
    """A draft of a chart of an own app; the caller sends the task that prepares it. NoAccess, BadPlan, NotPossible."""
    app, _ = access_app(owner, app_id, Level.OWN)
    if not settings.PUBLIC_URL:
        raise NotPossible("Publishing is switched off in this installation.")
    if charts_of(owner).count() >= MAX_CHARTS:
        raise NotPossible(f"You have {MAX_CHARTS} charts, which is the limit. Delete some first.")
    Plan.of(data)
    chart = PublishedChart(tenant_id=owner.tenant_id, owner=owner, app=app, object_id=object_id)
    chart.plan_data = data
    chart.save(force_insert=True)
    new_version(chart)
    return chart


@transaction.atomic
def change_plan(chart: PublishedChart, data: dict[str, Any]) -> ChartVersion:
    """Another wish for the same chart: prepared anew, the chart's own only once it is published. BadPlan."""
    Plan.of(data)
    return new_version(chart, data)


@transaction.atomic
def new_version(
    chart: PublishedChart, plan_data: dict[str, Any] | None = None, *, is_refresh: bool = False
) -> ChartVersion:
    """A version to be prepared, by another plan or the chart's; whatever else was under way for it is dropped."""
    PublishedChart.objects.select_for_update().get(pk=chart.pk)
    for version in unpublished_versions(chart):
        destroy_version(version)
    number = (chart.versions.aggregate(number=Max("number"))["number"] or 0) + 1
    version = ChartVersion.objects.create(chart=chart, number=number, is_refresh=is_refresh)
    version.plan_data = plan_data or chart.plan_data
    version.save(update_fields=["sealed_plan"])
    return version


def unpublished_versions(chart: PublishedChart) -> QuerySet[ChartVersion]:
    return chart.versions.exclude(state__in=[VersionState.LIVE, VersionState.REPLACED])


@transaction.atomic
def discard(chart: PublishedChart) -> None:
    """The owner does not want what waits; what is live stays. The same refresh is not tried again by itself."""
    for version in unpublished_versions(chart):
        if version.is_refresh and version.app_version and chart.current_id:
            ChartVersion.objects.filter(pk=chart.current_id).update(app_version=version.app_version)
        destroy_version(version)


# -- what the public sees


@transaction.atomic
def publish(chart: PublishedChart, actor: User, number: int) -> None:
    """Make a READY version the one that the public sees. NotPossible if it is not the newest, or not ready."""
    version = chart.versions.select_for_update().first()
    if version is None or version.number != number or version.state != VersionState.READY:
        raise NotPossible("What you looked at is not current any more. Look at the preview again.")
    go_live(version, str(actor.pk))


@transaction.atomic
def go_live(version: ChartVersion, actor: str) -> None:
    chart = PublishedChart.objects.select_for_update().get(pk=version.chart_id)
    if chart.state == State.ENDED:
        return
    for old in chart.versions.filter(state=VersionState.LIVE):
        _retire(old)
    version.state = VersionState.LIVE
    version.save()
    is_first = chart.state == State.DRAFT
    chart.current = version
    chart.plan_data = version.plan_data
    chart.state = State.LIVE if is_first else chart.state
    chart.published = chart.published or timezone.now()
    chart.next_refresh = _next_refresh(chart)
    chart.save()
    action = "published" if is_first else "refreshed" if version.is_refresh else "republished"
    record(chart.tenant_id, f"chart.{action}", actor=actor, subject=str(chart.pk))


def _retire(version: ChartVersion) -> None:
    """A version that is not shown any more: its snapshot goes, the record for later audits stays."""
    stored, version.object = version.object, None
    version.state, version.public_key, version.sealed_plan = VersionState.REPLACED, b"", b""
    version.save()
    if stored is not None:
        objects.delete(stored)


@transaction.atomic
def set_paused(chart: PublishedChart, actor: User, *, paused: bool) -> None:
    """Take a chart from the public for a while, or bring it back under the same address."""
    wanted, other = (State.PAUSED, State.LIVE) if paused else (State.LIVE, State.PAUSED)
    changed = PublishedChart.objects.filter(pk=chart.pk, state=other).update(state=wanted)
    if changed:
        action = "chart.paused" if paused else "chart.resumed"
        record(chart.tenant_id, action, actor=str(actor.pk), subject=str(chart.pk))
    chart.refresh_from_db()


@transaction.atomic
def change_audience(chart: PublishedChart, actor: User, wanted: dict[str, Any]) -> None:
    """Who may see it and where it may be embedded, from checked values; every token given out before ends."""
    for name in ("audience", "embedding", "sites", "downloads", "refresh", "refresh_hours"):
        if name in wanted:
            setattr(chart, name, wanted[name])
    chart.audience_version += 1
    chart.next_refresh = _next_refresh(chart)
    chart.save()
    if "readers" in wanted:
        chart.readers.all().delete()
        addresses = dict.fromkeys(wanted["readers"])
        ChartReader.objects.bulk_create(ChartReader(chart=chart, address=address) for address in addresses)
    record(chart.tenant_id, "chart.audience", actor=str(actor.pk), subject=str(chart.pk))


@transaction.atomic
def unpublish(chart: PublishedChart, actor: str) -> None:
    """End a chart for good: every version, picture and key is destroyed; the address answers 410 from then on."""
    chart = PublishedChart.objects.select_for_update().get(pk=chart.pk)
    if chart.state == State.ENDED:
        return
    was_draft = chart.state == State.DRAFT
    chart.state, chart.current, chart.sealed, chart.next_refresh, chart.sites = State.ENDED, None, b"", None, []
    chart.save()
    for version in chart.versions.all():
        destroy_version(version)
    chart.readers.all().delete()
    chart.views.all().delete()
    if was_draft:
        chart.delete()
    else:
        record(chart.tenant_id, "chart.deleted", actor=actor, subject=str(chart.pk))


def end_charts_of(app: App, actor: str) -> int:
    """The app goes away: so do its charts, for good. The number of those that were published."""
    charts = list(PublishedChart.objects.filter(app=app, tenant_id=app.tenant_id).exclude(state=State.ENDED))
    for chart in charts:
        unpublish(chart, actor)
    return sum(chart.state != State.DRAFT for chart in charts)


def destroy_version(version: ChartVersion) -> None:
    stored = [one for one in (version.object, version.audit) if one is not None]
    version.delete()
    for one in stored:
        objects.delete(one)


def drop_objects(version: ChartVersion) -> None:
    stored: list[StoredObject] = [one for one in (version.object, version.audit) if one is not None]
    version.object = version.audit = None
    version.public_key = b""
    version.save()
    for one in stored:
        objects.delete(one)


# -- refreshing


def refresh(chart: PublishedChart) -> ChartVersion:
    """A new version of a published chart from the app as it is now; the caller sends the task. NotPossible."""
    if chart.state not in (State.LIVE, State.PAUSED):
        raise NotPossible("The chart is not published.")
    return new_version(chart, is_refresh=True)


def due_charts(now: datetime) -> list[PublishedChart]:
    """Charts that want a refresh: their time has come, or their app was saved since they were made."""
    live = PublishedChart.objects.filter(state=State.LIVE, app__deleted_at=None).exclude(app=None)
    live = live.select_related("app__current", "current")
    scheduled = list(live.filter(refresh=PublishedChart.Refresh.SCHEDULE, next_refresh__lte=now))
    saved = [
        chart
        for chart in live.filter(refresh=PublishedChart.Refresh.SAVES)
        if chart.app and chart.app.current and chart.current and _is_behind(chart)
    ]
    return [chart for chart in (*scheduled, *saved) if not _is_looked_at(chart, now)]


def _is_looked_at(chart: PublishedChart, now: datetime) -> bool:
    waiting = waiting_version(chart)
    return waiting is not None and not waiting.is_refresh and waiting.created > now - LOOK_KEPT


def _is_behind(chart: PublishedChart) -> bool:
    """Whether the app was saved since, and no newer version of the chart was tried on that save already."""
    newest = chart.versions.first()
    tried = max(chart.current.app_version if chart.current else 0, newest.app_version if newest else 0)
    is_busy = newest is not None and newest.state == VersionState.PREPARING
    return bool(chart.app and chart.app.current and chart.app.current.number > tried and not is_busy)


def start_due(now: datetime) -> list[ChartVersion]:
    """New versions for all charts that are due, and their next time."""
    started = []
    for chart in due_charts(now):
        started.append(refresh(chart))
        chart.next_refresh = _next_refresh(chart)
        chart.save(update_fields=["next_refresh"])
    return started


def _next_refresh(chart: PublishedChart) -> datetime | None:
    if chart.refresh != PublishedChart.Refresh.SCHEDULE:
        return None
    return timezone.now() + timedelta(hours=chart.refresh_hours)


def sweep_drafts(now: datetime) -> int:
    """Drop drafts that nobody published."""
    drafts = list(PublishedChart.objects.filter(state=State.DRAFT, created__lt=now - DRAFTS_KEPT))
    for chart in drafts:
        unpublish(chart, "sweep")
    return len(drafts)
