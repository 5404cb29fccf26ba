"""Charts published on a running installation, by the same functions as the pages call."""

from __future__ import annotations

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
    object_id = apps.add_chart(app, apps.chart_properties(*one["chart"]))
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
