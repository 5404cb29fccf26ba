"""Charts published on a running installation, by the same functions as the pages call."""

from __future__ import annotations

import json
from typing import Any

from tests.browser.server import Server
from tests.people import Person

KINDS: list[tuple[str, list[list[str]], list[str]]] = [
    ("barchart", [["flower"], ["meadow"]], ["Sum(bees)", "Count(bees)"]),
    ("linechart", [["flower", "meadow"]], ["Sum(bees)"]),
    ("piechart", [["flower"]], ["Sum(bees)"]),
    ("combochart", [["flower"]], ["Sum(bees)", "Count(bees)"]),
    ("table", [["flower", "meadow"]], ["Sum(bees)"]),
    ("kpi", [[]], ["Sum(bees)", "Count(bees)"]),
    ("scatterplot", [["flower"], ["meadow"]], ["Sum(bees)", "Count(bees)", "Avg(bees)"]),
    ("sn-funnel-chart", [["flower"]], ["Sum(bees)"]),
    ("sn-grid-chart", [["flower", "meadow"], ["meadow"]], ["Sum(bees)"]),
    ("mekkochart", [["flower", "meadow"], ["meadow"]], ["Sum(bees)"]),
    ("sn-sankey-chart", [["flower", "meadow"], ["meadow"]], ["Sum(bees)"]),
    ("waterfallchart", [[], ["flower"]], ["Sum(bees)", "-Count(bees)"]),
    ("bulletchart", [["flower"], []], ["Sum(bees)", "Sum(bees) * 1.1"]),
    ("histogram", [["=Class(aggr([bees],[bees]),5)"], ["meadow"]], ["Count([bees])"]),
    ("boxplot", [["hour", "meadow"], ["hour"]], ["Sum(bees)"]),
    ("distributionplot", [["hour", "meadow"], ["hour"]], ["Sum(bees)"]),
    ("sn-pivot-table", [["flower", "meadow"], ["meadow"]], ["Sum(bees)", "Count(bees)"]),
]
"""Each kind of chart with levels and measures that fit it."""
FRAMED = frozenset({"barchart", "table", "kpi", "sn-pivot-table"})
"""Kinds whose pages are built of different parts: what is asked of every page is asked of these in a frame too."""


def forms_to_look_at(kind: str) -> tuple[str, ...]:
    return ("", "/embed") if kind in FRAMED else ("",)


def publish(server: Server, owner: Person, tables: dict[str, Any], charts: list[dict[str, Any]]) -> list[str]:
    """Addresses of the charts' pages."""
    asked = {"owner": owner.email, "tables": tables, "charts": charts}
    told = server.manage("shell", "-v0", "-c", PROGRAM, stdin=json.dumps(asked)).splitlines()[-1]
    return [f"{server.public_url}/c/{one['slug']}" for one in json.loads(told)]


PROGRAM = """
import json, sys
from accounts.people import find_person
from charts import preparing, publishing
from tests.charts import apps
asked = json.loads(sys.stdin.read())
owner = find_person(asked["owner"])
app = apps.make_app(owner, asked["tables"], asked.get("app", "Made"))
made = []
for one in asked["charts"]:
    object_id = apps.add_chart(app, apps.chart_properties(*one["chart"], **one.get("properties", {})))
    chart = publishing.draft_chart(owner, app.pk, object_id, apps.plan(*one["plan"], **one.get("more", {})))
    version = chart.versions.get()
    preparing.prepare(version)
    assert version.state == "ready", version.report
    publishing.change_audience(chart, owner, one["audience"])
    publishing.publish(chart, owner, version.number)
    made.append({"slug": chart.slug, "id": str(chart.pk)})
print(json.dumps(made))
"""
"""For `manage.py shell`: publishes what it reads from standard input, and prints the addresses."""

END = """
import sys
from accounts.people import find_person
from charts import preparing, publishing
owner_email, chart_id, how = sys.stdin.read().split()
owner = find_person(owner_email)
chart = publishing.charts_of(owner).get(pk=chart_id)
if how == "delete":
    publishing.unpublish(chart, str(owner.pk))
elif how == "pause":
    publishing.set_paused(chart, owner, paused=True)
else:
    publishing.change_audience(chart, owner, {"audience": "members"})
"""
