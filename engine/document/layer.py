"""What one person has made for himself in an app that is not his: sheets, charts, bookmarks.

A layer lies beside the app's own objects and never touches them. It is shared by all sessions of its person, changed
under a lock, and kept after every change before that change is acknowledged.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict

import orjson

from engine.document.document import Listener, News, entry_of
from engine.document.objects import Change, ObjectTree, inverse
from engine.errors import DamagedApp

LAYER_BYTES = 8 * 2**20
"""Bytes that the properties of one person's private objects of an app may take."""

VERSION = 1


class Layer:
    """The private objects of one person in one app.

    `keep` stores the layer for good; when it raises, the change it was called for has not happened.
    """

    def __init__(self, objects: ObjectTree | None = None, keep: Callable[[Layer], None] | None = None) -> None:
        self.objects = objects or ObjectTree(budget=LAYER_BYTES)
        self.keep = keep
        self.lock = threading.RLock()
        self._listeners: dict[Listener, None] = {}

    @classmethod
    def load(cls, data: bytes) -> Layer:
        """A layer from what `dump` wrote. Raises DamagedApp."""
        try:
            held = orjson.loads(data)
            if held["version"] != VERSION:
                raise DamagedApp(f"Private sheets have version {held['version']}; this engine reads {VERSION}.")
            entries = {one["id"]: entry_of(one) for one in held["objects"]}
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedApp(f"Private sheets do not fit their format: {type(error).__name__}.") from None
        return cls(ObjectTree(entries, budget=LAYER_BYTES))

    def dump(self) -> bytes:
        held = {"version": VERSION, "objects": [asdict(entry) for entry in self.objects]}
        return orjson.dumps(held, option=orjson.OPT_NON_STR_KEYS)

    def edit(self, make: Callable[[ObjectTree], Change]) -> Change:
        """Change the objects and keep them; nothing has changed if either fails."""
        with self.lock:
            change = make(self.objects)
            self.keep_changed(change)
            return change

    def keep_changed(self, change: Change) -> None:
        """Keep the objects after `change`, or take it back."""
        if self.keep is None:
            return
        try:
            self.keep(self)
        except BaseException:
            self.objects.apply(inverse(change))
            raise

    def listen(self, listener: Listener) -> None:
        with self.lock:
            self._listeners[listener] = None

    def unlisten(self, listener: Listener) -> None:
        with self.lock:
            self._listeners.pop(listener, None)

    def tell(self, news: News) -> None:
        """Tell the person's sessions; listeners run in the caller's thread and must not wait."""
        for listener in list(self._listeners):
            listener(news)
