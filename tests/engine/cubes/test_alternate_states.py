"""Alternate states: a chart or a list looks at the selections of its own state, in every mode."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.compute.context import Context
from tests.engine.cubes.shop import context, cube, dimension, listed, texts

PAGE = [{"qLeft": 0, "qTop": 0, "qWidth": 20, "qHeight": 500}]


def two_states() -> Context:
    """Ann is selected; in the state Other it is Bob and Cid."""
    mine, other = context(customer=["ann"]), context(customer=["bob", "cid"])
    return replace(mine, states={"$": mine.states["$"], "Other": other.states["$"]})


def customers(mode: str, state: str) -> list[str]:
    """The customers that a cube of this mode shows."""
    found = cube(two_states(), ["customer"], ["Sum(amount)"], qMode=mode, qStateName=state)
    if mode == "S":
        return [row.split()[0] for row in texts(found)]
    nodes: list[dict[str, Any]]
    if mode == "P":
        nodes = found.pivot_pages(PAGE)[0]["qLeft"]
    elif mode == "K":
        nodes = found.stack_pages(PAGE, 0)[0]["qData"][0]["qSubNodes"]
    else:
        nodes = found.tree_pages({})[0]["qNodes"]
    return [node["qText"] for node in nodes]


@pytest.mark.parametrize("mode", ["S", "P", "K", "T"])
def test_a_cube_shows_what_is_possible_in_its_state(mode: str) -> None:
    assert customers(mode, "$") == ["ann"]
    assert customers(mode, "Other") == ["bob", "cid"]
    assert customers(mode, "nowhere else") == ["ann", "bob", "cid", "Dan"]


def test_cells_and_counts_tell_the_states_of_values_there() -> None:
    everything = dimension("customer", qShowAll=True)
    found = cube(two_states(), [everything], ["Sum(amount)"], qStateName="Other")
    (page,) = found.pages(PAGE)
    assert [(row[0]["qText"], row[0]["qState"]) for row in page["qMatrix"]] == [
        ("ann", "A"),
        ("bob", "S"),
        ("cid", "S"),
        ("Dan", "A"),
    ]
    (info,) = found.layout()["qDimensionInfo"]
    assert (info["qStateCounts"]["qSelected"], info["qStateCounts"]["qAlternative"]) == (2, 2)


def test_expressions_conditions_and_suppression_go_by_the_state() -> None:
    condition = {"qCond": "Count(DISTINCT customer) = 2"}
    found = cube(
        two_states(), ["item"], ["Sum(amount)"], qStateName="Other", qSuppressZero=True, qCalcCondition=condition
    )
    assert texts(found) == ["nut 3", "- 4"]
    assert cube(two_states(), ["item"], ["Sum(amount)"], qCalcCondition=condition).layout()["qSize"]["qcy"] == 0


def test_a_set_expression_reaches_into_another_state() -> None:
    assert texts(cube(two_states(), [], ["Sum(amount)", "Sum({Other} amount)", "Sum({1} amount)"])) == ["31 7 33"]
    assert texts(cube(two_states(), [], ["Sum(amount)", "Sum({$} amount)"], qStateName="Other")) == ["7 31"]


def test_a_list_shows_the_values_by_its_state() -> None:
    def states(state: str) -> str:
        (page,) = listed(two_states(), "customer", qStateName=state).pages(PAGE)
        return " ".join(f"{row[0]['qText']}:{row[0]['qState']}" for row in page["qMatrix"])

    assert states("$") == "ann:S bob:X cid:X Dan:X"
    assert states("Other") == "ann:X bob:S cid:S Dan:X"
    assert states("") == states("$")


def test_a_list_of_a_state_is_narrowed_by_what_else_is_selected_there() -> None:
    (page,) = listed(two_states(), "item", qStateName="Other").pages(PAGE)
    assert {row[0]["qText"]: row[0]["qState"] for row in page["qMatrix"]} == {
        "nut": "O",
        "fig": "X",
        "pea": "X",
        "oil": "X",
    }
