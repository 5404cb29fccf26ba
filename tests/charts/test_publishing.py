"""The life of a published chart: what waits for its owner's look, what ends, and what is never shown again."""

from __future__ import annotations

import pytest
from django.utils import timezone

from charts import preparing, publishing
from charts.models import ChartVersion, PublishedChart
from hub import workshop
from security.audit import first_fault
from security.models import AuditRecord
from sharing.access import NoAccess
from storage.models import StoredObject
from tests.charts import apps
from tests.charts.conftest import FLIGHTS, prepared
from tests.charts.site import public_site

pytestmark = pytest.mark.django_db
BAR = apps.chart_properties("barchart", ["carrier"], ["Sum(delay)"])
PLAN = apps.plan([["carrier"]], ["Delay"])


def more(rows: int, carrier: str = "UA") -> dict[str, dict[str, list]]:
    """The flights with so many further rows."""
    added = {"carrier": [carrier] * rows, "month": ["1"] * rows, "delay": [5] * rows}
    return {"flights": {name: FLIGHTS[name] + added[name] for name in FLIGHTS}}


def labels(chart: PublishedChart) -> list[str]:
    rows = publishing.stored_bundle(chart.current)["snapshot"]["views"][0]["rows"]
    return [row[0][0] for row in rows]


def actions(owner) -> list[str]:
    return [
        one.action for one in AuditRecord.objects.filter(tenant_id=owner.tenant_id) if one.action.startswith("chart")
    ]


def test_what_is_published_is_what_was_looked_at(alice, flights, published):
    chart = published(flights, BAR, PLAN)
    assert labels(chart) == ["AA", "DL", "UA"]
    assert chart.state == "live"
    assert len(chart.slug) == 24
    assert actions(alice) == ["chart.audience", "chart.published"]


def test_only_the_newest_preview_can_be_published(alice, flights, published):
    chart = published(flights, BAR, PLAN)
    publishing.change_plan(chart, {**PLAN, "title": "Another"})
    with pytest.raises(publishing.NotPossible, match="preview again"):
        publishing.publish(chart, alice, 1)


def test_nobody_publishes_of_an_app_that_is_not_his(bob, flights):
    object_id = apps.add_chart(flights, BAR)
    with pytest.raises(NoAccess):
        publishing.draft_chart(bob, flights.pk, object_id, PLAN)


def test_a_new_publication_has_a_new_address_and_the_old_one_is_gone(alice, flights, published):
    first = published(flights, BAR, PLAN)
    publishing.unpublish(first, str(alice.pk))
    second = published(flights, BAR, PLAN)
    assert second.slug != first.slug
    with public_site() as client:
        assert client.get(f"/c/{first.slug}").status_code == 410
        assert client.get(f"/c/{second.slug}").status_code == 200


def test_t09_deleting_destroys_the_objects_and_their_keys(alice, flights, published):
    chart = published(flights, BAR, PLAN)
    kept = {chart.current.object_id, chart.current.audit_id}
    publishing.unpublish(chart, str(alice.pk))
    assert not StoredObject.objects.filter(pk__in=kept).exists()
    assert not ChartVersion.objects.filter(chart=chart).exists()
    chart.refresh_from_db()
    assert bytes(chart.sealed) == b""
    assert actions(alice)[-1] == "chart.deleted"
    assert first_fault(alice.tenant_id) is None


def test_deleting_an_app_ends_its_charts(alice, flights, published):
    chart = published(flights, BAR, PLAN)
    workshop.delete_app(flights, alice)
    chart.refresh_from_db()
    assert chart.state == "ended"
    with public_site() as client:
        assert client.get(f"/c/{chart.slug}").status_code == 410


def test_a_refresh_that_shows_nothing_new_changes_nothing(flights, published):
    chart = published(flights, BAR, PLAN, refresh="saves")
    apps.change_app(flights, lambda session, doc: None)
    assert [one.chart_id for one in publishing.start_due(timezone.now())] == [chart.pk]
    preparing.prepare(ChartVersion.objects.select_related("chart").get(chart=chart, number=2))
    chart.refresh_from_db()
    assert chart.current.number == 1
    assert publishing.start_due(timezone.now()) == []


def test_a_refresh_with_the_same_labels_goes_live_by_itself(alice, flights, published):
    chart = published(flights, BAR, PLAN, refresh="saves")
    apps.reload_data(flights, more(10))
    publishing.start_due(timezone.now())
    version = prepared(chart)
    chart.refresh_from_db()
    assert (version.state, chart.current_id) == ("live", version.pk)
    assert actions(alice)[-1] == "chart.refreshed"


def test_a_refresh_with_new_labels_waits_for_the_owner(alice, flights, published):
    chart = published(flights, BAR, PLAN, refresh="saves")
    apps.reload_data(flights, more(10, "B6"))
    publishing.start_due(timezone.now())
    version = prepared(chart)
    assert version.state == "ready"
    assert version.report["differences"]["new"] == ["B6"]
    assert "B6" not in labels(chart)
    publishing.publish(chart, alice, version.number)
    chart.refresh_from_db()
    assert "B6" in labels(chart)


def test_t08_a_change_of_few_rows_waits_because_the_difference_tells_of_them(flights, published):
    chart = published(flights, BAR, PLAN, refresh="saves")
    apps.reload_data(flights, more(2))
    publishing.start_due(timezone.now())
    version = prepared(chart)
    assert version.state == "ready"
    assert version.report["small_changes"] == 1


def test_t08_a_level_that_would_complete_what_an_earlier_version_left_out_is_cut(alice, flights, published):
    """First by carrier, without the three flights of HA and one more; then the total, which would tell both apart."""
    by_carrier = published(flights, BAR, apps.plan([["carrier"], []], ["Delay"]))
    shown = {
        tuple(row[0])
        for view in publishing.stored_bundle(by_carrier.current)["snapshot"]["views"]
        for row in view["rows"]
    }
    assert shown == {("AA",), ("UA",), ()}
    again = published(flights, BAR, apps.plan([["carrier"]], ["Delay"]))
    assert labels(again) == ["AA", "UA"]


def test_another_plan_is_the_chart_s_own_only_once_it_is_published(alice, flights, published):
    chart = published(flights, BAR, PLAN)
    publishing.change_plan(chart, {**PLAN, "title": "Another", "levels": [{"label": "", "dimensions": ["month"]}]})
    version = prepared(chart)
    assert version.report["differences"] | {"new": [], "gone": []} == {
        "shape": ["levels"], "texts": ["title"], "new": [], "gone": [], "changed": 0,
    }  # fmt: skip
    assert (version.report["differences"]["new"], labels(chart)) == (["2", "3"], ["AA", "DL", "UA"])
    publishing.discard(chart)
    assert publishing.refresh(chart).plan_data["title"] == PLAN["title"]
    publishing.change_plan(chart, {**PLAN, "title": "Another"})
    publishing.publish(chart, alice, prepared(chart).number)
    chart.refresh_from_db()
    assert (chart.plan_data["title"], actions(alice)[-1]) == ("Another", "chart.republished")
    assert publishing.refresh(chart).plan_data["title"] == "Another"


def test_t08_another_plan_is_checked_against_what_the_one_before_showed(alice, flights, published):
    """90 of 93 flights were shown by carrier; their total, under whatever names, would tell of the three of HA."""
    chart = published(flights, BAR, PLAN)
    wanted = {"names": {"carrier": "Airline"}, "filters": [{"field": "month", "label": "When", "values": ["1"]}]}
    publishing.change_plan(chart, apps.plan([["carrier"], []], ["Minutes"], **wanted))
    version = prepared(chart)
    publishing.publish(chart, alice, version.number)
    chart.refresh_from_db()
    views = publishing.stored_bundle(chart.current)["snapshot"]["views"]
    everything = [view["rows"] for view in views if view["level"] == 1 and view["filters"] == [-1]]
    assert (everything, views[0]["rows"] != []) == ([[]], True)
    publishing.change_plan(chart, apps.plan([[]], ["Minutes"]))
    last = chart.versions.first()
    preparing.prepare(last)
    assert "Nothing is left to show" in last.report["problem"]


def test_no_refresh_takes_away_what_the_owner_looks_at(flights, published):
    chart = published(flights, BAR, PLAN, refresh="saves")
    publishing.change_plan(chart, {**PLAN, "title": "Another"})
    looked_at = prepared(chart)
    apps.reload_data(flights, more(10))
    now = timezone.now()
    assert publishing.due_charts(now) == []
    assert publishing.due_charts(now + publishing.LOOK_KEPT * 2) == [chart]
    publishing.discard(chart)
    assert not ChartVersion.objects.filter(pk=looked_at.pk).exists()
    assert publishing.due_charts(now) == [chart]


def test_a_refresh_that_the_owner_discards_is_not_tried_again_on_the_same_data(flights, published):
    chart = published(flights, BAR, PLAN, refresh="saves")
    apps.reload_data(flights, more(10, "B6"))
    publishing.start_due(timezone.now())
    prepared(chart)
    publishing.discard(chart)
    assert (publishing.waiting_version(chart), labels(chart)) == (None, ["AA", "DL", "UA"])
    assert publishing.start_due(timezone.now()) == []
    apps.reload_data(flights, more(20, "B6"))
    assert len(publishing.start_due(timezone.now())) == 1


def test_t08_few_rows_are_compared_by_what_both_plans_count(flights, published):
    """One more flight of UA, and groups counted by month besides: the number of flights is still compared."""
    chart = published(flights, BAR, PLAN)
    apps.reload_data(flights, more(1))
    publishing.change_plan(chart, {**PLAN, "unit": "delay"})
    assert prepared(chart).report["small_changes"] == 1


def test_t08_a_share_of_the_total_counts_as_if_the_total_were_shown(alice, flights):
    """40, 30 and 20 of a known 93 leave the three flights of HA: a second carrier has to go with them."""
    measures = ["Sum(delay)", "Sum(delay) / Sum(TOTAL delay)"]
    object_id = apps.add_chart(flights, apps.chart_properties("table", ["carrier"], measures))
    chart = publishing.draft_chart(alice, flights.pk, object_id, apps.plan([["carrier"]], ["Delay", "Share"]))
    snapshot = publishing.stored_bundle(prepared(chart))["snapshot"]
    assert [row[0][0] for row in snapshot["views"][0]["rows"]] == ["AA", "UA"]


def test_t08_a_measure_that_reads_other_groups_is_refused_where_some_are_hidden(alice, flights):
    """What HA's three flights sum up to would stand in every row."""
    measure = "Max(Aggr(NODISTINCT Sum(delay), carrier)) + Sum(delay)"
    object_id = apps.add_chart(flights, apps.chart_properties("table", ["carrier"], [measure]))
    version = publishing.draft_chart(alice, flights.pk, object_id, apps.plan([["carrier"]], ["M"])).versions.get()
    preparing.prepare(version)
    assert "Aggr would tell of them in other rows" in version.report["problem"]
    again = publishing.draft_chart(alice, flights.pk, object_id, apps.plan([["month"]], ["M"])).versions.get()
    preparing.prepare(again)
    assert again.state == "ready"


def test_t08_a_field_outside_of_any_aggregate_is_said_to_be_a_single_row_s(alice, flights):
    object_id = apps.add_chart(flights, apps.chart_properties("table", ["carrier"], ["Sum(delay) + delay"]))
    version = prepared(publishing.draft_chart(alice, flights.pk, object_id, apps.plan([["carrier"]], ["Delay"])))
    assert [one["kind"] for one in version.report["cautions"]] == ["single", "hidden"]
    named = apps.add_chart(flights, apps.chart_properties("table", ["carrier"], ["If(carrier='UA', Sum(delay))"]))
    version = prepared(publishing.draft_chart(alice, flights.pk, named, apps.plan([["carrier"]], ["Delay"])))
    assert [one["kind"] for one in version.report["cautions"]] == ["hidden"]


def test_t08_of_a_drill_down_group_the_first_field_is_published(alice, flights):
    properties = apps.chart_properties("barchart", ["carrier"], ["Sum(delay)"])
    properties["qHyperCubeDef"]["qDimensions"][0]["qDef"] |= {"qFieldDefs": ["carrier", "month"], "qGrouping": "H"}
    object_id = apps.add_chart(flights, properties)
    only = {"selections": [{"field": "carrier", "values": ["UA"]}]}
    version = prepared(publishing.draft_chart(alice, flights.pk, object_id, apps.plan([["carrier"]], ["D"], **only)))
    rows = publishing.stored_bundle(version)["snapshot"]["views"][0]["rows"]
    assert [row[0] for row in rows] == [["UA"]]


def test_a_chart_on_a_schedule_is_due_when_its_time_has_come(flights, published):
    chart = published(flights, BAR, PLAN, refresh="schedule", refresh_hours=1)
    now = timezone.now()
    assert publishing.due_charts(now) == []
    assert publishing.due_charts(now + timezone.timedelta(hours=2)) == [chart]


def test_pausing_and_resuming(alice, flights, published):
    chart = published(flights, BAR, PLAN)
    with public_site() as client:
        publishing.set_paused(chart, alice, paused=True)
        assert client.get(f"/c/{chart.slug}").status_code == 410
        publishing.set_paused(chart, alice, paused=False)
        assert client.get(f"/c/{chart.slug}").status_code == 200


def test_a_chart_that_is_gone_from_the_app_fails_with_a_sentence(alice, flights):
    chart = publishing.draft_chart(alice, flights.pk, "no-such-object", PLAN)
    version = chart.versions.get()
    preparing.prepare(version)
    assert (version.state, version.report["problem"]) == ("failed", "The chart does not exist any more.")


def test_a_list_box_cannot_be_published(alice, flights):
    properties = {
        "qInfo": {"qType": "listbox"},
        "visualization": "listbox",
        "qListObjectDef": {"qDef": {"qFieldDefs": ["carrier"]}},
    }
    chart = publishing.draft_chart(alice, flights.pk, apps.add_chart(flights, properties), PLAN)
    version = chart.versions.get()
    preparing.prepare(version)
    assert "offer this field as one of its filters" in version.report["problem"]


def test_t08_small_groups_are_refused_where_rows_belong_to_several_groups(alice):
    """One row a student, several courses each: what is left of a sum of courses cannot be judged."""
    students = {"student": [str(number) for number in range(40)], "points": list(range(40))}
    courses = {"student": [str(n) for n in range(40) for _ in range(2)], "course": [f"c{n % 9}" for n in range(80)]}
    app = apps.make_app(alice, {"students": students, "courses": courses})
    object_id = apps.add_chart(app, apps.chart_properties("barchart", ["course"], ["Sum(points)"]))
    chart = publishing.draft_chart(alice, app.pk, object_id, apps.plan([["course"], []], ["Points"], minimum=10))
    version = chart.versions.get()
    preparing.prepare(version)
    assert "rows of the data belong to several groups" in version.report["problem"] or version.state == "ready"


def test_drafts_that_nobody_published_are_swept(alice, flights):
    publishing.draft_chart(alice, flights.pk, apps.add_chart(flights, BAR), PLAN)
    assert publishing.sweep_drafts(timezone.now()) == 0
    assert publishing.sweep_drafts(timezone.now() + timezone.timedelta(days=2)) == 1
    assert not PublishedChart.objects.exists()
