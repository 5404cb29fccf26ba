"""Definitions with what stands behind the ids of master items."""

from __future__ import annotations

from typing import Any

from engine.document.library import Library
from engine.document.objects import DIMENSION, MEASURE, ObjectTree


def library(**cycles: int) -> Library:
    tree = ObjectTree()
    for name, kind, properties in (
        ("sum", MEASURE, {"qMeasure": {"qDef": "Sum(x)"}, "qMetaDef": {"title": "The sum"}}),
        ("turn", DIMENSION, {"qDim": {"qGrouping": "C", "qFieldDefs": ["a", "b"], "qFieldLabels": ["A", "B"]}}),
    ):
        tree.add(kind, {"qInfo": {"qId": name, "qType": kind}, **properties})
    return Library(tree, cycles)


def attributes(**given: Any) -> Any:
    (column,) = library(turn=1).cube({"qMeasures": [{"qDef": {"qDef": "1"}, **given}]})["qMeasures"]
    return column


def test_attributes_and_expressions_of_lists_may_be_master_items() -> None:
    (expression,) = attributes(qAttributeExpressions=[{"qLibraryId": "sum", "id": "colour"}])["qAttributeExpressions"]
    assert expression == {"qLibraryId": "sum", "id": "colour", "qExpression": "Sum(x)", "qLabel": "The sum"}
    (dimension,) = attributes(qAttributeDimensions=[{"qLibraryId": "turn"}])["qAttributeDimensions"]
    assert dimension["qDef"] == "b"
    listed = library().list_object({"qDef": {"qFieldDefs": ["a"]}, "qExpressions": [{"qLibraryId": "sum"}]})
    assert listed["qExpressions"][0]["qExpr"] == "Sum(x)"


def test_what_is_not_in_the_library_stays_as_it_was() -> None:
    (expression,) = attributes(qAttributeExpressions=[{"qLibraryId": "gone"}, {"qExpression": "2"}])[
        "qAttributeExpressions"
    ][1:]
    assert expression == {"qExpression": "2"}
    assert library().missing({"qLibraryId": "gone"}, MEASURE) is not None
    assert library().missing({"qLibraryId": "sum"}, MEASURE) is None


def test_a_cyclic_dimension_has_the_active_field_of_the_session() -> None:
    (column,) = library(turn=1).cube({"qDimensions": [{"qLibraryId": "turn"}]})["qDimensions"]
    assert (column["qDef"]["qFieldDefs"], column["qDef"]["qActiveField"]) == (["a", "b"], 1)
    (column,) = library(turn=5).cube({"qDimensions": [{"qLibraryId": "turn"}]})["qDimensions"]
    assert column["qDef"]["qActiveField"] == 1
