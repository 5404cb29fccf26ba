"""What one session has before it: handles, its own objects, soft patches, searches, selections, undo.

Everything here belongs to one session and goes with it; what belongs to the app is in the document, and what its
person keeps for himself in the layer. Edits go through `edit`, which sees to undo, to the notices of this session
and to those of the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from engine.compute.context import NO_CHART, CancelToken, Chart, Context, Habits, RequestLimits
from engine.compute.definitions import fill_defaults
from engine.compute.habit import Habit
from engine.document import bookmarks
from engine.document.document import Document, News
from engine.document.layer import Layer
from engine.document.layout import DATA, HISTORY, View
from engine.document.library import Library
from engine.document.objects import BOOKMARK, MEASURE, Change, Entry, ObjectTree, Properties, check_depth
from engine.document.patches import apply_patches, value_at
from engine.errors import InvalidParameters, NotFound, ResultTooLarge
from engine.language.facts import NO_FACTS, Facts
from engine.qix.handles import CLASS_OF_KIND, NOTHING, Handles, Target
from engine.qix.notices import Notices
from engine.qix.selecting import DEFAULT, Selecting
from engine.qix.undo import UndoBuffer
from engine.selection.state import Selections

# Members that the engine reads itself, and what they have to be.
_SHAPES: Mapping[str, type] = {
    **dict.fromkeys(("qInfo", "qMetaDef", "qDim", "qMeasure", bookmarks.MEMBER), dict),
    **dict.fromkeys(("qStateName", "qName", "qDefinition", "qComment", "qTitle", "qExtendsId"), str),
    "qThumbnail": dict,
}
_KIND_NAMES: Mapping[type, str] = {dict: "an object", str: "a text"}

OWN_BYTES = 32 * 2**20
"""Bytes that the properties of a session's own objects may take, and its soft patches, too."""

MAX_PATCHES = 500
"""Soft patches of one object in one session."""


class Desk:
    """One session's things. Used by one thread at a time; only `notices` may be touched by others."""

    def __init__(
        self,
        document: Document,
        layer: Layer | None = None,
        facts: Facts = NO_FACTS,
        limits: RequestLimits = RequestLimits(),
    ) -> None:
        self.document = document
        self.layer = layer or Layer()
        self.limits = limits
        self._facts = facts
        self.own = ObjectTree(budget=OWN_BYTES)
        self.handles = Handles()
        self.notices = Notices(self.handles)
        self.selecting = Selecting(document.model, lambda: document.state_names)
        self.undo = UndoBuffer()
        self.begin_request()
        self._patches: dict[str, list[Mapping[str, Any]]] = {}
        self._searches: dict[tuple[str, str], str] = {}
        self._cycles: dict[str, int] = {}
        self._expanded: dict[str, tuple[int, dict[str, tuple[int, int]]]] = {}
        self._habits: Habits = defaultdict(Habit)

    def begin_request(self) -> None:
        """A new request has a new token to be cancelled by."""
        self.cancel = CancelToken(self.limits.seconds, self.limits.cells)
        self._seen = self._counts
        self.selecting.forget_states()

    @property
    def _counts(self) -> tuple[int, ...]:
        selecting, undo = self.selecting, self.undo
        steps = (selecting.back_count, selecting.forward_count, undo.undo_count, undo.redo_count)
        return (selecting.version, *steps)

    def note_changes(self) -> None:
        """Layouts that depend on what the request has selected, or on how far one can go back, are out of date."""
        if self._counts[0] != self._seen[0]:
            self.notices.invalidate_uses(DATA)
        if self._counts[1:] != self._seen[1:]:
            self.notices.invalidate_uses(HISTORY)

    # -- looking things up

    def find(self, entry_id: str, kind: str = "object") -> Entry | None:
        """An entry of the session's own, of the person's, or of the app."""
        return next((found for tree in self.trees if (found := tree.find(entry_id, kind)) is not None), None)

    @property
    def trees(self) -> tuple[ObjectTree, ObjectTree, ObjectTree]:
        """Where things stand: the session's own, the person's, the app's. The first that has an id has it."""
        return self.own, self.layer.objects, self.document.objects

    def home(self, entry_id: str) -> ObjectTree:
        """The objects among which an id stands; the app's if it stands nowhere."""
        return next((tree for tree in self.trees if tree.find(entry_id) is not None), self.document.objects)

    def is_private(self, entry_id: str) -> bool:
        """Whether a thing belongs to this session, or to this person, alone."""
        return self.home(entry_id) is not self.document.objects

    def entry(self, target: Target) -> Entry:
        """What a handle of an object, master item, bookmark or variable stands for. Raises NotFound."""
        kind = next(kind for kind, qix_class in CLASS_OF_KIND.items() if qix_class == target.qix_class)
        entry = self.find(target.name, kind)
        if entry is None:
            raise NotFound(f"There is no {kind} {target.name} any more.", "qId")
        return entry

    def interface(self, entry: Entry | None) -> dict[str, Any]:
        """How a thing is handed to the client; what is not there is handed out as nothing."""
        if entry is None:
            return NOTHING
        target = Target(CLASS_OF_KIND[entry.kind], entry.id)
        handle = self.notices.give_handle(target)
        return {
            "qType": target.qix_class,
            "qHandle": handle,
            "qGenericType": entry.type,
            "qGenericId": entry.id,
        }

    def properties(self, target: Target) -> Properties:
        """An entry's effective properties: with this session's soft patches."""
        entry = self.entry(target)
        patches = self._patches.get(entry.id)
        if not patches:
            return entry.properties
        try:
            return _patched(entry, patches)
        except InvalidParameters:
            # Somebody has edited away what a patch is about: the patches have no meaning any more.
            del self._patches[entry.id]
            return entry.properties

    def has_soft_patches(self, target: Target) -> bool:
        return bool(self._patches.get(target.name))

    def definition(self, target: Target, path: str, name: str) -> Properties:
        """The definition at a path, such as /qHyperCubeDef, which must end in `name`. Raises InvalidParameters."""
        found = value_at(self.properties(target), path)
        if not isinstance(found, dict) or not path.endswith(name):
            raise InvalidParameters(f"There is no {name} at {path}.", "qPath")
        return found

    # -- contexts and views

    def context(self, states: Mapping[str, Selections] | None = None, target: Target | None = None) -> Context:
        """What a calculation of this request depends on.

        states: other selections than the present ones. target: the object that it is for.
        """
        document = self.document
        return Context(
            document.model,
            self.selecting.states if states is None else states,
            locale=document.locale,
            variables=self.variables,
            cache=document.cache,
            cancel=self.cancel,
            facts=self.facts,
            chart=NO_CHART if target is None else self._chart(target),
            measures=self._measure,
            steps=self.selecting.step,
            bookmarks=self._bookmark,
            habits=self._habits,
        )

    def _chart(self, target: Target) -> Chart:
        """The object, and those in which it stands."""
        inside: list[str] = []
        entry = self.find(target.name)
        while entry is not None and entry.parent is not None and entry.parent not in inside:
            inside.append(entry.parent)
            entry = self.find(entry.parent)
        return Chart(target.name, tuple(inside))

    def _measure(self, name: str) -> str | None:
        """The expression of the master measure of that title or label."""
        for tree in self.trees:
            for entry in tree.of_kind(MEASURE):
                measure = entry.properties.get("qMeasure") or {}
                if name and name in (entry.title, measure.get("qLabel")):
                    return str(measure.get("qDef", ""))
        return None

    def _bookmark(self, name: str) -> Mapping[str, Selections] | None:
        """What the bookmark of that id or title keeps of the default state."""
        titled = (entry for tree in self.trees for entry in tree.of_kind(BOOKMARK) if entry.title == name)
        entry = self.find(name, BOOKMARK) or next(titled, None)
        if entry is None:
            return None
        kept = entry.properties.get(bookmarks.MEMBER) or {}
        return bookmarks.selections(self.document.model, kept, {DEFAULT: Selections()})

    @property
    def facts(self) -> Facts:
        """What expressions may know of this session and of the app as it is now."""
        document = self.document
        return replace(
            self._facts,
            title=document.title,
            author=str(document.properties.get("qAuthor", "")),
            reloaded=_moment(str(document.properties.get("qLastReloadTime", ""))),
            model_hash=document.model.id,
        )

    def before_run(self, target: Target) -> Context | None:
        """The context from before the run of selections that `target` is in; None if it is in none."""
        run = self.selecting.run
        return self.context(run.before, target) if run is not None and run.target == target else None

    @property
    def variables(self) -> dict[str, str]:
        own = {
            str(e.properties.get("qName")): str(e.properties.get("qDefinition", ""))
            for e in self.own.of_kind("variable")
        }
        return {**self.document.variables, **own}

    def view(self, target: Target, privileges: list[str]) -> View:
        """This session's look at a thing, for its layout."""
        searches = {path: text for (name, path), text in self._searches.items() if name == target.name}
        return View(
            document=self.document,
            library=self.library,
            context=self.context(target=target),
            entry=self.entry(target),
            properties=self.properties(target),
            privileges=privileges,
            own_objects=self.own,
            private_objects=self.layer.objects,
            before_run=self.before_run(target),
            searches=searches,
            expanded=self._expanded_in(target),
            back_count=self.selecting.back_count,
            forward_count=self.selecting.forward_count,
            undo_count=self.undo.undo_count,
            redo_count=self.undo.redo_count,
        )

    @property
    def library(self) -> Library:
        """The app's master items, cyclic ones as this session has turned them."""
        return Library(self.document.objects, self._cycles)

    def set_active_field(self, entry: Entry, number: int) -> None:
        """Turn a cyclic master dimension, for this session only."""
        if self.library.active_field(entry) != number:
            self._cycles[entry.id] = number
            self.notices.invalidate_uses(DATA)

    def end_run(self, *, accept: bool) -> None:
        """End the run of selections that an object is in, if there is one."""
        run = self.selecting.run
        if run is not None:
            self.selecting.finish(accept=accept)
            self.notices.invalidate(run.target)

    # -- pivot tables

    def note_expanded(self, target: Target, path: str, column: int, row: int) -> None:
        """The node of a pivot table that was opened or closed last; told until something else is selected."""
        self._expanded[target.name] = (self.selecting.version, {path: (column, row)})

    def _expanded_in(self, target: Target) -> dict[str, tuple[int, int]]:
        version, positions = self._expanded.get(target.name, (-1, {}))
        return positions if version == self.selecting.version else {}

    # -- searches in list objects

    def search(self, target: Target, path: str) -> str | None:
        return self._searches.get((target.name, path))

    def set_search(self, target: Target, path: str, text: str | None) -> None:
        """Search a list object; None ends the search."""
        key = (target.name, path)
        if self._searches.get(key) == text:
            return
        if text is None:
            self._searches.pop(key, None)
        else:
            self._searches[key] = text
        self.notices.invalidate(target)

    # -- edits

    def edit(self, tree: ObjectTree, make: Callable[[ObjectTree], Change]) -> Change:
        """Edit objects of one of the `trees`, and tell everybody whom they concern."""
        if tree is self.layer.objects:
            change = self.layer.edit(make)
            self._made(tree, change)
            return change
        with self.document.lock:
            change = make(tree)
            self._made(tree, change)
            return change

    def edit_there(self, target: Target, make: Callable[[ObjectTree], Change]) -> Change:
        """Edit whichever of them the target belongs to."""
        return self.edit(self.home(target.name), make)

    def step(self, *, back: bool) -> bool:
        """Undo or redo the last edit; False if there is none."""
        with self.document.lock, self.layer.lock:
            moved = self.undo.undo() if back else self.undo.redo()
            if moved is None:
                return False
            tree, change = moved
            if tree is self.layer.objects:
                self.layer.keep_changed(change)
            self._tell(tree, change)
            return True

    def set_properties(self, target: Target, properties: Properties) -> None:
        filled = filled_properties(properties)
        self._expanded.pop(target.name, None)
        self.edit_there(target, lambda tree: tree.set_properties(target.name, filled))

    def patch_softly(self, target: Target, patches: list[Any]) -> None:
        """Patch an object for this session only. Raises InvalidParameters, ResultTooLarge."""
        check_depth(patches)
        before = self._patches.get(target.name, [])
        replaced = {patch.get("qPath") for patch in patches if isinstance(patch, dict)}
        kept = [patch for patch in before if patch.get("qPath") not in replaced] if _only_replace(patches) else before
        if len(kept) + len(patches) > MAX_PATCHES:
            raise ResultTooLarge(f"More than {MAX_PATCHES} soft patches of one object are not kept.", "qPatches")
        if len(orjson.dumps([self._patches, patches])) > OWN_BYTES:
            raise ResultTooLarge("So many soft patches are not kept.", "qPatches")
        _patched(self.entry(target), [*kept, *patches])
        self._patches[target.name] = [*kept, *patches]
        self.notices.invalidate(target)

    def clear_soft_patches(self, target: Target) -> None:
        if self._patches.pop(target.name, None):
            self.notices.invalidate(target)

    def clear_all_soft_patches(self) -> None:
        for name in list(self._patches):
            self.clear_soft_patches(Target("GenericObject", name))

    def _made(self, tree: ObjectTree, change: Change) -> None:
        self.undo.note(tree, change)
        self._tell(tree, change)

    def _tell(self, tree: ObjectTree, change: Change) -> None:
        for name, (_, after) in change.items():
            if after is None:
                self._forget(name)
        news = News(change, is_private=tree is self.own, origin=self)
        self.notices.hear(news)
        if tree is self.layer.objects:
            self.layer.tell(news)
        elif tree is self.document.objects:
            self.document.tell(news)

    def _forget(self, name: str) -> None:
        for kept in (self._patches, self._expanded, self._cycles):
            kept.pop(name, None)
        self._searches = {key: text for key, text in self._searches.items() if key[0] != name}
        run = self.selecting.run
        if run is not None and run.target.name == name:
            self.selecting.finish(accept=True)


def _patched(entry: Entry, patches: Sequence[Mapping[str, Any]]) -> Properties:
    """An entry's properties with patches applied. Raises InvalidParameters."""
    return filled_properties({**apply_patches(entry.properties, patches), "qInfo": entry.properties["qInfo"]})


def filled_properties(properties: Properties) -> Properties:
    """Properties as they are stored: of the right shape, not too deep, with the defaults of every structure."""
    check_depth(properties)
    for name, kind in _SHAPES.items():
        if properties.get(name) is not None and not isinstance(properties[name], kind):
            raise InvalidParameters(f"{name} has to be {_KIND_NAMES[kind]}.", name)
    filled: Properties = fill_defaults(
        {name: value for name, value in properties.items() if value is not None or name not in _SHAPES}
    )
    return filled


def _moment(text: str) -> datetime | None:
    """A moment as app properties hold it, or None."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _only_replace(patches: list[Any]) -> bool:
    return all(isinstance(patch, dict) and str(patch.get("qOp", "")).lower() == "replace" for patch in patches)
