"""The symbol table: the distinct values of one field, in load order.

A value's position here is its code in every column of the field and its qElemNumber in QIX.
NULL is no symbol; wherever codes are stored, NULL has the code `size`, so a look-up table for a
field has size + 1 entries and a gather through it needs no test.

Immutable. Orders, shown texts and the index of values are worked out when first asked for.
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt

from engine.data.collation import collation_groups
from engine.data.dual import Bools, Dual, Floats, NumFormat, Objects, Vector
from engine.data.formats import format_vector
from engine.data.locale import DEFAULT_LOCALE, Locale
from engine.data.ordering import ordered
from engine.stopping import looking

Codes = npt.NDArray[np.integer]
Ranks = npt.NDArray[np.int32]

NULL_TEXT = "-"
"""What is shown for NULL."""

KEPT_TEXTS = 65_536
"""Tables up to this size keep their shown texts once they were asked for."""


class SymbolTable:
    """Distinct duals of one field.

    numbers: float64 [size], NaN where a symbol has no number.
    own_texts: object [size] of str or None (the number is shown by `format`), or None if no
    symbol has a text of its own.
    """

    def __init__(
        self,
        numbers: Floats,
        own_texts: Objects | None = None,
        format: NumFormat | None = None,
        locale: Locale = DEFAULT_LOCALE,
    ) -> None:
        self.numbers = np.ascontiguousarray(numbers, dtype=np.float64)
        self.own_texts = own_texts
        self.format = format
        self.locale = locale
        self.size = len(self.numbers)
        self._lock = threading.Lock()
        self._kept: Objects | None = None

    def __len__(self) -> int:
        return self.size

    @classmethod
    def of_vector(cls, vector: Vector, locale: Locale = DEFAULT_LOCALE) -> SymbolTable:
        """A table of the vector's values, which must be distinct and not NULL."""
        return cls(vector.numbers, vector.texts, vector.format, locale)

    def vector(self) -> Vector:
        """All symbols, in load order."""
        return Vector(self.numbers, self.own_texts, self.format)

    def vector_with_null(self) -> Vector:
        """All symbols and NULL behind them: [size + 1], indexed by any code."""
        texts = None if self.own_texts is None else np.append(self.own_texts, [None])
        return Vector(np.append(self.numbers, np.nan), texts, self.format)

    def dual(self, code: int) -> Dual:
        """The value of a code; a number without a text of its own has text None."""
        if code >= self.size:
            return Dual(None, None)
        return self.vector().dual(code)

    def text(self, code: int) -> str:
        """The shown text of a code ('-' for NULL)."""
        return cast(str, self.texts(np.array([code]))[0])

    def texts(self, codes: npt.ArrayLike) -> Objects:
        """The shown texts of codes, same shape; '-' for NULL."""
        wanted = np.asarray(codes, dtype=np.int64)
        null = wanted >= self.size
        if self._kept is None and self.size <= KEPT_TEXTS:
            self.all_texts()
        if self._kept is not None:
            shown = np.append(self._kept, [NULL_TEXT])[wanted] if null.any() else self._kept[wanted]
            return cast(Objects, shown)
        shown = np.full(wanted.shape, NULL_TEXT, dtype=object)
        shown[~null] = format_vector(self.vector().take(wanted[~null]), self.locale)
        return shown

    def all_texts(self) -> Objects:
        """The shown texts of all symbols [size]."""
        with self._lock:
            if self._kept is not None:
                return self._kept
            if self.own_texts is not None and not absent(self.own_texts).any():
                shown = self.own_texts
            else:
                shown = np.asarray(format_vector(self.vector(), self.locale), dtype=object)
            if self.size <= KEPT_TEXTS or shown is self.own_texts:
                self._kept = shown
            return shown

    @cached_property
    def text_lengths(self) -> Ranks:
        """[size + 1]: the length of each symbol's shown text and, last, of NULL's."""
        return np.array([*map(len, looking(self.all_texts().tolist())), len(NULL_TEXT)], dtype=np.int32)

    @cached_property
    def numeric_rank(self) -> Ranks:
        """[size]: place of each symbol by number; symbols without a number come last, by code."""
        return _ranks(ordered([self.numbers], self.size))

    @cached_property
    def text_group(self) -> Ranks:
        """[size]: place of each symbol by shown text; texts that differ in case only share one."""
        return collation_groups(self.all_texts(), self.locale.collation)

    @cached_property
    def text_rank(self) -> Ranks:
        """[size]: place of each symbol by shown text, without regard to case, then by code."""
        return _ranks(ordered([self.text_group], self.size))

    @cached_property
    def is_numeric(self) -> bool:
        """Whether every symbol has a number."""
        return not bool(np.isnan(self.numbers).any())

    @cached_property
    def _codes_by_number(self) -> dict[float, int]:
        return {number: code for code, number in enumerate(looking(self.numbers.tolist())) if number == number}

    @cached_property
    def _codes_by_text(self) -> dict[str, int]:
        """Symbols without a number win over numbers that are shown by the same text."""
        found: dict[str, int] = {}
        for code, text in enumerate(looking(self.all_texts().tolist())):
            if text not in found or np.isnan(self.numbers[code]) > np.isnan(self.numbers[found[text]]):
                found[text] = code
        return found

    def find(self, value: Dual) -> int | None:
        """The code of a value, by its number if it has one, else by its text; None if absent."""
        if value.number is not None:
            return self._codes_by_number.get(value.number)
        if value.text is not None:
            return self._codes_by_text.get(value.text)
        return None


def absent(texts: Objects) -> Bools:
    """Where an array of texts has None."""
    return np.asarray(np.equal(texts, np.array(None, dtype=object)), dtype=np.bool_)


def _ranks(order: npt.NDArray[np.integer]) -> Ranks:
    ranks = np.empty(len(order), dtype=np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks


def codes_type(size: int) -> np.dtype[np.unsignedinteger]:
    """The smallest unsigned type that holds the codes 0 .. size (NULL)."""
    if size <= 0xFF:
        return np.dtype(np.uint8)
    return np.dtype(np.uint16) if size <= 0xFFFF else np.dtype(np.uint32)
