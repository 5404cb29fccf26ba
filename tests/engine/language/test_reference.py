"""The documentation of the language: it is current, it is whole, and every example gives its stated result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.document.document import Document
from engine.language.examples import SAMPLE, Example, examples
from engine.language.functions import FUNCTIONS
from engine.language.functions.script_only import SCRIPT_ONLY
from engine.language.reference import document
from engine.qix.session import Session
from tests.engine.language.cases import value_of
from tests.engine.models import model_of
from tests.engine.qix.test_facts import call, session_of

PAGE = Path(__file__).parents[3] / "docs" / "expressions.md"


@pytest.fixture(scope="module")
def session() -> Session:
    return session_of(Document.new("Sample", model_of(sample=SAMPLE)), "ann")


def test_the_page_is_current() -> None:
    found = PAGE.read_text(encoding="utf-8")
    assert found == "\n".join(document()) + "\n", "run: python -m engine.language.reference > docs/expressions.md"


def test_every_function_has_an_example() -> None:
    missing = sorted(set(FUNCTIONS) - set(examples()))
    assert not missing, "add a line for each to engine/language/examples.txt"
    assert set(examples()) <= set(FUNCTIONS)


@pytest.mark.parametrize("name", sorted(examples()))
def test_an_example_gives_its_result(name: str, session: Session) -> None:
    example = examples()[name]
    given = _shown_alone(example) if FUNCTIONS[name].kind == "scalar" else _shown_of_rows(example, session)
    assert given == example.result


def _shown_alone(example: Example) -> str:
    text = value_of(example.expression)[1]
    return "NULL" if text is None else text


def _shown_of_rows(example: Example, session: Session) -> str:
    doc = call(session, -1, "OpenDoc", "app")["qReturn"]["qHandle"]
    if " | " in example.result:
        cells = _chart(session, doc, example, "Region")["qDataPages"][0]["qMatrix"]
        return " | ".join(row[1]["qText"] for row in cells)
    if " / " in example.result:
        pivot = _chart(session, doc, example, "Product", qMode="P", qNoOfLeftDims=0)
        return " / ".join(cell["qText"] for cell in pivot["qPivotDataPages"][0]["qData"][0])
    return str(call(session, doc, "EvaluateEx", example.expression)["qValue"]["qText"])


def _chart(session: Session, doc: int, example: Example, field: str, **more: Any) -> dict[str, Any]:
    definition = {
        "qDimensions": [{"qDef": {"qFieldDefs": [field]}}],
        "qMeasures": [{"qDef": {"qDef": example.expression}}],
        "qInitialDataFetch": [{"qWidth": 9, "qHeight": 9}],
        **more,
    }
    properties = {"qInfo": {"qId": "table", "qType": "table"}, "qHyperCubeDef": definition}
    cube = call(session, doc, "CreateSessionObject", properties)["qReturn"]["qHandle"]
    layout: dict[str, Any] = call(session, cube, "GetLayout")["qLayout"]["qHyperCube"]
    call(session, doc, "DestroySessionObject", "table")
    return layout


def test_what_is_for_scripts_only_is_no_function_of_charts() -> None:
    assert not {name.lower() for name in SCRIPT_ONLY} & set(FUNCTIONS)
