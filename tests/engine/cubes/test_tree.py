"""Trees (mode T): nested nodes, and the parts of them that are asked for."""

from __future__ import annotations

from typing import Any

import pytest

from engine.compute import tree
from engine.compute.cube import Cube
from engine.errors import ResultTooLarge
from tests.engine.cubes.drawing import tree_lines
from tests.engine.cubes.regions import within
from tests.engine.cubes.shop import cube, dimension, measure

SUM, COUNT = measure("Sum(amount)", def_qLabel="Sum"), measure("Count(amount)", def_qLabel="Count")


def nodes(dimensions: list[Any], measures: list[Any] | None = None, **more: Any) -> Cube:
    given = {"qMode": "T", "qSuppressZero": True, **more}
    return cube(within(), dimensions, [SUM] if measures is None else measures, **given)


def fetched(found: Cube, **options: Any) -> list[str]:
    (root,) = found.tree_pages(options)
    return tree_lines(root)


def area(top: int, height: int, *, all_values: bool = False, left: int = 0) -> dict[str, Any]:
    rect = {"qLeft": left, "qTop": top, "qWidth": 1, "qHeight": height}
    return {"qArea": rect, "qAllValues": all_values}


def test_dimensions_nest_and_values_stand_at_the_ends() -> None:
    assert fetched(nodes(["region", "city"])) == [
        "North N",
        "  Oslo N 7",
        "South N",
        "  Bari N 32",
        "  Rome N 24",
    ]


def test_nodes_know_their_place_in_the_whole_tree() -> None:
    (root,) = nodes(["region", "city"]).tree_pages({})
    assert {name: root[name] for name in ("qElemNo", "qType", "qGroupSize", "qValues", "qMaxPos", "qMinNeg")} == {
        "qElemNo": -1, "qType": "R", "qGroupSize": 2, "qValues": [], "qMaxPos": [63], "qMinNeg": [0],
    }  # fmt: skip
    south = root["qNodes"][1]
    assert {name: south[name] for name in ("qElemNo", "qGroupPos", "qGroupSize", "qRow", "qState", "qTreePath")} == {
        "qElemNo": 1, "qGroupPos": 1, "qGroupSize": 2, "qRow": 1, "qState": "O", "qTreePath": [],
    }  # fmt: skip
    assert (south["qMaxPos"], south["qCanExpand"], south["qValues"]) == ([56], True, [])
    rome = south["qNodes"][1]
    assert rome["qValues"] == [{"qText": "24", "qValue": 24}]
    assert (rome["qGroupPos"], rome["qRow"], rome["qTreePath"], rome["qNodes"]) == (1, 2, [1], [])
    numbers = [root["qNodeNr"], south["qNodeNr"], rome["qNodeNr"]]
    assert (numbers, rome["qParentNode"], south["qParentNode"]) == ([0, 2, 5], 2, 0)


def test_a_node_holds_every_measure_unless_there_is_a_pseudo_dimension() -> None:
    assert fetched(nodes(["region"], [SUM, COUNT])) == ["North N 7 3", "South N 56 3"]
    assert fetched(nodes(["region"], [SUM, COUNT], qInterColumnSortOrder=[0, -1])) == [
        "North N",
        "  Sum P 7",
        "  Count P 3",
        "South N",
        "  Sum P 56",
        "  Count P 3",
    ]


def test_the_layout_counts_nodes_by_level_and_holds_the_tree() -> None:
    layout = nodes(["region", "city"], qInitialDataFetch=[{"qWidth": 1, "qHeight": 1}]).layout()
    assert (layout["qSize"], layout["qTreeNodesOnDim"]) == ({"qcx": 1, "qcy": 3}, [2, 3])
    assert (layout["qMode"], layout["qNoOfLeftDims"], layout["qGrandTotalRow"]) == ("T", 2, [])
    assert tree_lines(layout["qTreeDataPages"][0])[0] == "North N"
    assert [one["qCardinalities"]["qAllValuesCardinal"] for one in layout["qDimensionInfo"]] == [2, 3]


def test_areas_choose_nodes_by_their_place_within_their_parent() -> None:
    found = nodes(["region", "city", "year"])
    assert fetched(found, qTreeNodes=[area(1, 1), area(0, 1)]) == ["South N", "  Bari N", "    2024 N 32"]
    assert fetched(found, qTreeNodes=[area(0, 9), area(1, 1)]) == [
        "North N",
        "South N",
        "  Rome N",
        "    2023 N 8",
        "    2024 N 16",
    ]


def test_with_all_values_the_nodes_of_all_parents_line_up() -> None:
    found = nodes(["city", "year"])
    assert fetched(found, qTreeNodes=[area(0, 9), area(0, 9, all_values=True)]) == [
        "Bari N",
        "  2023 G -",
        "  2024 N 32",
        "Oslo N",
        "  2023 N 3",
        "  2024 N 4",
        "Rome N",
        "  2023 N 8",
        "  2024 N 16",
    ]
    assert fetched(found, qTreeNodes=[area(0, 1), area(0, 1, all_values=True)]) == ["Bari N", "  2023 G -"]


def test_levels_can_be_left_out_at_both_ends() -> None:
    found = nodes(["region", "city", "year"])
    assert fetched(found, qTreeLevels={"qLeft": 1, "qDepth": 1}) == ["Oslo N", "Bari N", "Rome N"]
    assert fetched(found, qTreeLevels={"qLeft": 0, "qDepth": 1}) == ["North N", "South N"]


def test_more_nodes_than_are_wanted_are_not_returned_but_counted() -> None:
    found = nodes(["region", "city"])
    assert fetched(found, qMaxNbrOfNodes=4) == []
    (root,) = found.tree_pages({"qMaxNbrOfNodes": 4})
    assert root["qGroupSize"] == 2
    assert len(fetched(found, qMaxNbrOfNodes=5)) == 5


def test_more_nodes_than_the_service_gives_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "MAX_NODES", 4)
    with pytest.raises(ResultTooLarge):
        nodes(["region", "city"]).tree_pages({})


def test_totals_are_nodes_that_do_not_count_in_their_parents() -> None:
    found = nodes([dimension("region"), dimension("city", qOtherTotalSpec={"qTotalMode": "TOTAL_EXPR"})])
    assert fetched(found) == [
        "North N",
        "  Oslo N 7",
        "  Total T 7",
        "South N",
        "  Bari N 32",
        "  Rome N 24",
        "  Total T 56",
    ]
    (root,) = found.tree_pages({})
    assert root["qMaxPos"] == [63]


def test_attributes_stand_in_nodes_and_values() -> None:
    city = dimension("city", qAttributeExpressions=[{"qExpression": "Max(amount)"}])
    total = measure("Sum(amount)", qAttributeExpressions=[{"qExpression": "Count(amount)"}])
    (root,) = nodes([city], [total]).tree_pages({})
    bari = root["qNodes"][0]
    assert bari["qAttrExps"] == {"qValues": [{"qText": "32", "qNum": 32}]}
    assert bari["qValues"][0]["qAttrExps"] == {"qValues": [{"qText": "1", "qNum": 1}]}
