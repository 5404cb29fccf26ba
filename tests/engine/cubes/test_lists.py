"""List objects: all values of a field, their states, orders, searches."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.cubes.shop import WHOLE, context, listed, texts

BY_STATE = {"qSortByState": 1, "qSortByAscii": 1}


def states(shown: Any) -> dict[str, str]:
    (page,) = shown.pages(WHOLE)
    return {row[0]["qText"]: row[0]["qState"] for row in page["qMatrix"]}


def test_all_values_are_listed_and_null_is_none() -> None:
    assert texts(listed(context(), "item", sort={"qSortByLoadOrder": 1})) == ["nut", "fig", "pea", "oil"]


def test_excluded_values_sink_when_sorted_by_state() -> None:
    shown = listed(context(customer=["bob"]), "item", sort=BY_STATE)
    assert states(shown) == {"nut": "O", "fig": "X", "oil": "X", "pea": "X"}
    assert texts(shown) == ["nut", "fig", "oil", "pea"]


def test_alternatives_are_shown_on_demand_and_counted_anyway() -> None:
    chosen = context(customer=["bob"])
    assert states(listed(chosen, "customer", sort=BY_STATE, qShowAlternatives=True))["ann"] == "A"
    plain = listed(chosen, "customer", sort=BY_STATE)
    assert states(plain)["ann"] == "X"
    assert plain.layout()["qDimensionInfo"]["qStateCounts"]["qAlternative"] == 3


@pytest.mark.parametrize(
    ("mode", "shown"),
    [("V", "3 1 1 0"), ("NX_FREQUENCY_PERCENT", "60.0% 20.0% 20.0% 0.0%"), ("R", "1 0.3333 0.3333 0")],
)
def test_frequencies(mode: str, shown: str) -> None:
    (page,) = listed(context(), "item", sort={"qSortByLoadOrder": 1}, qFrequencyMode=mode).pages(WHOLE)
    counted = {row[0]["qText"]: row[0]["qFrequency"] for row in page["qMatrix"]}
    assert " ".join(counted[item] for item in ("nut", "fig", "pea", "oil")) == shown


def test_a_search_narrows_the_list_and_marks_what_it_found() -> None:
    found = listed(context(), "customer", search="*a*", sort={"qSortByLoadOrder": 1})
    assert texts(found) == ["ann", "Dan"]
    (page,) = found.pages(WHOLE)
    assert [row[0]["qHighlightRanges"]["qRanges"] for row in page["qMatrix"]] == [
        [{"qCharPos": 0, "qCharCount": 1}],
        [{"qCharPos": 1, "qCharCount": 1}],
    ]
    assert found.codes.tolist() == [0, 3]
    assert texts(listed(context(), "customer", search="d c")) == ["cid", "Dan"]


def test_similar_values_come_first_and_the_first_is_accepted() -> None:
    found = listed(context(), "customer", search="~dan nn", sort={"qSortByAscii": 1})
    assert texts(found) == ["Dan", "ann"]
    assert found.accepted.tolist() == [3]


def test_an_expression_finds_what_it_is_true_for_under_the_selections() -> None:
    assert texts(listed(context(), "customer", search="=Sum(amount)>3")) == ["ann", "cid"]
    assert texts(listed(context(item=["fig", "pea"]), "customer", search="=Sum(amount)>3")) == ["ann"]
    assert texts(listed(context(), "group", search="=Count(amount)")) == ["dry", "wet"]
    assert texts(listed(context(), "customer", search="=Sum(")) == []


def test_a_search_looks_at_what_is_shown() -> None:
    money = [{"qType": "M", "qFmt": "$0.00"}]
    assert texts(listed(context(), "amount", search="$4*", def_qNumberPresentations=money)) == ["$4.00"]
    found = listed(context(day=[45292]), "=Month(day)", search="ma")
    assert texts(found) == ["Mar"]
    assert found.select(found.accepted.tolist())[1].tolist() == [2]


def test_excluded_values_are_found_but_not_accepted() -> None:
    found = listed(context(customer=["bob"]), "item", search="f n", sort={"qSortByAscii": 1})
    assert (texts(found), found.accepted.tolist()) == (["fig", "nut"], [0])


def test_wildcards_and_comparisons_find_values() -> None:
    assert texts(listed(context(), "item", search="*i*")) == ["fig", "oil"]
    assert texts(listed(context(), "amount", search=">3<=10", sort={"qSortByNumeric": 1})) == ["4", "10"]


def test_a_calculated_list_selects_in_its_field() -> None:
    shown = listed(context(day=[45292]), "=Month(day)", sort={"qSortByNumeric": 1}, qShowAlternatives=True)
    assert states(shown) == {"Jan": "S", "Mar": "A"}
    field, codes = shown.select([0, -2])
    assert (field, codes.tolist()) == ("day", [0, 1])


def test_expressions_stand_in_columns_of_their_own() -> None:
    shown = listed(
        context(), "item", sort={"qSortByAscii": 1}, qExpressions=[{"qExpr": "Sum(amount)"}, {"qExpr": "Su("}]
    )
    assert texts(shown) == ["fig 20 -", "nut 14 -", "oil 0 -", "pea -5 -"]
    layout = shown.layout()
    assert layout["qSize"] == {"qcx": 3, "qcy": 4}
    assert layout["qExpressions"][0] == {"qExpr": "Sum(amount)"}
    assert "qError" in layout["qExpressions"][1]


def test_selected_values_are_promoted_in_long_lists() -> None:
    promoted = {"qDisplayNumberOfRows": 2}
    assert texts(listed(context(item=["pea"]), "item", qAutoSortByState=promoted)) == ["pea", "fig", "nut", "oil"]


def test_an_unknown_field_is_an_error_in_the_layout() -> None:
    layout = listed(context(), "nowhere").layout()
    assert layout["qError"]["qErrorCode"] == 7000
    assert layout["qSize"]["qcy"] == 0


def test_pages_of_no_height_are_answered() -> None:
    (page,) = listed(context(), "item").pages([{"qLeft": 0, "qTop": 0, "qWidth": 0, "qHeight": 0}])
    assert page["qMatrix"] == []
