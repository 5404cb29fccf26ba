"""Alternate states of the app and of a session: charts and lists of a state follow what is selected in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.document.document import Document
from engine.qix.rights import Rights
from engine.qix.session import Session
from tests.engine.cubes.shop import shop
from tests.engine.qix.test_facts import call, session_of

DOC = 1
TOTAL = {"qMeasures": [{"qDef": {"qDef": "Sum(amount)"}}], "qInitialDataFetch": [{"qWidth": 1, "qHeight": 1}]}


def opened(document: Document, user: str = "ann") -> Session:
    session = session_of(document, user)
    assert call(session, -1, "OpenDoc", "app")["qReturn"]["qHandle"] == DOC
    return session


@pytest.fixture
def document() -> Document:
    return Document.new("Shop", shop())


def made(session: Session, **properties: Any) -> int:
    properties = {"qInfo": {"qType": "x"}, **properties}
    return int(call(session, DOC, "CreateSessionObject", properties)["qReturn"]["qHandle"])


def total(session: Session, **properties: Any) -> str:
    layout = call(session, made(session, **properties), "GetLayout")["qLayout"]
    return str(layout["qHyperCube"]["qDataPages"][0]["qMatrix"][0][0]["qText"])


def total_in(session: Session, state: str) -> str:
    return total(session, qHyperCubeDef={**TOTAL, "qStateName": state})


def select_bob(session: Session, state: str) -> None:
    box = made(session, qListObjectDef={"qStateName": state, "qDef": {"qFieldDefs": ["customer"]}})
    call(session, box, "SelectListObjectValues", "/qListObjectDef", [1], False)


def names(session: Session) -> list[str]:
    return list(call(session, DOC, "GetAppLayout")["qLayout"]["qStateNames"])


def error_of(session: Session, method: str, *params: Any) -> int:
    request = {"id": 1, "handle": DOC, "method": method, "params": params}
    return int(json.loads(session.receive(json.dumps(request))[0])["error"]["code"])


@pytest.mark.parametrize("add", [("AddAlternateState", "Other"), ("AddSessionAlternateState", "Other", "")])
def test_selecting_in_a_state_moves_only_what_is_of_that_state(document: Document, add: tuple[str, ...]) -> None:
    session = opened(document)
    call(session, DOC, *add)
    assert names(session) == ["Other"]
    select_bob(session, "Other")
    assert total_in(session, "$") == "33"
    assert total_in(session, "Other") == "3"
    assert total(session, qStateName="Other", qHyperCubeDef=TOTAL) == "3"


def test_a_state_of_the_app_is_everybody_s_and_what_is_selected_there_each_one_s_own(document: Document) -> None:
    ann, bob = opened(document), opened(document, "bob")
    call(ann, DOC, "AddAlternateState", "Other")
    select_bob(ann, "Other")
    assert names(bob) == ["Other"]
    assert total_in(bob, "Other") == "33"
    select_bob(bob, "Other")
    assert total_in(bob, "Other") == "3"


def test_a_state_of_a_session_is_its_own_and_may_begin_with_another_s_selections(document: Document) -> None:
    ann, bob = opened(document), opened(document, "bob")
    select_bob(ann, "$")
    call(ann, DOC, "AddSessionAlternateState", "Copy", "$")
    call(ann, DOC, "ClearAll", False, "$")
    assert (total_in(ann, "$"), total_in(ann, "Copy")) == ("33", "3")
    assert names(bob) == []


def test_a_state_that_is_removed_takes_its_selections_along(document: Document) -> None:
    session = opened(document)
    for add, remove in (
        ("AddAlternateState", "RemoveAlternateState"),
        ("AddSessionAlternateState", "RemoveSessionAlternateState"),
    ):
        call(session, DOC, add, *(["Other", ""] if "Session" in add else ["Other"]))
        select_bob(session, "Other")
        call(session, DOC, remove, "Other")
        assert names(session) == []
        assert total_in(session, "Other") == "33"


def test_a_state_that_somebody_removes_from_the_app_is_gone_in_every_session(document: Document) -> None:
    ann, bob = opened(document), opened(document, "bob")
    call(ann, DOC, "AddAlternateState", "Other")
    select_bob(bob, "Other")
    call(bob, DOC, "AddSessionAlternateState", "Mine", "Other")
    chart = made(bob, qHyperCubeDef={**TOTAL, "qStateName": "Other"})
    call(bob, chart, "GetLayout")
    call(ann, DOC, "RemoveAlternateState", "Other")
    request = {"id": 7, "handle": DOC, "method": "GetAppLayout", "params": []}
    answer = json.loads(bob.receive(json.dumps(request))[0])
    assert answer["result"]["qLayout"]["qStateNames"] == ["Mine"]
    assert chart in answer["change"]
    assert (total_in(bob, "Other"), total_in(bob, "Mine")) == ("33", "3")
    call(ann, DOC, "AddAlternateState", "Other")
    assert total_in(bob, "Other") == "33"
    call(bob, DOC, "RemoveSessionAlternateState", "Mine")
    call(bob, DOC, "Back")
    assert (names(bob), total_in(bob, "Mine")) == (["Other"], "33")


def test_names_that_are_taken_or_empty_are_refused_and_so_is_what_is_not_there(document: Document) -> None:
    session = opened(document)
    call(session, DOC, "AddAlternateState", "Other")
    for name in ("Other", "$", "1", " "):
        assert error_of(session, "AddAlternateState", name) == 8
        assert error_of(session, "AddSessionAlternateState", name, "") == 8
    assert error_of(session, "RemoveAlternateState", "nowhere") == 2
    assert call(session, DOC, "RemoveSessionAlternateState", "Other") == {"qSuccess": False}


def test_a_viewer_adds_no_state_to_the_app(document: Document) -> None:
    viewer = Session(document, Rights("viewer"), user="vic", document_id="app")
    call(viewer, -1, "OpenDoc", "app")
    assert error_of(viewer, "AddAlternateState", "Other") == 5
    call(viewer, DOC, "AddSessionAlternateState", "Other", "")
    assert names(viewer) == ["Other"]


def test_states_of_the_app_are_kept_in_its_file_and_not_by_way_of_its_properties(document: Document) -> None:
    session = opened(document)
    call(session, DOC, "AddAlternateState", "Other")
    call(session, DOC, "SetAppProperties", {"qTitle": "Shop", "qStateNames": ["Forged"]})
    assert document.state_names == ["Other"]
