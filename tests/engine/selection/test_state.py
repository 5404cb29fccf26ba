"""Selections and their history: immutable values with laws."""

from __future__ import annotations

from engine.selection.history import History
from engine.selection.state import Selections


def test_a_selection_is_a_set_of_codes() -> None:
    chosen = Selections().with_values("f", [3, 1, 3])
    assert chosen["f"].codes.tolist() == [1, 3]
    assert chosen.with_values("f", []) == Selections()


def test_the_key_depends_on_what_is_selected_not_on_the_order_of_clicks() -> None:
    one = Selections().with_values("f", [1]).with_values("g", [2])
    other = Selections().with_values("g", [2]).with_values("f", [1])
    assert one.key() == other.key()
    assert one.key() != one.lock("f").key()
    assert one.key() != one.with_values("f", [2]).key()


def test_the_order_of_first_selection_is_kept() -> None:
    chosen = Selections().with_values("g", [2]).with_values("f", [1]).with_values("g", [3])
    assert list(chosen) == ["g", "f"]


def test_a_locked_field_refuses_to_change() -> None:
    locked = Selections().with_values("f", [1]).with_values("g", [2]).lock("f")
    assert locked.with_values("f", [2]) is locked
    assert locked.without("f") is locked
    assert list(locked.clear()) == ["f"]
    assert list(locked.clear(keep_locked=False)) == []
    assert locked.unlock("f").with_values("f", [2])["f"].codes.tolist() == [2]


def test_back_and_forward_walk_the_steps() -> None:
    history = History()
    first = {"$": Selections().with_values("f", [1])}
    second = {"$": Selections().with_values("f", [2])}
    assert history.push(first)
    assert history.push(second)
    assert (history.back_count, history.forward_count) == (2, 0)
    assert history.back() == first
    assert history.forward() == second
    assert history.forward() is None


def test_a_push_forgets_what_lay_ahead_and_ignores_no_change() -> None:
    history = History()
    first = {"$": Selections().with_values("f", [1])}
    history.push(first)
    assert not history.push(dict(first))
    history.back()
    history.push({"$": Selections().with_values("f", [5])})
    assert (history.back_count, history.forward_count) == (1, 0)
