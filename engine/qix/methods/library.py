"""Master dimensions and measures, bookmarks and variables: entries of the app that are no objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.compute.aggregate import evaluate_scalar
from engine.compute.columns import shown
from engine.document import bookmarks
from engine.document.layout import DATA, make_layout
from engine.document.lists import variable_item
from engine.document.objects import BOOKMARK, DIMENSION, MEASURE, VARIABLE, Change, Entry, ObjectTree, Properties
from engine.document.patches import apply_patches
from engine.errors import AlreadyExists, EngineError, InvalidParameters
from engine.qix.desk import filled_properties
from engine.qix.handles import CLASS_OF_KIND, Target
from engine.qix.schema import Implementation

if TYPE_CHECKING:
    from engine.qix.session import Session

Result = dict[str, Any]


# -- making, finding and removing, as methods of Doc


def _create(kind: str, *, own: bool = False) -> Callable[..., Result]:
    def create(session: Session, target: Target, properties: Properties, *ignored: Any) -> Result:
        filled = filled_properties(_with_type(properties, kind))
        if kind == VARIABLE:
            _check_name(session, filled)
        if kind == BOOKMARK:
            states = session.desk.selecting.states
            filled = {**filled, bookmarks.MEMBER: bookmarks.taken(session.document.model, states)}
        made: list[Entry] = []

        def add(tree: ObjectTree) -> Change:
            entry, change = tree.add(kind, filled)
            made.append(entry)
            return change

        session.desk.edit(session.desk.own if own else session.place_for(kind, filled), add)
        return {"qInfo": made[0].info, "qReturn": session.desk.interface(made[0])}

    return create


def _with_type(properties: Properties, kind: str) -> Properties:
    info = properties.get("qInfo")
    given = info if isinstance(info, dict) else {}
    return {**properties, "qInfo": {**given, "qType": given.get("qType") or kind}}


def _check_name(session: Session, properties: Properties) -> None:
    name = properties.get("qName")
    if not isinstance(name, str) or not name.strip():
        raise InvalidParameters("A variable needs a name.", "qName")
    if _variable(session, name) is not None:
        raise AlreadyExists(f"There is already a variable {name}.", "qName")


def _variable(session: Session, name: str) -> Entry | None:
    trees = (session.desk.own, session.document.objects)
    found = [entry for tree in trees for entry in tree.of_kind(VARIABLE) if entry.properties.get("qName") == name]
    return found[0] if found else None


def _get(kind: str) -> Callable[..., Result]:
    def get(session: Session, target: Target, entry_id: str) -> Result:
        return {"qReturn": session.desk.interface(session.desk.find(entry_id, kind))}

    return get


def _destroy(kind: str, *, own: bool = False) -> Callable[..., Result]:
    def destroy(session: Session, target: Target, entry_id: str) -> Result:
        tree = session.desk.home(entry_id)
        if (tree is session.desk.own) != own or tree.find(entry_id, kind) is None:
            return {"qSuccess": False}
        session.desk.edit(tree, lambda entries: entries.remove(entry_id))
        return {"qSuccess": True}

    return destroy


def get_variable_by_name(session: Session, target: Target, name: str) -> Result:
    return {"qReturn": session.desk.interface(_variable(session, name))}


def get_variables(session: Session, target: Target, definition: Properties) -> Result:
    trees = [session.document.objects, *([session.desk.own] if definition.get("qShowSession") else [])]
    entries = [entry for tree in trees for entry in tree.of_kind(VARIABLE)]
    return {"qList": [{"qInfo": entry.info, "qMeta": {}, "qData": {}, **variable_item(entry)} for entry in entries]}


def apply_bookmark(session: Session, target: Target, entry_id: str) -> Result:
    entry = session.desk.find(entry_id, BOOKMARK)
    if entry is None:
        return {"qSuccess": False}
    session.desk.end_run(accept=True)
    taken = entry.properties.get(bookmarks.MEMBER) or {}
    session.desk.selecting.replace(bookmarks.selections(session.document.model, taken, session.desk.selecting.states))
    return {"qSuccess": True}


# -- methods of the things themselves


def get_layout(session: Session, target: Target) -> Result:
    desk = session.desk
    since = desk.notices.foreign_count
    view = desk.view(target, session.rights.privileges)
    view.properties = {name: value for name, value in view.properties.items() if name != bookmarks.MEMBER}
    layout = make_layout(view)
    for name, work_out in _EXTRA_LAYOUT.get(target.qix_class, {}).items():
        layout[name] = work_out(session, desk.entry(target))
    desk.notices.mark_valid(target, {*view.uses, DATA}, since)
    return {"qLayout": layout}


def _dimension_infos(session: Session, entry: Entry) -> list[dict[str, Any]]:
    fields = session.document.model.fields
    names = [str(one) for one in (entry.properties.get("qDim") or {}).get("qFieldDefs") or []]
    known = [fields.get(name.strip().removeprefix("[").removesuffix("]")) for name in names]
    return [
        {
            "qApprMaxGlyphCount": 0,
            "qCardinal": 0 if field is None else field.symbols.size,
            "qTags": [] if field is None else sorted(field.tags),
            "qIsSemantic": False,
            "qAndMode": False,
        }
        for field in known
    ]


def _grouping(session: Session, entry: Entry) -> dict[str, Any]:
    return {"qGrouping": "N", **(entry.properties.get("qDim") or {})}


def _variable_number(session: Session, entry: Entry) -> float | str:
    number = _variable_value(session, entry)[1]
    return "NaN" if number is None else number


def _variable_text(session: Session, entry: Entry) -> str:
    return _variable_value(session, entry)[0]


def _variable_value(session: Session, entry: Entry) -> tuple[str, float | None]:
    """A variable's value: what its definition comes to if it begins with '=', else the definition itself."""
    definition = str(entry.properties.get("qDefinition", ""))
    context = session.desk.context()
    if definition.startswith("="):
        try:
            value = evaluate_scalar(context, definition)
        except EngineError as error:
            return error.message, None
        return shown(context, value), value.number
    try:
        return definition, float(definition)
    except ValueError:
        return definition, None


_EXTRA_LAYOUT: dict[str, dict[str, Callable[[Session, Entry], Any]]] = {
    "GenericDimension": {"qDim": _grouping, "qDimInfos": _dimension_infos},
    "GenericVariable": {"qText": _variable_text, "qNum": _variable_number},
}


def get_properties(session: Session, target: Target) -> Result:
    properties = session.desk.entry(target).properties
    return {"qProp": {name: value for name, value in properties.items() if name != bookmarks.MEMBER}}


def set_properties(session: Session, target: Target, properties: Properties) -> None:
    before = session.desk.entry(target).properties
    kept = {bookmarks.MEMBER: before[bookmarks.MEMBER]} if bookmarks.MEMBER in before else {}
    session.desk.set_properties(target, {**properties, **kept})


def patch_properties(session: Session, target: Target, patches: list[Any]) -> None:
    session.desk.set_properties(target, apply_patches(session.desk.entry(target).properties, patches))


def get_info(session: Session, target: Target) -> Result:
    return {"qInfo": session.desk.entry(target).info}


def _member(name: str) -> Callable[..., Result]:
    def get(session: Session, target: Target) -> Result:
        return {name: session.desk.entry(target).properties.get(name, {})}

    return get


def apply_this_bookmark(session: Session, target: Target) -> Result:
    return apply_bookmark(session, target, target.name)


def _set_definition(session: Session, target: Target, definition: str) -> None:
    session.desk.set_properties(target, {**session.desk.entry(target).properties, "qDefinition": definition})


def set_text(session: Session, target: Target, text: str) -> None:
    _set_definition(session, target, text)


def set_number(session: Session, target: Target, number: float) -> None:
    _set_definition(session, target, f"{number:.14g}")


def set_dual(session: Session, target: Target, text: str, number: float) -> None:
    _set_definition(session, target, text or f"{number:.14g}")


def get_raw_content(session: Session, target: Target) -> Result:
    return {"qReturn": str(session.desk.entry(target).properties.get("qDefinition", ""))}


_COMMON: dict[str, Implementation] = {
    "GetLayout": get_layout,
    "GetProperties": get_properties,
    "SetProperties": set_properties,
    "ApplyPatches": patch_properties,
    "GetInfo": get_info,
}

_DOC: dict[str, Implementation] = {
    "CreateDimension": _create(DIMENSION),
    "CreateMeasure": _create(MEASURE),
    "CreateBookmark": _create(BOOKMARK),
    "CreateVariableEx": _create(VARIABLE),
    "CreateSessionVariable": _create(VARIABLE, own=True),
    "GetDimension": _get(DIMENSION),
    "GetMeasure": _get(MEASURE),
    "GetBookmark": _get(BOOKMARK),
    "GetVariableById": _get(VARIABLE),
    "GetVariableByName": get_variable_by_name,
    "GetVariables": get_variables,
    "DestroyDimension": _destroy(DIMENSION),
    "DestroyMeasure": _destroy(MEASURE),
    "DestroyBookmark": _destroy(BOOKMARK),
    "DestroyVariableById": _destroy(VARIABLE),
    "DestroySessionVariableById": _destroy(VARIABLE, own=True),
    "ApplyBookmark": apply_bookmark,
}

_OF_CLASS: dict[str, dict[str, Implementation]] = {
    "Doc": _DOC,
    CLASS_OF_KIND[DIMENSION]: {**_COMMON, "GetDimension": _member("qDim")},
    CLASS_OF_KIND[MEASURE]: {**_COMMON, "GetMeasure": _member("qMeasure")},
    CLASS_OF_KIND[BOOKMARK]: {**_COMMON, "Apply": apply_this_bookmark},
    CLASS_OF_KIND[VARIABLE]: {
        **_COMMON,
        "SetStringValue": set_text,
        "SetNumValue": set_number,
        "SetDualValue": set_dual,
        "GetRawContent": get_raw_content,
    },
}

METHODS = {(qix_class, name): one for qix_class, methods in _OF_CLASS.items() for name, one in methods.items()}
