"""Measures that look at other rows, in charts that sort, suppress and stack."""

from __future__ import annotations

from typing import Any

from engine.compute.cube import Cube
from tests.engine.cubes.regions import within
from tests.engine.cubes.shop import WHOLE, cube, dimension, measure

BY_TEXT = {"qSortByAscii": 1}
DESCENDING = {"qSortByNumeric": -1}
CITY = dimension("city", sort=BY_TEXT)


def rows(found: Cube) -> list[str]:
    (page,) = found.pages(WHOLE)
    return [" ".join(cell["qText"] for cell in row) for row in page["qMatrix"]]


def test_rows_are_looked_at_in_the_order_in_which_they_are_sorted() -> None:
    total = measure("Sum(amount)", qSortBy=DESCENDING)
    running = "RangeSum(Above(Sum(amount), 0, RowNo()))"
    assert rows(cube(within(), [CITY], [total, running])) == [
        "Bari 32 32",
        "Kiel 0 32",
        "Oslo 7 39",
        "Rome 24 63",
    ]
    assert rows(cube(within(), [CITY], [total, running], qInterColumnSortOrder=[1, 0])) == [
        "Bari 32 32",
        "Rome 24 56",
        "Oslo 7 63",
        "Kiel 0 63",
    ]


def test_the_dimension_that_is_sorted_by_last_makes_the_segments() -> None:
    dimensions = [
        dimension("year", sort={"qSortByNumeric": 1}, qNullSuppression=True),
        dimension("region", sort=BY_TEXT),
    ]
    measures = ["Sum(amount)", "Above(Sum(amount))", "RowNo()"]
    assert rows(cube(within(), dimensions, measures)) == [
        "2023 North 3 - 1",
        "2023 South 8 3 2",
        "2024 North 4 - 1",
        "2024 South 48 4 2",
    ]
    assert rows(cube(within(), dimensions, measures, qInterColumnSortOrder=[1, 0])) == [
        "2023 North 3 - 1",
        "2024 North 4 3 2",
        "2023 South 8 - 1",
        "2024 South 48 8 2",
    ]


def test_a_table_is_sorted_by_ranks_which_do_not_depend_on_the_order() -> None:
    ranked = measure("Rank(Sum(amount))", qSortBy={"qSortByNumeric": 1})
    found = cube(within(), [CITY], ["Sum(amount)", ranked], qInterColumnSortOrder=[2, 0])
    assert rows(found) == ["Bari 32 1", "Rome 24 2", "Oslo 7 3", "Kiel 0 4"]


def test_a_table_is_not_sorted_by_what_depends_on_its_order() -> None:
    above = measure("Above(Sum(amount))", qSortBy=DESCENDING)
    found = cube(within(), [CITY], ["Sum(amount)", above], qInterColumnSortOrder=[2, 0])
    assert rows(found) == ["Bari 32 -", "Kiel 0 32", "Oslo 7 0", "Rome 24 7"]


def test_rows_without_a_value_stay_where_a_measure_looks_at_others() -> None:
    measures: list[Any] = ["Above(Sum(amount), 2)"]
    assert len(rows(cube(within(), [CITY], measures, qSuppressZero=True, qSuppressMissing=True))) == 4


def test_rows_of_totals_look_at_no_other_rows() -> None:
    region = dimension("region", sort=BY_TEXT)
    with_totals = dimension("city", sort=BY_TEXT, qOtherTotalSpec={"qTotalMode": "TOTAL_EXPR"})
    measures = ["Sum(amount)", "Rank(Sum(amount))", "Above(Sum(amount))", "Dimensionality()"]
    assert rows(cube(within(), [region, with_totals], measures)) == [
        "North Kiel 0 2 - 2",
        "North Oslo 7 1 0 2",
        "North Total 7 - - 1",
        "South Bari 32 1 - 2",
        "South Rome 24 2 32 2",
        "South Total 56 - - 1",
    ]


def test_a_stacked_chart_runs_along_its_inner_dimension() -> None:
    dimensions = [
        dimension("year", sort={"qSortByNumeric": 1}, qNullSuppression=True),
        dimension("region", sort=BY_TEXT),
    ]
    running = "RangeSum(Above(Sum(amount), 0, RowNo()))"
    found = cube(within(), dimensions, [running], qMode="K", qAlwaysFullyExpanded=True)
    (root,) = found.stack_pages(WHOLE, 5000)[0]["qData"]
    leaves = [
        [leaf["qText"], *(value["qValue"] for value in leaf["qSubNodes"])]
        for year in root["qSubNodes"]
        for leaf in year["qSubNodes"]
    ]
    assert leaves == [["North", 3], ["South", 11], ["North", 4], ["South", 52]]


def test_windows_of_any_length_are_answered() -> None:
    huge = ["RangeSum(Above(Sum(amount), 0, 1e18))", "RangeStdev(Below(Sum(amount), -1e300, 1e300))"]
    found = cube(within(), [CITY], [*huge, "Above(Sum(amount), 1e300)", "Top(Sum(amount), -1e18)"])
    assert [row.split()[1] for row in rows(found)] == ["32", "32", "39", "63"]
    assert {tuple(row.split()[3:]) for row in rows(found)} == {("-", "-")}


def test_columns_that_lead_to_many_others_are_refused_with_a_message() -> None:
    chain = [f"Column({at + 2}) + 1" for at in range(40)]
    doubling = [f"Column({at + 2}) + Column({at + 2})" for at in range(19)]
    for measures, message in ((chain, "20 levels deep"), (doubling, "10,000 characters")):
        infos = cube(within(), [CITY], [*measures, "Sum(amount)"]).layout()["qMeasureInfo"]
        assert message in infos[0]["qError"]["qExtendedMessage"]
        assert "qError" not in infos[-3]
