"""The session machine: frames in and out, cancels that overtake, changes that arrive while a layout is made."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from engine.document.document import Document, News
from engine.errors import DamagedApp
from engine.qix import methods
from engine.qix.rights import Rights
from engine.qix.session import Session
from engine.stopping import check_stop
from tests.engine.qix.apps import airline


def session(level: str = "owner", **options: Any) -> Session:
    return Session(Document.new("Airline", airline()), Rights(level), user="alice", document_id="app", **options)


def say(session: Session, **request: Any) -> dict[str, Any]:
    (text,) = session.receive(json.dumps(request))
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_server_speaks_first() -> None:
    (text,) = session().greeting()
    frame = json.loads(text)
    assert (frame["method"], frame["params"]) == ("OnConnected", {"qSessionState": "SESSION_CREATED"})
    assert "id" not in frame


@pytest.mark.parametrize("request_id", [0, 1, 2**40, "text"])
def test_any_id_comes_back(request_id: object) -> None:
    assert say(session(), id=request_id, handle=-1, method="QvVersion")["id"] == request_id


def test_a_request_without_an_id_gets_no_answer() -> None:
    assert session().receive('{"handle": -1, "method": "QvVersion", "params": []}') == []


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("", -32700),
        ("{", -32700),
        ("[]", -32600),
        ('{"id": 1}', -32600),
        ('{"id": 1, "method": 5}', -32600),
        ('{"id": [1], "method": "QvVersion", "handle": -1}', -32600),
        ('{"id": 1, "method": "QvVersion", "handle": "x"}', 8),
        ('{"id": 1, "method": "QvVersion", "handle": true}', 8),
        ('{"id": 1, "method": "QvVersion", "handle": -1, "params": 5}', -32602),
        ("[" * 5000 + "]" * 5000, -32700),
    ],
)
def test_frames_that_are_no_requests_are_answered_with_an_error(frame: str, code: int) -> None:
    machine = session()
    (text,) = machine.receive(frame)
    assert json.loads(text)["error"]["code"] == code
    assert "result" in say(machine, id=2, handle=-1, method="QvVersion")


def test_properties_of_any_depth_are_refused_not_fatal() -> None:
    machine = session()
    doc = say(machine, id=1, handle=-1, method="GetActiveDoc")["result"]["qReturn"]["qHandle"]
    deep = '{"a":' * 500 + "1" + "}" * 500
    (text,) = machine.receive(f'{{"id": 2, "handle": {doc}, "method": "CreateSessionObject", "params": [{deep}]}}')
    assert json.loads(text)["error"]["code"] == 8


def blocking() -> tuple[threading.Event, Callable[..., Any]]:
    """A method that says when it runs and goes on until its request is cancelled."""
    running = threading.Event()

    def method(session: Session, target: object, *arguments: Any) -> Any:
        running.set()
        while True:
            session.desk.cancel.check()

    return running, method


def start(machine: Session, monkeypatch: pytest.MonkeyPatch, request_id: object) -> tuple[threading.Thread, list[str]]:
    running, method = blocking()
    monkeypatch.setitem(methods.METHODS, ("Global", "QvVersion"), method)  # type: ignore[misc]
    answers: list[str] = []
    frame = json.dumps({"id": request_id, "handle": -1, "method": "QvVersion", "params": []})
    thread = threading.Thread(target=lambda: answers.extend(machine.receive(frame)))
    thread.start()
    assert running.wait(10)
    return thread, answers


@pytest.mark.parametrize("request_id", [0, 7])
def test_a_cancel_overtakes_the_request_that_runs(monkeypatch: pytest.MonkeyPatch, request_id: int) -> None:
    machine = session()
    thread, answers = start(machine, monkeypatch, request_id)
    cancel = {"id": 8, "handle": -1, "method": "CancelRequest", "params": [request_id]}
    (text,) = machine.urgent(json.dumps(cancel)) or [""]
    assert json.loads(text) == {"jsonrpc": "2.0", "id": 8, "result": {}}
    thread.join(10)
    assert json.loads(answers[0])["error"]["code"] == 15
    assert json.loads(answers[0])["id"] == request_id


def test_what_a_method_runs_looks_at_the_cancel_of_its_own_request(monkeypatch: pytest.MonkeyPatch) -> None:
    def method(session: Session, target: object) -> None:
        session.abort()
        check_stop()

    monkeypatch.setitem(methods.METHODS, ("Global", "QvVersion"), method)  # type: ignore[misc]
    machine = session()
    assert say(machine, id=1, handle=-1, method="QvVersion")["error"]["code"] == 15
    assert "result" in say(machine, id=2, handle=-1, method="ProductVersion")


def test_abort_all_and_the_end_of_the_connection_stop_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    for stop in (lambda m: m.urgent('{"id": 1, "handle": -1, "method": "AbortAll"}'), Session.abort, Session.close):
        machine = session()
        thread, answers = start(machine, monkeypatch, 3)
        stop(machine)
        thread.join(10)
        assert json.loads(answers[0])["error"]["code"] == 15


def test_a_cancel_reaches_a_request_that_still_waits_and_no_later_one() -> None:
    machine = session()
    machine.urgent('{"id": 1, "handle": -1, "method": "CancelRequest", "params": {"qRequestId": 2}}')
    assert say(machine, id=2, handle=-1, method="ProductVersion")["error"]["code"] == 15
    assert "result" in say(machine, id=2, handle=-1, method="ProductVersion")
    machine.urgent('{"id": 3, "handle": -1, "method": "CancelRequest", "params": [2]}')
    assert "result" in say(machine, id=2, handle=-1, method="ProductVersion")


def test_everything_but_a_cancel_waits_its_turn() -> None:
    machine = session()
    for frame in ['{"id": 1, "handle": -1, "method": "QvVersion"}', "no json Request",
                  '{"id": 1, "handle": 1, "method": "CancelRequest", "params": [1]}',
                  '{"id": 1, "handle": -1, "method": "BulkRequest"}']:  # fmt: skip
        assert machine.urgent(frame) is None


def test_what_changes_while_a_layout_is_made_is_noted_in_the_same_answer() -> None:
    machine = session()
    doc = say(machine, id=1, handle=-1, method="GetActiveDoc")["result"]["qReturn"]["qHandle"]
    made = say(machine, id=2, handle=doc, method="CreateObject", params=[{"qInfo": {"qId": "s", "qType": "x"}}])
    handle = made["result"]["qReturn"]["qHandle"]
    original = machine.desk.view

    def view_and_meanwhile(*arguments: Any) -> Any:
        view = original(*arguments)
        change = machine.document.objects.set_properties("s", {"title": "other"})
        machine.document.tell(News(change))
        return view

    machine.desk.view = view_and_meanwhile  # type: ignore[method-assign]
    assert say(machine, id=3, handle=handle, method="GetLayout")["change"] == [handle]


def test_a_save_that_fails_is_told_and_the_app_stays_unsaved() -> None:
    def fails(document: Document) -> None:
        raise DamagedApp("The store refuses.")

    machine = session(save=fails)
    doc = say(machine, id=1, handle=-1, method="GetActiveDoc")["result"]["qReturn"]["qHandle"]
    say(machine, id=2, handle=doc, method="CreateObject", params=[{"qInfo": {"qType": "x"}}])
    assert say(machine, id=3, handle=doc, method="DoSave")["error"]["message"] == "The store refuses."
    assert say(machine, id=4, handle=doc, method="GetAppLayout")["result"]["qLayout"]["qModified"] is True


def test_an_unforeseen_error_says_nothing_of_the_data(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(session: Session, target: object) -> Any:
        raise ValueError("secret value 4711")

    monkeypatch.setitem(methods.METHODS, ("Global", "QvVersion"), breaks)  # type: ignore[misc]
    answer = say(session(), id=1, handle=-1, method="QvVersion")
    assert answer["error"]["code"] == -128
    assert "4711" not in json.dumps(answer) + caplog.text


def test_a_closed_session_hears_nothing_any_more() -> None:
    machine = session()
    pushed: list[str] = []
    machine.on_push = pushed.append
    doc = say(machine, id=1, handle=-1, method="GetActiveDoc")["result"]["qReturn"]["qHandle"]
    say(machine, id=2, handle=doc, method="GetAppLayout")
    machine.close()
    machine.document.tell(News({}, app=True))
    assert pushed == []


def test_many_sessions_edit_and_select_at_once() -> None:
    document = Document.new("Airline", airline())
    failures: list[str] = []
    chart = {"qHyperCubeDef": {"qDimensions": [{"qDef": {"qFieldDefs": ["carrier"]}}],
                               "qMeasures": [{"qDef": {"qDef": "Sum(delay)"}}]}}  # fmt: skip

    def work(number: int) -> None:
        machine = Session(document, Rights("owner"), user="alice", document_id="app")
        machine.on_push = lambda text: None
        count = 0

        def ask(handle: int, method: str, *params: Any) -> Any:
            nonlocal count
            count += 1
            answer = say(machine, id=count, handle=handle, method=method, params=list(params))
            if answer.get("error", {}).get("code") == -128:
                failures.append(method)
            return answer.get("result", {})

        doc = ask(-1, "GetActiveDoc")["qReturn"]["qHandle"]
        field = ask(doc, "GetField", "carrier")["qReturn"]["qHandle"]
        sheet = ask(doc, "CreateObject", {"qInfo": {"qType": "sheet"}, "qChildListDef": {}})["qReturn"]["qHandle"]
        sheets = ask(doc, "CreateSessionObject", {"qAppObjectListDef": {"qType": "sheet"}})["qReturn"]["qHandle"]
        for step in range(15):
            child = ask(sheet, "CreateChild", {"qInfo": {"qType": "chart"}, **chart})["qReturn"]["qHandle"]
            ask(field, "LowLevelSelect", [(step + number) % 4])
            assert ask(child, "GetLayout")["qLayout"]["qHyperCube"]["qSize"]["qcy"] == 1
            ask(sheets, "GetLayout")
            ask(sheet, "GetLayout")
            ask(doc, "Undo" if step % 2 else "Back")
        machine.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    assert failures == []
    assert len([entry for entry in document.objects if entry.type == "chart"]) == 4 * 8
