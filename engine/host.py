"""The host: documents that are open in this process, each in memory once, within a budget of bytes.

A document is shared by everybody who opened it and counted; when nobody uses it any more it stays, for the next
one, until its memory is needed: the one unused longest goes first. What does not fit is refused before anything
else is harmed. Many who open the same document at once wait for one loading.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.document.document import Document
from engine.errors import EngineError

DEFAULT_BUDGET = 4 * 2**30


class DoesNotFit(EngineError):
    """The app needs more memory than there is left."""

    code = 1015


@dataclass(slots=True)
class _Place:
    """One key's document, while it is loaded and afterwards."""

    loading: threading.Lock = field(default_factory=threading.Lock)
    document: Document | None = None
    size: int = 0
    users: int = 0


class Host:
    """Open documents by key. Safe between threads."""

    def __init__(self, budget: int = DEFAULT_BUDGET) -> None:
        self._budget = budget
        self._lock = threading.Lock()
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._leftover: Counter[str] = Counter()

    @property
    def used(self) -> int:
        """Bytes that the open documents take, by their own estimate."""
        with self._lock:
            return sum(place.size for place in self._places.values())

    def open(self, key: str, loader: Callable[[], Document]) -> Document:
        """The document of a key, loaded if it is not open; call `release` once for every `open`.

        Raises DoesNotFit, and whatever `loader` raises; then nothing is open that was not before.
        """
        with self._lock:
            place = self._places.setdefault(key, _Place())
            place.users += 1
            self._places.move_to_end(key)
        try:
            with place.loading:
                if place.document is None:
                    place.document = self._load(place, loader)
                return place.document
        except BaseException:
            self._leave(key, place)
            raise

    def release(self, key: str) -> None:
        """One user less. The document stays until its memory is needed."""
        with self._lock:
            place = self._places.get(key)
            if self._leftover[key]:
                self._leftover[key] -= 1
                place = None
        if place is not None:
            self._leave(key, place)

    def drop(self, key: str) -> None:
        """Forget a document: the next `open` loads it anew; who has it keeps it."""
        with self._lock:
            place = self._places.pop(key, None)
            if place is not None:
                # Their releases are still to come, and must not count against the next document of the key.
                self._leftover[key] += place.users

    def _load(self, place: _Place, loader: Callable[[], Document]) -> Document:
        document = loader()
        size = document.memory_bytes
        with self._lock:
            self._make_room(size)
            place.size = size
        return document

    def _make_room(self, size: int) -> None:
        """Drop unused documents, the longest unused first, until `size` more bytes fit."""
        used = sum(place.size for place in self._places.values())
        unused = [key for key, place in self._places.items() if not place.users and place.document is not None]
        if size > self._budget - sum(place.size for place in self._places.values() if place.users):
            raise DoesNotFit(
                f"The app needs {_megabytes(size)} MB of memory; the service has {_megabytes(self._budget)} MB for all "
                "apps that are open. Close other apps, or make this one smaller.",
            )
        for key in unused:
            if used + size <= self._budget:
                return
            used -= self._places.pop(key).size

    def _leave(self, key: str, place: _Place) -> None:
        with self._lock:
            place.users -= 1
            if not place.users and place.document is None and self._places.get(key) is place:
                del self._places[key]


def _megabytes(size: int) -> int:
    return -(-size // 2**20)
