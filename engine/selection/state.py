"""What is selected, and what that makes of a value.

Selections are immutable: every change gives a new object, so that history, caches and other
sessions may keep the old one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]


class State(IntEnum):
    """The states of a value, numbered so that sorting by them puts the chosen first."""

    LOCKED = 0
    SELECTED = 1
    OPTIONAL = 2
    DESELECTED = 3
    ALTERNATIVE = 4
    EXCLUDED = 5
    SELECTED_EXCLUDED = 6
    LOCKED_EXCLUDED = 7


LETTERS = ("L", "S", "O", "D", "A", "X", "XS", "XL")
"""QIX's letter for each State."""

COUNT_NAMES = (
    "qLocked",
    "qSelected",
    "qOption",
    "qDeselected",
    "qAlternative",
    "qExcluded",
    "qSelectedExcluded",
    "qLockedExcluded",
)
"""QIX's name for the number of values in each State."""


@dataclass(frozen=True, eq=False)
class FieldSelection:
    """The selected codes of one field: int32, ascending, at least one."""

    codes: Codes
    locked: bool = False


def _sorted_codes(codes: Iterable[int] | npt.NDArray[np.integer]) -> Codes:
    if isinstance(codes, np.ndarray):
        result = np.unique(codes.astype(np.int32))
    else:
        result = np.array(sorted(set(codes)), dtype=np.int32)
    result.flags.writeable = False
    return result


class Selections(Mapping[str, FieldSelection]):
    """Field name -> its selection, in the order in which the fields were first selected.

    A locked field refuses to be changed: the methods then return the same object.
    """

    def __init__(self, fields: Mapping[str, FieldSelection] | None = None) -> None:
        self._fields = dict(fields or {})

    def __getitem__(self, field: str) -> FieldSelection:
        return self._fields[field]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __hash__(self) -> int:
        return hash(self.key())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Selections) and self.key() == other.key()

    def key(self) -> bytes:
        """Equal for equal selections (locks included), whatever the order they were made in."""
        return self._key

    @cached_property
    def _key(self) -> bytes:
        digest = hashlib.blake2b(digest_size=16)
        for name in sorted(self._fields):
            chosen = self._fields[name]
            codes = chosen.codes.tobytes()
            digest.update(f"{len(name)}:{name}:{int(chosen.locked)}:{len(codes)}:".encode())
            digest.update(codes)
        return digest.digest()

    def with_values(self, field: str, codes: Iterable[int] | npt.NDArray[np.integer]) -> Selections:
        """`field` with exactly these codes selected; no codes clear it."""
        if self.is_locked(field):
            return self
        chosen = _sorted_codes(codes)
        if not len(chosen):
            return self.without(field)
        return Selections({**self._fields, field: FieldSelection(chosen)})

    def without(self, field: str) -> Selections:
        if field not in self._fields or self.is_locked(field):
            return self
        return Selections({name: chosen for name, chosen in self._fields.items() if name != field})

    def clear(self, keep_locked: bool = True) -> Selections:
        return Selections({n: chosen for n, chosen in self._fields.items() if keep_locked and chosen.locked})

    def is_locked(self, field: str) -> bool:
        return field in self._fields and self._fields[field].locked

    def lock(self, field: str) -> Selections:
        """Locks what is selected in the field; nothing selected, nothing to lock."""
        return self._with_lock({field}, True)

    def unlock(self, field: str) -> Selections:
        return self._with_lock({field}, False)

    def lock_all(self) -> Selections:
        return self._with_lock(set(self._fields), True)

    def unlock_all(self) -> Selections:
        return self._with_lock(set(self._fields), False)

    def _with_lock(self, names: set[str], locked: bool) -> Selections:
        return Selections({n: FieldSelection(c.codes, locked) if n in names else c for n, c in self._fields.items()})
