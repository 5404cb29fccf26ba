"""REST of the owner: draft, look, publish, refresh, pause, audience, delete. Every chart through its owner."""

from __future__ import annotations

import base64
import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, cast

from django.db import transaction
from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.addresses import stored_form
from accounts.models import User
from charts import plan, publishing, tasks
from charts.audience import MAX_READERS, MAX_SITES, BadSite, site_of
from charts.models import ChartVersion, PublishedChart
from charts.public.addresses import address, embed_code
from sharing.access import NoAccess

TEXT = plan.MAX_TEXT


class LevelSerializer(serializers.Serializer[Any]):
    label = serializers.CharField(max_length=TEXT, allow_blank=True, default="")  # type: ignore[assignment]
    dimensions = serializers.ListField(child=serializers.CharField(max_length=4000), max_length=3)


class FilterSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(max_length=500)
    label = serializers.CharField(max_length=TEXT, allow_blank=True, default="")  # type: ignore[assignment]
    values = serializers.ListField(child=serializers.CharField(max_length=500), max_length=plan.MAX_FILTER_VALUES)


class SelectionSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(max_length=500)
    values = serializers.ListField(
        child=serializers.CharField(max_length=2000), min_length=1, max_length=plan.MAX_SELECTED
    )


class PlanSerializer(serializers.Serializer[Any]):
    levels = serializers.ListField(child=LevelSerializer(), min_length=1, max_length=plan.MAX_LEVELS)
    measures = serializers.ListField(child=serializers.CharField(max_length=TEXT, allow_blank=True), max_length=20)
    names = serializers.DictField(child=serializers.CharField(max_length=TEXT, allow_blank=True), default=dict)
    filters = serializers.ListField(child=FilterSerializer(), max_length=plan.MAX_FILTERS, default=list)
    selections = serializers.ListField(child=SelectionSerializer(), max_length=50, default=list)
    minimum = serializers.IntegerField(min_value=1, max_value=10_000, default=plan.DEFAULT_MINIMUM)
    unit = serializers.CharField(max_length=500, allow_blank=True, default="")
    rows = serializers.IntegerField(min_value=1, max_value=plan.MAX_ROWS, default=plan.DEFAULT_ROWS)
    title = serializers.CharField(max_length=TEXT, allow_blank=True, default="")
    note = serializers.CharField(max_length=1000, allow_blank=True, default="")
    source = serializers.CharField(max_length=300, allow_blank=True, default="")  # type: ignore[assignment]
    language = serializers.ChoiceField(choices=plan.LANGUAGES, default="en")
    theme = serializers.ChoiceField(choices=plan.THEMES, default="auto")


class AudienceSerializer(serializers.Serializer[Any]):
    audience = serializers.ChoiceField(choices=PublishedChart.Audience.values, required=False)
    embedding = serializers.ChoiceField(choices=PublishedChart.Embedding.values, required=False)
    sites = serializers.ListField(child=serializers.CharField(max_length=300), max_length=MAX_SITES, required=False)
    readers = serializers.ListField(child=serializers.CharField(max_length=300), max_length=MAX_READERS, required=False)
    downloads = serializers.BooleanField(required=False)
    refresh = serializers.ChoiceField(choices=PublishedChart.Refresh.values, required=False)
    refresh_hours = serializers.IntegerField(min_value=1, max_value=24 * 366, required=False)

    def validate_sites(self, sites: list[str]) -> list[str]:
        try:
            return list(dict.fromkeys(site_of(site) for site in sites))
        except BadSite as error:
            raise ValidationError(str(error)) from None

    def validate_readers(self, readers: list[str]) -> list[str]:
        return list(dict.fromkeys(stored_form(reader) for reader in readers))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wants_sites = attrs.get("audience") == "sites" or attrs.get("embedding") == "sites"
        if wants_sites and not attrs.get("sites"):
            raise ValidationError("Name at least one site.")
        if attrs.get("audience") == "list" and not attrs.get("readers"):
            raise ValidationError("Name at least one address.")
        return attrs


class DraftSerializer(serializers.Serializer[Any]):
    app = serializers.UUIDField()
    object = serializers.CharField(max_length=100)
    plan = PlanSerializer()


class PublishSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)
    audience = AudienceSerializer(required=False)


class Charts(APIView):
    parser_classes = [JSONParser]

    @extend_schema(responses=dict)
    def get(self, request: Request) -> Response:
        """Own charts, newest first."""
        return Response([described(chart) for chart in publishing.published_of(person(request))])

    @extend_schema(request=DraftSerializer, responses={201: dict})
    def post(self, request: Request) -> Response:
        """A draft of a chart of an own app; its preview is being prepared."""
        asked = checked(DraftSerializer, request)
        with refusing(), transaction.atomic():
            chart = publishing.draft_chart(person(request), asked["app"], asked["object"], asked["plan"])
            send(publishing.waiting_version(chart))
        return Response(described(chart), status=status.HTTP_201_CREATED)


class OneChart(APIView):
    parser_classes = [JSONParser]

    @extend_schema(responses=dict)
    def get(self, request: Request, chart_id: uuid.UUID) -> Response:
        return Response(described(chart_for(request, chart_id)))

    @extend_schema(request=PlanSerializer, responses=dict)
    def put(self, request: Request, chart_id: uuid.UUID) -> Response:
        """Another plan for the chart; what is live stays until the new preview is published."""
        chart = chart_for(request, chart_id)
        with refusing(), transaction.atomic():
            send(publishing.change_plan(chart, checked(PlanSerializer, request)))
        return Response(described(chart))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, chart_id: uuid.UUID) -> Response:
        publishing.unpublish(chart_for(request, chart_id), str(person(request).pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ChartPreview(APIView):
    @extend_schema(responses=dict)
    def get(self, request: Request, chart_id: uuid.UUID) -> Response:
        """Exactly what would leave with the newest version, or has left if there is no newer one."""
        chart = chart_for(request, chart_id)
        version = publishing.waiting_version(chart) or chart.current
        if version is None or version.object is None:
            raise Http404
        bundle = publishing.stored_bundle(version)
        return Response({"version": version.number, **{name: bundle[name] for name in ("snapshot", "drawn", "card")}})

    @extend_schema(responses={204: None})
    def delete(self, request: Request, chart_id: uuid.UUID) -> Response:
        """Drop what waits for the owner's look; what is live stays."""
        publishing.discard(chart_for(request, chart_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ChartPicture(APIView):
    @extend_schema(responses={(200, "image/png"): bytes})
    def get(self, request: Request, chart_id: uuid.UUID) -> HttpResponse:
        chart = chart_for(request, chart_id)
        if chart.current is None:
            raise Http404
        picture = base64.b64decode(publishing.stored_bundle(chart.current)["png"])
        return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "private, max-age=60"})


class ChartPublication(APIView):
    parser_classes = [JSONParser]

    @extend_schema(request=PublishSerializer, responses=dict)
    def post(self, request: Request, chart_id: uuid.UUID) -> Response:
        """Publish the version that was looked at."""
        chart, asked = chart_for(request, chart_id), checked(PublishSerializer, request)
        with refusing(), transaction.atomic():
            if "audience" in asked:
                publishing.change_audience(chart, person(request), asked["audience"])
            publishing.publish(chart, person(request), asked["version"])
        chart.refresh_from_db()
        return Response(described(chart))


class ChartRefresh(APIView):
    @extend_schema(request=None, responses={202: dict})
    def post(self, request: Request, chart_id: uuid.UUID) -> Response:
        chart = chart_for(request, chart_id)
        with refusing(), transaction.atomic():
            send(publishing.refresh(chart))
        return Response(described(chart), status=status.HTTP_202_ACCEPTED)


class ChartPause(APIView):
    @extend_schema(request=None, responses=dict)
    def post(self, request: Request, chart_id: uuid.UUID) -> Response:
        chart = chart_for(request, chart_id)
        publishing.set_paused(chart, person(request), paused=True)
        return Response(described(chart))

    @extend_schema(responses=dict)
    def delete(self, request: Request, chart_id: uuid.UUID) -> Response:
        chart = chart_for(request, chart_id)
        publishing.set_paused(chart, person(request), paused=False)
        return Response(described(chart))


class ChartAudience(APIView):
    parser_classes = [JSONParser]

    @extend_schema(request=AudienceSerializer, responses=dict)
    def put(self, request: Request, chart_id: uuid.UUID) -> Response:
        chart = chart_for(request, chart_id)
        publishing.change_audience(chart, person(request), checked(AudienceSerializer, request))
        return Response(described(chart))


class AllCharts(APIView):
    """All own published charts at once."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, action: str) -> Response:
        if action not in ("pause", "resume", "delete"):
            raise Http404
        owner = person(request)
        for chart in publishing.published_of(owner):
            if action == "delete":
                publishing.unpublish(chart, str(owner.pk))
            else:
                publishing.set_paused(chart, owner, paused=action == "pause")
        return Response(status=status.HTTP_204_NO_CONTENT)


def person(request: Request) -> User:
    return cast(User, request.user)


def checked(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def chart_for(request: Request, chart_id: uuid.UUID) -> PublishedChart:
    chart = publishing.charts_of(person(request)).filter(pk=chart_id).first()
    if chart is None:
        raise Http404
    return chart


def send(version: ChartVersion | None) -> None:
    """Have a version prepared once the transaction is over."""
    if version is not None:
        transaction.on_commit(lambda: tasks.prepare_version.delay(version.pk))


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """What the owner wants and cannot have, as a 400 with the sentence that says why; a foreign app as a 404."""
    try:
        yield
    except (plan.BadPlan, publishing.NotPossible) as error:
        raise ValidationError(str(error)) from None
    except NoAccess:
        raise Http404 from None


def described(chart: PublishedChart) -> dict[str, Any]:
    """A chart for its owner."""
    waiting = publishing.waiting_version(chart)
    wanted = asdict(plan.Plan.of(chart.plan_data))
    return {
        "id": str(chart.pk),
        "state": chart.state,
        "app": str(chart.app_id) if chart.app_id else None,
        "object": chart.object_id,
        "title": wanted["title"],
        "plan": wanted,
        "address": address(chart.slug) if chart.published else None,
        "embed_code": embed_code(chart.slug, wanted["title"]) if chart.published else None,
        "version": chart.current.number if chart.current else None,
        "waiting": None if waiting is None else described_version(waiting),
        "audience": {
            "audience": chart.audience,
            "embedding": chart.embedding,
            "sites": chart.sites,
            "readers": [reader.address for reader in chart.readers.all()],
            "downloads": chart.downloads,
            "refresh": chart.refresh,
            "refresh_hours": chart.refresh_hours,
        },
        "published": chart.published,
    }


def described_version(version: ChartVersion) -> dict[str, Any]:
    """A version that waits for the owner's look, with what he is told of it."""
    wanted = asdict(plan.Plan.of(version.plan_data))
    return {"version": version.number, "state": version.state, "plan": wanted, **version.report}
