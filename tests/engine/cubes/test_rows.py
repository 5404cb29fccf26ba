"""The rows of straight hypercubes: order, suppression, limits, pages."""

from __future__ import annotations

import pytest

from engine.errors import PagesTooLarge
from tests.engine.cubes.shop import WHOLE, context, cube, dimension, measure, texts


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
    assert texts(cube(context(), [], ["Sum(amount)", "Count(DISTINCT item)"])) == ["33 3"]
    assert cube(context(), [], []).layout()["qSize"] == {"qcx": 0, "qcy": 0}
