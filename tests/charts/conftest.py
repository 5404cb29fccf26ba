"""An owner, and charts that are published without a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import User
from accounts.people import create_person
from charts import preparing, publishing
from charts.models import ChartVersion, PublishedChart
from charts.public import counting, views
from storage.models import App
from tests.charts import apps
from tests.people import ALICE, BOB


@pytest.fixture(autouse=True)
def own_public_key(request: pytest.FixtureRequest, tmp_path: Any, settings: Any) -> None:
    settings.PUBLIC_KEY_FILE = str(tmp_path / "public-key")
    settings.PUBLIC_URL = "http://charts.localhost:8001"


@pytest.fixture(autouse=True)
def views_are_not_written_by_themselves(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test says itself when counted views go to the database; what it leaves is dropped."""
    monkeypatch.setattr(counting, "FLUSH_SECONDS", 3600)
    yield
    with counting._lock:
        counting._counts.clear()
        if counting._timer is not None:
            counting._timer.cancel()
            counting._timer = None


@pytest.fixture(autouse=True)
def no_answer_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the proxy may keep an answer depends on how long it took, and a busy machine takes long."""
    monkeypatch.setattr(views, "SLOW_SECONDS", 3600)


@pytest.fixture
def alice() -> User:
    return create_person(*ALICE)


@pytest.fixture
def bob() -> User:
    return create_person(*BOB)


FLIGHTS = {
    "carrier": ["UA"] * 40 + ["AA"] * 30 + ["DL"] * 20 + ["HA"] * 3,
    "month": [str(number % 3 + 1) for number in range(93)],
    "delay": [number % 17 for number in range(93)],
}


@pytest.fixture
def flights(alice: User) -> App:
    return apps.make_app(alice, {"flights": FLIGHTS})


@pytest.fixture
def published(alice: User) -> Callable[..., PublishedChart]:
    """A chart of an app, prepared and live."""

    def publish(app: App, properties: dict[str, Any], data: dict[str, Any], **audience: Any) -> PublishedChart:
        chart = publishing.draft_chart(alice, app.pk, apps.add_chart(app, properties), data)
        version = prepared(chart)
        publishing.change_audience(chart, alice, {"audience": "everyone", **audience})
        publishing.publish(chart, alice, version.number)
        chart.refresh_from_db()
        return chart

    return publish


def prepared(chart: PublishedChart) -> ChartVersion:
    version = ChartVersion.objects.select_related("chart").get(chart=chart, number=chart.versions.first().number)
    preparing.prepare(version)
    version.refresh_from_db()
    assert version.state in ("ready", "live"), version.report["problem"]
    return version
