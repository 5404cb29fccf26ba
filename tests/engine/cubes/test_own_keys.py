"""A key in charts by that key, where some of its values, or of another dimension, are put together as Others."""

from __future__ import annotations

from typing import Any

from engine.compute.context import Context
from tests.engine.cubes.shop import WHOLE, cube, dimension
from tests.engine.models import model_of

FIRST = {"qOtherMode": "OTHER_COUNTED", "qOtherCounted": {"qv": "1"}, "qOtherSortMode": "OTHER_SORT_DESCENDING"}
MEASURES = ["Only(customer)", "Sum({1} amount)"]


def rows(*dimensions: Any) -> list[str]:
    model = model_of(
        sales="""
        customer item amount
        ann      nut  9
        ann      fig  2
        bob      nut  3
        dan      nut  1
        """,
        customers="""
        customer city
        ann      Rome
        bob      Oslo
        dan      Oslo
        eve      Oslo
        """,
    )
    (page,) = cube(Context(model), list(dimensions), MEASURES).pages(WHOLE)
    return [" ".join(cell["qText"] for cell in row) for row in page["qMatrix"]]


def test_others_have_no_key_of_their_own() -> None:
    assert rows(dimension("customer", qOtherTotalSpec=FIRST)) == ["ann ann 11", "Others - 4"]


def test_others_of_another_dimension_leave_the_key() -> None:
    items = dimension("item", qOtherTotalSpec=FIRST, qNullSuppression=True)
    assert rows("customer", items) == ["ann nut ann 9", "ann Others ann 2", "bob nut bob 3", "dan nut dan 1"]
