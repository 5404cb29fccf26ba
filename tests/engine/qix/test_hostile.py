"""Whatever a client sends is answered, and never by an internal error."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.qix.methods import METHODS
from engine.qix.schema import TABLE
from tests.engine.qix.conversation import Conversation

INTERNAL = -128

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 5),
    st.sampled_from([-(2**63), 2**31, 2**53, 1.5, 1e308]),
    st.sampled_from(
        ["", "carrier", "=Sum(delay)", "Sum(", "/qHyperCubeDef", "/qListObjectDef", "*", ">=5", "$", "\x00"]
    ),
)
NAMES = """
qInfo qId qType qDef qFieldDefs qPath qOp qValue qText qNumber qIsNumeric qTop qLeft qWidth qHeight qMin qMax qRange
qMeasureIx qRanges qData qTypes qHyperCubeDef qDimensions qMeasures qListObjectDef qChildListDef qSelectionObjectDef
qStringExpression qExpr qMetaDef qStateName qLibraryId qInitialDataFetch qProperty qChildren qSortCriterias qName
qDefinition qDim qMeasure title
"""
names = st.sampled_from(sorted(NAMES.split()))
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=4)),
    max_leaves=12,
)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "text": scalars.filter(lambda value: isinstance(value, str)),
    "whole": st.sampled_from([-1, 0, 1, 2**31]),
    "number": st.sampled_from([-1, 0.5, 1e300]),
    "yes": st.booleans(),
    "list": st.lists(anything, max_size=3),
    "object": st.dictionaries(names, anything, max_size=4),
    "any": anything,
}

CUBE = {"qDimensions": [{"qDef": {"qFieldDefs": ["carrier"]}}], "qMeasures": [{"qDef": {"qDef": "Sum(delay)"}}]}
CHART = {
    "qInfo": {"qId": "chart", "qType": "x"},
    "qHyperCubeDef": CUBE,
    "qListObjectDef": {"qDef": {"qFieldDefs": ["name"]}},
}
DOC_THINGS = [
    ("CreateObject", [CHART]),
    ("CreateDimension", [{"qDim": {"qFieldDefs": ["carrier"]}}]),
    ("CreateMeasure", [{"qMeasure": {"qDef": "Sum(delay)"}}]),
    ("CreateBookmark", [{}]),
    ("CreateVariableEx", [{"qName": "v", "qDefinition": "=1+1"}]),
    ("GetField", ["carrier"]),
]


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, list[Any]]:
    qix_class, name = draw(st.sampled_from(sorted(METHODS)))
    parameters = [draw(st.one_of(KINDS[kind], anything)) for _, kind in TABLE[qix_class, name].parameters]
    return qix_class, name, parameters


@settings(max_examples=60)
@given(st.lists(requests(), min_size=1, max_size=8))
@example([("GenericVariable", "SetProperties", [{"qStringExpression": None}])])
@example([("GenericObject", "SetProperties", [{"qMetaDef": {"qValueExpression": "1"}}])])
def test_no_request_ends_in_an_internal_error(talk: list[tuple[str, str, list[Any]]]) -> None:
    line = Conversation().line()
    line.ask({"handle": -1, "method": "GetActiveDoc", "params": []})
    handles = {"Global": -1, "Doc": 1}
    for method, params in DOC_THINGS:
        made = line.ask({"handle": 1, "method": method, "params": params})["result"]["qReturn"]
        handles[made["qType"]] = made["qHandle"]
    for qix_class, name, params in talk:
        reply = line.ask({"handle": handles[qix_class], "method": name, "params": params})
        assert reply.get("error", {}).get("code") != INTERNAL, json.dumps([qix_class, name, params])
        for handle in handles.values():
            if handle > 1:
                layout = line.ask({"handle": handle, "method": "GetLayout", "params": []})
                assert layout.get("error", {}).get("code") != INTERNAL, json.dumps([qix_class, name, params])
