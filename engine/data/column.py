"""A column: one code per row of a table, in the smallest unsigned type.

The codes may stay on disk until somebody touches them: then `loader` is called, once, whatever
the number of threads. Immutable otherwise.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.unsignedinteger]


class Column:
    """The codes of `field` in one table; NULL is the size of the field's symbol table."""

    def __init__(self, field: str, codes: Codes | None = None, *, loader: Callable[[], Codes] | None = None) -> None:
        if (codes is None) == (loader is None):
            raise ValueError("a column has either codes or a loader")
        self.field = field
        self._loader = loader
        self._codes = None if codes is None else np.ascontiguousarray(codes)
        self._unique: bool | None = None
        self._lock = threading.Lock()

    @property
    def is_loaded(self) -> bool:
        return self._codes is not None

    @property
    def codes(self) -> Codes:
        """u1, u2 or u4 [rows]."""
        if self._codes is None:
            with self._lock:
                if self._codes is None and self._loader is not None:
                    self._codes = np.ascontiguousarray(self._loader())
                    self._loader = None
        return cast(Codes, self._codes)

    @cached_property
    def address(self) -> int:
        """Where the codes lie in memory, for compiled code; for as long as the column lives."""
        return int(self.codes.ctypes.data)

    @property
    def width(self) -> int:
        """Bytes a code."""
        return self.codes.itemsize

    @cached_property
    def occurring(self) -> npt.NDArray[np.bool_]:
        """Which codes occur: [highest + 1]."""
        return np.bincount(self.codes).astype(np.bool_)

    @cached_property
    def distinct(self) -> int:
        """How many different codes occur, NULL's among them."""
        return int(np.count_nonzero(np.bincount(self.codes)))

    @cached_property
    def highest(self) -> int:
        """The highest code that occurs, NULL's if there is a NULL; -1 without rows."""
        return int(self.codes.max(initial=0)) if len(self.codes) else -1

    def is_unique(self, null_code: int) -> bool:
        """Whether no value (NULL aside) stands in two rows; worked out once."""
        if self._unique is None:
            counts = np.bincount(self.codes, minlength=null_code + 1)[:null_code]
            self._unique = bool((counts <= 1).all())
        return self._unique
