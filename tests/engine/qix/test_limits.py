"""What a request may take: time, memory, the size of its answer. What is too much ends with the error that says so,
and nothing else is touched: the session goes on where it was, and so do the others on the same app.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from engine import RequestLimits
from engine.compute import tree
from engine.compute.context import CancelToken
from engine.document.document import Document
from engine.qix.session import Session
from tests.engine.models import model_of
from tests.engine.qix.test_facts import call, session_of

LEFT, RIGHT = 250, 120
FEW_CELLS = 20_000
"""Less than the combinations of two tables without a link."""


def islands() -> Document:
    left = "\n".join(["l", *map(str, range(LEFT))])
    right = "\n".join(["r", *map(str, range(RIGHT))])
    return Document.new("Islands", model_of(left=left, right=right))


def definition(dimensions: list[str], measures: list[str], **more: Any) -> dict[str, Any]:
    return {
        "qDimensions": [{"qDef": {"qFieldDefs": [field]}} for field in dimensions],
        "qMeasures": [{"qDef": {"qDef": text}} for text in measures],
        "qInitialDataFetch": [{"qWidth": 2, "qHeight": 10}],
        **more,
    }


def made(session: Session, *arguments: Any, **more: Any) -> int:
    """The handle of a new cube."""
    doc = call(session, -1, "OpenDoc", "app")["qReturn"]["qHandle"]
    properties = {"qInfo": {"qType": "table"}, "qHyperCubeDef": definition(*arguments, **more)}
    return int(call(session, doc, "CreateSessionObject", properties)["qReturn"]["qHandle"])


def error_of(session: Session, handle: int, method: str, *params: Any) -> dict[str, Any]:
    request = {"id": 1, "handle": handle, "method": method, "params": params}
    error: dict[str, Any] = json.loads(session.receive(json.dumps(request))[0])["error"]
    return error


def total(session: Session) -> float:
    cube = made(session, [], ["Sum(l)"])
    page = call(session, cube, "GetLayout")["qLayout"]["qHyperCube"]["qDataPages"][0]
    return float(page["qMatrix"][0][0]["qNum"])


def select(session: Session, *values: float) -> None:
    doc = call(session, -1, "OpenDoc", "app")["qReturn"]["qHandle"]
    field = call(session, doc, "GetField", "l")["qReturn"]["qHandle"]
    call(session, field, "SelectValues", [{"qNumber": value, "qIsNumeric": True} for value in values])


def within(session: Session, limits: RequestLimits, dimensions: list[str]) -> dict[str, Any]:
    """The error of a layout that these limits are too narrow for."""
    cube = made(session, dimensions, ["Count(l)"])
    session.desk.limits = limits
    try:
        return error_of(session, cube, "GetLayout")
    finally:
        session.desk.limits = RequestLimits()


def too_long(session: Session) -> dict[str, Any]:
    return within(session, RequestLimits(seconds=0), ["l"])


def too_much_memory(session: Session) -> dict[str, Any]:
    return within(session, RequestLimits(cells=FEW_CELLS), ["l", "r"])


def too_much_text(session: Session) -> dict[str, Any]:
    return error_of(session, made(session, [], ["Concat(Repeat('x', 1000000), '', l)"]), "GetLayout")


def pages_too_large(session: Session) -> dict[str, Any]:
    page = {"qTop": 0, "qLeft": 0, "qWidth": 3, "qHeight": 10_000}
    return error_of(session, made(session, ["l", "r"], ["Count(l)"]), "GetHyperCubeData", "/qHyperCubeDef", [page])


def answer_too_large(session: Session) -> dict[str, Any]:
    return within(session, RequestLimits(characters=1_000), ["l"])


def result_too_large(session: Session) -> dict[str, Any]:
    cube = made(session, ["l", "r"], ["Count(l)"], qMode="T", qAlwaysFullyExpanded=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree, "MAX_NODES", 2_000)
        return error_of(session, cube, "GetHyperCubeTreeData", "/qHyperCubeDef", {})


ATTACKS: dict[Callable[[Session], dict[str, Any]], int] = {
    too_long: 7004,
    too_much_memory: 7003,
    too_much_text: 7003,
    pages_too_large: 7009,
    result_too_large: 6001,
    answer_too_large: 6001,
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_t13_a_limit_ends_the_request_with_its_error_and_nothing_else(attack: Callable[[Session], Any]) -> None:
    document = islands()
    ann, bob = session_of(document, "ann"), session_of(document, "bob")
    select(ann, *range(LEFT - 1))
    error = attack(ann)
    assert error["code"] == ATTACKS[attack]
    assert error["message"].endswith(".")
    assert "Traceback" not in error["message"]
    assert total(ann) == sum(range(LEFT - 1))
    assert total(bob) == sum(range(LEFT))


def test_t13_a_limit_that_is_met_leaves_no_half_made_result_to_others() -> None:
    document = islands()
    ann, bob = session_of(document, "ann"), session_of(document, "bob")
    too_long(ann)
    too_much_memory(ann)
    for session in (ann, bob):
        cube = made(session, ["l", "r"], ["Count(l)"])
        layout = call(session, cube, "GetLayout")["qLayout"]["qHyperCube"]
        assert layout["qSize"] == {"qcx": 3, "qcy": LEFT * RIGHT}


class Halting(CancelToken):
    """Stands still at its first look until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.stands, self.goes = threading.Event(), threading.Event()

    def check(self) -> None:
        self.stands.set()
        assert self.goes.wait(30)
        super().check()


def test_a_calculation_under_way_holds_up_nobody_and_is_cancelled_alone_and_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = islands()
    ann, bob = session_of(document, "ann"), session_of(document, "bob")
    select(ann, *range(LEFT - 1))
    cube = made(ann, ["l"], ["Count(r)"])
    halting = Halting()
    monkeypatch.setattr(ann.desk, "begin_request", lambda: setattr(ann.desk, "cancel", halting))
    answers: list[str] = []
    request = json.dumps({"id": 9, "handle": cube, "method": "GetLayout", "params": []})
    worker = threading.Thread(target=lambda: answers.extend(ann.receive(request)))
    worker.start()
    assert halting.stands.wait(30)
    assert total(bob) == sum(range(LEFT))
    urgent = ann.urgent('{"id": 10, "handle": -1, "method": "CancelRequest", "params": [9]}') or []
    reply, early = map(json.loads, urgent)
    assert (reply["id"], reply["result"]) == (10, {})
    assert (early["id"], early["error"]["code"]) == (9, 15)  # while the calculation still stands at its look
    halting.goes.set()
    worker.join(30)
    assert answers == []
    monkeypatch.undo()
    assert total(ann) == sum(range(LEFT - 1))
