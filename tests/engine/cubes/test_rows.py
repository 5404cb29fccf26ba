"""The rows of straight hypercubes: order, suppression, limits, pages."""

from __future__ import annotations

import pytest

from engine.compute.context import Context
from engine.errors import PagesTooLarge
from tests.engine.cubes.regions import within
from tests.engine.cubes.shop import WHOLE, context, cube, dimension, measure, texts
from tests.engine.models import model_of


def test_rows_follow_the_text_where_no_criterion_is_stated() -> None:
    assert texts(cube(context(), ["customer"], ["Sum(amount)"])) == ["ann 31", "bob 3", "cid 4", "Dan -5"]


def test_values_without_a_sale_and_sales_without_a_value_have_rows() -> None:
    assert texts(cube(context(), ["item"], ["Sum(amount)"])) == ["fig 20", "nut 14", "oil 0", "pea -5", "- 4"]


def test_a_selection_elsewhere_narrows_the_rows() -> None:
    assert texts(cube(context(customer=["bob"]), ["item"], ["Sum(amount)"])) == ["nut 3"]


@pytest.mark.parametrize(
    ("criteria", "order"),
    [
        ({"qSortByLoadOrder": 1}, "nut fig pea oil -"),
        ({"qSortByLoadOrder": -1}, "oil pea fig nut -"),
        ({"qSortByAscii": -1}, "pea oil nut fig -"),
        ({"qSortByFrequency": -1}, "nut fig pea oil -"),
        ({"qSortByExpression": -1, "qExpression": {"qv": "Sum(amount)"}}, "fig nut oil pea -"),
        ({"qSortByExpression": 1, "qExpression": "Sum(amount)"}, "pea oil nut fig -"),
        ({"qSortByExpression": 1, "qExpression": "Sum("}, "nut fig pea oil -"),
        ({}, "nut fig pea oil -"),
    ],
)
def test_dimension_values_are_sorted_by_any_criterion_with_null_last(criteria: dict[str, object], order: str) -> None:
    assert texts(cube(context(), [dimension("item", sort=criteria)], [])) == order.split()


def test_reverse_sort_turns_the_order_of_values_round() -> None:
    reversed_order = dimension("item", sort={"qSortByAscii": 1}, def_qReverseSort=True)
    assert texts(cube(context(), [reversed_order], [])) == ["pea", "oil", "nut", "fig", "-"]


def test_columns_are_sorted_in_the_stated_order_of_columns() -> None:
    rows = cube(
        context(),
        [dimension("group"), dimension("customer")],
        [measure("Sum(amount)", qSortBy={"qSortByNumeric": -1})],
        qInterColumnSortOrder=[2, 0, 1],
    )
    assert texts(rows) == ["wet ann 20", "dry ann 11", "- cid 4", "dry bob 3", "wet - 0", "dry Dan -5"]
    assert rows.layout()["qEffectiveInterColumnSortOrder"] == [2, 0, 1]


def test_rows_without_numbers_come_last_however_a_measure_is_sorted() -> None:
    for sign in (1, -1):
        sorted_by = [measure("Max(amount)", qSortBy={"qSortByNumeric": sign})]
        assert texts(cube(context(), ["item"], sorted_by, qInterColumnSortOrder=[1]))[-1] == "oil -"


def test_zero_and_missing_values_are_suppressed_on_demand() -> None:
    def item_rows(expression: str, **more: bool) -> list[str]:
        return [row.split()[0] for row in texts(cube(context(), ["item"], [expression], **more))]

    assert item_rows("Sum(amount)", qSuppressZero=True) == ["fig", "nut", "pea", "-"]
    assert item_rows("Max(amount)", qSuppressMissing=True) == ["fig", "nut", "pea", "-"]
    assert item_rows("Sum(amount)", qSuppressMissing=True) == ["fig", "nut", "oil", "pea", "-"]


def test_the_null_group_is_suppressed_on_demand() -> None:
    suppressed = dimension("item", qNullSuppression=True)
    assert texts(cube(context(), [suppressed], ["Count(customer)"])) == ["fig 1", "nut 3", "oil 0", "pea 1"]


def test_all_values_are_shown_on_demand() -> None:
    everything = dimension("item", qShowAll=True)
    rows = texts(cube(context(customer=["bob"]), [everything], ["Sum(amount)"]))
    assert [row.split()[0] for row in rows] == ["fig", "nut", "oil", "pea"]


def test_the_values_beyond_a_count_become_others() -> None:
    limited = dimension("customer", qOtherTotalSpec={"qOtherMode": "OTHER_COUNTED", "qOtherCounted": {"qv": "=1+1"}})
    rows = cube(context(), [limited], ["Sum(amount)", "Avg(amount)"])
    assert texts(rows) == ["ann 31 10.333333333333", "cid 4 4", "Others -2 -1"]
    (page,) = rows.pages(WHOLE)
    other = page["qMatrix"][-1][0]
    assert (other["qElemNumber"], other["qIsOtherCell"]) == (-3, True)
    assert rows.layout()["qHasOtherValues"] is True


@pytest.mark.parametrize(
    ("mode", "limit", "kept"),
    [
        ("OTHER_ABS_LIMITED", "4", ["ann", "cid", "Others"]),
        ("OTHER_REL_LIMITED", "0.5", ["ann", "Others"]),
        ("OTHER_ABS_ACC_TARGET", "32", ["ann", "cid", "Others"]),
        ("OTHER_REL_ACC_TARGET", "0.9", ["ann", "Others"]),
        ("OTHER_OFF", "0", ["ann", "bob", "cid", "Dan"]),
    ],
)
def test_values_are_limited_by_size_and_by_share(mode: str, limit: str, kept: list[str]) -> None:
    spec = {"qOtherMode": mode, "qOtherLimit": limit, "qOtherLimitMode": "OTHER_GE_LIMIT"}
    rows = texts(cube(context(), [dimension("customer", qOtherTotalSpec=spec)], ["Sum(amount)"]))
    assert [row.split()[0] for row in rows] == kept


def test_pages_are_clipped_to_the_cube() -> None:
    rows = cube(context(), ["customer"], ["Sum(amount)"])
    (page,) = rows.pages([{"qLeft": 1, "qTop": 2, "qWidth": 5, "qHeight": 5}])
    assert page["qArea"] == {"qLeft": 1, "qTop": 2, "qWidth": 1, "qHeight": 2}
    assert [[cell["qText"] for cell in row] for row in page["qMatrix"]] == [["4"], ["-5"]]
    (beyond,) = rows.pages([{"qLeft": 0, "qTop": 99, "qWidth": 2, "qHeight": 2}])
    assert beyond["qMatrix"] == []


def test_a_page_tells_how_many_rows_of_its_groups_lie_beyond_it() -> None:
    rows = cube(context(), ["customer", "item"], [])
    assert [row.split()[0] for row in texts(rows)] == ["ann", "ann", "bob", "cid", "Dan", "-"]
    (page,) = rows.pages([{"qLeft": 0, "qTop": 1, "qWidth": 2, "qHeight": 2}])
    assert page["qTails"] == [{"qUp": 1, "qDown": 0}, {"qUp": 0, "qDown": 0}]


def test_too_many_cells_at_once_are_refused() -> None:
    days = cube(context(), ["customer", "item", "amount", "day"], [])
    small = {"qLeft": 0, "qTop": 0, "qWidth": 4, "qHeight": 6}
    with pytest.raises(PagesTooLarge):
        days.pages([small] * 500)


def test_without_dimensions_there_is_one_row() -> None:
    assert texts(cube(context(), [], ["Sum(amount)", "Count(DISTINCT item)"])) == ["33 4"]
    assert cube(context(), [], []).layout()["qSize"] == {"qcx": 0, "qcy": 0}


def totals(text: str, **more: object) -> dict[str, object]:
    return dimension(text, qOtherTotalSpec={"qTotalMode": "TOTAL_EXPR", **more})


def test_dimensions_have_rows_of_totals_on_demand() -> None:
    rows = cube(within(), ["region", totals("city")], ["Sum(amount)"], qSuppressZero=True)
    assert texts(rows) == ["North Oslo 7", "North Total 7", "South Bari 32", "South Rome 24", "South Total 56"]
    above = cube(within(), [totals("region"), "city"], ["Sum(amount)"], qSuppressZero=True, qShowTotalsAbove=True)
    assert texts(above) == ["Total  63", "North Oslo 7", "South Bari 32", "South Rome 24"]
    (page,) = above.pages(WHOLE)
    assert page["qMatrix"][0][:2] == [
        {"qText": "Total", "qNum": "NaN", "qElemNumber": -1, "qState": "X", "qIsTotalCell": True},
        {"qText": "", "qNum": "NaN", "qElemNumber": -4, "qState": "L", "qIsEmpty": True},
    ]


def test_totals_stay_with_their_rows_when_a_measure_sorts() -> None:
    by_amount = measure("Sum(amount)", qSortBy={"qSortByNumeric": -1})
    rows = cube(within(), [totals("city")], [by_amount], qInterColumnSortOrder=[1, 0], qSuppressZero=True)
    assert texts(rows) == ["Bari 32", "Rome 24", "Oslo 7", "Total 63"]


def test_totals_do_not_count_in_the_column_totals() -> None:
    summed = measure("Sum(amount)", def_qAggrFunc="Sum")
    layout = cube(within(), [totals("city")], [summed]).layout()
    assert [cell["qText"] for cell in layout["qGrandTotalRow"]] == ["63"]
    assert layout["qMeasureInfo"][0]["qMax"] == 32


def test_all_values_of_an_inner_dimension_are_shown_within_each_outer_one() -> None:
    rows = cube(within(), ["region", dimension("year", qShowAll=True)], ["Sum(amount)"], qSuppressZero=False)
    assert texts(rows) == ["North 2023 3", "North 2024 4", "North - 0", "South 2023 8", "South 2024 48"]
    everything = [dimension("region", qShowAll=True), dimension("product", qShowAll=True)]
    assert texts(cube(within(city=["Oslo"]), everything, ["Sum(amount)"])) == [
        "North fig 2",
        "North nut 5",
        "South fig -",
        "South nut -",
    ]


def test_others_are_left_out_on_demand() -> None:
    spec = {"qOtherMode": "OTHER_COUNTED", "qOtherCounted": "1", "qSuppressOther": True}
    assert texts(cube(within(), [dimension("city", qOtherTotalSpec=spec)], ["Sum(amount)"])) == ["Bari 32"]


def test_limits_of_inner_dimensions_are_global_on_demand() -> None:
    spec = {"qOtherMode": "OTHER_COUNTED", "qOtherCounted": "1"}
    inner = dimension("city", qOtherTotalSpec=spec)
    assert texts(cube(within(), ["year", inner], ["Sum(amount)"], qSuppressZero=True)) == [
        "2023 Rome 8",
        "2023 Others 3",
        "2024 Bari 32",
        "2024 Others 20",
    ]
    everywhere = dimension("city", qOtherTotalSpec={**spec, "qGlobalOtherGrouping": True})
    assert texts(cube(within(), ["year", everywhere], ["Sum(amount)"], qSuppressZero=True)) == [
        "2023 Others 11",
        "2024 Bari 32",
        "2024 Others 20",
    ]


def test_others_collapse_what_is_inside_of_them_on_demand() -> None:
    spec = {"qOtherMode": "OTHER_COUNTED", "qOtherCounted": "1", "qOtherCollapseInnerDimensions": True}
    outer = dimension("city", qOtherTotalSpec=spec)
    assert texts(cube(within(), [outer, "year"], ["Sum(amount)", "Avg(amount)"], qSuppressZero=True)) == [
        "Bari 2024 32 32",
        "Others Others 31 6.2",
    ]


def test_values_are_ranked_by_the_measure_that_is_referenced() -> None:
    spec = {"qOtherMode": "OTHER_COUNTED", "qOtherCounted": "1", "qReferencedExpression": "Count(amount)"}
    rows = cube(within(), [dimension("city", qOtherTotalSpec=spec)], ["Sum(amount)"])
    assert texts(rows) == ["Oslo 7", "Others 56"]
    named = {**spec, "qReferencedExpression": "Sales"}
    sales = [measure("Sum(amount)"), measure("-Sum(amount)", def_qLabel="Sales")]
    assert texts(cube(within(), [dimension("city", qOtherTotalSpec=named)], sales))[0] == "Kiel 0 0"


def test_others_can_be_ranked_from_below_or_in_the_order_of_the_dimension() -> None:
    def kept(mode: str) -> str:
        spec = {"qOtherMode": "OTHER_COUNTED", "qOtherCounted": "1", "qOtherSortMode": mode}
        limited = dimension("city", sort={"qSortByLoadOrder": 1}, qOtherTotalSpec=spec)
        return texts(cube(within(region=["South"]), [limited], ["Sum(amount)"]))[0]

    assert kept("OTHER_SORT_DESCENDING") == "Bari 32"
    assert kept("OTHER_SORT_ASCENDING") == "Rome 24"
    assert kept("OTHER_SORT_DEFAULT") == "Rome 24"


@pytest.mark.parametrize(
    ("mode", "kept"),
    [
        ("OTHER_GE_LIMIT", "Bari Rome"),
        ("OTHER_GT_LIMIT", "Bari Rome Oslo"),
        ("OTHER_LE_LIMIT", "Bari Rome"),
        ("OTHER_LT_LIMIT", "Bari"),
    ],
)
def test_accumulated_limits_include_the_value_that_reaches_them_or_do_not(mode: str, kept: str) -> None:
    spec = {"qOtherMode": "OTHER_ABS_ACC_TARGET", "qOtherLimit": "56", "qOtherLimitMode": mode}
    by_amount = dimension(
        "city",
        sort={"qSortByExpression": -1, "qExpression": "Sum(amount)"},
        qOtherTotalSpec={**spec, "qSuppressOther": True},
    )
    assert " ".join(row.split()[0] for row in texts(cube(within(), [by_amount], ["Sum(amount)"]))) == kept


def test_texts_are_kept_by_limits_of_value_unless_they_count_as_bad() -> None:
    spec = {"qOtherMode": "OTHER_ABS_LIMITED", "qOtherLimit": "10", "qSuppressOther": True}
    mixed = [measure("If(Sum(amount) < 10, 'few', Sum(amount))")]
    rows = texts(cube(within(), [dimension("city", qOtherTotalSpec=spec)], mixed))
    assert rows == ["Bari 32", "Kiel few", "Oslo few", "Rome 24"]
    strict = dimension("city", qOtherTotalSpec={**spec, "qForceBadValueKeeping": False})
    assert texts(cube(within(), [strict], mixed)) == ["Bari 32", "Rome 24"]


def test_a_limit_that_could_mislead_is_left_out_unless_it_shall_apply_anyhow() -> None:
    model = model_of(
        People="name club\n a x\n a y\n b y\n c z",
        Clubs="club town\n x P\n y P\n y Q\n z Q",
        Fees="name fee\n a 1\n b 2\n c 4",
    )
    spec = {"qOtherMode": "OTHER_COUNTED", "qOtherCounted": "1"}

    def rows(**more: object) -> list[str]:
        town = dimension("town", qOtherTotalSpec={**spec, **more})
        return texts(cube(Context(model), ["name", town], ["Sum(fee)"]))

    assert "Others" in " ".join(rows())
    assert rows(qApplyEvenWhenPossiblyWrongResult=False) == ["a P 1", "a Q 1", "b P 2", "b Q 2", "c Q 4"]


def test_measures_accumulate_along_the_first_dimension() -> None:
    def sums(steps: int) -> list[str]:
        return texts(cube(within(), ["city"], [measure("Sum(amount)", def_qAccumulate=steps)], qSuppressZero=True))

    assert sums(1) == ["Bari 32", "Oslo 39", "Rome 63"]
    assert sums(2) == ["Bari 32", "Oslo 39", "Rome 31"]
    nested = cube(within(), ["city", "year"], [measure("Sum(amount)", def_qAccumulate=1)], qSuppressZero=True)
    assert texts(nested) == ["Bari 2024 32", "Oslo 2023 3", "Oslo 2024 36", "Rome 2023 11", "Rome 2024 52"]
