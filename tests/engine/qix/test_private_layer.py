"""What a person keeps for himself: sheets, charts and bookmarks beside an app that he may not edit."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.document.document import Document
from engine.document.layer import Layer
from engine.errors import DamagedApp, EngineError
from engine.qix.rights import Rights
from engine.qix.session import Session
from tests.engine.qix.apps import airline
from tests.engine.qix.conversation import Conversation, Line

SHEETS = {"qInfo": {"qType": "SheetList"}, "qAppObjectListDef": {"qType": "sheet", "qData": {"title": "/title"}}}
BOOKMARKS = {"qInfo": {"qType": "BookmarkList"}, "qBookmarkListDef": {"qType": "bookmark"}}


class Person:
    """Somebody at a session: `ask` answers results, `denied` error codes."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.doc = self.ask(-1, "GetActiveDoc")["qReturn"]["qHandle"]

    def ask(self, handle: int, method: str, *params: Any) -> dict[str, Any]:
        reply = self.line.ask({"handle": handle, "method": method, "params": list(params)})
        assert "error" not in reply, reply
        result: dict[str, Any] = reply["result"]
        return result

    def denied(self, handle: int, method: str, *params: Any) -> int:
        return int(self.line.ask({"handle": handle, "method": method, "params": list(params)})["error"]["code"])

    def make(self, title: str, name: str = "") -> int:
        properties = {"qInfo": {"qType": "sheet", **({"qId": name} if name else {})}, "title": title}
        return int(self.ask(self.doc, "CreateObject", properties)["qReturn"]["qHandle"])

    def get(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(self.doc, "GetObject", name)["qReturn"]
        return found

    def listed(self, definition: dict[str, Any]) -> list[dict[str, Any]]:
        handle = self.ask(self.doc, "CreateSessionObject", definition)["qReturn"]["qHandle"]
        layout = self.ask(handle, "GetLayout")["qLayout"]
        items: list[dict[str, Any]] = next(
            v["qItems"] for v in layout.values() if isinstance(v, dict) and "qItems" in v
        )
        return items

    def sheets(self) -> list[str]:
        return [item["qData"]["title"] for item in self.listed(SHEETS)]


@pytest.fixture
def talk() -> Conversation:
    return Conversation()


@pytest.fixture
def owner(talk: Conversation) -> Person:
    return Person(talk.line("owner", "owner"))


@pytest.fixture
def viewer(talk: Conversation, owner: Person) -> Person:
    owner.make("The owner's", "s1")
    return Person(talk.line("viewer", "viewer"))


def test_a_viewer_s_sheet_is_seen_by_him_alone(talk: Conversation, owner: Person, viewer: Person) -> None:
    viewer.make("Mine")
    assert viewer.sheets() == ["The owner's", "Mine"]
    assert owner.sheets() == ["The owner's"]
    assert Person(talk.line("other", "viewer")).sheets() == ["The owner's"]
    assert [entry.id for entry in talk.document.objects] == ["s1"]


def test_private_things_say_that_they_are(viewer: Person) -> None:
    viewer.make("Mine")
    theirs, mine = (item["qMeta"] for item in viewer.listed(SHEETS))
    assert (theirs["published"], theirs["privileges"]) == (True, ["read"])
    assert (mine["published"], mine["privileges"]) == (False, ["read", "update", "delete"])


def test_a_viewer_edits_and_destroys_what_is_his(viewer: Person) -> None:
    sheet = viewer.make("Mine", "mine")
    chart = viewer.ask(sheet, "CreateChild", {"qInfo": {"qType": "barchart", "qId": "c"}, "title": "Chart"})
    viewer.ask(sheet, "SetProperties", {"qInfo": {"qType": "sheet"}, "title": "Renamed"})
    viewer.ask(chart["qReturn"]["qHandle"], "SetProperties", {"qInfo": {"qType": "barchart"}, "title": "Other"})
    assert viewer.sheets() == ["The owner's", "Renamed"]
    assert viewer.ask(sheet, "GetChildInfos")["qInfos"] == [{"qId": "c", "qType": "barchart"}]
    assert viewer.ask(viewer.doc, "DestroyObject", "mine")["qSuccess"]
    assert viewer.sheets() == ["The owner's"]
    assert viewer.get("c")["qHandle"] is None


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("SetProperties", [{"qInfo": {"qType": "sheet"}, "title": "Spoiled"}]),
        ("ApplyPatches", [[{"qOp": "replace", "qPath": "/title", "qValue": '"Spoiled"'}], False]),
        ("CreateChild", [{"qInfo": {"qType": "x"}}]),
        ("DestroyAllChildren", []),
        ("SetFullPropertyTree", [{"qProperty": {"qInfo": {"qType": "sheet"}}}]),
    ],
)
def test_t06_a_viewer_changes_nothing_of_the_owner_s(owner: Person, viewer: Person, method: str, params: Any) -> None:
    viewer.make("Mine")
    handle = viewer.get("s1")["qHandle"]
    assert viewer.denied(handle, method, *params) == 5
    assert viewer.denied(viewer.doc, "DestroyObject", "s1") == 5
    assert owner.sheets() == ["The owner's"]


def test_t06_a_private_thing_cannot_take_the_place_of_the_app_s(viewer: Person) -> None:
    properties = {"qInfo": {"qType": "sheet", "qId": "s1"}, "title": "Mine"}
    assert viewer.denied(viewer.doc, "CreateObject", properties) == 3


def test_nobody_reaches_another_s_private_things_by_their_id(talk: Conversation, owner: Person, viewer: Person) -> None:
    viewer.make("Mine", "mine")
    for other in (owner, Person(talk.line("other", "viewer")), Person(talk.line("editor", "editor"))):
        assert other.get("mine")["qHandle"] is None
        assert {"qId": "mine", "qType": "sheet"} not in other.ask(other.doc, "GetAllInfos")["qInfos"]


@pytest.mark.parametrize("level", ["viewer", "editor"])
def test_bookmarks_of_those_who_are_invited_are_their_own(talk: Conversation, owner: Person, level: str) -> None:
    person = Person(talk.line("invited", level))
    field = person.ask(person.doc, "GetField", "carrier")["qReturn"]["qHandle"]
    person.ask(field, "Select", "UA")
    made = person.ask(person.doc, "CreateBookmark", {"qInfo": {"qType": "bookmark"}, "qMetaDef": {"title": "United"}})
    name = made["qInfo"]["qId"]
    assert [item["qMeta"]["title"] for item in person.listed(BOOKMARKS)] == ["United"]
    assert owner.listed(BOOKMARKS) == []
    assert owner.ask(owner.doc, "GetBookmarks", {})["qList"] == []
    person.ask(person.doc, "ClearAll")
    assert person.ask(person.doc, "ApplyBookmark", name)["qSuccess"]
    assert person.ask(person.doc, "Evaluate", "Count(flight)")["qReturn"] == "3"
    person.ask(made["qReturn"]["qHandle"], "SetProperties", {"qMetaDef": {"title": "Renamed"}})
    assert person.ask(person.doc, "DestroyBookmark", name)["qSuccess"]
    assert person.listed(BOOKMARKS) == []


def test_an_editor_s_sheets_are_everybody_s(talk: Conversation, owner: Person) -> None:
    Person(talk.line("editor", "editor")).make("Together")
    assert owner.sheets() == ["Together"]


def test_a_viewer_may_not_destroy_a_bookmark_of_the_app(owner: Person, viewer: Person) -> None:
    made = owner.ask(owner.doc, "CreateBookmark", {"qInfo": {"qType": "bookmark"}, "qMetaDef": {"title": "All"}})
    assert viewer.denied(viewer.doc, "DestroyBookmark", made["qInfo"]["qId"]) == 5
    assert viewer.ask(viewer.doc, "ApplyBookmark", made["qInfo"]["qId"])["qSuccess"]


# -- keeping


class Shelf:
    """Keeps what a layer hands over; breaks when told to."""

    def __init__(self) -> None:
        self.data = b""
        self.is_full = False

    def keep(self, layer: Layer) -> None:
        if self.is_full:
            raise EngineError("There is no room.")
        self.data = layer.dump()


def session_on(document: Document, layer: Layer) -> Person:
    person = Session(document, Rights("viewer"), user="bob", layer=layer, document_id="app")
    return Person(Line(person))


def test_every_change_is_kept_before_it_is_acknowledged() -> None:
    document, shelf = Document.new("Airline", airline()), Shelf()
    person = session_on(document, Layer(keep=shelf.keep))
    person.make("Mine", "mine")
    again = session_on(document, Layer.load(shelf.data))
    assert again.sheets() == ["Mine"]
    person.ask(person.get("mine")["qHandle"], "CreateChild", {"qInfo": {"qType": "kpi", "qId": "k"}})
    again = session_on(document, Layer.load(shelf.data))
    assert again.ask(again.get("mine")["qHandle"], "GetChildInfos")["qInfos"] == [{"qId": "k", "qType": "kpi"}]


def test_a_change_that_cannot_be_kept_has_not_happened() -> None:
    document, shelf = Document.new("Airline", airline()), Shelf()
    person = session_on(document, Layer(keep=shelf.keep))
    person.make("Mine", "mine")
    shelf.is_full = True
    assert person.denied(person.doc, "DestroyObject", "mine") == EngineError.code
    assert person.denied(person.doc, "CreateObject", {"qInfo": {"qType": "sheet"}, "title": "More"}) == EngineError.code
    assert person.sheets() == ["Mine"]


def test_two_windows_of_a_person_see_the_same() -> None:
    document, layer = Document.new("Airline", airline()), Layer()
    first, second = session_on(document, layer), session_on(document, layer)
    told: list[dict[str, Any]] = []
    second.line.session.on_push = lambda text: told.append(json.loads(text))
    listed = second.ask(second.doc, "CreateSessionObject", SHEETS)["qReturn"]["qHandle"]
    second.ask(listed, "GetLayout")
    first.make("Mine")
    assert told[-1]["change"] == [listed]
    assert second.sheets() == ["Mine"]


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"version": 2, "objects": []}', b'{"version": 1, "objects": [1]}']
)
def test_a_damaged_layer_says_so(data: bytes) -> None:
    with pytest.raises(DamagedApp):
        Layer.load(data)
