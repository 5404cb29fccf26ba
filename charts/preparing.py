"""Makes a version of a chart: asks the engine, hides what must be hidden, draws, seals, and says what to look at.

Long work, done by the worker; whatever fails leaves the version with a sentence and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from charts import pictures
from charts.cautions import cautions
from charts.disclosure import Cell
from charts.evaluation import Evaluation, evaluate, subject_of
from charts.models import ChartVersion, PublishedChart
from charts.plan import BadPlan, Plan, TooMuch
from charts.publishing import NotPossible, State, VersionState, destroy_version, drop_objects, go_live, stored_bundle
from charts.snapshot import Known, Made, differences, further_fields, make_snapshot, selections_of
from security.publication import wrap_for_public
from sharing.access import Level, NoAccess, access_app
from storage import objects
from storage.backends import StoreTrouble
from storage.models import App
from storage.quotas import QuotaExceeded, require_room

KEPT_RECORDS = 50
"""Versions of a chart, and versions of other charts, whose cells a new one is checked against."""
UNFORESEEN = "Something went wrong on our side; nothing was published. Try again in a moment."

log = logging.getLogger(__name__)


def prepare(version: ChartVersion) -> None:
    """Make the snapshot and its pictures; READY or FAILED then, live if it is a refresh that shows nothing new."""
    if version.state != VersionState.PREPARING or version.chart.state == State.ENDED:
        return
    try:
        _prepare(version)
    except (BadPlan, NotPossible, QuotaExceeded) as error:
        _fail(version, str(error))
    except NoAccess:
        _fail(version, "The app is not there any more.")
    except StoreTrouble:
        _fail(version, "The object store does not answer. Nothing was published; try again in a minute.")
    except Exception as error:
        log.error("chart version %s could not be prepared: %s", version.pk, type(error).__name__)
        _fail(version, UNFORESEEN)


def _prepare(version: ChartVersion) -> None:
    chart = version.chart
    app, _ = access_app(chart.owner, chart.app_id or "", Level.OWN)
    plan = Plan.of(version.plan_data)
    require_room(chart.tenant_id)
    records = _records(chart, app)
    subject = subject_of(app, chart.object_id)
    found, made = _made(plan, app, chart.object_id, [one for one, about in records if about & subject])
    before = stored_bundle(chart.current)["snapshot"] if chart.current else None
    if version.is_refresh and before is not None and {**made.snapshot, "date": before["date"]} == before:
        _note_unchanged(version, found.app_version)
        return
    _keep(version, plan, made, found)
    differing = differences(before, made.snapshot) if before else None
    small = _small_changes(chart, plan, made, found.counts)
    version.report = {
        "problem": "",
        "cautions": cautions(plan, found, made),
        "differences": differing,
        "small_changes": small,
    }
    version.state = VersionState.READY
    version.save()
    is_new = differing is None or differing["shape"] or differing["new"] or small
    if version.is_refresh and not is_new and chart.state in (State.LIVE, State.PAUSED):
        go_live(version, "refresh")


def _made(plan: Plan, app: App, object_id: str, known: list[Known]) -> tuple[Evaluation, Made]:
    """The snapshot, checked together with everything that is known; with one after the other if that is too much."""

    def make(groups: list[list[Known]]) -> tuple[Evaluation, Made]:
        found = evaluate(app, object_id, plan, [further_fields(plan, group) for group in groups])
        return found, make_snapshot(plan, found, groups, timezone.now().date().isoformat())

    try:
        return make([known])
    except TooMuch:
        if len(known) < 2:
            raise
    return make([[one] for one in known])


def _records(chart: PublishedChart, app: App) -> list[tuple[Known, frozenset[str]]]:
    """What was shown of the app's data before, and about what: by earlier versions, by other charts that are live."""
    versions = ChartVersion.objects.filter(chart__app=app, chart__tenant_id=chart.tenant_id).exclude(audit=None)
    versions = versions.filter(state__in=[VersionState.LIVE, VersionState.REPLACED]).select_related("audit")
    own = versions.filter(chart=chart)
    others = versions.filter(chart__state__in=[State.LIVE, State.PAUSED]).exclude(chart=chart)
    found = []
    for version in [*own[:KEPT_RECORDS], *others.order_by("state", "-created")[:KEPT_RECORDS]]:  # live ones first
        kept = orjson.loads(objects.read(version.audit)) if version.audit else {}
        cells = {frozenset(map(tuple, pairs)): tuple(sizes) for pairs, sizes in kept["cells"]}
        small = frozenset(frozenset(map(tuple, pairs)) for pairs in kept["small"])
        selections = tuple((name, tuple(values)) for name, values in kept["selections"])
        found.append((Known(cells, small, selections), frozenset(kept["about"])))
    return found


def _small_changes(chart: PublishedChart, plan: Plan, made: Made, counts: tuple[str, ...]) -> int:
    """Cells that the live version shows too and that changed by fewer values than the minimum: the difference tells.

    Compared is what both count, whatever else a plan has them count.
    """
    if chart.current is None or chart.current.audit is None:
        return 0
    kept = orjson.loads(objects.read(chart.current.audit))
    if tuple((name, tuple(values)) for name, values in kept["selections"]) != selections_of(plan):
        return 0
    before: dict[Cell, list[int]] = {frozenset(map(tuple, pairs)): sizes for pairs, sizes in kept["cells"]}
    earlier = {name: place for place, name in enumerate(kept.get("counts", counts))}
    both = [(place, earlier[name]) for place, name in enumerate(counts) if name in earlier]
    return sum(
        any(0 < abs(sizes[now] - before[cell][then]) < plan.minimum for now, then in both)
        for cell, sizes in made.cells.items()
        if cell in before
    )


def _keep(version: ChartVersion, plan: Plan, made: Made, found: Evaluation) -> None:
    """Seal the bundle for the public and the record for later audits."""
    chart = version.chart
    bundle = _bundle(plan, made.snapshot)
    record_of_cells = {
        "cells": [[sorted(cell), list(sizes)] for cell, sizes in made.cells.items()],
        "small": [sorted(cell) for cell in made.small],
        "selections": selections_of(plan),
        "about": sorted(found.about),
        "counts": found.counts,
    }
    version.object = objects.put(chart.tenant_id, [bundle], "chart")
    version.audit = objects.put(chart.tenant_id, [orjson.dumps(record_of_cells)], "chart audit")
    version.public_key = wrap_for_public(chart.tenant_id, version.object.pk, bytes(version.object.wrapped_key))
    version.digest = hashlib.sha256(bundle).hexdigest()
    version.app_version = found.app_version
    version.save()


def _bundle(plan: Plan, snapshot: dict[str, Any]) -> bytes:
    """What the public role is given: the snapshot, and pictures of its first view."""
    themes = ("light", "dark") if plan.theme == "auto" else (plan.theme,)
    drawn = {
        theme: [pictures.draw(snapshot, theme, pictures.WIDE), pictures.draw(snapshot, theme, pictures.NARROW)]
        for theme in themes
    }
    card = pictures.draw(snapshot, themes[0], pictures.CARD, is_card=True)
    content = {
        "snapshot": snapshot,
        "drawn": drawn,
        "card": card,
        "png": base64.b64encode(pictures.png(card)).decode(),
    }
    return orjson.dumps(content)


def _fail(version: ChartVersion, problem: str) -> None:
    with transaction.atomic():
        drop_objects(version)
        version.report = {"problem": problem, "cautions": [], "differences": None, "small_changes": 0}
        version.state = VersionState.FAILED
        version.save()


def _note_unchanged(version: ChartVersion, app_version: int) -> None:
    """The refresh shows what is live already: no new version, but the app's version was looked at."""
    current = version.chart.current
    with transaction.atomic():
        if current is not None:
            ChartVersion.objects.filter(pk=current.pk).update(app_version=app_version)
        destroy_version(version)
