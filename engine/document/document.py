"""The document: one open app, that is data, script, sheets, master items, variables; shared by its sessions.

The data never changes; the rest is changed under a lock by one session at a time, and every listener is told
what changed, so that other sessions can tell their clients. Saving writes new chunks only, and answers the
manifest; whoever keeps the manifest makes the save count.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from engine.compute.cache import ResultCache
from engine.data.locale import DEFAULT_LOCALE, Locale
from engine.data.model import Model
from engine.document.container import (
    Chunk,
    Chunks,
    ChunkStore,
    chunks_named,
    get_packed,
    open_manifest,
    put_packed,
    read_model,
    seal_manifest,
    write_model,
)
from engine.document.objects import VARIABLE, Change, Entry, ObjectTree, Properties
from engine.errors import DamagedApp

_PRESENTATION = "sheets and objects"
_TEXT_OVERHEAD = 60
"""Bytes of a Python text besides its characters; for an estimate."""


@dataclass(frozen=True, slots=True)
class News:
    """What has happened to a document. `origin` is the one who did it, to leave him out of the telling.

    app: the app itself (its title) has changed. is_private: only objects of one session have.
    """

    change: Change
    app: bool = False
    is_private: bool = False
    origin: object = None


Listener = Callable[[News], None]


class Document:
    """Data and presentation of one app. Make one with `new` or `load`."""

    def __init__(
        self, model: Model, *, locale: Locale, properties: Properties, script: str, objects: ObjectTree
    ) -> None:
        self.model = model
        self.locale = locale
        self.properties = properties
        self.script = script
        self.objects = objects
        self._revision = self._saved_revision = 0
        self.lock = threading.RLock()
        self.cache = ResultCache()
        self._chunks: Chunks = {}
        self._listeners: dict[Listener, None] = {}

    @classmethod
    def new(cls, title: str, model: Model, *, locale: Locale = DEFAULT_LOCALE, script: str = "") -> Document:
        """A document of freshly loaded data, without any sheet."""
        loaded = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        properties = {"qTitle": title, "qLastReloadTime": loaded, "qThumbnail": {}, "qHasSectionAccess": False}
        return cls(model, locale=locale, properties=properties, script=script, objects=ObjectTree())

    @classmethod
    def load(cls, manifest: bytes, store: ChunkStore) -> Document:
        """Open an app file. Codes of columns are read later, when touched. Raises DamagedApp."""
        body = open_manifest(manifest)
        try:
            locale = Locale(**_tuples(body["locale"]))
            model, chunks = read_model(body["model"], store, locale)
            chunk = Chunk(**body["presentation"])
            held = orjson.loads(get_packed(chunk, _PRESENTATION, store))
            objects = ObjectTree({one["id"]: entry_of(one) for one in held["objects"]})
            document = cls(model, locale=locale, properties=held["properties"], script=held["script"], objects=objects)
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedApp(f"The app file does not fit its format: {type(error).__name__}.", "manifest") from None
        document._chunks = chunks
        return document

    @property
    def title(self) -> str:
        return str(self.properties.get("qTitle", ""))

    @property
    def state_names(self) -> list[str]:
        """The alternate states that every session of the app has."""
        return list(self.properties.get("qStateNames") or [])

    @property
    def variables(self) -> dict[str, str]:
        """Definitions of the app's variables by name."""
        return {
            str(entry.properties.get("qName", "")): str(entry.properties.get("qDefinition", ""))
            for entry in self.objects.of_kind(VARIABLE)
        }

    @property
    def memory_bytes(self) -> int:
        """An estimate of what the data takes once every column is touched."""
        model = self.model
        total = 0
        for field in model.fields.values():
            own = field.symbols.own_texts
            total += field.symbols.numbers.nbytes
            total += 0 if own is None else sum(_TEXT_OVERHEAD + len(text) for text in own.tolist() if text is not None)
        for table in model.tables.values():
            for name in table.columns:
                size = model.fields[name].symbols.size
                total += table.rows * (1 if size <= 0xFF else 2 if size <= 0xFFFF else 4)
        return total

    def save(self, store: ChunkStore) -> bytes:
        """Write the chunks that the store does not have yet, and answer the manifest.

        Nothing of an earlier version is touched: until the manifest is kept, the old app is whole.
        """
        with self.lock:
            held: dict[str, Any] = {
                "properties": self.properties,
                "script": self.script,
                "objects": [asdict(entry) for entry in self.objects],
            }
            model, locale, known = self.model, self.locale, self._chunks
        description, chunks = write_model(model, known, store)
        presentation = put_packed(orjson.dumps(held, option=orjson.OPT_NON_STR_KEYS), store)
        body = {"title": held["properties"].get("qTitle", ""), "locale": asdict(locale), "model": description}
        with self.lock:
            if self.model is model:
                self._chunks = chunks
        return seal_manifest({**body, "presentation": asdict(presentation)})

    def save_by(self, keep: Callable[[Document], None]) -> None:
        """Let `keep` save the document; it counts as saved once that has returned."""
        revision = self._revision
        keep(self)
        self._saved_revision = revision

    @property
    def is_modified(self) -> bool:
        """Whether something was changed after the last save."""
        return self._revision != self._saved_revision

    @staticmethod
    def chunk_names(manifest: bytes) -> list[str]:
        """Names of all chunks that a manifest refers to. Raises DamagedApp."""
        return chunks_named(open_manifest(manifest))

    def listen(self, listener: Listener) -> None:
        with self.lock:
            self._listeners[listener] = None

    def unlisten(self, listener: Listener) -> None:
        with self.lock:
            self._listeners.pop(listener, None)

    def tell(self, news: News) -> None:
        """Note a change and tell everybody; listeners run in the caller's thread and must not wait."""
        self._revision += 1
        for listener in list(self._listeners):
            listener(news)


def entry_of(one: dict[str, Any]) -> Entry:
    """An entry from its members as JSON keeps them."""
    return Entry(one["id"], one["kind"], one["properties"], one["parent"], tuple(one["children"]))


def _tuples(members: dict[str, Any]) -> dict[str, Any]:
    """JSON has no tuples; a locale's names are some."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in members.items()}
