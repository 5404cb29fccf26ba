"""Every method x every level: what the table does not allow is refused with error 5, whatever it is aimed at."""

from __future__ import annotations

from typing import Any

import pytest

from engine.qix.methods import METHODS
from engine.qix.rights import LEVELS, RELIEFS, Rights
from engine.qix.schema import TABLE
from tests.engine.qix.conversation import Conversation, Line

DENIED, INTERNAL = 5, -128

# What an invitee must never do, from the promise that is made to owners; one name missing here is a hole.
NOT_FOR_VIEWERS = {
    "Global": """CreateApp CreateDocEx DeleteApp CopyApp ExportApp ImportApp ImportAppEx PublishApp ReplaceAppFromID
        ReplaceAppFromPath SaveAs CreateSessionAppFromApp ShutdownProcess GetFolderItemsForPath GetLogicalDriveStrings
        GetOdbcDsns GetOleDbProviders GetDatabasesFromConnectionString IsValidConnectionString GetDefaultAppFolder
        GetMyDocumentsFolder ConfigureReload CancelReload""",
    "Doc": """DoSave SaveAs SaveObjects DestroyObject SetAppProperties GetTableData GetTableProfileData
        GetFieldAndColumnSamples ExportReducedData CloneObject CloneDimension CloneMeasure CloneBookmark Scramble
        TransformApp GetScript GetScriptEx SetScript DoReload DoReloadEx CheckScriptSyntax GetIncludeFileContent
        GetConnections GetConnection CreateConnection ModifyConnection DeleteConnection GetDatabaseTablePreview
        GetFileTablePreview GetFolderItemsForConnection UploadTable CreateDimension DestroyDimension CreateMeasure
        DestroyMeasure CreateVariableEx DestroyVariableById DestroyBookmark Undo Redo Publish
        ChangeSessionAppOwner ChangeSessionAppSpace SendGenericCommandToCustomConnector GetTextMacros GetLineage""",
    "GenericObject": """ExportData StoreData CopyFrom EmbedSnapshotObject SetProperties SetFullPropertyTree CreateChild
        DestroyChild DestroyAllChildren SetChildArrayOrder Publish UnPublish Approve UnApprove""",
    "GenericDimension": "SetProperties ApplyPatches Publish",
    "GenericMeasure": "SetProperties ApplyPatches Publish",
    "GenericBookmark": "SetProperties ApplyPatches Publish",
    "GenericVariable": "SetProperties ApplyPatches SetStringValue SetNumValue SetDualValue",
    "Field": "SetNxProperties SetAndMode",
}

MAKERS = {
    "GenericObject": "CreateObject",
    "GenericDimension": "CreateDimension",
    "GenericMeasure": "CreateMeasure",
    "GenericBookmark": "CreateBookmark",
    "GenericVariable": "CreateVariableEx",
}


def handles(talk: Conversation, line: Line) -> dict[str, int]:
    """A handle of each class for a line, on things that the owner made."""
    owner = talk.line("owner", "owner")
    doc = owner.ask({"handle": -1, "method": "GetActiveDoc", "params": []})["result"]["qReturn"]["qHandle"]
    found = {"Global": -1}
    found["Doc"] = line.ask({"handle": -1, "method": "GetActiveDoc", "params": []})["result"]["qReturn"]["qHandle"]
    for qix_class, maker in MAKERS.items():
        properties = {"qInfo": {"qId": f"the {qix_class}", "qType": "t"}, "qName": "v"}
        made = owner.ask({"handle": doc, "method": maker, "params": [properties]})
        get = "GetObject" if maker == "CreateObject" else maker.replace("Create", "Get").replace("Ex", "ById")
        asked = line.ask({"handle": found["Doc"], "method": get, "params": [made["result"]["qInfo"]["qId"]]})
        found[qix_class] = asked["result"]["qReturn"]["qHandle"]
    field = line.ask({"handle": found["Doc"], "method": "GetField", "params": ["carrier"]})
    return {**found, "Field": field["result"]["qReturn"]["qHandle"]}


@pytest.mark.parametrize("level", sorted(LEVELS))
def test_every_method_is_allowed_or_refused_as_the_table_says(level: str) -> None:
    for (qix_class, name), method in TABLE.items():
        if qix_class == "Variable" or name in ("DestroyObject", "DestroySessionObject"):
            continue
        talk = Conversation()
        line = talk.line("who", level)
        handle = handles(talk, line)[qix_class]
        reply = line.ask({"handle": handle, "method": name, "params": []})
        assert reply.get("error", {}).get("code") != INTERNAL, f"{qix_class}.{name}: {reply}"
        refused = reply.get("error", {}).get("code") == DENIED
        assert refused == (not Rights(level).covers(method.need)), f"{qix_class}.{name} for {level}: {reply}"


@pytest.mark.parametrize("qix_class", sorted(NOT_FOR_VIEWERS))
def test_what_is_promised_to_owners_is_refused_to_viewers(qix_class: str) -> None:
    for name in NOT_FOR_VIEWERS[qix_class].split():
        assert not Rights("viewer").covers(TABLE[qix_class, name].need), name


def test_nothing_is_implemented_that_is_not_in_the_table() -> None:
    assert set(METHODS) <= set(TABLE)


def test_the_table_holds_every_method_of_the_nine_classes() -> None:
    counts: dict[str, int] = {}
    for qix_class, _ in TABLE:
        counts[qix_class] = counts.get(qix_class, 0) + 1
    assert counts == {
        "Global": 55,
        "Doc": 157,
        "GenericObject": 61,
        "GenericDimension": 14,
        "GenericMeasure": 11,
        "GenericBookmark": 12,
        "GenericVariable": 9,
        "Field": 17,
        "Variable": 6,
    }


def test_needs_are_known_ones() -> None:
    known = {need for needs in LEVELS.values() for need in needs} | {"never"}
    assert {method.need for method in TABLE.values()} <= known
    assert set(RELIEFS) <= known


def open_chart(line: Line, doc: int, method: str = "CreateSessionObject") -> int:
    properties: dict[str, Any] = {"qInfo": {"qType": "x"}, "title": "mine"}
    reply = line.ask({"handle": doc, "method": method, "params": [properties]})
    return int(reply["result"]["qReturn"]["qHandle"])


def test_a_viewer_may_do_what_he_likes_with_objects_of_his_session() -> None:
    talk = Conversation()
    line = talk.line("viewer", "viewer")
    doc = handles(talk, line)["Doc"]
    chart = open_chart(line, doc)
    patch = {"qOp": "replace", "qPath": "/title", "qValue": '"new"'}
    for method, params in [
        ("SetProperties", [{"title": "changed"}]),
        ("ApplyPatches", [[patch], False]),
        ("CreateChild", [{"qInfo": {"qType": "y"}}]),
    ]:
        assert "error" not in line.ask({"handle": chart, "method": method, "params": params}), method
    layout = line.ask({"handle": chart, "method": "GetLayout", "params": []})["result"]["qLayout"]
    assert layout["title"] == "new"


def test_a_viewer_may_patch_an_object_of_the_app_for_himself_only() -> None:
    talk = Conversation()
    line = talk.line("viewer", "viewer")
    sheet = handles(talk, line)["GenericObject"]
    patch = {"qOp": "add", "qPath": "/color", "qValue": '"red"'}
    hard = line.ask({"handle": sheet, "method": "ApplyPatches", "params": [[patch], False]})
    assert hard["error"]["code"] == DENIED
    assert "error" not in line.ask({"handle": sheet, "method": "ApplyPatches", "params": [[patch], True]})
    layout = line.ask({"handle": sheet, "method": "GetLayout", "params": []})["result"]["qLayout"]
    assert (layout["color"], layout["qHasSoftPatches"]) == ("red", True)
    other = talk.line("other", "viewer")
    found = other.ask({"handle": -1, "method": "GetActiveDoc", "params": []})["result"]["qReturn"]["qHandle"]
    theirs = other.ask({"handle": found, "method": "GetObject", "params": ["the GenericObject"]})
    layout = other.ask({"handle": theirs["result"]["qReturn"]["qHandle"], "method": "GetLayout", "params": []})
    assert "color" not in layout["result"]["qLayout"]


def test_rights_that_are_lowered_count_from_the_next_request_on() -> None:
    talk = Conversation()
    line = talk.line("a", "owner")
    doc = handles(talk, line)["Doc"]
    line.session.rights = Rights("viewer")
    assert line.ask({"handle": doc, "method": "DoSave", "params": []})["error"]["code"] == DENIED
    assert line.ask({"handle": doc, "method": "Undo", "params": []})["error"]["code"] == DENIED
