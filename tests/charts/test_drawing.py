"""What of shown groups is drawn: boxes and their outliers, bins and the gaps between them, steps and their sums."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts import publishing
from charts.drawing import drawn_columns, drawn_dimensions, drawn_rows
from charts.evaluation import Evaluation, Group, Measured
from charts.figures import Figure, format_of
from charts.kinds import Boxes, Column, boxes_of, cube_of, kind_of
from charts.plan import BadPlan
from tests.charts import apps

PLAIN = format_of({})
MONEY = format_of({"qNumFormat": {"qType": "M", "qFmt": "$#,##0.00", "qDec": ".", "qThou": ","}})
TUKEY = Boxes("tukey", 1.5, has_outliers=True)
FORMS = {
    "boxplot": "box", "histogram": "histogram", "mekkochart": "mekko", "sn-sankey-chart": "sankey",
    "waterfallchart": "waterfall", "bulletchart": "bullet", "distributionplot": "distribution",
    "sn-pivot-table": "pivot", "pivot-table": "pivot", "treemap": "",
}  # fmt: skip


def evaluated(kind: str, *measures: Measured, boxes: Boxes | None = None) -> Evaluation:
    return Evaluation(
        kind, {}, list(measures), {}, [], [], (), frozenset(), None, (), boxes=boxes
    )  # the rest is for the audit, which is over by then


def measure(label: str = "Bees", form=PLAIN, **column) -> Measured:
    return Measured(label, form, Column(**column), is_individual=False)


def group(*labels: str, numbers: list[float | None]) -> Group:
    return Group(labels, tuple(Figure(one, "" if one is None else f"{one:g}") for one in numbers), (9,))


def points(numbers: list[float], *box: str) -> list[Group]:
    return [group(f"p{place}", *box, numbers=[number]) for place, number in enumerate(numbers)]


def texts(rows) -> list[tuple[tuple[str, ...], list[str]]]:
    return [(labels, [one.text for one in figures]) for labels, figures in rows]


def test_a_box_stands_for_its_points_and_only_those_outside_of_it_are_named():
    found = evaluated("box", measure(), boxes=TUKEY)
    rows = drawn_rows(found, points([1, 2, 3, 4, 100], "north") + points([7], "south"), "en")
    assert texts(rows) == [
        (("north", ""), ["1", "2", "3", "4", "7", ""]),
        (("south", ""), ["7", "7", "7", "7", "7", ""]),
        (("north", "p4"), ["", "", "", "", "", "100"]),
    ]
    assert [one["label"] for one in drawn_columns(found, "de")][2:] == [
        "Median",
        "Drittes Quartil",
        "Oberer Whisker",
        "Bees",
    ]
    assert drawn_dimensions(found, ["hour", "meadow"]) == ["meadow", "hour"]


def test_points_without_boxes_make_one_and_outliers_can_be_left_out():
    found = evaluated("box", measure(), boxes=Boxes("tukey", 1.5, has_outliers=False))
    assert texts(drawn_rows(found, points([1, 2, 3, 4, 100]), "fr")) == [(("Tous",), ["1", "2", "3", "4", "7", ""])]


def test_numbers_of_a_box_are_written_as_the_measure_writes_its_own():
    found = evaluated("box", measure(form=MONEY), boxes=TUKEY)
    (row,) = drawn_rows(found, points([1000.5, 1001]), "en")
    assert [one.text for one in row[1]][:3] == ["$1,000.50", "$1,000.63", "$1,000.75"]
    assert row[1][1].number == 1000.62


def slow_quantile(numbers: list[float], share: float) -> float:
    """By its definition: between the two numbers around the place."""
    ordered = sorted(numbers)
    place = share * (len(ordered) - 1)
    low = int(place)
    return ordered[low] + (place - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])


def slow_box(mode: str, parameter: float, numbers: list[float]) -> list[float]:
    """As the help pages of box plots say it."""
    quartiles = [slow_quantile(numbers, share) for share in (0.25, 0.5, 0.75)]
    if mode == "fractiles":
        return [slow_quantile(numbers, parameter), *quartiles, slow_quantile(numbers, 1 - parameter)]
    if mode == "tukey":
        reach = parameter * (quartiles[2] - quartiles[0])
        return [max(min(numbers), quartiles[0] - reach), *quartiles, min(max(numbers), quartiles[2] + reach)]
    mean = sum(numbers) / len(numbers)
    spread = (sum((one - mean) ** 2 for one in numbers) / max(len(numbers) - 1, 1)) ** 0.5
    wanted = [mean - parameter * spread, mean - spread, mean, mean + spread, mean + parameter * spread]
    return [min(max(one, min(numbers)), max(numbers)) for one in wanted]


@given(
    st.sampled_from([("tukey", 1.0), ("tukey", 1.5), ("fractiles", 0.05), ("fractiles", 0.0), ("stdDev", 2.0)]),
    st.lists(st.integers(-999, 999), min_size=1, max_size=30),
)
def test_every_way_to_make_a_box_is_that_of_its_definition(how: tuple[str, float], numbers: list[float]):
    found = evaluated("box", measure(), boxes=Boxes(*how, has_outliers=True))
    (_, figures), *outliers = drawn_rows(found, points(numbers), "en")
    expected = slow_box(*how, numbers)
    assert [one.number for one in figures[:5]] == pytest.approx(expected, rel=6e-4, abs=6e-4)  # four digits are shown
    outside = [one for one in numbers if one < expected[0] - 1e-9 or one > expected[4] + 1e-9]
    assert sorted(row[1][5].number for row in outliers) == sorted(outside)


def test_bins_stand_in_their_order_and_what_is_not_shown_between_them_has_no_number():
    groups = [group(f"{low} <= x < {low + 5}", numbers=[count]) for low, count in ((5, 9), (-5, 7), (20, 8))]
    assert texts(drawn_rows(evaluated("histogram", measure()), groups, "en")) == [
        (("-5 – 0",), ["7"]), (("0 – 5",), [""]), (("5 – 10",), ["9"]), (("10 – 15",), [""]), (("15 – 20",), [""]),
        (("20 – 25",), ["8"]),
    ]  # fmt: skip


def test_a_gap_of_very_many_bins_is_not_filled():
    groups = [group(f"{low} <= x < {low + 1}", numbers=[9]) for low in (0, 1_000_000)]
    assert len(drawn_rows(evaluated("histogram", measure()), groups, "en")) == 2


@pytest.mark.parametrize("labels", [("north",), ("0 <= x < 5", "north"), ("a <= x < b",), ("5 <= x < 5",), ()])
def test_levels_of_a_histogram_that_are_no_bins_stay_as_they_are(labels):
    assert texts(drawn_rows(evaluated("histogram", measure()), [group(*labels, numbers=[9])], "en")) == [
        (labels, ["9"])
    ]


def test_a_waterfall_says_the_sum_so_far_where_its_owner_wants_one():
    found = evaluated(
        "waterfall", measure("In", drawn="plus"), measure("Out", drawn="minus", subtotal="Left"),
        measure("Found", drawn="total"), measure("More", MONEY, drawn="plus", subtotal=""),
    )  # fmt: skip
    (row,) = drawn_rows(found, [group(numbers=[10, 4, 7, None])], "en")
    assert [one.text for one in row[1]] == ["10", "4", "6", "7", "", "$7.00"]
    named = [(one["label"], one["drawn"]) for one in drawn_columns(found, "en")]
    assert named == [
        ("In", "plus"),
        ("Out", "minus"),
        ("Left", "total"),
        ("Found", "total"),
        ("More", "plus"),
        ("More", "total"),
    ]


@pytest.mark.parametrize(("name", "kind"), FORMS.items())
def test_every_kind_of_chart_is_drawn_as_what_it_is(name, kind):
    properties = apps.chart_properties(name, ["a", "b"], ["Sum(x)"])
    assert kind_of(properties, 1) == kind
    assert len(cube_of(properties)["qMeasures"]) == 1


def test_the_target_of_a_bullet_is_a_measure():
    cube = cube_of(apps.chart_properties("bulletchart", ["a"], ["Sum(x)", "Sum(y)"]))
    assert [one["qDef"]["qDef"] for one in cube["qMeasures"]] == ["Sum(x)", "Sum(y)"]


def test_boxes_by_expressions_of_their_own_are_no_boxes_of_points():
    properties = apps.chart_properties("boxplot", ["a"], ["Sum(x)"])
    assert boxes_of(properties) == TUKEY
    own = {
        "calculations": {"auto": False},
        "elements": {"boxEnd": {"expression": {"qValueExpression": {"qExpr": "7"}}}},
    }
    properties["boxplotDef"] |= own
    assert kind_of(properties, 1) == ""


@pytest.mark.parametrize(
    ("kind", "properties", "message"),
    [("listbox", {}, "offer this field as one of its filters"), ("histogram", {}, "Open its sheet once"),
     ("container", {}, "only charts can be published")],
)  # fmt: skip
def test_what_cannot_be_published_says_what_to_do(kind, properties, message):
    with pytest.raises(BadPlan, match=message):
        cube_of({"qInfo": {"qType": kind}, **properties})


@pytest.mark.django_db
def test_a_list_without_measures_is_a_table_of_what_occurs_often_enough(flights, published):
    chart = published(flights, apps.chart_properties("table", ["carrier"], []), apps.plan([["carrier"]], []))
    snapshot = publishing.stored_bundle(chart.current)["snapshot"]
    assert snapshot["views"][0]["rows"] == [[["AA"], []], [["DL"], []], [["UA"], []]]
    assert snapshot["views"][0]["words"].startswith("Table: carrier. Rows: 3.")


@pytest.mark.django_db
def test_bins_of_few_are_left_out_as_other_small_groups_are(alice, published):
    app = apps.make_app(alice, {"t": {"age": [21] * 9 + [22] * 8 + [43] * 7 + [61] * 2}})
    level = "=Class(aggr([age],[age]),10)"
    chart = published(
        app, apps.chart_properties("histogram", [level], ["Count([age])"]), apps.plan([[level]], ["People"])
    )
    snapshot = publishing.stored_bundle(chart.current)["snapshot"]
    assert snapshot["levels"] == [{"label": "Dimension 1", "dimensions": ["Dimension 1"]}]  # no expression for a name
    (view,) = snapshot["views"]
    assert [(labels, number) for labels, ((number, _),) in view["rows"]] == [
        (["20 – 30"], 17), (["30 – 40"], None), (["40 – 50"], 7),
    ]  # fmt: skip
    assert view["hides"]


@pytest.mark.django_db
def test_points_of_few_are_in_no_box(alice, published):
    """Of a box plot, what leaves are the numbers of its boxes; they are made without the groups that are left out."""
    hours = {"1": 10, "2": 20, "3": 30, "4": 40}
    table = {"hour": [hour for hour in hours for _ in range(6)] + ["5"] * 3, "pay": [1000] * 27}
    table["pay"] = [hours.get(hour, 7_654_321) for hour in table["hour"]]
    app = apps.make_app(alice, {"t": table})
    chart = published(app, apps.chart_properties("boxplot", ["hour"], ["Avg(pay)"]), apps.plan([["hour"]], ["Pay"]))
    (view,) = publishing.stored_bundle(chart.current)["snapshot"]["views"]
    assert view["rows"] == [
        [["All"], [[10, "10"], [17.5, "17.50"], [25, "25"], [32.5, "32.50"], [40, "40"], [None, ""]]]
    ]
