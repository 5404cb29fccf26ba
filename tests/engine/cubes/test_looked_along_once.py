"""Measures that look at other rows are worked out once a layout: in the order in which a chart shows its rows."""

from __future__ import annotations

from typing import Any

import pytest

from engine.compute import groups
from tests.engine.cubes.regions import within
from tests.engine.cubes.shop import cube, dimension, measure

ABOVE = "RangeSum(Above(Sum(amount), 0, RowNo()))"
RANK = "Rank(Sum(amount))"
BY_NUMBER = {"qSortByNumeric": -1}


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each evaluation of such a measure had."""
    found: list[int] = []
    evaluate = groups.evaluate_rows

    def noting(tree: Any, frame: Any, *others: Any) -> Any:
        found.append(frame.count)
        return evaluate(tree, frame, *others)

    monkeypatch.setattr(groups, "evaluate_rows", noting)
    return found


def city(**more: Any) -> dict[str, Any]:
    return dimension("city", sort={"qSortByAscii": 1}, **more)


@pytest.mark.parametrize("text", [ABOVE, RANK, "Below(Sum(amount)) - Sum(amount)", "RowNo()"])
@pytest.mark.parametrize("order", [[], [1, 0]], ids=["by city", "by sum"])
@pytest.mark.parametrize("mode", ["S", "K", "T", "P"])
def test_once_a_layout(text: str, order: list[int], mode: str, worked_out: list[int]) -> None:
    sums = measure("Sum(amount)", qSortBy=BY_NUMBER)
    cube(within(), [city()], [sums, text], qMode=mode, qInterColumnSortOrder=order).layout()
    assert [count for count in worked_out if count > 1] == [4]


def test_twice_where_the_order_of_rows_follows_from_them(worked_out: list[int]) -> None:
    ranks = measure(RANK, qSortBy=BY_NUMBER)
    cube(within(), [city()], [ranks], qInterColumnSortOrder=[1, 0]).layout()
    assert worked_out == [4, 4]


def test_a_total_looks_at_all_rows_without_working_them_out_anew(worked_out: list[int]) -> None:
    found = cube(within(), [city()], ["Sum(amount)", ABOVE, "Top(Sum(amount))"]).layout()
    assert [cell["qText"] for cell in found["qGrandTotalRow"]] == ["63", "-", "32"]
    assert worked_out == [4, 4]
