"""T04: whatever leaves a session as a value is counted: cells, labels, long texts, searches, evaluations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.document.document import Document
from engine.errors import AccessDenied
from engine.qix.meter import BYTES_A_VALUE, Meter, values_in
from engine.qix.rights import Rights
from engine.qix.session import Session
from tests.engine.qix.apps import airline


class Purse:
    """Counts what is spent, and stops at a limit."""

    def __init__(self, limit: int = 10**9) -> None:
        self.spent = 0
        self.limit = limit

    def spend(self, values: int) -> None:
        if self.spent + values > self.limit:
            raise AccessDenied("You have read as much as the owner lets you read in an hour.")
        self.spent += values


class Reader:
    def __init__(self, purse: Purse, meter: Meter | None = None) -> None:
        self.purse = purse
        meter = meter or Meter(purse.spend)
        self.session = Session(
            Document.new("Airline", airline()), Rights("viewer"), user="bob", meter=meter, document_id="app"
        )
        self.doc = self.ask(-1, "GetActiveDoc")["result"]["qReturn"]["qHandle"]

    def ask(self, handle: int, method: str, *params: Any) -> dict[str, Any]:
        (text,) = self.session.receive(json.dumps({"id": 1, "handle": handle, "method": method, "params": params}))
        answer: dict[str, Any] = json.loads(text)
        return answer

    def cost(self, handle: int, method: str, *params: Any) -> int:
        before = self.purse.spent
        assert "error" not in self.ask(handle, method, *params)
        return self.purse.spent - before

    def chart(self, **members: Any) -> int:
        made = self.ask(self.doc, "CreateSessionObject", {"qInfo": {"qType": "x"}, **members})
        return int(made["result"]["qReturn"]["qHandle"])


@pytest.fixture
def reader() -> Reader:
    return Reader(Purse())


LONG = "Repeat('xyz ', 3000)"
CUBE = {
    "qDimensions": [{"qDef": {"qFieldDefs": ["flight"]}}],
    "qMeasures": [{"qDef": {"qDef": "Sum(delay)"}}],
    "qInitialDataFetch": [{"qTop": 0, "qLeft": 0, "qHeight": 10, "qWidth": 2}],
}
LIST = {
    "qDef": {"qFieldDefs": ["carrier"]},
    "qInitialDataFetch": [{"qTop": 0, "qLeft": 0, "qHeight": 10, "qWidth": 1}],
}


def test_t04_meter_counts_cells(reader: Reader) -> None:
    assert reader.cost(reader.chart(qHyperCubeDef=CUBE), "GetLayout") >= 12


def test_t04_meter_counts_long_texts_labels_search(reader: Reader) -> None:
    long = 4 * 3000 // BYTES_A_VALUE
    assert reader.cost(reader.doc, "Evaluate", LONG) >= long
    assert reader.cost(reader.doc, "EvaluateEx", LONG + "&1") >= long
    titled = reader.chart(title={"qStringExpression": {"qExpr": LONG + "&2"}})
    assert reader.cost(titled, "GetLayout") >= long
    labelled = {**CUBE, "qMeasures": [{"qDef": {"qDef": "1", "qLabelExpression": f"={LONG}&3"}}]}
    assert reader.cost(reader.chart(qHyperCubeDef=labelled), "GetLayout") >= long
    listed = reader.chart(qListObjectDef=LIST)
    reader.ask(listed, "SearchListObjectFor", "/qListObjectDef", "*")
    page = {"qTop": 0, "qLeft": 0, "qHeight": 10, "qWidth": 1}
    assert reader.cost(listed, "GetListObjectData", "/qListObjectDef", [page]) >= 4


def test_many_short_titles_count_as_much_as_they_hold(reader: Reader) -> None:
    titles = {f"t{n}": {"qStringExpression": {"qExpr": f"Max(flight) & '{n}'"}} for n in range(200)}
    assert reader.cost(reader.chart(**titles), "GetLayout") >= 20


def test_what_was_sent_before_is_free_also_in_another_window(reader: Reader) -> None:
    chart = reader.chart(qHyperCubeDef=CUBE)
    assert reader.cost(chart, "GetLayout") > 0
    assert reader.cost(chart, "GetLayout") == 0
    other = Reader(reader.purse, reader.session.meter)
    page = {"qTop": 0, "qLeft": 0, "qHeight": 10, "qWidth": 2}
    assert reader.cost(chart, "GetHyperCubeData", "/qHyperCubeDef", [page]) > 0
    assert other.cost(other.chart(qHyperCubeDef=CUBE), "GetHyperCubeData", "/qHyperCubeDef", [page]) == 0


def test_t04_beyond_the_limit_nothing_leaves_and_the_sentence_says_why() -> None:
    reader = Reader(Purse(limit=50))
    answer = reader.ask(reader.doc, "Evaluate", LONG)
    assert answer["error"]["code"] == 5
    assert "hour" in answer["error"]["message"]
    assert "xyz" not in json.dumps(answer)
    assert reader.ask(reader.doc, "Evaluate", "1+1")["result"] == {"qReturn": "2"}


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (b"{}", 0),
        (b'{"qText":"a"}', 1),
        (b'{"qText":"a"},{"qText":"b"}', 2),
        (b"x" * 1000, 10),
        (b'"qText"' * 100, 100),
    ],
)
def test_a_value_is_a_cell_or_a_hundred_bytes(body: bytes, values: int) -> None:
    assert values_in(body) == values
