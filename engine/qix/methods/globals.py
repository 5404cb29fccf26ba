"""Global: the server as one connection sees it. There is one app here, the one the socket was opened for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.document.objects import new_id
from engine.errors import NotFound
from engine.qix.handles import Target
from engine.qix.schema import VERSION, Implementation

if TYPE_CHECKING:
    from engine.qix.session import Session

Result = dict[str, Any]


class AppNotFound(NotFound):
    code = 1003


def open_doc(session: Session, target: Target, name: str, *ignored: Any) -> Result:
    if name not in (session.document_id, session.document.title):
        raise AppNotFound("There is no such app behind this address.", "qDocName")
    return {"qReturn": session.doc_interface()}


def get_active_doc(session: Session, target: Target) -> Result:
    return {"qReturn": session.doc_interface()}


def get_doc_list(session: Session, target: Target) -> Result:
    properties = session.document.properties
    entry = {
        "qDocName": session.document.title,
        "qConnectedUsers": 0,
        "qFileTime": 0,
        "qFileSize": 0,
        "qDocId": session.document_id,
        "qMeta": {"privileges": session.rights.privileges},
        "qLastReloadTime": properties.get("qLastReloadTime", ""),
        "qReadOnly": not session.rights.covers("edit"),
        "qTitle": session.document.title,
        "qThumbnail": {"qUrl": ""},
        "qHasSectionAccess": False,
    }
    return {"qDocList": [entry]}


def get_app_entry(session: Session, target: Target, app_id: str) -> Result:
    if app_id != session.document_id:
        raise AppNotFound("There is no such app behind this address.", "qAppID")
    properties = session.document.properties
    return {
        "qEntry": {
            "qID": session.document_id,
            "qTitle": session.document.title,
            "qPath": "",
            "qLastReloadTime": properties.get("qLastReloadTime", ""),
            "qReadOnly": not session.rights.covers("edit"),
            "qMeta": {"privileges": session.rights.privileges},
            "qThumbnail": {"qUrl": ""},
            "qFileSize": 0,
            "qHasSectionAccess": False,
        }
    }


def nothing(session: Session, target: Target, *ignored: Any) -> None:
    """Cancels that overtake are answered by Session.urgent; one that comes in turn has nothing left to cancel."""


def get_authenticated_user(session: Session, target: Target) -> Result:
    return {"qReturn": session.user}


def get_unique_id(session: Session, target: Target) -> Result:
    return {"qUniqueID": new_id()}


def engine_version(session: Session, target: Target) -> Result:
    return {"qVersion": {"qComponentVersion": VERSION}}


def _constant(value: Any) -> Any:
    def answer(session: Session, target: Target, *ignored: Any) -> Result:
        return value

    return answer


_METHODS: dict[str, Implementation] = {
    "OpenDoc": open_doc,
    "GetActiveDoc": get_active_doc,
    "GetDocList": get_doc_list,
    "GetAppEntry": get_app_entry,
    "CancelRequest": nothing,
    "AbortRequest": nothing,
    "AbortAll": nothing,
    "GetAuthenticatedUser": get_authenticated_user,
    "GetUniqueID": get_unique_id,
    "EngineVersion": engine_version,
    "ProductVersion": _constant({"qReturn": VERSION}),
    "QvVersion": _constant({"qReturn": VERSION}),
    "QTProduct": _constant({"qReturn": "associative engine"}),
    "OSName": _constant({"qReturn": "server"}),
    "OSVersion": _constant({"qReturn": "0"}),
    "IsDesktopMode": _constant({"qReturn": False}),
    "IsPersonalMode": _constant({"qReturn": False}),
    "AllowCreateApp": _constant({"qReturn": False}),
    "GetConfiguration": _constant({"qConfig": {"qFeatures": {}}}),
    "GetStreamList": _constant({"qStreamList": []}),
    "GetCustomConnectors": _constant({"qConnectors": []}),
    "GetSupportedCodePages": _constant({"qCodePages": []}),
    "ReloadExtensionList": nothing,
    "GetProgress": _constant({"qProgressData": {"qStarted": False, "qFinished": 0, "qTotal": 0}}),
}

METHODS = {("Global", name): implementation for name, implementation in _METHODS.items()}
