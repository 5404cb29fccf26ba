"""Calculation conditions, suppression of zeros and NULL, all values: the same in every mode of a cube."""

from __future__ import annotations

from typing import Any

import pytest

from engine.compute.cube import Cube
from tests.engine.cubes.shop import context, cube, dimension, measure, texts

MODES = ["S", "P", "K", "T"]
PAGE = [{"qLeft": 0, "qTop": 0, "qWidth": 20, "qHeight": 500}]
NEVER = {"qCond": {"qv": "Count(item) > 100"}, "qMsg": {"qv": "Too few"}}
ALWAYS = {"qCond": {"qv": "Count(item) > 1"}, "qMsg": {"qv": "Too few"}}


def outer(found: Cube) -> list[str]:
    """The values of the first dimension, whatever the mode."""
    if found.mode == "S":
        (page,) = found.pages(PAGE)
        return list(dict.fromkeys(row[0]["qText"] for row in page["qMatrix"]))
    nodes: list[dict[str, Any]]
    if found.mode == "P":
        nodes = found.pivot_pages(PAGE)[0]["qLeft"]
    elif found.mode == "K":
        nodes = found.stack_pages(PAGE, 0)[0]["qData"][0]["qSubNodes"]
    else:
        nodes = found.tree_pages({})[0]["qNodes"]
    return [node["qText"] for node in nodes]


@pytest.mark.parametrize("mode", MODES)
class TestInEveryMode:
    def test_a_condition_that_is_met_changes_nothing(self, mode: str) -> None:
        assert outer(cube(context(), ["item"], ["Sum(amount)"], qMode=mode, qCalcCondition=ALWAYS)) == [
            "fig",
            "nut",
            "oil",
            "pea",
            "-",
        ]

    def test_a_condition_that_is_not_met_is_told_with_its_message(self, mode: str) -> None:
        found = cube(context(), ["item"], ["Sum(amount)"], qMode=mode, qCalcCondition=NEVER, qInitialDataFetch=PAGE)
        layout = found.layout()
        assert layout["qError"]["qErrorCode"] == 7005
        assert (layout["qCalcCondMsg"], layout["qSize"]) == ("Too few", {"qcx": 0, "qcy": 0})

    def test_a_dimension_whose_condition_is_not_met_leaves_the_others(self, mode: str) -> None:
        hidden = dimension("customer", qCalcCondition=NEVER)
        found = cube(context(), [hidden, "item"], ["Sum(amount)"], qMode=mode)
        assert outer(found) == ["fig", "nut", "oil", "pea", "-"]
        first, second = found.layout()["qDimensionInfo"]
        assert (first["qError"]["qErrorCode"], first["qCalcCondMsg"]) == (7005, "Too few")
        assert "qError" not in second

    def test_conditions_follow_the_selections(self, mode: str) -> None:
        few = cube(context(customer=["bob"]), ["item"], ["Sum(amount)"], qMode=mode, qCalcCondition=ALWAYS)
        assert few.layout()["qError"]["qErrorCode"] == 7005

    def test_rows_of_zeros_are_suppressed_where_every_measure_is_zero(self, mode: str) -> None:
        def shown(*measures: str) -> list[str]:
            return outer(cube(context(), ["item"], list(measures), qMode=mode, qSuppressZero=True))

        assert shown("Sum(amount)") == ["fig", "nut", "pea", "-"]
        assert shown("Sum(amount)", "Count(group)") == ["fig", "nut", "oil", "pea", "-"]

    def test_missing_values_are_suppressed_but_zeros_are_not(self, mode: str) -> None:
        assert outer(cube(context(), ["item"], ["Max(amount)"], qMode=mode, qSuppressMissing=True)) == [
            "fig",
            "nut",
            "pea",
            "-",
        ]
        assert "oil" in outer(cube(context(), ["item"], ["Sum(amount)"], qMode=mode, qSuppressMissing=True))

    def test_the_null_group_is_suppressed_also_within_another_dimension(self, mode: str) -> None:
        no_null = dimension("item", qNullSuppression=True)
        assert outer(cube(context(), [no_null], ["Sum(amount)"], qMode=mode)) == ["fig", "nut", "oil", "pea"]
        inside = outer(cube(context(), ["customer", no_null], ["Sum(amount)"], qMode=mode))
        # The nodes of a pivot table are closed: what is inside of them plays no part.
        assert inside == (["ann", "bob", "cid", "Dan"] if mode == "P" else ["ann", "bob", "Dan", "-"])

    def test_all_values_are_shown_also_those_that_are_excluded(self, mode: str) -> None:
        everything = dimension("item", qShowAll=True, qNullSuppression=True)
        found = cube(context(customer=["bob"]), [everything], ["Sum(amount)"], qMode=mode)
        assert outer(found) == ["fig", "nut", "oil", "pea"]


def test_suppressed_groups_count_in_no_total_of_a_column() -> None:
    totalled = [measure("Sum(amount)", def_qAggrFunc="Count")]
    assert cube(context(), ["item"], totalled).layout()["qGrandTotalRow"][0]["qText"] == "5"
    assert cube(context(), ["item"], totalled, qSuppressZero=True).layout()["qGrandTotalRow"][0]["qText"] == "4"


def test_a_column_that_is_hidden_by_its_condition_has_no_place_in_the_order_of_columns() -> None:
    hidden = measure("Count(amount)", qCalcCondition=NEVER)
    found = cube(context(), ["item", "group"], ["Sum(amount)", hidden], qColumnOrder=[3, 2, 1, 0])
    assert texts(found)[0] == "20 wet fig"
    assert found.layout()["qEffectiveInterColumnSortOrder"] == [0, 1, 2]


def test_an_order_of_columns_that_leaves_some_out_is_none() -> None:
    found = cube(context(), ["item", "group"], ["Sum(amount)"], qColumnOrder=[2])
    assert texts(found)[0] == "fig wet 20"
