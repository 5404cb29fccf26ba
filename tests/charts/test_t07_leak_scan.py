"""T07: of random apps, the published bytes hold no value, name, expression or count that is not drawn.

Every property, field, value and row of the app carries a canary, a random word that occurs nowhere else. After
publishing, every form of the chart is searched: only canaries of what is drawn may be found, and numbers of hidden
groups not at all.
"""

from __future__ import annotations

import itertools
import json
import re
import zlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.people import create_person
from charts import preparing, publishing
from charts.kinds import cube_of
from charts.models import PublishedChart
from tests.charts import apps
from tests.charts.conftest import prepared
from tests.charts.site import FORMS, public_site
from tests.people import Person

KINDS = ["barchart", "linechart", "piechart", "table", "kpi", "combochart", "treemap"]
KINDS += ["scatterplot", "sn-funnel-chart", "sn-grid-chart", "mekkochart", "sn-sankey-chart", "waterfallchart"]
KINDS += ["bulletchart", "histogram", "boxplot", "distributionplot", "sn-pivot-table"]
CANARY = re.compile(r"kanary[0-9a-z]+q")
MINIMUM = 5
numbers = itertools.count(1)


def canary() -> str:
    """A word that stands in no other text: decoded or not, it is found."""
    return f"kanary{next(numbers):x}q"


class Words(dict[str, str]):
    """A canary for each role, made when first asked for."""

    def __missing__(self, role: str) -> str:
        self[role] = canary()
        return self[role]


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A table, a chart on it and a plan."""
    groups = draw(st.dictionaries(st.integers(0, 7), st.integers(1, 12), min_size=2, max_size=8))
    kind = draw(st.sampled_from(KINDS))
    return {
        "groups": groups,
        "kind": kind,
        "stacked": draw(st.booleans()),
        "second": draw(st.booleans()) and kind not in ("kpi", "piechart"),
        "filter": draw(st.booleans()),
        "aggregate": draw(st.sampled_from(["Sum", "Avg", "Count", "Max"])),
        "theme": draw(st.sampled_from(["auto", "light", "dark"])),
    }


def app_of(owner: Any, case: dict[str, Any], words: Words) -> Any:
    """The app of a case, with a table beside it that nobody publishes."""
    rows = [group for group, size in case["groups"].items() for _ in range(size)]
    table = {
        words["dimension"]: [words[f"value {group}"] for group in rows],
        words["second"]: [words[f"half {number % 2}"] for number in range(len(rows))],
        words["measure"]: [1_000_003 + 17 * number for number in range(len(rows))],
        words["detail"]: [words[f"detail {number}"] for number in range(len(rows))],
    }
    other = {words["foreign field"]: [words["foreign value"]], words["dimension"]: [words["value of nobody"]]}
    return apps.make_app(owner, {words["table"]: table, words["other table"]: other}, words["app title"])


def dimensions_of(case: dict[str, Any], words: Words) -> list[str]:
    if case["kind"] in ("kpi", "waterfallchart"):
        return []
    first = words["dimension"]
    if case["kind"] == "histogram":
        first = f"=Class(aggr([{words['measure']}],[{words['measure']}]),85)"
    return [first, *([words["second"]] if case["second"] else [])]


def chart_of(case: dict[str, Any], words: Words) -> dict[str, Any]:
    dimensions = dimensions_of(case, words)
    expression = f"{case['aggregate']}([{words['measure']}])"
    properties = apps.chart_properties(case["kind"], dimensions, [expression] * measured(case))
    cube = cube_of(properties)
    for place, one in enumerate(cube["qDimensions"]):
        one["qDef"] |= {
            "qFieldLabels": [words[f"field label {place}"]],
            "cId": words["cId"],
            words["own key"]: words["own value"],
        }
    for one in cube["qMeasures"]:
        one["qDef"] |= {"qLabel": words["measure label"], "qTags": [words["tag"]], "qDescription": words["description"]}
    return {
        **properties,
        "title": words["chart title"],
        "subtitle": words["subtitle"],
        "footnote": words["footnote"],
        "qMetaDef": {"title": words["meta title"], "description": words["meta description"]},
        words["property"]: {words["deep"]: [words["deeper"]]},
        "barGrouping": {"grouping": "stacked" if case["stacked"] else "grouped"},
    }


def measured(case: dict[str, Any]) -> int:
    """How many measures the kind needs to be drawn."""
    return 2 if case["kind"] in ("scatterplot", "bulletchart") else 1


def plan_of(case: dict[str, Any], words: Words) -> dict[str, Any]:
    dimensions = dimensions_of(case, words)
    shown = [words["public measure"], words["public measure up"]][: measured(case)]
    names = {key: words[f"public name of {key}"] for key in dimensions}
    values = [words["half 0"], words["half 1"]]
    filters = [{"field": words["second"], "label": words["public filter"], "values": values}] if case["filter"] else []
    levels = [dimensions, []] if dimensions and case["kind"] in ("table", "barchart") else [dimensions]
    more = {
        "names": names,
        "filters": filters,
        "theme": case["theme"],
        "minimum": MINIMUM,
        "title": words["public title"],
    }
    return apps.plan(levels, shown, **{**more, "note": words["public note"], "source": words["public source"]})


def allowed(snapshot: dict[str, Any], case: dict[str, Any], words: Words) -> set[str]:
    """The canaries that stand in what is drawn: public texts, and labels of shown rows."""
    public = {word for role, word in words.items() if role.startswith("public")}
    labels = {label for view in snapshot["views"] for row, _ in view["rows"] for label in row}
    offered = {value for one in snapshot["filters"] for value in one["values"]}
    return public | labels | offered


@pytest.mark.django_db
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(cases())
def test_t07_leak_scan(case: dict[str, Any]) -> None:
    words = Words()
    owner = create_person(*Person(f"{canary()}@example.org", "a long enough password"))
    app = app_of(owner, case, words)
    chart = publishing.draft_chart(owner, app.pk, apps.add_chart(app, chart_of(case, words)), plan_of(case, words))
    version = chart.versions.get()
    preparing.prepare(version)
    if version.state == "failed":
        assert "Nothing is left to show" in version.report["problem"], version.report["problem"]
        return
    publishing.change_audience(chart, owner, {"audience": "everyone"})
    publishing.publish(chart, owner, version.number)
    snapshot = publishing.stored_bundle(version)["snapshot"]
    assert_shape(snapshot)
    fine = allowed(snapshot, case, words)
    secret = {owner.email, str(owner.pk), str(app.pk), chart.object_id, str(chart.pk), str(owner.tenant_id)}
    for form, content in published_bytes(chart):
        assert set(CANARY.findall(content)) <= fine, (form, set(CANARY.findall(content)) - fine)
        assert not [text for text in secret if text in content], form
        for word in ("qHyperCube", "qElemNumber", "qStateCounts", "qFieldDefs", f"{case['aggregate']}([", "aggr("):
            assert word not in content, (form, word)


def published_bytes(chart: PublishedChart) -> list[tuple[str, str]]:
    """Every public form as text; of the picture, the texts that are stored in it."""
    found = []
    with public_site() as site:
        for form in FORMS:
            answer = site.get(f"/c/{chart.slug}{form}")
            assert answer.status_code == 200
            found.append((form, texts_of_png(answer.content) if form == ".png" else answer.content.decode()))
            found.append((f"headers of {form}", str(dict(answer.headers))))
        found.append(
            ("oembed", site.get("/oembed", {"url": f"http://charts.localhost:8001/c/{chart.slug}"}).content.decode())
        )
    return found


def texts_of_png(content: bytes) -> str:
    """The names of a PNG's chunks and whatever text stands in them; pixels aside."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    at, texts = 8, []
    while at < len(content):
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        body = content[at + 8 : at + 8 + length]
        texts.append(kind.decode() + ("" if kind in (b"IDAT", b"IHDR") else body.decode("latin-1")))
        assert zlib.crc32(kind + body) == int.from_bytes(content[at + 8 + length : at + 12 + length], "big")
        at += 12 + length
    return " ".join(texts)


def assert_shape(snapshot: dict[str, Any]) -> None:
    """Nothing stands in a snapshot but what its format names."""
    assert set(snapshot) == {
        "format", "kind", "look", "title", "note", "source", "language", "theme", "date", "measures", "levels",
        "filters", "views",
    }  # fmt: skip
    assert set(snapshot["look"]) == {"stacked", "horizontal", "area", "donut", "left"}
    for measure in snapshot["measures"]:
        assert set(measure) == {"label", "drawn", "axis", "percent"}
    for view in snapshot["views"]:
        assert set(view) == {"level", "filters", "rows", "hides", "cut", "words"}
        for labels, figures in view["rows"]:
            assert all(isinstance(label, str) for label in labels)
            assert all(len(one) == 2 for one in figures)
    assert "hidden" not in json.dumps(snapshot)


@pytest.mark.django_db
def test_t07_the_number_of_a_hidden_group_is_nowhere(alice: Any) -> None:
    """Four rows of 7,654,321: neither their sum, nor a total that holds it, is in any form."""
    table = {"who": ["a"] * 10 + ["b"] * 10 + ["c"] * 4, "pay": [11] * 10 + [13] * 10 + [7_654_321] * 4}
    app = apps.make_app(alice, {"pay": table})
    object_id = apps.add_chart(app, apps.chart_properties("table", ["who"], ["Sum(pay)", "Avg(pay)", "Count(pay)"]))
    chart = publishing.draft_chart(alice, app.pk, object_id, apps.plan([["who"]], ["Pay", "Mean", "Number"]))
    publishing.publish(chart, alice, prepared(chart).number)
    for form, content in published_bytes(chart):
        for text in ("7654321", "7,654,321", "30617284", "30,617,284"):
            assert text not in content, form
