"""What a session can take back: the changes it made to objects, newest last."""

from __future__ import annotations

from engine.document.objects import Change, ObjectTree, inverse

MAX_STEPS = 200


class UndoBuffer:
    """Changes of one session. A change is undone only while nobody else has touched the same objects since."""

    def __init__(self) -> None:
        self._done: list[tuple[ObjectTree, Change]] = []
        self._undone: list[tuple[ObjectTree, Change]] = []

    @property
    def undo_count(self) -> int:
        return len(self._done)

    @property
    def redo_count(self) -> int:
        return len(self._undone)

    def note(self, tree: ObjectTree, change: Change) -> None:
        """A new change: what was undone before cannot be redone any more."""
        if change:
            self._done = [*self._done, (tree, change)][-MAX_STEPS:]
            self._undone = []

    def undo(self) -> tuple[ObjectTree, Change] | None:
        """Take the last change back; the change that did so, or None if there is nothing (left) to take back."""
        return _move(self._done, self._undone)

    def redo(self) -> tuple[ObjectTree, Change] | None:
        return _move(self._undone, self._done)

    def clear(self) -> None:
        self._done, self._undone = [], []


def _move(
    source: list[tuple[ObjectTree, Change]], destination: list[tuple[ObjectTree, Change]]
) -> tuple[ObjectTree, Change] | None:
    if not source:
        return None
    tree, change = source.pop()
    if not tree.holds(change):
        source.clear()
        return None
    back = inverse(change)
    tree.apply(back)
    destination.append((tree, back))
    return tree, back
