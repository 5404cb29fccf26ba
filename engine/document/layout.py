"""From properties to layout: members called ...Def become results, at any depth of the tree.

`qHyperCubeDef` becomes `qHyperCube`, `qListObjectDef` `qListObject`, and so on by the table RESULTS; texts and
numbers given as expressions become values; `qMetaDef` becomes `qMeta`; `qLayoutExclude` is left out; everything
else is copied. While it is made, a layout notes what it depends on, so that one knows when it is out of date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.compute.aggregate import evaluate_scalar
from engine.compute.columns import shown
from engine.compute.context import Context
from engine.document import lists, selected
from engine.document.document import Document
from engine.document.library import Library
from engine.document.objects import Entry, ObjectTree, Properties
from engine.document.results import cube_of, list_object_of
from engine.errors import Aborted, EngineError

OWN_PRIVILEGES = ["read", "update", "delete"]
"""What one may do with a thing that belongs to the session or the person alone."""

DATA, LISTS, HISTORY = "data", "lists", "history"
"""What a layout can depend on: selections and values; the app's objects; how far one can go back and forward."""


@dataclass(slots=True)
class View:
    """One session's look at one object: everything its layout can depend on.

    own_objects: those of the session; private_objects: those of the person.
    before_run: what was selected before the run of selections that the object is in, if it is in one.
    expanded: path of a pivot table -> column and row of the node that was opened or closed last.
    """

    document: Document
    library: Library
    context: Context
    entry: Entry
    properties: Properties
    privileges: list[str]
    own_objects: ObjectTree = field(default_factory=ObjectTree)
    private_objects: ObjectTree = field(default_factory=ObjectTree)
    before_run: Context | None = None
    searches: Mapping[str, str] = field(default_factory=dict)
    expanded: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    back_count: int = 0
    forward_count: int = 0
    undo_count: int = 0
    redo_count: int = 0
    uses: set[str] = field(default_factory=set)

    @property
    def kept_trees(self) -> tuple[ObjectTree, ObjectTree]:
        """What the lists of an app show: its own objects, then the person's."""
        return self.document.objects, self.private_objects

    def evaluate(self, value: Any) -> Any:
        """A property value with its expressions worked out; definitions inside are left out of it."""
        return _copied(self, value, None)


def make_layout(view: View) -> dict[str, Any]:
    """The layout of the view's object, without what only the session knows (qSelectionInfo)."""
    layout: dict[str, Any] = {"qInfo": view.entry.info, "qMeta": meta_of(view, view.properties)}
    body = {name: value for name, value in view.properties.items() if name not in ("qInfo", "qMetaDef")}
    return {**layout, **_members(view, body, "")}


def meta_of(view: View, properties: Properties) -> dict[str, Any]:
    """qMeta: the members of qMetaDef, and what the person may do with the object."""
    given = _members(view, properties.get("qMetaDef") or {}, None)
    name = str(properties.get("qInfo", {}).get("qId", ""))
    is_private = view.private_objects.find(name) is not None
    is_own = is_private or view.own_objects.find(name) is not None
    privileges = OWN_PRIVILEGES if is_own else view.privileges
    return {"title": "", "description": "", **given, "privileges": privileges, "published": not is_private}


def _copied(view: View, value: Any, path: str | None) -> Any:
    """`path` is where `value` stands; None inside of list items, where definitions are not worked out."""
    if isinstance(value, list):
        inner = None if path is None else path
        return [_copied(view, one, None if inner is None else f"{inner}/{at}") for at, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (name, inside), *_ = value.items()
        if name in _EXPRESSIONS:
            return _EXPRESSIONS[name](view, inside)
    return _members(view, value, path)


def _members(view: View, value: Properties, path: str | None) -> dict[str, Any]:
    copied: dict[str, Any] = {}
    for name, inside in value.items():
        if name == "qLayoutExclude":
            continue
        if name in RESULTS and isinstance(inside, dict):
            if path is not None:
                result_name, make = RESULTS[name]
                copied[result_name] = make(view, inside, f"{path}/{name}")
        else:
            copied[name] = _copied(view, inside, None if path is None else f"{path}/{name}")
    return copied


def _expression(inside: Any) -> str:
    return str(inside.get("qExpr", "") if isinstance(inside, dict) else inside or "")


def _text_value(view: View, inside: Any) -> str:
    text = _expression(inside)
    if not text.strip():
        return ""
    view.uses.add(DATA)
    try:
        return shown(view.context, evaluate_scalar(view.context, text))
    except Aborted:
        raise
    except EngineError as error:
        return error.message


def _number_value(view: View, inside: Any) -> float | str:
    text = _expression(inside)
    if not text.strip():
        return "NaN"
    view.uses.add(DATA)
    try:
        number = evaluate_scalar(view.context, text).number
    except Aborted:
        raise
    except EngineError:
        number = None
    return "NaN" if number is None else number


_EXPRESSIONS: Mapping[str, Callable[[View, Any], Any]] = {
    "qStringExpression": _text_value,
    "qValueExpression": _number_value,
}


def _with_copied_members(view: View, definition: Properties, path: str, result: dict[str, Any]) -> dict[str, Any]:
    """Members of a definition that are the client's own (no q in front) stand in the result, too."""
    own = {name: value for name, value in definition.items() if not name.startswith("q") and name not in result}
    return {**result, **_copied(view, own, path)} if own else result


_NESTED_INFOS = ("qDimensionInfo", "qMeasureInfo", "qTrendLines", "qAttrExprInfo", "qAttrDimInfo")


def _with_own_evaluated(view: View, infos: dict[str, Any]) -> dict[str, Any]:
    """The client's own members of columns, and of what belongs to them, may hold expressions, too."""
    found = {}
    for name, value in infos.items():
        if name in _NESTED_INFOS and isinstance(value, list):
            value = [_with_own_evaluated(view, one) for one in value]
        elif not name.startswith("q"):
            value = _copied(view, value, None)
        found[name] = value
    return found


def _hypercube(view: View, definition: Properties, path: str) -> dict[str, Any]:
    view.uses.add(DATA)
    cube = cube_of(view.library, view.context, definition, view.properties, view.before_run)
    layout = _with_own_evaluated(view, cube.layout())
    if cube.mode == "P" and path in view.expanded:
        column, row = view.expanded[path]
        layout["qLastExpandedPos"] = {"qx": column, "qy": row}
    return _with_copied_members(view, definition, path, layout)


def _list_object(view: View, definition: Properties, path: str) -> dict[str, Any]:
    view.uses.add(DATA)
    found = list_object_of(view.library, view.context, definition, view.properties, view.searches.get(path))
    return _with_copied_members(view, definition, path, found.layout())


def _selections(view: View, definition: Properties, path: str) -> dict[str, Any]:
    view.uses |= {DATA, HISTORY}
    state = definition.get("qStateName") or "$"
    counts = {"qBackCount": view.back_count, "qForwardCount": view.forward_count}
    return {**counts, "qSelections": selected.current_selections(view.context, state), "qStateName": state}


def _object_list(view: View, definition: Properties, path: str) -> dict[str, Any]:
    view.uses.add(LISTS)
    entries = [entry for tree in view.kept_trees for entry in lists.objects_of(tree, definition)]
    return {"qItems": [_item(view, entry, definition) for entry in entries]}


def _child_list(view: View, definition: Properties, path: str) -> dict[str, Any]:
    view.uses.add(LISTS)
    trees = (view.own_objects, *view.kept_trees)
    children = [found for name in view.entry.children for tree in trees if (found := tree.find(name)) is not None]
    return {"qItems": [_item(view, entry, definition) for entry in children]}


def _library_list(kind: str) -> Callable[[View, Properties, str], dict[str, Any]]:
    def make(view: View, definition: Properties, path: str) -> dict[str, Any]:
        view.uses.add(LISTS)
        entries = [entry for tree in view.kept_trees for entry in lists.library_of(tree, kind, definition)]
        return {"qItems": [_item(view, entry, definition) for entry in entries]}

    return make


def _variable_list(view: View, definition: Properties, path: str) -> dict[str, Any]:
    view.uses.add(LISTS)
    trees = [view.document.objects, *([view.own_objects] if definition.get("qShowSession") else [])]
    entries = [entry for tree in trees for entry in tree.of_kind("variable")]
    return {"qItems": [{**_item(view, entry, definition), **lists.variable_item(entry)} for entry in entries]}


def _field_list(view: View, definition: Properties, path: str) -> dict[str, Any]:
    view.uses.add(LISTS)
    return {"qItems": lists.fields_of(view.document.model, definition)}


def _undo_info(view: View, definition: Properties, path: str) -> dict[str, Any]:
    view.uses |= {LISTS, HISTORY}
    return {"qUndoCount": view.undo_count, "qRedoCount": view.redo_count}


def _url(view: View, definition: Properties, path: str) -> dict[str, Any]:
    return {"qUrl": str(definition.get("qUrl", ""))}


def _nothing(view: View, definition: Properties, path: str) -> dict[str, Any]:
    return {"qItems": []}


def _item(view: View, entry: Entry, definition: Properties) -> dict[str, Any]:
    data = lists.data_of(entry, definition)
    return {"qInfo": entry.info, "qMeta": meta_of(view, entry.properties), "qData": view.evaluate(data)}


RESULTS: Mapping[str, tuple[str, Callable[[View, Properties, str], dict[str, Any]]]] = {
    "qHyperCubeDef": ("qHyperCube", _hypercube),
    "qListObjectDef": ("qListObject", _list_object),
    "qSelectionObjectDef": ("qSelectionObject", _selections),
    "qAppObjectListDef": ("qAppObjectList", _object_list),
    "qChildListDef": ("qChildList", _child_list),
    "qDimensionListDef": ("qDimensionList", _library_list("dimension")),
    "qMeasureListDef": ("qMeasureList", _library_list("measure")),
    "qBookmarkListDef": ("qBookmarkList", _library_list("bookmark")),
    "qVariableListDef": ("qVariableList", _variable_list),
    "qFieldListDef": ("qFieldList", _field_list),
    "qUndoInfoDef": ("qUndoInfo", _undo_info),
    "qStaticContentUrlDef": ("qStaticContentUrl", _url),
    "qMediaListDef": ("qMediaList", _nothing),
    "qExtensionListDef": ("qExtensionList", _nothing),
}
