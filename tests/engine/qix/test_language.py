"""What clients ask about expressions: functions, grammar, what is wrong, what is in them."""

from __future__ import annotations

from typing import Any

import pytest

from engine.document.document import Document
from engine.language.functions import FUNCTIONS
from engine.qix.session import Session
from tests.engine.qix.apps import airline
from tests.engine.qix.test_facts import call, session_of


@pytest.fixture
def session() -> Session:
    return session_of(Document.new("Airline", airline()), "ann")


@pytest.fixture
def doc(session: Session) -> int:
    handle = call(session, -1, "OpenDoc", "app")["qReturn"]["qHandle"]
    for name, definition in (("measure", "Sum(delay)"), ("limit", "=1+1"), ("origin", "x")):
        call(
            session,
            handle,
            "CreateSessionVariable",
            {"qInfo": {"qType": "v"}, "qName": name, "qDefinition": definition},
        )
    return int(handle)


def test_functions_of_a_group_or_all(session: Session) -> None:
    every = call(session, -1, "GetFunctions")["qFunctions"]
    assert len(every) == len(FUNCTIONS)
    dates = call(session, -1, "GetFunctions", "DATE")["qFunctions"]
    assert {"qName": "Year", "qGroup": "DATE", "qSignature": "Year(date)"} in dates
    assert all(entry["qGroup"] == "DATE" for entry in dates)


def test_the_grammar_is_the_same_whoever_asks(session: Session, doc: int) -> None:
    base = call(session, -1, "GetBaseBNF", "E")
    assert call(session, doc, "GetExpressionBNF") == base
    assert call(session, doc, "GetExpressionBNFHash") == {"qBnfHash": base["qBnfHash"]}
    assert call(session, -1, "GetBaseBNFHash", "E") == {"qBnfHash": base["qBnfHash"]}
    assert call(session, -1, "GetBNF", "E") == {"qBnfDefs": base["qBnfDefs"]}
    assert call(session, -1, "GetBaseBNFString", "E")["qBnfStr"].startswith("expression ::=")


def at(start: int, count: int) -> dict[str, int]:
    return {"qFrom": start, "qCount": count}


@pytest.mark.parametrize(
    ("expression", "bad", "dangerous"),
    [
        ("Sum(delay)", [], []),
        ("Sum(delays) + Sum([no such])", [at(4, 6), at(18, 9)], []),
        ("Sum({<[Origins]={JFK}>} delay)", [at(6, 9)], []),
        ("Sum(TOTAL <carriers> delay)", [at(4, 16)], []),
        ("Sum({<origin=P({1} [x y])>} delay)", [at(13, 12)], [at(6, 6)]),
        ("Count(origin)", [], [at(6, 6)]),
        ("Count(delay) + Shown", [], []),
        ("$(measure)", [], []),
        ("$(measure) + Sum(none)", [at(0, 22)], []),
    ],
)
def test_bad_and_dangerous_fields_have_their_places(
    session: Session, doc: int, expression: str, bad: list[Any], dangerous: list[Any]
) -> None:
    found = call(session, doc, "CheckExpression", expression, ["Shown"])
    assert found == {"qErrorMsg": "", "qBadFieldNames": bad, "qDangerousFieldNames": dangerous}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("Sum(delay", "Expected , or ) in the arguments of Sum, but found the end."),
        ("Peek('a')", "Peek works in load scripts only."),
        ("$(none)", "This dollar-sign expansion was not replaced: there is no such variable."),
    ],
)
def test_what_cannot_be_read_is_told(session: Session, doc: int, expression: str, message: str) -> None:
    assert call(session, doc, "CheckExpression", expression)["qErrorMsg"] == message
    assert call(session, doc, "CheckNumberOrExpression", expression) == {"qErrorMsg": message, "qBadFieldNames": []}


def test_a_number_is_an_expression(session: Session, doc: int) -> None:
    assert call(session, doc, "CheckNumberOrExpression", "12.5") == {"qErrorMsg": "", "qBadFieldNames": []}


def test_expressions_are_expanded(session: Session, doc: int) -> None:
    found = call(session, doc, "ExpandExpression", "$(measure) * $(limit) + $(=Count(flight))")
    assert found == {"qExpandedExpression": "Sum(delay) * 2 + 6"}


def test_fields_of_an_expression(session: Session, doc: int) -> None:
    text = "Sum({<origin=P({1} carrier)>} TOTAL <name> delay) + $(measure) + Count(unknown)"
    assert call(session, doc, "GetFieldsFromExpression", text) == {
        "qFieldNames": ["origin", "carrier", "name", "delay"]
    }
