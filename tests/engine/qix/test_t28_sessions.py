"""T28: what one person selects, searches, patches or keeps for himself never reaches another, whatever is cached.

Two people share a document; beside each stands a twin who does the same alone, on a document of his own. Whatever
either does, both get the same answers.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from engine.document.document import Document
from engine.document.layer import Layer
from engine.qix.rights import Rights
from engine.qix.session import Session
from tests.engine.qix.apps import airline

FIELDS = ("carrier", "origin", "flight", "name")
EXPRESSIONS = ("Sum(delay)", "Count(flight)", "Max(delay)", "Count(DISTINCT carrier)")
PEOPLE = ("ann", "ben")


def cube(dimension: str, measure: str) -> dict[str, Any]:
    return {
        "qInfo": {"qType": "chart"},
        "qHyperCubeDef": {
            "qDimensions": [{"qDef": {"qFieldDefs": [dimension]}}],
            "qMeasures": [{"qDef": {"qDef": measure}}],
            "qInitialDataFetch": [{"qTop": 0, "qLeft": 0, "qHeight": 50, "qWidth": 2}],
        },
    }


def values(field: str) -> dict[str, Any]:
    page = {"qTop": 0, "qLeft": 0, "qHeight": 50, "qWidth": 1}
    return {
        "qInfo": {"qType": "list"},
        "qListObjectDef": {"qDef": {"qFieldDefs": [field]}, "qInitialDataFetch": [page]},
    }


class Person:
    """One session, asked in lockstep with its twin."""

    def __init__(self, shared: Document) -> None:
        self.pair = [self._session(shared), self._session(Document.new("Airline", airline()))]
        self.count = 0

    def _session(self, document: Document) -> Session:
        session = Session(document, Rights("viewer"), user="somebody", layer=Layer(), document_id="app")
        session.receive(json.dumps({"id": 0, "handle": -1, "method": "GetActiveDoc"}))
        return session

    def ask(self, method: str, *params: Any, handle: int = 1) -> Any:
        """What both answer; what they say of other handles, too."""
        frame = json.dumps({"id": 1, "handle": handle, "method": method, "params": params})
        mine, twin = (json.loads(session.receive(frame)[0]) for session in self.pair)
        assert mine == twin, method
        return mine.get("result")

    def make(self, method: str, properties: dict[str, Any]) -> int:
        """A new thing under a name that both twins give it, and that the other person uses as well."""
        self.count += 1
        name = f"thing {self.count}"
        made = self.ask(method, {**properties, "qInfo": {**properties["qInfo"], "qId": name}})
        return int(made["qReturn"]["qHandle"])


class Sessions(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        shared = Document.new("Airline", airline())
        self.people = {name: Person(shared) for name in PEOPLE}

    who = st.sampled_from(PEOPLE)
    field = st.sampled_from(FIELDS)
    expression = st.sampled_from(EXPRESSIONS)

    @rule(who=who, field=field, codes=st.lists(st.integers(0, 6), max_size=3), toggle=st.booleans())
    def select(self, who: str, field: str, codes: list[int], toggle: bool) -> None:
        handle = self.people[who].ask("GetField", field)["qReturn"]["qHandle"]
        self.people[who].ask("LowLevelSelect", codes, toggle, False, handle=handle)

    @rule(who=who, method=st.sampled_from(["Back", "Forward", "ClearAll", "LockAll", "UnlockAll"]))
    def step(self, who: str, method: str) -> None:
        self.people[who].ask(method)

    @rule(who=who, expression=expression)
    def evaluate(self, who: str, expression: str) -> None:
        self.people[who].ask("Evaluate", expression)

    @rule(who=who, field=field, expression=expression)
    def look_at_a_chart(self, who: str, field: str, expression: str) -> None:
        person = self.people[who]
        person.ask("GetLayout", handle=person.make("CreateSessionObject", cube(field, expression)))

    @rule(who=who, field=field, text=st.sampled_from(["*", "U*", "A", "J?K", ">2"]))
    def search_a_list(self, who: str, field: str, text: str) -> None:
        person = self.people[who]
        handle = person.make("CreateSessionObject", values(field))
        person.ask("SearchListObjectFor", "/qListObjectDef", text, handle=handle)
        person.ask("GetLayout", handle=handle)

    @rule(who=who, field=field, expression=expression)
    def keep_a_chart(self, who: str, field: str, expression: str) -> None:
        person = self.people[who]
        person.ask("GetLayout", handle=person.make("CreateObject", cube(field, expression)))

    @rule(who=who)
    def keep_a_bookmark(self, who: str) -> None:
        self.people[who].make("CreateBookmark", {"qInfo": {"qType": "bookmark"}})

    @rule(who=who, name=st.integers(1, 30))
    def apply_a_bookmark(self, who: str, name: int) -> None:
        self.people[who].ask("ApplyBookmark", f"thing {name}")

    @rule(who=who, name=st.integers(1, 30), title=st.sampled_from(["a", "b"]))
    def patch_softly(self, who: str, name: int, title: str) -> None:
        handle = self.people[who].ask("GetObject", f"thing {name}")["qReturn"]["qHandle"]
        if handle is not None:
            patch = {"qOp": "add", "qPath": "/title", "qValue": json.dumps(title)}
            self.people[who].ask("ApplyPatches", [patch], True, handle=handle)
            self.people[who].ask("GetLayout", handle=handle)

    @rule(who=who, name=st.sampled_from(["v", "w"]), value=st.integers(0, 3))
    def keep_a_variable(self, who: str, name: str, value: int) -> None:
        info = {"qType": "variable", "qId": f"variable {name}"}
        self.people[who].ask("CreateSessionVariable", {"qInfo": info, "qName": name, "qDefinition": str(value)})
        self.people[who].ask("Evaluate", f"$({name}) + Sum(delay)")

    @rule(who=who)
    def look_at_everything(self, who: str) -> None:
        person = self.people[who]
        person.ask("GetAllInfos")
        person.ask("GetObjects", {})
        person.ask("GetBookmarks", {})

    @rule()
    def handles_of_one_are_nothing_to_the_other(self) -> None:
        for person in self.people.values():
            person.ask("GetLayout", handle=10_000)


TestSessions = Sessions.TestCase
TestSessions.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
