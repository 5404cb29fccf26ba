"""The things a document holds besides data, as one tree: sheets, charts, master items, bookmarks, variables.

An entry never changes: an edit puts a new one in its place, and so does a change of its children. Whoever
reads may therefore keep what he read, without locks; every edit answers the `Change` that it made, from
which undoing, redoing and telling other sessions follow.
Property trees are JSON values and are never mutated once they are stored.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from engine.errors import AlreadyExists, InvalidParameters, NotFound, ResultTooLarge

Properties = dict[str, Any]

OBJECT, DIMENSION, MEASURE, BOOKMARK, VARIABLE = "object", "dimension", "measure", "bookmark", "variable"
KINDS = (OBJECT, DIMENSION, MEASURE, BOOKMARK, VARIABLE)

MAX_ID_CHARACTERS = 256
MAX_DEPTH = 60
"""Levels of a property tree; deeper ones are refused, so that walking them is safe."""

MAX_ENTRIES = 20_000
"""Entries of one tree: an app's objects, or a session's own."""

MAX_BYTES = 256 * 2**20
"""Bytes of all properties of one tree, as JSON, unless told otherwise."""

_ID_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing: its id, its kind (one of KINDS), its properties and its place in the tree."""

    id: str
    kind: str
    properties: Properties
    parent: str | None = None
    children: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """qInfo.qType: 'sheet', 'barchart', ... as the client named it."""
        return str(self.properties.get("qInfo", {}).get("qType", ""))

    @property
    def title(self) -> str:
        """qMetaDef.title: what its author calls it; empty if he gave it no name."""
        return str((self.properties.get("qMetaDef") or {}).get("title", ""))

    @property
    def info(self) -> Properties:
        return {"qId": self.id, "qType": self.type}


Change = dict[str, tuple[Entry | None, Entry | None]]
"""What an edit did: id -> entry before and after; None where there was or is none."""


class ObjectTree:
    """Entries by id, in order of creation. Readers need no lock; writers take turns (the owner's lock)."""

    def __init__(self, entries: Mapping[str, Entry] | None = None, *, budget: int = MAX_BYTES) -> None:
        self._entries: dict[str, Entry] = dict(entries or {})
        self._budget = budget
        self._sizes = {name: _size(entry) for name, entry in self._entries.items()}

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, entry_id: str, kind: str | None = None) -> Entry | None:
        entry = self._entries.get(entry_id)
        return entry if entry is not None and kind in (None, entry.kind) else None

    def get(self, entry_id: str) -> Entry:
        """The entry of that id. Raises NotFound."""
        entry = self.find(entry_id)
        if entry is None:
            raise NotFound(f"There is no object {entry_id}.", "qId")
        return entry

    def of_kind(self, kind: str) -> list[Entry]:
        return [entry for entry in self if entry.kind == kind]

    def below(self, entry_id: str) -> list[Entry]:
        """The entry's descendants, nearest first."""
        found: list[Entry] = []
        queue = [self.get(entry_id)]
        for entry in queue:
            inside = [child for name in entry.children if (child := self.find(name)) is not None]
            found += inside
            queue += inside
        return found

    def add(self, kind: str, properties: Properties, parent: str | None = None) -> tuple[Entry, Change]:
        """Add an entry under the id in its qInfo, or a new one. Raises AlreadyExists, InvalidParameters."""
        entry = self._made(kind, properties, parent)
        edits = [entry]
        if parent is not None:
            holder = self.get(parent)
            edits.append(replace(holder, children=(*holder.children, entry.id)))
        return entry, self._put(*edits)

    def set_properties(self, entry_id: str, properties: Properties) -> Change:
        """Replace an entry's properties; its id and type stay."""
        entry = self.get(entry_id)
        kept = _with_info(properties, entry.id, entry.type)
        return self._put(replace(entry, properties=kept))

    def order_children(self, entry_id: str, children: list[str]) -> Change:
        """Put an entry's children in another order; the same children must be named."""
        entry = self.get(entry_id)
        if sorted(children) != sorted(entry.children):
            raise InvalidParameters("The list must name each child once.", "qIds")
        return self._put(replace(entry, children=tuple(children)))

    def remove(self, entry_id: str) -> Change:
        """Remove an entry and everything below it."""
        entry = self.get(entry_id)
        gone = [entry, *self.below(entry_id)]
        change: Change = {old.id: (old, None) for old in gone}
        if entry.parent is not None and (holder := self.find(entry.parent)) is not None:
            left = tuple(child for child in holder.children if child != entry_id)
            change[holder.id] = (holder, replace(holder, children=left))
        self.apply(change)
        return change

    def full_tree(self, entry_id: str) -> dict[str, Any]:
        """An entry and everything below it, as QIX's GenericObjectEntry."""
        entry = self.get(entry_id)
        children = [self.full_tree(child) for child in entry.children if self.find(child) is not None]
        return {"qProperty": entry.properties, "qChildren": children, "qEmbeddedSnapshotRef": None}

    def set_full_tree(self, entry_id: str, tree: Mapping[str, Any]) -> Change:
        """Replace an entry's properties and everything below it. Nothing is changed if the tree is refused."""
        before = self.get(entry_id)
        draft = ObjectTree(self._entries, budget=self._budget)
        for child in before.children:
            draft.remove(child)
        draft._grow(before.id, tree, 0)
        names = dict.fromkeys((*self._entries, *draft._entries))
        change = {
            name: (old, new) for name in names if (old := self._entries.get(name)) != (new := draft._entries.get(name))
        }
        self.apply(change)
        return change

    def apply(self, change: Change) -> None:
        """Bring the entries into the state that `change` leads to."""
        entries, sizes = dict(self._entries), dict(self._sizes)
        for name, (_, after) in change.items():
            if after is None:
                entries.pop(name, None)
                sizes.pop(name, None)
            else:
                entries[name] = after
                sizes[name] = _size(after)
        self._entries, self._sizes = entries, sizes

    def holds(self, change: Change) -> bool:
        """Whether the entries concerned are as `change` left them, so that it can be undone."""
        return all(self._entries.get(name) is after for name, (_, after) in change.items())

    def _grow(self, entry_id: str, tree: Mapping[str, Any], depth: int) -> None:
        if depth > MAX_DEPTH:
            raise InvalidParameters("The tree has too many levels.", "qChildren")
        properties, children = tree.get("qProperty"), tree.get("qChildren") or []
        if not isinstance(properties, dict) or not isinstance(children, list):
            raise InvalidParameters("An entry of the tree needs qProperty and a list qChildren.", "qPropEntry")
        self.set_properties(entry_id, properties)
        for branch in children:
            if not isinstance(branch, dict) or not isinstance(branch.get("qProperty"), dict):
                raise InvalidParameters("An entry of the tree needs qProperty.", "qChildren")
            child, _ = self.add(OBJECT, branch["qProperty"], entry_id)
            self._grow(child.id, branch, depth + 1)

    def _made(self, kind: str, properties: Properties, parent: str | None) -> Entry:
        info = properties.get("qInfo")
        info = info if isinstance(info, dict) else {}
        name = info.get("qId") or new_id()
        if not isinstance(name, str) or len(name) > MAX_ID_CHARACTERS:
            raise InvalidParameters(f"An id is a text of at most {MAX_ID_CHARACTERS} characters.", "qId")
        if name in self._entries:
            raise AlreadyExists(f"There is already an object {name}.", "qId")
        if len(self._entries) >= MAX_ENTRIES:
            raise ResultTooLarge(f"More than {MAX_ENTRIES} objects are not kept.", "qProp")
        return Entry(name, kind, _with_info(properties, name, str(info.get("qType", ""))), parent)

    def _put(self, *entries: Entry) -> Change:
        for entry in entries:
            check_depth(entry.properties)
        added = sum(_size(entry) - self._sizes.get(entry.id, 0) for entry in entries)
        if added > 0 and sum(self._sizes.values()) + added > self._budget:
            raise ResultTooLarge(f"Properties of more than {self._budget:,} bytes are not kept.", "qProp")
        change: Change = {entry.id: (self._entries.get(entry.id), entry) for entry in entries}
        self.apply(change)
        return change


def _size(entry: Entry) -> int:
    """About how many bytes an entry's properties take."""
    return len(orjson.dumps(entry.properties, option=orjson.OPT_NON_STR_KEYS))


def inverse(change: Change) -> Change:
    """The change that takes `change` back."""
    return {name: (after, before) for name, (before, after) in change.items()}


def new_id() -> str:
    """An id nobody can have: 12 letters drawn at random."""
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(12))


def check_depth(value: object, depth: int = 0) -> None:
    """Raise InvalidParameters for a JSON value nested deeper than MAX_DEPTH."""
    if depth > MAX_DEPTH:
        raise InvalidParameters(f"Properties nested deeper than {MAX_DEPTH} levels are refused.", "qProp")
    if isinstance(value, dict):
        for inner in value.values():
            check_depth(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            check_depth(inner, depth + 1)


def _with_info(properties: Properties, entry_id: str, entry_type: str) -> Properties:
    given = properties.get("qInfo")
    info = {**(given if isinstance(given, dict) else {}), "qId": entry_id, "qType": entry_type}
    return {**properties, "qInfo": info}
