"""The tree of objects: edits answer what they changed, and that can be taken back."""

from __future__ import annotations

import pytest

from engine.document.objects import MAX_DEPTH, OBJECT, ObjectTree, inverse
from engine.document.patches import apply_patches, value_at
from engine.errors import AlreadyExists, InvalidParameters, NotFound, ResultTooLarge


def sheet(name: str = "s1") -> ObjectTree:
    tree = ObjectTree()
    tree.add(OBJECT, {"qInfo": {"qId": name, "qType": "sheet"}})
    tree.add(OBJECT, {"qInfo": {"qId": "c1", "qType": "barchart"}, "title": "Bars"}, name)
    tree.add(OBJECT, {"qInfo": {"qId": "c2", "qType": "kpi"}}, name)
    return tree


def test_an_object_without_an_id_gets_one_nobody_has() -> None:
    tree = ObjectTree()
    first, _ = tree.add(OBJECT, {"qInfo": {"qType": "x"}})
    second, _ = tree.add(OBJECT, {})
    assert first.id != second.id
    assert tree.get(first.id).info == {"qId": first.id, "qType": "x"}


def test_an_id_is_given_once() -> None:
    with pytest.raises(AlreadyExists):
        sheet().add(OBJECT, {"qInfo": {"qId": "c1"}})


def test_properties_cannot_change_id_or_type() -> None:
    tree = sheet()
    tree.set_properties("c1", {"qInfo": {"qId": "other", "qType": "other"}, "title": "B"})
    assert tree.get("c1").info == {"qId": "c1", "qType": "barchart"}


def test_removing_a_sheet_removes_what_is_on_it_and_can_be_taken_back() -> None:
    tree = sheet()
    before = {entry.id: entry for entry in tree}
    change = tree.remove("s1")
    assert len(tree) == 0
    tree.apply(inverse(change))
    assert {entry.id: entry for entry in tree} == before
    assert tree.holds(inverse(change))


def test_removing_a_child_leaves_its_sheet() -> None:
    tree = sheet()
    change = tree.remove("c1")
    assert tree.get("s1").children == ("c2",)
    assert set(change) == {"c1", "s1"}
    with pytest.raises(NotFound):
        tree.get("c1")


def test_a_change_others_have_built_upon_is_not_held_any_more() -> None:
    tree = sheet()
    change = tree.set_properties("c1", {"title": "mine"})
    assert tree.holds(change)
    tree.set_properties("c1", {"title": "theirs"})
    assert not tree.holds(change)


def test_a_full_tree_comes_back_as_it_went() -> None:
    tree = sheet()
    taken = tree.full_tree("s1")
    tree.remove("c1")
    change = tree.set_full_tree("s1", taken)
    assert tree.full_tree("s1") == taken
    assert "c2" not in change or change["c2"][1] is not None
    tree.apply(inverse(change))
    assert tree.get("s1").children == ("c2",)


def test_a_refused_tree_changes_nothing() -> None:
    tree = sheet()
    before = list(tree)
    bad = {"qProperty": {}, "qChildren": [{"qProperty": {"qInfo": {"qId": "n"}}}, {"qProperty": 5}]}
    with pytest.raises(InvalidParameters):
        tree.set_full_tree("s1", bad)
    assert list(tree) == before


def test_children_are_put_in_order_by_naming_them_all() -> None:
    tree = sheet()
    tree.order_children("s1", ["c2", "c1"])
    assert tree.get("s1").children == ("c2", "c1")
    with pytest.raises(InvalidParameters):
        tree.order_children("s1", ["c2"])


def test_properties_too_deep_to_walk_are_refused() -> None:
    deep: dict[str, object] = {}
    for _ in range(MAX_DEPTH + 1):
        deep = {"in": deep}
    with pytest.raises(InvalidParameters):
        ObjectTree().add(OBJECT, deep)


def test_a_tree_has_room_for_so_many_bytes_and_no_more() -> None:
    tree = ObjectTree(budget=1000)
    tree.add(OBJECT, {"qInfo": {"qId": "a"}, "text": "x" * 500})
    with pytest.raises(ResultTooLarge):
        tree.add(OBJECT, {"text": "x" * 500})
    with pytest.raises(ResultTooLarge):
        tree.set_properties("a", {"text": "x" * 1000})
    tree.set_properties("a", {"text": ""})
    tree.add(OBJECT, {"text": "x" * 500})


@pytest.mark.parametrize(
    ("operation", "path", "value", "after"),
    [
        ("add", "/b", "2", {"a": [1, {"x": 0}], "b": 2}),
        ("Replace", "/a/1/x", '"t"', {"a": [1, {"x": "t"}]}),
        ("replace", "/new", "null", {"a": [1, {"x": 0}], "new": None}),
        ("add", "/a/0", "9", {"a": [9, 1, {"x": 0}]}),
        ("add", "/a/-", "9", {"a": [1, {"x": 0}, 9]}),
        ("REMOVE", "/a/0", "", {"a": [{"x": 0}]}),
        ("replace", "/", '{"c": 1}', {"c": 1}),
        ("add", "/a~1b~0", "1", {"a": [1, {"x": 0}], "a/b~": 1}),
    ],
)
def test_patches(operation: str, path: str, value: str, after: object) -> None:
    before = {"a": [1, {"x": 0}]}
    assert apply_patches(before, [{"qOp": operation, "qPath": path, "qValue": value}]) == after
    assert before == {"a": [1, {"x": 0}]}


@pytest.mark.parametrize(
    "patch",
    [
        {"qOp": "move", "qPath": "/a"},
        {"qOp": "add", "qPath": "/a/7", "qValue": "1"},
        {"qOp": "add", "qPath": "/nothing/here", "qValue": "1"},
        {"qOp": "add", "qPath": "/b", "qValue": "no json"},
        {"qOp": "add", "qPath": "/b", "qValue": 5},
        {"qOp": "replace", "qPath": "/", "qValue": "[]"},
        {"qOp": "remove", "qPath": "/"},
        {"qOp": "add", "qPath": "/" + "x/" * 500, "qValue": "1"},
        "no patch",
    ],
)
def test_patches_that_make_no_sense_are_refused(patch: object) -> None:
    with pytest.raises(InvalidParameters):
        apply_patches({"a": [1]}, [patch])


def test_what_stands_at_a_path() -> None:
    value = {"a": [{"b~/c": 1}]}
    assert value_at(value, "/a/0/b~0~1c") == 1
    assert value_at(value, "/a/5/x") is None
    assert value_at(value, "") is value
