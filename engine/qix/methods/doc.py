"""Doc: the app as a whole: its objects, its selections, its fields, saving and undoing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from engine.compute.aggregate import evaluate_scalar
from engine.compute.columns import shown
from engine.compute.context import EVERYTHING
from engine.data.locale import Locale
from engine.document.layout import DATA, OWN_PRIVILEGES
from engine.document.lists import data_of, field_description, tables_and_keys
from engine.document.objects import BOOKMARK, OBJECT, Change, Entry, ObjectTree, Properties
from engine.errors import AccessDenied, ExpressionError, InvalidParameters, NotFound, ResultTooLarge
from engine.qix.desk import filled_properties
from engine.qix.handles import DOC, NOTHING, Target
from engine.qix.rights import EDIT
from engine.qix.schema import Implementation

if TYPE_CHECKING:
    from engine.qix.session import Session

Result = dict[str, Any]

MAX_STATES = 100
"""Alternate states, those of the app and those of a session together."""


# -- the app


def get_app_layout(session: Session, target: Target) -> Result:
    document = session.document
    properties = document.properties
    layout = {
        "qTitle": document.title,
        "qFileName": session.document_id,
        "qLastReloadTime": properties.get("qLastReloadTime", ""),
        "qModified": document.is_modified,
        "qHasScript": bool(document.script),
        "qHasData": bool(document.model.tables),
        "qReadOnly": not session.rights.covers(EDIT),
        "qStateNames": session.desk.selecting.state_names,
        "qMeta": {"privileges": session.rights.privileges},
        "qLocaleInfo": _locale_info(document.locale),
        "qIsOpenedWithoutData": False,
        "qIsSessionApp": False,
        "qProhibitBinaryLoad": True,
        "qThumbnail": {"qUrl": str((properties.get("qThumbnail") or {}).get("qUrl", ""))},
        "qUnsupportedFeatures": [],
        "qUsage": "ANALYTICS",
        "linkNotes": list(document.model.notes),
    }
    own = {name: value for name, value in properties.items() if not name.startswith("q")}
    session.desk.notices.mark_valid(DOC, (), session.desk.notices.foreign_count)
    return {"qLayout": {**own, **layout}}


def get_loosely_coupled_vector(session: Session, target: Target) -> Result:
    """For each table whether a circle of links has loosened it (2: for good), and three numbers without a meaning."""
    model = session.document.model
    states = [2 if table.name in model.loosened else 0 for table in model.tables.values() if not table.is_synthetic]
    return {"qv": [*states, 0, 0, 0]}


def get_locale_info(session: Session, target: Target) -> Result:
    return {"qReturn": _locale_info(session.document.locale)}


def _locale_info(locale: Locale) -> dict[str, Any]:
    return locale.layout(current_year=datetime.now(UTC).year)


def get_app_properties(session: Session, target: Target) -> Result:
    return {"qProp": session.document.properties}


def set_app_properties(session: Session, target: Target, properties: Properties) -> None:
    document = session.document
    title = properties.get("qTitle", document.title)
    if not isinstance(title, str) or not title.strip():
        raise InvalidParameters("An app needs a title.", "qTitle")
    with document.lock:
        kept = {name: document.properties.get(name) for name in ("qLastReloadTime", "qHasSectionAccess", "qStateNames")}
        document.properties = {**filled_properties({**document.properties, **properties}), **kept}
    session.tell_app()


def do_save(session: Session, target: Target, file_name: str) -> None:
    if session.save is None:
        raise AccessDenied("This app cannot be saved.", "DoSave")
    session.document.save_by(session.save)
    session.desk.notices.invalidate(DOC)


# -- objects


def create_session_object(session: Session, target: Target, properties: Properties) -> Result:
    entry = _add(session, session.desk.own, filled_properties(properties))
    return {"qInfo": entry.info, "qReturn": session.desk.interface(entry)}


def create_object(session: Session, target: Target, properties: Properties) -> Result:
    filled = filled_properties(properties)
    entry = _add(session, session.place_for(OBJECT, filled), filled)
    return {"qInfo": entry.info, "qReturn": session.desk.interface(entry)}


def _add(session: Session, tree: ObjectTree, filled: Properties) -> Entry:
    made: list[Entry] = []

    def add(tree: ObjectTree) -> Change:
        entry, change = tree.add(OBJECT, filled)
        made.append(entry)
        return change

    session.desk.edit(tree, add)
    return made[0]


def destroy_session_object(session: Session, target: Target, entry_id: str) -> Result:
    if session.desk.own.find(entry_id) is None:
        return {"qSuccess": False}
    session.desk.edit(session.desk.own, lambda tree: tree.remove(entry_id))
    return {"qSuccess": True}


def destroy_object(session: Session, target: Target, entry_id: str) -> Result:
    tree = session.desk.home(entry_id)
    if tree is session.desk.own or tree.find(entry_id, OBJECT) is None:
        return {"qSuccess": False}
    session.desk.edit(tree, lambda objects: objects.remove(entry_id))
    return {"qSuccess": True}


def get_object(session: Session, target: Target, entry_id: str) -> Result:
    return {"qReturn": session.desk.interface(session.desk.find(entry_id))}


def get_objects(session: Session, target: Target, options: Properties) -> Result:
    types = [name for name in options.get("qTypes") or [] if name]
    own, *kept = session.desk.trees
    trees = [*reversed(kept), *([own] if options.get("qIncludeSessionObjects") else [])]
    wanted = [entry for tree in trees for entry in tree.of_kind(OBJECT) if not types or entry.type in types]
    return {"qList": [_container_entry(session, entry, options) for entry in wanted]}


def get_bookmarks(session: Session, target: Target, options: Properties) -> Result:
    entries = [entry for tree in session.desk.trees for entry in tree.of_kind(BOOKMARK)]
    return {"qList": [_container_entry(session, entry, options) for entry in entries]}


def _container_entry(session: Session, entry: Entry, options: Properties) -> dict[str, Any]:
    is_private = session.desk.is_private(entry.id)
    privileges = OWN_PRIVILEGES if is_private else session.rights.privileges
    meta = {**(entry.properties.get("qMetaDef") or {}), "privileges": privileges, "published": not is_private}
    return {"qInfo": entry.info, "qMeta": meta, "qData": data_of(entry, options)}


def get_all_infos(session: Session, target: Target) -> Result:
    return {"qInfos": [entry.info for tree in reversed(session.desk.trees) for entry in tree]}


def clear_all_soft_patches(session: Session, target: Target) -> None:
    session.desk.clear_all_soft_patches()


def undo(session: Session, target: Target) -> Result:
    return {"qSuccess": session.desk.step(back=True)}


def redo(session: Session, target: Target) -> Result:
    return {"qSuccess": session.desk.step(back=False)}


def clear_undo_buffer(session: Session, target: Target) -> None:
    session.desk.undo.clear()


# -- selections of the whole app; a run that is open ends and is kept


def clear_all(session: Session, target: Target, locked_also: bool, state: str) -> None:
    session.desk.end_run(accept=True)
    session.desk.selecting.clear_all(state=state, locked_also=locked_also)


def lock_all(session: Session, target: Target, state: str) -> None:
    session.desk.end_run(accept=True)
    session.desk.selecting.lock_all(state=state, locked=True)


def unlock_all(session: Session, target: Target, state: str) -> None:
    session.desk.end_run(accept=True)
    session.desk.selecting.lock_all(state=state, locked=False)


def back(session: Session, target: Target) -> None:
    session.desk.end_run(accept=True)
    session.desk.selecting.back()


def forward(session: Session, target: Target) -> None:
    session.desk.end_run(accept=True)
    session.desk.selecting.forward()


def back_count(session: Session, target: Target) -> Result:
    return {"qReturn": session.desk.selecting.back_count}


def forward_count(session: Session, target: Target) -> Result:
    return {"qReturn": session.desk.selecting.forward_count}


def abort_modal(session: Session, target: Target, accept: bool) -> None:
    session.desk.end_run(accept=accept)


def resume(session: Session, target: Target) -> None:
    """Go on after an interruption: there is nothing to be done, the session is whole."""


# -- fields and expressions


def get_field(session: Session, target: Target, name: str, state: str) -> Result:
    session.desk.selecting.of(state)
    known = _known_field(session, name)
    if known is None:
        return {"qReturn": NOTHING}
    handle = session.desk.notices.give_handle(Target("Field", known, state or "$"))
    return {"qReturn": {"qType": "Field", "qHandle": handle}}


def get_field_description(session: Session, target: Target, name: str) -> Result:
    model = session.document.model
    field = model.field(_known_field(session, name) or name)
    locked = session.desk.selecting.of("$").is_locked(field.name)
    return {"qReturn": field_description(field, model, is_locked=locked)}


def _known_field(session: Session, name: str) -> str | None:
    """The field meant by Name, [Name] or =[Name]."""
    fields = session.document.model.fields
    bare = name.strip().removeprefix("=").strip()
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1].replace("]]", "]")
    return name if name in fields else bare if bare in fields else None


def get_tables_and_keys(session: Session, target: Target, *options: Any) -> Result:
    tables, keys = tables_and_keys(session.document.model, with_synthetic=bool(options[3]))
    return {"qtr": tables, "qk": keys}


def evaluate(session: Session, target: Target, expression: str) -> Result:
    context = session.desk.context()
    try:
        return {"qReturn": shown(context, evaluate_scalar(context, expression))}
    except ExpressionError as error:
        return {"qReturn": f"Error: {error.message}"}


def evaluate_ex(session: Session, target: Target, expression: str) -> Result:
    context = session.desk.context()
    value = evaluate_scalar(context, expression)
    number = "NaN" if value.number is None else value.number
    return {"qValue": {"qText": shown(context, value), "qIsNumeric": value.number is not None, "qNumber": number}}


def add_session_alternate_state(session: Session, target: Target, state: str, source: str) -> None:
    _check_state_name(session, state)
    session.desk.selecting.add_state(state, source)
    _states_changed(session)


def remove_session_alternate_state(session: Session, target: Target, state: str) -> Result:
    is_session_s_own = state not in session.document.state_names
    removed = is_session_s_own and session.desk.selecting.remove_state(state)
    _states_changed(session)
    return {"qSuccess": removed}


def add_alternate_state(session: Session, target: Target, state: str) -> None:
    """A state for everybody; each session selects in it what it likes."""
    document = session.document
    with document.lock:
        _check_state_name(session, state)
        document.properties = {**document.properties, "qStateNames": [*document.state_names, state]}
    session.tell_app()


def remove_alternate_state(session: Session, target: Target, state: str) -> None:
    document = session.document
    with document.lock:
        if state not in document.state_names:
            raise NotFound(f"The app has no state {state}.", "qStateName")
        names = [name for name in document.state_names if name != state]
        document.properties = {**document.properties, "qStateNames": names}
    session.desk.selecting.forget_states()
    session.tell_app()


def _check_state_name(session: Session, state: str) -> None:
    names = session.desk.selecting.state_names
    if not state.strip() or state in (*names, "$", EVERYTHING):
        raise InvalidParameters("A state needs a name that is not taken.", "qStateName")
    if len(names) >= MAX_STATES:
        raise ResultTooLarge(f"More than {MAX_STATES} alternate states are not kept.", "qStateName")


def _states_changed(session: Session) -> None:
    session.desk.notices.invalidate(DOC)
    session.desk.notices.invalidate_uses(DATA)


_METHODS: dict[str, Implementation] = {
    "GetAppLayout": get_app_layout,
    "GetLocaleInfo": get_locale_info,
    "GetLooselyCoupledVector": get_loosely_coupled_vector,
    "GetAppProperties": get_app_properties,
    "SetAppProperties": set_app_properties,
    "DoSave": do_save,
    "CreateSessionObject": create_session_object,
    "DestroySessionObject": destroy_session_object,
    "CreateObject": create_object,
    "DestroyObject": destroy_object,
    "GetObject": get_object,
    "GetObjects": get_objects,
    "GetBookmarks": get_bookmarks,
    "GetAllInfos": get_all_infos,
    "ClearAllSoftPatches": clear_all_soft_patches,
    "Undo": undo,
    "Redo": redo,
    "ClearUndoBuffer": clear_undo_buffer,
    "ClearAll": clear_all,
    "LockAll": lock_all,
    "UnlockAll": unlock_all,
    "Back": back,
    "Forward": forward,
    "BackCount": back_count,
    "ForwardCount": forward_count,
    "AbortModal": abort_modal,
    "Resume": resume,
    "GetField": get_field,
    "GetFieldDescription": get_field_description,
    "GetTablesAndKeys": get_tables_and_keys,
    "Evaluate": evaluate,
    "EvaluateEx": evaluate_ex,
    "AddAlternateState": add_alternate_state,
    "RemoveAlternateState": remove_alternate_state,
    "AddSessionAlternateState": add_session_alternate_state,
    "RemoveSessionAlternateState": remove_session_alternate_state,
}

METHODS = {("Doc", name): implementation for name, implementation in _METHODS.items()}
