"""Stacked hypercubes (mode K): nodes by dimension, values at the ends, sums for the axis."""

from __future__ import annotations

from typing import Any

from tests.engine.cubes.shop import context, cube

PAGE = [{"qLeft": 0, "qTop": 0, "qWidth": 17, "qHeight": 500}]


def outline(node: dict[str, Any]) -> Any:
    """(text, type, below) of a node; (text, type) of a value."""
    below = [outline(one) for one in node["qSubNodes"]]
    return (node["qText"], node["qType"], below) if node["qType"] != "V" else node["qText"]


def test_nodes_nest_by_dimension() -> None:
    rows = cube(
        context(customer=["ann", "cid"]), ["customer", "item"], ["Sum(amount)"], qMode="EQ_DATA_MODE_PIVOT_STACK"
    )
    (page,) = rows.stack_pages(PAGE, 5000)
    (root,) = page["qData"]
    assert outline(root) == (
        "",
        "R",
        [("ann", "N", [("fig", "N", ["20"]), ("nut", "N", ["11"])]), ("cid", "N", [("-", "U", ["4"])])],
    )
    assert [node["qMaxPos"] for node in (root, *root["qSubNodes"])] == [35, 31, 4]
    assert [node["qElemNo"] for node in root["qSubNodes"]] == [0, 2]
    assert page["qArea"]["qHeight"] == 2


def test_the_layout_counts_nodes_of_the_first_dimension() -> None:
    layout = cube(context(), ["customer", "item"], ["Sum(amount)"], qMode="K", qInitialDataFetch=PAGE).layout()
    assert (layout["qMode"], layout["qSize"]["qcy"]) == ("K", 5)
    assert layout["qEffectiveInterColumnSortOrder"] == [0, 1]
    assert layout["qDataPages"] == []
    assert len(layout["qStackedDataPages"]) == 1


def test_negative_values_add_up_by_themselves() -> None:
    (page,) = cube(context(), ["customer"], ["Sum(amount)"], qMode="K").stack_pages(PAGE, 5000)
    (root,) = page["qData"]
    assert (root["qMaxPos"], root["qMinNeg"]) == (38, -5)


def test_several_measures_stand_under_pseudo_nodes() -> None:
    rows = cube(context(customer=["bob"]), ["customer"], ["Sum(amount)", "Count(amount)"], qMode="K")
    (page,) = rows.stack_pages(PAGE, 5000)
    assert outline(page["qData"][0]) == (
        "",
        "R",
        [("bob", "N", [("Sum(amount)", "P", ["3"]), ("Count(amount)", "P", ["1"])])],
    )
    assert rows.layout()["qEffectiveInterColumnSortOrder"] == [0, -1]


def test_pages_count_nodes_and_end_before_too_many_values() -> None:
    rows = cube(context(), ["customer", "item"], ["Sum(amount)"], qMode="K")
    (page,) = rows.stack_pages([{"qLeft": 0, "qTop": 1, "qWidth": 9, "qHeight": 2}], 5000)
    (root,) = page["qData"]
    assert [node["qText"] for node in root["qSubNodes"]] == ["bob", "cid"]
    assert (root["qUp"], root["qDown"]) == (1, 2)
    (short,) = rows.stack_pages(PAGE, 3)
    assert [node["qText"] for node in short["qData"][0]["qSubNodes"]] == ["ann", "bob"]


def test_nodes_are_sorted_by_the_measure_on_demand() -> None:
    for sign, order in ((-1, ["ann", "cid", "bob", "Dan", "-"]), (1, ["Dan", "bob", "cid", "ann", "-"])):
        rows = cube(context(), ["customer", "item"], ["Sum(amount)"], qMode="K", qSortbyYValue=sign)
        (page,) = rows.stack_pages(PAGE, 5000)
        assert [node["qText"] for node in page["qData"][0]["qSubNodes"]] == order
