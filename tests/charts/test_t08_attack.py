"""T08, from outside: somebody who keeps everything that was ever public about an app tries to work out small groups.

The attacker has the JSON of every version and chart, knows all labels that exist, and solves (linear programming) for
the least and the greatest number that a group may have. For each small group that a chart left out these must differ.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from accounts.people import create_person
from charts import preparing, publishing
from charts.models import PublishedChart
from tests.charts import apps
from tests.charts.site import public_site
from tests.people import Person

DOMAIN = {"a": ["x", "y", "z"], "b": ["p", "q"], "c": ["m", "n"]}
FIELDS = tuple(DOMAIN)
GROUPS = list(itertools.product(*DOMAIN.values()))
MINIMUM = 5
Shown = dict[tuple[tuple[str, str], ...], int]

names = itertools.count(1)
levels = st.lists(st.lists(st.sampled_from(FIELDS), unique=True, max_size=2), min_size=1, max_size=3, unique_by=tuple)
wishes = st.fixed_dictionaries({"levels": levels, "filter": st.sampled_from([None, *FIELDS])})
sizes = st.lists(st.sampled_from([0, 1, 2, 3, 7, 12, 20]), min_size=len(GROUPS), max_size=len(GROUPS))


def wanted(wish: dict[str, Any]) -> dict[str, Any]:
    name = wish["filter"]
    filters = [{"field": name, "label": name, "values": DOMAIN[name]}] if name else []
    return apps.plan(wish["levels"], ["Rows"], filters=filters, minimum=MINIMUM, names={one: one for one in FIELDS})


def published(chart: PublishedChart, owner: Any) -> dict[str, Any] | None:
    """The snapshot as the public gets it; None if nothing of it may be shown."""
    version = chart.versions.first()
    preparing.prepare(version)
    if version.state == "failed":
        assert any(text in version.report["problem"] for text in ("Nothing is left", "None of the chosen"))
        return None
    publishing.publish(chart, owner, version.number)
    with public_site() as site:
        return dict(json.loads(site.get(f"/c/{chart.slug}.json").content))


def told(snapshot: dict[str, Any]) -> Shown:
    """Each number with what its rows have in common."""
    found: Shown = {}
    for view in snapshot["views"]:
        chosen = {
            (one["label"], one["values"][place])
            for one, place in zip(snapshot["filters"], view["filters"], strict=True)
            if place >= 0
        }
        for labels, figures in view["rows"]:
            pairs = zip(snapshot["levels"][view["level"]]["dimensions"], labels, strict=True)
            found[tuple(sorted({*pairs, *chosen}))] = int(figures[0][0])
    return found


def holds(group: tuple[str, ...], cell: tuple[tuple[str, str], ...]) -> bool:
    return all(group[FIELDS.index(name)] == label for name, label in cell)


def is_open(shown: Shown, cell: tuple[tuple[str, str], ...]) -> bool:
    """Whether the number of rows of a cell may be more than one number, for all that is shown."""
    rows = np.array([[holds(group, one) for group in GROUPS] for one in shown], dtype=float).reshape(-1, len(GROUPS))
    totals = np.array(list(shown.values()), dtype=float)
    known = [LinearConstraint(rows, totals, totals)] if len(shown) else []
    aim = np.array([holds(group, cell) for group in GROUPS], dtype=float)
    found = []
    for sign in (1, -1):
        solved = milp(sign * aim, constraints=known, bounds=Bounds(0, 1000))
        assert solved.success
        found.append(sign * solved.fun)
    return bool(found[1] > found[0] + 1e-6)


@pytest.mark.django_db
@settings(
    max_examples=12,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # to shrink a case would take many minutes
)
@given(sizes, wishes, wishes, wishes)
@example(
    [0, 2, 0, 0, 0, 12, 0, 0, 20, 0, 0, 0],
    {"levels": [[]], "filter": None},
    {"levels": [[]], "filter": None},
    {"levels": [["a"]], "filter": None},
)
def test_t08_nobody_solves_for_a_small_group(counts, first, second, other):
    """A chart, then the same with another plan, then a second chart of the same data with another measure."""
    owner = create_person(*Person(f"owner{next(names)}@example.org", "a long enough password"))
    rows = [group for group, count in zip(GROUPS, counts, strict=True) for _ in range(count)]
    if not rows:
        return
    table = {name: [row[place] for row in rows] for place, name in enumerate(FIELDS)}
    app = apps.make_app(owner, {"t": {**table, "n": list(range(len(rows))), "m": list(range(len(rows)))}})
    chart, beside = (
        publishing.draft_chart(owner, app.pk, apps.add_chart(app, properties), wanted(wish))
        for properties, wish in (
            (apps.chart_properties("table", ["a"], ["Count(n)"]), first),
            (apps.chart_properties("table", ["a"], ["Count(m)"]), other),
        )
    )
    publishing.change_audience(chart, owner, {"audience": "everyone"})
    publishing.change_audience(beside, owner, {"audience": "everyone"})
    snapshots = [published(chart, owner)]
    publishing.change_plan(chart, wanted(second))
    snapshots.append(published(chart, owner))
    snapshots.append(published(beside, owner))
    shown: Shown = {}
    for snapshot in snapshots:
        shown |= told(snapshot) if snapshot else {}
    asked = {
        tuple(sorted({*level, *filtered}))
        for wish, snapshot in zip((first, second, other), snapshots, strict=True)
        for level in wish["levels"]
        for filtered in ((), (wish["filter"],))
        if snapshot and None not in filtered
    }
    for grouping in asked:
        for labels in itertools.product(*(DOMAIN[name] for name in grouping)):
            cell = tuple(sorted(zip(grouping, labels, strict=True)))
            if 0 < sum(count for group, count in zip(GROUPS, counts, strict=True) if holds(group, cell)) < MINIMUM:
                assert is_open(shown, cell), (cell, shown)
