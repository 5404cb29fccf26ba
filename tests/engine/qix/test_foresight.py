"""A session foresees other values of the field touched last; answers stay the same, and read no row."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

import pytest

from engine.compute.sliced import SlicedStates
from engine.document.document import Document
from engine.machine import tallies
from engine.machine.marking import Marking
from engine.qix.rights import Rights
from engine.qix.session import Session
from tests.engine.qix.apps import airline

CUBE = {
    "qDimensions": [{"qDef": {"qFieldDefs": ["origin"]}}],
    "qMeasures": [{"qDef": {"qDef": "Sum(delay)"}}],
    "qInitialDataFetch": [{"qTop": 0, "qLeft": 0, "qHeight": 100, "qWidth": 2}],
}


class Sheet:
    """A session with a chart and a list on its sheet."""

    def __init__(self, document: Document) -> None:
        self.session = Session(document, Rights("owner"), user="alice", document_id="app")
        self.doc = self.ask(-1, "OpenDoc", "app")["qReturn"]["qHandle"]
        props: list[dict[str, Any]] = [
            {"qInfo": {"qType": "chart"}, "qHyperCubeDef": CUBE},
            {
                "qInfo": {"qType": "list"},
                "qListObjectDef": {"qDef": {"qFieldDefs": ["carrier"]}, "qInitialDataFetch": CUBE["qInitialDataFetch"]},
            },
        ]
        self.handles = [self.ask(self.doc, "CreateSessionObject", one)["qReturn"]["qHandle"] for one in props]

    def ask(self, handle: int, method: str, *params: Any) -> dict[str, Any]:
        frame = {"id": 1, "handle": handle, "method": method, "params": list(params)}
        (text,) = self.session.receive(json.dumps(frame))
        result: dict[str, Any] = json.loads(text)["result"]
        return result

    def select(self, field: str, *values: str) -> None:
        handle = self.ask(self.doc, "GetField", field)["qReturn"]["qHandle"]
        self.ask(handle, "SelectValues", [{"qText": value} for value in values], False, False)

    def layouts(self) -> list[dict[str, Any]]:
        found = []
        for handle in self.handles:
            layout = self.ask(handle, "GetLayout")["qLayout"]
            found.append({name: layout.get(name) for name in ("qHyperCube", "qListObject")})
        return found


@pytest.fixture
def document() -> Document:
    return Document.new("Airline", airline())


def never() -> bool:
    return False


def test_nothing_is_foreseen_before_something_is_selected(document: Document) -> None:
    sheet = Sheet(document)
    assert sheet.session.foresight() is None
    sheet.select("carrier", "UA")
    assert sheet.session.foresight() is not None
    sheet.ask(sheet.doc, "ClearAll", False)
    assert sheet.session.foresight() is None


def test_another_value_of_the_field_is_answered_as_foreseen(document: Document) -> None:
    sheet, other = Sheet(document), Sheet(Document.new("Airline", airline()))
    names = [document.model.symbols("carrier").text(code) for code in range(2)]
    sheet.select("carrier", names[0])
    sheet.layouts()
    foresight = sheet.session.foresight()
    assert foresight is not None
    assert foresight.work(never)
    for one in (sheet, other):
        one.select("carrier", names[1])
    assert isinstance(sheet.session.desk.context().values(), SlicedStates)
    with (
        patch.object(tallies.Tally, "over", side_effect=AssertionError),
        patch.object(Marking, "run", side_effect=AssertionError),
    ):
        warm = sheet.layouts()
    assert warm == other.layouts()


def test_what_is_stopped_is_gone_on_with(document: Document) -> None:
    sheet = Sheet(document)
    sheet.select("carrier", document.model.symbols("carrier").text(0))
    sheet.layouts()
    foresight = sheet.session.foresight()
    assert foresight is not None
    assert not foresight.work(lambda: True)
    assert foresight.work(never)
