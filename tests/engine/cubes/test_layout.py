"""The layout of a hypercube: what stands about its columns, cells and totals, and what about errors."""

from __future__ import annotations

from typing import Any

from tests.engine.cubes.shop import WHOLE, context, cube, dimension, measure, texts

DIMENSION_MEMBERS = {
    *("qFallbackTitle", "qApprMaxGlyphCount", "qCardinal", "qSortIndicator", "qGroupFallbackTitles", "qGroupPos"),
    *("qStateCounts", "qTags", "qDimensionType", "qReverseSort", "qGrouping", "qNumFormat", "qIsAutoFormat"),
    *("qGroupFieldDefs", "qMin", "qMax", "qAttrExprInfo", "qAttrDimInfo", "qCardinalities", "qLocked"),
    *("qIsOneAndOnlyOne", "qIsSemantic"),
}
MEASURE_MEMBERS = {
    *("qFallbackTitle", "qApprMaxGlyphCount", "qCardinal", "qSortIndicator", "qNumFormat", "qMin", "qMax"),
    *("qReverseSort", "qIsAutoFormat", "qAttrExprInfo", "qAttrDimInfo", "qTrendLines"),
}


def only_dimension(layout: dict[str, Any]) -> dict[str, Any]:
    (info,) = layout["qDimensionInfo"]
    return info


def only_measure(layout: dict[str, Any]) -> dict[str, Any]:
    (info,) = layout["qMeasureInfo"]
    return info


def test_every_member_that_charts_look_for_is_there() -> None:
    layout = cube(context(), ["item"], ["Sum(amount)"]).layout()
    assert set(only_dimension(layout)) >= DIMENSION_MEMBERS
    assert set(only_measure(layout)) >= MEASURE_MEMBERS
    for pages in ("qDataPages", "qPivotDataPages", "qStackedDataPages"):
        assert layout[pages] == []


def test_cells_tell_text_number_element_and_state() -> None:
    (page,) = cube(context(customer=["cid", "bob"]), ["item", "amount"], ["Sum(amount)"]).pages(WHOLE)
    assert page["qMatrix"] == [
        [
            {"qText": "nut", "qNum": "NaN", "qElemNumber": 0, "qState": "O"},
            {"qText": "3", "qNum": 3, "qElemNumber": 2, "qState": "O"},
            {"qText": "3", "qNum": 3, "qElemNumber": 0, "qState": "L"},
        ],
        [
            {"qText": "-", "qNum": "NaN", "qElemNumber": -2, "qState": "L", "qIsNull": True},
            {"qText": "4", "qNum": 4, "qElemNumber": 3, "qState": "O"},
            {"qText": "4", "qNum": 4, "qElemNumber": 0, "qState": "L"},
        ],
    ]


def test_numbers_describe_their_column() -> None:
    layout = cube(context(), ["amount"], ["Sum(amount)*2"]).layout()
    described = only_dimension(layout)
    assert (described["qMin"], described["qMax"], described["qDimensionType"]) == (-5, 20, "N")
    assert {"$numeric", "$integer"} <= set(described["qTags"])
    assert described["qCardinalities"] == {"qCardinal": 6, "qHypercubeCardinal": 6, "qAllValuesCardinal": -1}
    assert (only_measure(layout)["qMin"], only_measure(layout)["qMax"]) == (-10, 40)
    assert only_measure(cube(context(), ["item"], ["Only(item)"]).layout())["qMin"] == "NaN"


def test_dates_are_a_time_dimension_and_shown_as_dates() -> None:
    rows = cube(context(), [dimension("day", sort={"qSortByNumeric": -1})], ["Count(amount)"])
    assert texts(rows) == ["2024-03-18 1", "2024-01-02 2", "2024-01-01 2", "- 1"]
    assert only_dimension(rows.layout())["qDimensionType"] == "T"
    assert only_dimension(rows.layout())["qNumFormat"]["qType"] == "D"


def test_stated_formats_rule_over_the_values_own() -> None:
    amount = dimension("amount", sort={"qSortByNumeric": 1}, def_qNumberPresentations=[{"qType": "F", "qFmt": "0.0"}])
    total = measure("Sum(amount)/3", def_qNumFormat={"qType": "F", "qFmt": "#,##0.00", "qDec": ".", "qThou": ","})
    rows = cube(context(), [amount], [total])
    assert texts(rows)[:2] == ["-5.0 -1.67", "1.0 0.33"]
    assert only_measure(rows.layout())["qIsAutoFormat"] is False
    assert only_measure(rows.layout())["qNumFormat"]["qFmt"] == "#,##0.00"
    assert rows.layout()["qGrandTotalRow"][0]["qText"] == "11.00"


def test_titles_come_from_labels_and_label_expressions() -> None:
    layout = cube(
        context(),
        [dimension("[item]"), dimension("group", def_qFieldLabels=["Kind"])],
        ["Sum(amount)", measure("1", def_qLabel="One"), measure("1", def_qLabelExpression="='Sum: ' & Sum(amount)")],
    ).layout()
    assert [info["qFallbackTitle"] for info in layout["qDimensionInfo"]] == ["item", "Kind"]
    assert [info["qFallbackTitle"] for info in layout["qMeasureInfo"]] == ["Sum(amount)", "One", "Sum: 33"]


def test_the_clients_own_members_are_copied() -> None:
    layout = cube(
        context(), [dimension("item", def_cId="a1")], [measure("Sum(amount)", def_series={"type": "bar"})]
    ).layout()
    assert only_dimension(layout)["cId"] == "a1"
    assert only_measure(layout)["series"] == {"type": "bar"}


def test_states_are_counted() -> None:
    counts = only_dimension(cube(context(customer=["bob"]), ["customer"], []).layout())["qStateCounts"]
    assert {name: count for name, count in counts.items() if count} == {"qSelected": 1, "qAlternative": 3}


def test_attribute_expressions_and_dimensions_stand_in_the_cells() -> None:
    item = dimension(
        "item",
        qAttributeExpressions=[{"qExpression": "Max(amount)", "id": "colour"}],
        qAttributeDimensions=[{"qDef": "group"}],
    )
    total = measure("Sum(amount)", qAttributeExpressions=[{"qExpression": "Count(amount)"}])
    rows = cube(context(), [item], [total])
    (page,) = rows.pages(WHOLE)
    fig = page["qMatrix"][0]
    assert fig[0]["qAttrExps"] == {"qValues": [{"qText": "20", "qNum": 20}]}
    assert fig[0]["qAttrDims"] == {"qValues": [{"qText": "wet", "qElemNo": 1}]}
    assert fig[1]["qAttrExps"] == {"qValues": [{"qText": "1", "qNum": 1}]}
    (info,) = only_dimension(rows.layout())["qAttrExprInfo"]
    assert (info["id"], info["qMin"], info["qMax"]) == ("colour", -5, 20)


def test_an_unmet_condition_takes_a_column_out_of_the_rows() -> None:
    hidden = measure("Sum(amount)", qCalcCondition={"qCond": {"qv": "Count(item) > 100"}, "qMsg": {"qv": "Too few"}})
    rows = cube(context(), ["customer"], [hidden, "Count(amount)"])
    assert texts(rows)[0] == "ann 3"
    layout = rows.layout()
    assert layout["qSize"]["qcx"] == 2
    assert layout["qMeasureInfo"][0]["qError"]["qErrorCode"] == 7005
    assert layout["qMeasureInfo"][0]["qCalcCondMsg"] == "Too few"
    assert len(layout["qGrandTotalRow"]) == 1


def test_an_unmet_condition_of_the_cube_leaves_it_without_rows() -> None:
    layout = cube(context(), ["item"], ["Sum(amount)"], qCalcCondition={"qCond": "0", "qMsg": "='Wait: ' & 1"}).layout()
    assert layout["qError"]["qErrorCode"] == 7005
    assert (layout["qCalcCondMsg"], layout["qSize"]["qcy"]) == ("Wait: 1", 0)


def test_errors_stay_in_their_column() -> None:
    layout = cube(context(), ["item"], ["Sum(", "Sum(amount)"]).layout()
    assert layout["qMeasureInfo"][0]["qError"]["qErrorCode"] == 7000
    assert "qError" not in layout["qMeasureInfo"][1]
    broken = cube(context(), ["nowhere"], ["Sum(amount)"]).layout()
    assert only_dimension(broken)["qError"]["qErrorCode"] == 7000
    assert broken["qSize"]["qcy"] == 0


def test_grand_totals_follow_their_definition() -> None:
    ways = ["", "None", "Sum", "Avg", "Min", "Max", "Count"]
    layout = cube(context(), ["customer"], [measure("Max(amount)", def_qAggrFunc=way) for way in ways]).layout()
    assert [cell["qText"] for cell in layout["qGrandTotalRow"]] == ["20", "", "22", "5.5", "-5", "20", "4"]


def test_shares_of_the_total() -> None:
    assert texts(cube(context(customer=["ann"]), ["item"], [measure("Sum(amount)", def_qRelative=True)]))[1] == (
        "nut 0.35483870967742"
    )


def test_the_matrix_follows_the_order_of_columns() -> None:
    rows = cube(context(), ["item", "group"], ["Sum(amount)"], qColumnOrder=[2, 0, 1])
    assert texts(rows)[0] == "20 fig wet"


def test_a_drill_down_shows_its_first_undecided_field() -> None:
    group = dimension("group", def_qGrouping="H")
    group["qDef"]["qFieldDefs"] = ["group", "item"]
    assert only_dimension(cube(context(), [group], []).layout())["qGroupPos"] == 0
    drilled = only_dimension(cube(context(group=["dry"]), [group], []).layout())
    assert (drilled["qGroupPos"], drilled["qFallbackTitle"]) == (1, "item")
    assert drilled["qGroupFallbackTitles"] == ["group", "item"]


def test_selecting_rows_and_elements_leads_to_fields_and_codes() -> None:
    rows = cube(context(), ["item", "=Year(day)"], ["Sum(amount)"])
    field, codes = rows.select_values(0, [0, 2, -2, 99])
    assert (field, codes.tolist()) == ("item", [0, 2])
    field, codes = rows.select_values(1, [0])
    assert (field, codes.tolist()) == ("day", [0, 1, 2])
    assert [(f, c.tolist()) for f, c in rows.select_cells([0, 1], [0])] == [("item", [0, 1])]


def test_initial_pages_stand_in_the_layout_up_to_a_limit() -> None:
    layout = cube(context(), ["item"], [], qInitialDataFetch=[{"qWidth": 1, "qHeight": 2}]).layout()
    assert len(layout["qDataPages"][0]["qMatrix"]) == 2


def test_a_date_in_a_label_is_shown_as_a_date() -> None:
    layout = cube(context(), [], [measure("1", def_qLabelExpression="=Max(day)")]).layout()
    assert only_measure(layout)["qFallbackTitle"] == "2024-03-18"
