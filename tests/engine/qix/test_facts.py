"""What expressions may know of a session: each person's own, also where results are shared."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine import Facts, RequestLimits
from engine.document.document import Document
from engine.qix.rights import Rights
from engine.qix.session import Session
from tests.engine.qix.apps import airline

CUBE = {
    "qInfo": {"qType": "table"},
    "qHyperCubeDef": {
        "qDimensions": [{"qDef": {"qFieldDefs": ["=SubField(OSUser(), '=', -1) & carrier"]}}],
        "qMeasures": [{"qDef": {"qDef": "Count(flight) & OSUser()"}}],
        "qInitialDataFetch": [{"qWidth": 2, "qHeight": 9}],
    },
}


def call(session: Session, handle: int, method: str, *params: Any) -> Any:
    answer = json.loads(session.receive(json.dumps({"id": 1, "handle": handle, "method": method, "params": params}))[0])
    return answer["result"]


def session_of(document: Document, user: str, limits: RequestLimits = RequestLimits(), **facts: Any) -> Session:
    return Session(document, Rights("owner"), user=user, document_id="app", facts=Facts(**facts), limits=limits)


def table(session: Session) -> list[list[str]]:
    doc = call(session, -1, "OpenDoc", "app")["qReturn"]["qHandle"]
    cube = call(session, doc, "CreateSessionObject", CUBE)["qReturn"]["qHandle"]
    layout = call(session, cube, "GetLayout")["qLayout"]["qHyperCube"]
    return [[cell["qText"] for cell in row] for row in layout["qDataPages"][0]["qMatrix"]]


def test_t28_charts_that_name_the_person_are_not_shared_with_another() -> None:
    document = Document.new("Airline", airline())
    for user in ("ann", "bob", "ann"):
        for dimension, measure in table(session_of(document, user)):
            assert dimension.startswith(user)
            assert measure.endswith(f"UserId={user}")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("OSUser()", "UserDirectory=HONEYGUIDE; UserId=ann"),
        ("DocumentTitle() & DocumentName()", "Airlineapp"),
        ("EngineVersion()", "12.2027.0"),
        ("TimeZone()", "Asia/Kolkata"),
        ("Round((Now() - UTC()) * 24 * 60)", "330"),
        ("ReloadTime() <= Now()", "-1"),
        ("ClientPlatform()", "Browser/1.0"),
        ("Len(GetDataModelHash()) > 0", "-1"),
    ],
)
def test_a_session_tells_what_it_knows(expression: str, expected: str) -> None:
    session = session_of(Document.new("Airline", airline()), "ann", time_zone="Asia/Kolkata", client="Browser/1.0")
    doc = call(session, -1, "OpenDoc", "app")["qReturn"]["qHandle"]
    assert call(session, doc, "EvaluateEx", expression)["qValue"]["qText"] == expected


def measured(session: Session, doc: int, expression: str, **info: Any) -> str:
    """What a measure without dimensions shows in an object of its own."""
    cube = {"qMeasures": [{"qDef": {"qDef": expression}}], "qInitialDataFetch": [{"qWidth": 1, "qHeight": 1}]}
    properties = {"qInfo": {"qType": "table", **info}, "qHyperCubeDef": cube}
    made = call(session, doc, "CreateSessionObject", properties)["qReturn"]["qHandle"]
    layout = call(session, made, "GetLayout")["qLayout"]["qHyperCube"]
    return str(layout["qDataPages"][0]["qMatrix"][0][0]["qText"])


def test_equal_charts_know_their_own_ids() -> None:
    session = session_of(Document.new("Airline", airline()), "ann")
    doc = call(session, -1, "OpenDoc", "app")["qReturn"]["qHandle"]
    expression = "ObjectId() & InObject('one')"
    assert measured(session, doc, expression, qId="one") == "one-1"
    assert measured(session, doc, expression, qId="two") == "two0"


def test_an_object_stands_in_those_around_it() -> None:
    session = session_of(Document.new("Airline", airline()), "ann")
    doc = call(session, -1, "OpenDoc", "app")["qReturn"]["qHandle"]
    sheet = call(session, doc, "CreateObject", {"qInfo": {"qId": "sheet", "qType": "sheet"}})["qReturn"]["qHandle"]
    title = {"qStringExpression": {"qExpr": "InObject('sheet') & InObject('other') & ObjectId()"}}
    child = call(session, sheet, "CreateChild", {"qInfo": {"qId": "kpi", "qType": "kpi"}, "title": title})
    layout = call(session, child["qReturn"]["qHandle"], "GetLayout")["qLayout"]
    assert layout["title"] == "-10kpi"


def test_what_is_selected_is_told_to_each_session_by_itself() -> None:
    document = Document.new("Airline", airline())
    expression = "GetSelectedCount(carrier) & GetCurrentSelections()"
    shown = {}
    for user, wanted in (("ann", "AA"), ("bob", ""), ("eve", "AA")):
        session = session_of(document, user)
        doc = call(session, -1, "OpenDoc", "app")["qReturn"]["qHandle"]
        if wanted:
            field = call(session, doc, "GetField", "carrier")["qReturn"]["qHandle"]
            call(session, field, "Select", wanted)
        shown[user] = measured(session, doc, expression)
    assert shown == {"ann": "1carrier: AA", "bob": "0", "eve": "1carrier: AA"}


def test_lists_of_values_are_dimensions_that_cannot_be_selected() -> None:
    session = session_of(Document.new("Airline", airline()), "ann")
    doc = call(session, -1, "OpenDoc", "app")["qReturn"]["qHandle"]
    rows = {
        "qDimensions": [{"qDef": {"qFieldDefs": ["=ValueList('a', 'b')"]}}],
        "qMeasures": [{"qDef": {"qDef": "Count(flight) & ValueList('a', 'b')"}}],
        "qInitialDataFetch": [{"qWidth": 2, "qHeight": 9}],
    }
    properties = {"qInfo": {"qType": "table"}, "qHyperCubeDef": rows}
    cube = call(session, doc, "CreateSessionObject", properties)["qReturn"]["qHandle"]
    page = call(session, cube, "GetLayout")["qLayout"]["qHyperCube"]["qDataPages"][0]
    assert [[cell["qText"] for cell in row] for row in page["qMatrix"]] == [["a", "6a"], ["b", "6b"]]
    request = {"id": 1, "handle": cube, "method": "SelectHyperCubeValues", "params": ["/qHyperCubeDef", 0, [0], False]}
    answer = json.loads(session.receive(json.dumps(request))[0])
    assert "cannot be selected" in answer["error"]["message"]
