"""GenericObject: properties, layout, children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.document.layout import make_layout
from engine.document.objects import OBJECT, Change, Entry, ObjectTree, Properties
from engine.document.patches import apply_patches
from engine.errors import InvalidParameters
from engine.qix.desk import filled_properties
from engine.qix.handles import Target
from engine.qix.schema import Implementation

if TYPE_CHECKING:
    from engine.qix.session import Session

Result = dict[str, Any]


def get_layout(session: Session, target: Target) -> Result:
    desk = session.desk
    since = desk.notices.foreign_count
    view = desk.view(target, session.rights.privileges)
    layout = make_layout(view)
    run = desk.selecting.run
    modal = run is not None and run.target == target
    made = {"qMadeSelections": True} if run is not None and run.has_selected else {}
    layout["qSelectionInfo"] = {"qInSelections": True, **made} if modal else {}
    if desk.has_soft_patches(target):
        layout["qHasSoftPatches"] = True
    desk.notices.mark_valid(target, view.uses, since)
    return {"qLayout": layout}


def get_properties(session: Session, target: Target) -> Result:
    return {"qProp": session.desk.entry(target).properties}


def get_effective_properties(session: Session, target: Target) -> Result:
    return {"qProp": session.desk.properties(target)}


def set_properties(session: Session, target: Target, properties: Properties) -> None:
    session.desk.set_properties(target, properties)


def apply_object_patches(session: Session, target: Target, patches: list[Any], soft: bool) -> None:
    if soft:
        session.desk.patch_softly(target, patches)
    else:
        session.desk.set_properties(target, apply_patches(session.desk.entry(target).properties, patches))


def clear_soft_patches(session: Session, target: Target) -> None:
    session.desk.clear_soft_patches(target)


def get_info(session: Session, target: Target) -> Result:
    return {"qInfo": session.desk.entry(target).info}


def get_full_property_tree(session: Session, target: Target) -> Result:
    entry = session.desk.entry(target)
    return {"qPropEntry": session.desk.home(entry.id).full_tree(entry.id)}


def set_full_property_tree(session: Session, target: Target, tree: Properties) -> None:
    filled = _filled_tree(tree)
    session.desk.edit_there(target, lambda objects: objects.set_full_tree(target.name, filled))


def _filled_tree(tree: Any, depth: int = 0) -> Properties:
    if not isinstance(tree, dict) or not isinstance(tree.get("qProperty"), dict) or depth > 50:
        raise InvalidParameters("An entry of the tree needs qProperty.", "qPropEntry")
    children = tree.get("qChildren") or []
    if not isinstance(children, list):
        raise InvalidParameters("qChildren is a list of entries.", "qChildren")
    return {
        "qProperty": filled_properties(tree["qProperty"]),
        "qChildren": [_filled_tree(child, depth + 1) for child in children],
    }


# -- children


def get_child(session: Session, target: Target, child_id: str) -> Result:
    inside = child_id in session.desk.entry(target).children
    return {"qReturn": session.desk.interface(session.desk.find(child_id) if inside else None)}


def get_parent(session: Session, target: Target) -> Result:
    parent = session.desk.entry(target).parent
    return {"qReturn": session.desk.interface(None if parent is None else session.desk.find(parent))}


def get_child_infos(session: Session, target: Target) -> Result:
    children = [session.desk.find(child) for child in session.desk.entry(target).children]
    return {"qInfos": [child.info for child in children if child is not None]}


def create_child(session: Session, target: Target, properties: Properties, for_this: Any) -> Result:
    filled = filled_properties(properties)
    own_filled = _for_this(for_this)
    made: list[Entry] = []

    def add(tree: ObjectTree) -> Change:
        entry, change = tree.add(OBJECT, filled, target.name)
        made.append(entry)
        return _joined(change, tree, target, own_filled)

    session.desk.edit_there(target, add)
    return {"qInfo": made[0].info, "qReturn": session.desk.interface(made[0])}


def destroy_child(session: Session, target: Target, child_id: str, for_this: Any) -> Result:
    if child_id not in session.desk.entry(target).children:
        return {"qSuccess": False}
    own_filled = _for_this(for_this)
    session.desk.edit_there(target, lambda tree: _joined(tree.remove(child_id), tree, target, own_filled))
    return {"qSuccess": True}


def destroy_all_children(session: Session, target: Target, for_this: Any) -> None:
    own_filled = _for_this(for_this)

    def remove(tree: ObjectTree) -> Change:
        change: Change = {}
        for child in tree.get(target.name).children:
            change = _merged(change, tree.remove(child))
        return _joined(change, tree, target, own_filled)

    session.desk.edit_there(target, remove)


def set_child_array_order(session: Session, target: Target, ids: list[Any]) -> None:
    session.desk.edit_there(target, lambda tree: tree.order_children(target.name, [str(one) for one in ids]))


def _for_this(for_this: Any) -> Properties | None:
    """qPropForThis: new properties of the parent that come with the edit of a child."""
    return filled_properties(for_this) if isinstance(for_this, dict) and for_this else None


def _joined(change: Change, tree: ObjectTree, target: Target, properties: Properties | None) -> Change:
    return change if properties is None else _merged(change, tree.set_properties(target.name, properties))


def _merged(first: Change, second: Change) -> Change:
    """Two edits as one step: from before the first to after the second."""
    merged = dict(first)
    for name, (before, after) in second.items():
        merged[name] = (first[name][0] if name in first else before, after)
    return merged


_METHODS: dict[str, Implementation] = {
    "GetLayout": get_layout,
    "GetProperties": get_properties,
    "GetEffectiveProperties": get_effective_properties,
    "SetProperties": set_properties,
    "ApplyPatches": apply_object_patches,
    "ClearSoftPatches": clear_soft_patches,
    "GetInfo": get_info,
    "GetFullPropertyTree": get_full_property_tree,
    "SetFullPropertyTree": set_full_property_tree,
    "GetChild": get_child,
    "GetParent": get_parent,
    "GetChildInfos": get_child_infos,
    "CreateChild": create_child,
    "DestroyChild": destroy_child,
    "DestroyAllChildren": destroy_all_children,
    "SetChildArrayOrder": set_child_array_order,
}

METHODS = {("GenericObject", name): implementation for name, implementation in _METHODS.items()}
