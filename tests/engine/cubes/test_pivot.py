"""Pivot tables: what stands at the left, at the top and where they meet."""

from __future__ import annotations

from typing import Any

import pytest

from engine.compute.context import Context
from engine.compute.cube import Cube
from engine.errors import InvalidParameters, PagesTooLarge
from tests.engine.cubes import shop
from tests.engine.cubes.drawing import aligned_text, pivot_lines, table
from tests.engine.cubes.regions import within
from tests.engine.cubes.shop import cube, dimension, measure

WHOLE = [{"qLeft": 0, "qTop": 0, "qWidth": 100, "qHeight": 100}]
TOTALS: dict[str, Any] = {"qOtherTotalSpec": {"qTotalMode": "TOTAL_EXPR"}}
SUM = measure("Sum(amount)", def_qLabel="Sum")
COUNT = measure("Count(amount)", def_qLabel="Count")


def pivot(
    dimensions: list[Any],
    measures: list[Any] | None = None,
    left: int = -1,
    context: Context | None = None,
    **more: Any,
) -> Cube:
    given = {"qMode": "P", "qNoOfLeftDims": left, "qSuppressZero": True, **more}
    return cube(context or within(), dimensions, [SUM] if measures is None else measures, **given)


def shown(table: Cube, page: dict[str, int] | None = None) -> list[str]:
    (found,) = table.pivot_pages([page or WHOLE[0]])
    return aligned_text(pivot_lines(found))


def opened(name: str, *paths: list[str], exclude: bool = False) -> list[dict[str, Any]]:
    """qExpansionState for one dimension."""
    return [
        {"qExcludeList": exclude, "qPos": {"qDimName": name, "qElemNo": [], "qElemValues": path}}
        for path in (paths or ([],))
    ]


def test_left_dimensions_stand_in_rows_and_top_dimensions_in_columns() -> None:
    assert shown(pivot(["region", "year"], left=1)) == table("""
              | 2023  2024
        North | 3     4
        South | 8     48
    """)


def test_a_crossing_without_values_is_empty() -> None:
    assert shown(pivot(["city", "year"], left=1)) == table("""
             | 2023  2024
        Bari | -     32
        Oslo | 3     4
        Rome | 8     16
    """)
    (page,) = pivot(["city", "year"], left=1).pivot_pages(WHOLE)
    assert page["qData"][0] == [
        {"qText": "-", "qNum": "NaN", "qType": "U"},
        {"qText": "32", "qNum": 32, "qType": "V"},
    ]


def test_missing_values_are_filled_with_zeros_on_demand() -> None:
    assert shown(pivot(["city", "year"], left=1, qPopulateMissing=True))[1] == "Bari | 0 32"


def test_rows_are_closed_until_they_are_opened() -> None:
    assert shown(pivot(["region", "city", "year"], left=2)) == table("""
               | 2023  2024
        North+ | 3     4
        South+ | 8     48
    """)


def test_an_opened_row_shows_what_is_in_it() -> None:
    state = opened("region", ["South"])
    assert shown(pivot(["region", "city", "year"], left=2, qExpansionState=state)) == table("""
                     | 2023  2024
        North+  .    | 3     4
        South-  Bari | -     32
                Rome | 8     16
    """)


def test_everything_is_open_but_what_is_excluded() -> None:
    state = opened("region", ["South"], exclude=True)
    assert shown(pivot(["region", "city"], left=2, qExpansionState=state)) == table("""
        North-  Oslo | 7
        South+  .    | 56
    """)


def test_fully_expanded_tables_cannot_be_closed() -> None:
    assert shown(pivot(["region", "city"], left=2, qAlwaysFullyExpanded=True)) == table("""
        North  Oslo | 7
        South  Bari | 32
               Rome | 24
    """)


def test_nodes_are_opened_by_element_numbers_too() -> None:
    state = [{"qExcludeList": False, "qPos": {"qDimName": "region", "qElemNo": [0]}}]
    assert shown(pivot(["region", "city"], qExpansionState=state))[0] == "North- Oslo | 7"


def test_totals_stand_below_or_above_what_they_sum_up() -> None:
    dimensions = [dimension("region", **TOTALS), dimension("city", **TOTALS), dimension("year", **TOTALS)]
    state = opened("region", ["South"])
    assert shown(pivot(dimensions, left=2, qExpansionState=state)) == table("""
                      | 2023  2024  Total
        North+  .     | 3     4     7
        South-  Bari  | -     32    32
                Rome  | 8     16    24
                Total | 8     48    56
        Total   .     | 11    52    63
    """)
    assert shown(pivot(dimensions, left=2, qExpansionState=state, qShowTotalsAbove=True)) == table("""
                      | Total  2023  2024
        Total   .     | 63     11    52
        North+  .     | 7      3     4
        South-  Total | 56     8     48
                Bari  | 32     -     32
                Rome  | 24     8     16
    """)


def test_totals_are_expressions_over_all_and_no_sums_of_rows() -> None:
    averages = pivot([dimension("city", **TOTALS)], [measure("Avg(amount)")])
    assert shown(averages)[-1] == "Total | 10.5"


def test_totals_have_the_label_that_is_stated() -> None:
    labelled = pivot([dimension("city", qTotalLabel="='Sum of ' & Count(DISTINCT city)", **TOTALS)])
    assert shown(labelled)[-1] == "Sum of 4 | 63"


def test_several_measures_stand_at_the_top_unless_the_order_places_them() -> None:
    assert shown(pivot(["region", "year"], [SUM, COUNT], left=1)) == table("""
              | 2023         2024
              | Sum   Count  Sum   Count
        North | 3     2      4     1
        South | 8     1      48    2
    """)
    assert shown(pivot(["region", "year"], [SUM, COUNT], left=2, qInterColumnSortOrder=[0, -1, 1])) == table("""
                    | 2023  2024
        North Sum   | 3     4
              Count | 2     1
        South Sum   | 8     48
              Count | 1     2
    """)
    assert shown(pivot(["region"], [SUM, COUNT], left=2, qInterColumnSortOrder=[-1, 0])) == table("""
        Sum    North | 7
               South | 56
        Count  North | 3
               South | 3
    """)


def test_measures_between_two_levels_leave_the_nodes_together() -> None:
    state = opened("region", ["South"])
    table_of = pivot(["region", "city"], [SUM, COUNT], left=3, qInterColumnSortOrder=[0, -1, 1], qExpansionState=state)
    assert shown(table_of) == table("""
        North+  Sum    .    | 7
                Count  .    | 3
        South-  Sum    Bari | 32
                       Rome | 24
                Count  Bari | 1
                       Rome | 2
    """)


def test_the_layout_tells_of_sides_and_orders() -> None:
    layout = pivot(["region", "city", "year"], [SUM, COUNT], left=2, qInitialDataFetch=WHOLE).layout()
    assert layout["qEffectiveInterColumnSortOrder"] == [0, 1, 2, -1]
    assert (layout["qNoOfLeftDims"], layout["qSize"]) == (2, {"qcx": 4, "qcy": 2})
    assert (layout["qMode"], layout["qGrandTotalRow"], layout["qDataPages"]) == ("P", [], [])
    assert layout["qPivotDataPages"][0]["qArea"] == {"qLeft": 0, "qTop": 0, "qWidth": 4, "qHeight": 2}
    assert [(one["qMin"], one["qMax"]) for one in layout["qMeasureInfo"]] == [(3, 48), (1, 2)]


def test_all_dimensions_are_at_the_left_unless_it_is_stated() -> None:
    assert pivot(["region", "year"]).layout()["qNoOfLeftDims"] == 2
    assert pivot(["region", "year"], [SUM, COUNT]).layout()["qNoOfLeftDims"] == 2
    assert pivot(["region"], [SUM, COUNT], qInterColumnSortOrder=[-1, 0]).layout()["qNoOfLeftDims"] == 2


def test_without_left_dimensions_there_is_one_row_and_without_top_dimensions_one_column() -> None:
    assert shown(pivot(["region"], left=0)) == table("""
        | North South
        | 7     56
    """)
    (page,) = pivot(["region"], left=0).pivot_pages(WHOLE)
    assert page["qLeft"] == []
    assert pivot([], [SUM]).layout()["qSize"] == {"qcx": 1, "qcy": 1}


def test_pages_tell_how_many_leaves_of_a_node_lie_beyond_them() -> None:
    (page,) = pivot(["region", "city", "year"], left=2, qAlwaysFullyExpanded=True).pivot_pages(
        [{"qLeft": 1, "qTop": 1, "qWidth": 1, "qHeight": 1}]
    )
    (south,) = page["qLeft"]
    (bari,) = south["qSubNodes"]
    assert (south["qText"], south["qUp"], south["qDown"]) == ("South", 0, 1)
    assert (bari["qText"], bari["qUp"], bari["qDown"]) == ("Bari", 0, 0)
    (year,) = page["qTop"]
    assert (year["qText"], page["qData"]) == ("2024", [[{"qText": "32", "qNum": 32, "qType": "V"}]])


def test_nodes_tell_their_element_numbers_and_types() -> None:
    nodes = pivot([dimension("city", **TOTALS), "year"], left=1).pivot_pages(WHOLE)[0]["qLeft"]
    assert [(node["qText"], node["qElemNo"], node["qValue"], node["qType"]) for node in nodes] == [
        ("Bari", 2, "NaN", "N"),
        ("Oslo", 0, "NaN", "N"),
        ("Rome", 1, "NaN", "N"),
        ("Total", -1, "NaN", "T"),
    ]
    (page,) = pivot(["region", "city"], [SUM, COUNT], qExpansionState=opened("region", ["South"])).pivot_pages(WHOLE)
    assert page["qLeft"][0]["qSubNodes"] == [
        {"qElemNo": -4, "qValue": "NaN", "qType": "T", "qUp": 0, "qDown": 0, "qSubNodes": []}
    ]
    assert [(node["qElemNo"], node["qType"]) for node in page["qTop"]] == [(0, "P"), (1, "P")]


def test_values_without_sales_have_a_row_unless_they_are_suppressed() -> None:
    assert shown(pivot(["city"], qSuppressZero=False)) == table("""
        Bari | 32
        Kiel | 0
        Oslo | 7
        Rome | 24
    """)
    assert [line.split()[0] for line in shown(pivot(["city"]))] == ["Bari", "Oslo", "Rome"]


def test_a_total_goes_with_the_last_row_it_sums_up() -> None:
    empty = pivot([dimension("city", **TOTALS)], [measure("Sum(amount) - Sum(amount)")])
    assert empty.layout()["qSize"]["qcy"] == 0


def test_rows_follow_the_first_measure_on_demand() -> None:
    def rows(sign: int) -> list[str]:
        dimensions = [dimension("region", **TOTALS), "city", "year"]
        found = pivot(dimensions, left=2, qSortbyYValue=sign, qExpansionState=opened("region", ["South"]))
        return [line.split(" | ")[0] for line in shown(found)][1:]

    assert rows(-1) == ["South- Bari", "Rome", "North+ .", "Total ."]
    assert rows(1) == ["North+ .", "South- Rome", "Bari", "Total ."]


def test_others_are_a_node_of_their_own() -> None:
    spec = {"qOtherMode": "OTHER_COUNTED", "qOtherCounted": "1"}
    assert shown(pivot([dimension("city", qOtherTotalSpec=spec), "year"], left=1)) == table("""
               | 2023  2024
        Bari   | -     32
        Others | 11    20
    """)


def test_others_stand_before_the_null_group() -> None:
    item = dimension("item", qOtherTotalSpec={"qOtherMode": "OTHER_COUNTED", "qOtherCounted": "3"})
    assert shown(pivot([item], context=shop.context())) == ["fig | 20", "nut | 14", "Others | -5", "- | 4"]


def test_a_limit_of_an_inner_dimension_looks_within_the_outer_one() -> None:
    spec = {"qOtherMode": "OTHER_COUNTED", "qOtherCounted": "1"}
    inner = dimension("product", qOtherTotalSpec=spec)
    assert shown(pivot(["region", inner], qAlwaysFullyExpanded=True)) == table("""
        North  nut    | 5
               Others | 2
        South  nut    | 40
               Others | 16
    """)


def test_indented_tables_have_a_row_for_each_open_node() -> None:
    indented = pivot(["region", "city"], qIndentMode=True, qExpansionState=opened("region", ["South"]))
    assert shown(indented) == table("""
        North+  .     | 7
        South-  Total | 56
                Bari  | 32
                Rome  | 24
    """)
    assert indented.layout()["qIndentMode"] is True


def test_attributes_stand_in_nodes_and_cells() -> None:
    city = dimension(
        "city", qAttributeExpressions=[{"qExpression": "Max(amount)"}], qAttributeDimensions=[{"qDef": "region"}]
    )
    total = measure("Sum(amount)", qAttributeExpressions=[{"qExpression": "Count(amount)"}])
    found = pivot([city, "year"], [total], left=1)
    (page,) = found.pivot_pages(WHOLE)
    assert page["qLeft"][0]["qAttrExps"] == {"qValues": [{"qText": "32", "qNum": 32}]}
    assert page["qLeft"][0]["qAttrDims"] == {"qValues": [{"qText": "South", "qElemNo": 1}]}
    assert page["qData"][1][0]["qAttrExps"] == {"qValues": [{"qText": "2", "qNum": 2}]}
    (info,) = found.layout()["qDimensionInfo"][0]["qAttrExprInfo"]
    assert (info["qMin"], info["qMax"]) == (2, 32)


def test_selecting_cells_means_the_values_of_their_row_and_column() -> None:
    found = pivot(["region", "city", "year"], left=2, qAlwaysFullyExpanded=True)

    def selected(*cells: dict[str, Any]) -> dict[str, list[int]]:
        return {field: codes.tolist() for field, codes in found.select_pivot_cells(cells)}

    assert selected({"qType": "L", "qCol": 0, "qRow": 2}) == {"region": [1]}
    assert selected({"qType": "L", "qCol": 1, "qRow": 0}, {"qType": "L", "qCol": 1, "qRow": 2}) == {"city": [0, 1]}
    assert selected({"qType": "T", "qCol": 1, "qRow": 0}) == {"year": [1]}
    assert selected({"qType": "D", "qCol": 0, "qRow": 2}) == {"region": [1], "city": [1], "year": [0]}
    with pytest.raises(InvalidParameters):
        selected({"qType": "L", "qCol": 0, "qRow": 3})
    with pytest.raises(InvalidParameters):
        selected({"qType": "L", "qCol": 5, "qRow": 0})


def test_nothing_is_selected_by_totals_and_measures() -> None:
    found = pivot([dimension("city", **TOTALS)], [SUM, COUNT], left=1)
    assert found.select_pivot_cells([{"qType": "L", "qCol": 0, "qRow": 3}]) == []
    assert found.select_pivot_cells([{"qType": "T", "qCol": 0, "qRow": 0}]) == []


def test_too_many_cells_at_once_are_refused() -> None:
    found = pivot(["city", "year"], left=1, qInitialDataFetch=WHOLE * 2_000)
    with pytest.raises(PagesTooLarge):
        found.pivot_pages(WHOLE * 2_000)
    assert found.layout()["qError"]["qErrorCode"] == 7009


def test_each_mode_has_its_own_kind_of_pages() -> None:
    with pytest.raises(InvalidParameters):
        pivot(["city"]).pages(WHOLE)
    with pytest.raises(InvalidParameters):
        cube(within(), ["city"], [SUM]).pivot_pages(WHOLE)


def test_all_values_are_shown_on_demand() -> None:
    everything = pivot([dimension("city", qShowAll=True)], context=within(region=["South"]), qSuppressZero=False)
    assert shown(everything) == table("""
        Bari | 32
        Kiel | -
        Oslo | -
        Rome | 24
    """)


def test_cubes_in_error_have_no_pages() -> None:
    assert pivot(["nowhere"]).pivot_pages(WHOLE) == []
    layout = pivot(["city"], ["Sum("]).layout()
    assert layout["qMeasureInfo"][0]["qError"]["qErrorCode"] == 7000
