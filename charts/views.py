"""Pages about published charts: the owner's overview, and the entrance for viewers who have to sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from accounts.http import SignedInRequest
from charts import publishing
from charts.audience import may_see
from charts.models import ChartVersion, ChartViews, PublishedChart
from charts.public.addresses import address, embed_code, share_links
from charts.tokens import make_viewer_token

DAYS = 30
HOSTS = 5
SIGNED_IN = (PublishedChart.Audience.MEMBERS, PublishedChart.Audience.LIST)


@dataclass(frozen=True)
class Shown:
    """A chart as the overview shows it. bars: views of the last days as heights from 0 to 1."""

    chart: PublishedChart
    title: str
    app_title: str
    address: str
    embed_code: str
    share: list[tuple[str, str]]
    waiting: ChartVersion | None
    views: int
    bars: list[tuple[date, int, float]]
    hosts: list[tuple[str, int]]


@login_required
@ensure_csrf_cookie
@never_cache
@require_GET
def published(request: SignedInRequest) -> HttpResponse:
    charts = [shown(chart) for chart in publishing.published_of(request.user)]
    return render(request, "charts/published.html", {"charts": charts, "days": DAYS})


def shown(chart: PublishedChart) -> Shown:
    title = chart.plan_data["title"]
    today = timezone.now().date()
    views = ChartViews.objects.filter(chart=chart, day__gt=today - timedelta(days=DAYS))
    by_day = dict(views.values_list("day").annotate(Sum("count")))
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    most = max([*by_day.values(), 1])
    hosts = views.exclude(host="").values_list("host").annotate(total=Sum("count")).order_by("-total")[:HOSTS]
    return Shown(
        chart,
        title or "Untitled chart",
        chart.app.title if chart.app else "",
        address(chart.slug),
        embed_code(chart.slug, title),
        share_links(chart.slug, title),
        publishing.waiting_version(chart),
        sum(by_day.values()),
        [(day, by_day.get(day, 0), by_day.get(day, 0) / most) for day in days],
        list(hosts),
    )


@ensure_csrf_cookie
@never_cache
@require_GET
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """The window that a viewer opens from a chart: signed in or not, it says what to do next and names no chart."""
    semi_public(slug)
    return render(request, "charts/enter.html", {"slug": slug, "public_origin": settings.PUBLIC_URL})


@never_cache
@require_POST
def enter_token(request: HttpRequest, slug: str) -> HttpResponse:
    """A token for the chart, if the person may see it; a page of ours hands it to the chart's frame."""
    chart = semi_public(slug)
    if not request.user.is_authenticated:
        return JsonResponse({"state": "signed-out"})
    if not may_see(chart, request.user):
        return JsonResponse({"state": "refused"})
    return JsonResponse({"state": "open", "token": make_viewer_token(slug, chart.audience_version)})


@login_required
@never_cache
@require_GET
def entered(request: SignedInRequest) -> HttpResponse:
    """Where a log-in that began at a chart ends: the window may close."""
    return render(request, "charts/entered.html")


def semi_public(slug: str) -> PublishedChart:
    chart = PublishedChart.objects.select_related("app").filter(slug=slug, audience__in=SIGNED_IN).first()
    if chart is None or chart.state != PublishedChart.State.LIVE:
        raise Http404
    return chart
