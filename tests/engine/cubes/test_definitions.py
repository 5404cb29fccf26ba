"""Defaults are filled into definitions wherever they stand, and nothing a client wrote is lost."""

from __future__ import annotations

from engine.compute.definitions import fill_defaults


def test_a_dimension_gets_the_members_charts_expect() -> None:
    filled = fill_defaults({"qHyperCubeDef": {"qDimensions": [{"qDef": {"qSortCriterias": [{"qSortByAscii": 1}]}}]}})
    (dimension,) = filled["qHyperCubeDef"]["qDimensions"]
    assert dimension["qDef"]["qSortCriterias"] == [{"qSortByAscii": 1, "qExpression": {}}]
    assert dimension["qOtherTotalSpec"]["qOtherMode"] == "OTHER_OFF"
    assert dimension["qOtherLabel"] == {"qv": "Others"}
    assert dimension["qAttributeExpressions"] == []


def test_definitions_are_filled_at_any_depth() -> None:
    filled = fill_defaults({"qUndoExclude": {"box": {"qHyperCubeDef": {}}}, "items": [{"qListObjectDef": {}}]})
    assert filled["qUndoExclude"]["box"]["qHyperCubeDef"]["qMode"] == "S"
    assert filled["items"][0]["qListObjectDef"]["qFrequencyMode"] == "N"


def test_what_the_client_wrote_stays() -> None:
    given = {"qHyperCubeDef": {"qMode": "K", "own": {"deep": [1]}, "qMeasures": [{"qDef": {"qDef": "1", "cId": "x"}}]}}
    filled = fill_defaults(given)["qHyperCubeDef"]
    assert (filled["qMode"], filled["own"]) == ("K", {"deep": [1]})
    assert filled["qMeasures"][0]["qDef"]["cId"] == "x"
    assert given["qHyperCubeDef"].keys() == {"qMode", "own", "qMeasures"}


def test_expressions_are_stored_in_one_spelling() -> None:
    for spelling in ("=Sum(x)", {"qExpr": "=Sum(x)"}, {"qv": "=Sum(x)"}):
        assert fill_defaults({"qHyperCubeDef": {"qTitle": spelling}})["qHyperCubeDef"]["qTitle"] == {"qv": "=Sum(x)"}


def test_filling_twice_changes_nothing() -> None:
    once = fill_defaults({"qHyperCubeDef": {"qDimensions": [{}], "qMeasures": [{}]}, "qListObjectDef": {}})
    assert fill_defaults(once) == once
