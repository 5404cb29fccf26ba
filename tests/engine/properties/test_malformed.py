"""Whatever a client writes into a definition, it gets a layout or an error of the engine, never a crash."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from engine.compute.definitions import fill_defaults
from engine.compute.hypercube import evaluate_cube
from engine.compute.listobject import evaluate_list
from engine.errors import EngineError
from tests.engine.cubes.shop import context

CUBE: dict[str, Any] = {
    "qDimensions": [
        {
            "qDef": {
                "qGrouping": "H",
                "qFieldDefs": ["group", "item"],
                "qFieldLabels": ["G"],
                "qSortCriterias": [{"qSortByExpression": 1, "qExpression": {"qv": "Sum(amount)"}, "qSortByAscii": 1}],
                "qNumberPresentations": [{"qType": "F", "qFmt": "0.0", "qnDec": 2, "qUseThou": 0}],
                "qActiveField": 0,
            },
            "qOtherTotalSpec": {"qOtherMode": "OTHER_COUNTED", "qOtherCounted": {"qv": "2"}},
            "qAttributeExpressions": [{"qExpression": "Max(amount)"}],
            "qAttributeDimensions": [{"qDef": "group"}],
            "qCalcCondition": {"qCond": {"qv": "1"}, "qMsg": {"qv": "no"}},
        },
        {"qDef": {"qFieldDefs": ["customer"]}, "qShowAll": True},
    ],
    "qMeasures": [
        {
            "qDef": {"qDef": "Sum(amount)", "qNumFormat": {"qType": "M"}, "qRelative": True, "qAggrFunc": "Sum"},
            "qSortBy": {"qSortByNumeric": -1},
        }
    ],
    "qInterColumnSortOrder": [2, 0, 1],
    "qColumnOrder": [2, 1, 0],
    "qInitialDataFetch": [{"qLeft": 0, "qTop": 0, "qWidth": 5, "qHeight": 50}],
    "qMode": "S",
    "qMaxStackedCells": 500,
    "qNoOfLeftDims": -1,
    "qSortbyYValue": 1,
    "qSuppressZero": True,
}
LIST: dict[str, Any] = {
    "qStateName": "$",
    "qDef": {"qFieldDefs": ["item"], "qSortCriterias": [{"qSortByState": 1}]},
    "qFrequencyMode": "V",
    "qAutoSortByState": {"qDisplayNumberOfRows": 1},
    "qExpressions": [{"qExpr": "Sum(amount)"}],
    "qInitialDataFetch": [{"qLeft": 0, "qTop": 0, "qWidth": 5, "qHeight": 50}],
}

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 2**40), st.floats(allow_nan=False), st.text(max_size=5), st.just("K")
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.text(max_size=3), SCALARS, max_size=2))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inside in items:
        yield (*path, name)
        yield from places(inside, (*path, name))


@st.composite
def damaged(draw: st.DrawFn, whole: dict[str, Any]) -> dict[str, Any]:
    """The definition with one or two of its members replaced by anything."""
    result = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 2))):
        *path, last = draw(st.sampled_from(list(places(result))))
        target = result
        for step in path:
            target = target[step]
        target[last] = draw(VALUES)
    return result


@given(damaged(CUBE), st.sampled_from(["S", "K"]))
def test_a_damaged_hypercube_has_a_layout_or_an_error(definition: dict[str, Any], mode: str) -> None:
    with contextlib.suppress(EngineError):
        orjson.dumps(evaluate_cube(context(), {"qMode": mode} | definition).layout())


@given(damaged(LIST))
@example({**LIST, "qDef": {"qFieldDefs": ["item"], "qSortCriterias": [{"qSortByState": True}]}})
def test_a_damaged_list_object_has_a_layout_or_an_error(definition: dict[str, Any]) -> None:
    with contextlib.suppress(EngineError):
        orjson.dumps(evaluate_list(context(), definition).layout())


@given(damaged({"qHyperCubeDef": CUBE, "deep": [{"qListObjectDef": LIST}]}))
def test_defaults_are_filled_into_anything(properties: dict[str, Any]) -> None:
    orjson.dumps(fill_defaults(properties))
