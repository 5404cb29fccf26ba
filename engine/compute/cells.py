"""Cells: values of columns as QIX shows them, made only for the rows of a page.

JSON has no NaN, so a missing number is the text "NaN". Element numbers below zero are no values: -1 a total,
-2 NULL, -3 the group of others, -4 a cell with nothing in it (what lies deeper than a total). Flags that are false
are left out.

Where rows have totals among them, keys of rows hold TOTAL and EMPTY in the place of a code, and OTHERS where the
others of an outer dimension collapse this one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.dual import Dual, NumFormat, Objects, Vector
from engine.data.formats import format_number, format_vector
from engine.data.locale import Locale
from engine.data.symbols import KEPT_TEXTS, NULL_TEXT, SymbolTable
from engine.selection.state import LETTERS
from engine.stopping import looking

Cell = dict[str, Any]
Index = npt.NDArray[np.integer]

KEPT_ROWS = 256
"""Measures of so many rows keep their texts once they are made."""

TOTAL, NULL, OTHERS, EMPTY = -1, -2, -3, -4
"""Element numbers of cells that stand for no value."""

NO_NUMBER = "NaN"
_FEW = 8
"""So few numbers are looked at faster one by one."""

_NO_TEXT = np.array(None, dtype=object)


def number_of(value: float) -> float | str:
    """A number for JSON: NaN and the infinities are "NaN"; whole numbers come without a fraction."""
    if not math.isfinite(value):
        return NO_NUMBER
    return int(value) if value == int(value) and abs(value) < 2**53 else float(value)


def numbers_of(values: npt.NDArray[np.float64]) -> list[float | str]:
    """What `number_of` gives for each of some numbers."""
    if len(values) <= _FEW:
        return [number_of(value) for value in values.tolist()]
    found: list[float | str] = values.tolist()
    is_finite = np.isfinite(values)
    for at in np.flatnonzero(is_finite & (values == np.floor(values)) & (np.abs(values) < 2**53)).tolist():
        found[at] = int(found[at])
    for at in np.flatnonzero(~is_finite).tolist():
        found[at] = NO_NUMBER
    return found


def value_texts(vector: Vector, format: NumFormat | None, locale: Locale) -> Objects:
    """Shown texts [n], '-' for NULL. A stated format rules over texts that numbers have of their own."""
    if format is not None:
        own = None if vector.texts is None else np.where(np.isnan(vector.numbers), vector.texts, _NO_TEXT)
        vector = Vector(vector.numbers, own, format)
    texts = format_vector(vector, locale)
    texts[np.equal(texts, _NO_TEXT)] = NULL_TEXT
    return texts


def value_text(value: Dual, own: NumFormat | None, stated: NumFormat | None, locale: Locale) -> str:
    """The same for one value. own: the format of its column."""
    if value.number is None or (value.text is not None and stated is None):
        return NULL_TEXT if value.text is None else value.text
    return format_number(value.number, own if stated is None else stated, locale)


def part_of(vector: Vector, rows: slice | Index) -> Vector:
    """The values in some rows."""
    return vector.part(rows) if isinstance(rows, slice) else vector.take(rows)


@dataclass(frozen=True)
class DimensionCells:
    """What is needed to show codes of one dimension.

    states: the State of each symbol [size]. others: the code that stands for the group of others, if there is one.
    total_text: what is shown for a total of the dimension.
    """

    symbols: SymbolTable
    states: npt.NDArray[np.uint8]
    format: NumFormat | None
    locale: Locale
    others: int | None = None
    others_text: str = ""
    total_text: str = ""

    def texts(self, codes: Index) -> Objects:
        """Shown texts of codes, '-' for NULL."""
        special = codes < 0 if self.others is None else (codes < 0) | (codes == self.others)
        wanted = np.minimum(np.where(special, self.symbols.size, codes), self.symbols.size)
        if self.format is None:
            texts = self.symbols.texts(wanted).copy()
        else:
            texts = value_texts(self.symbols.vector_with_null().take(wanted), self.format, self.locale)
        texts[(codes == OTHERS) if self.others is None else (codes == OTHERS) | (codes == self.others)] = (
            self.others_text
        )
        texts[codes == TOTAL] = self.total_text
        texts[codes == EMPTY] = ""
        return texts

    def longest(self, codes: Index) -> int:
        """The length of the longest text; 0 without codes. codes: no totals."""
        if self.format is None and self.others is None and self.symbols.size <= KEPT_TEXTS:
            return int(self.symbols.text_lengths[codes].max(initial=0))
        return max((len(text) for text in looking(self.texts(codes).tolist())), default=0)

    def numbers(self, codes: Index) -> npt.NDArray[np.float64]:
        known = (codes >= 0) & (codes < self.symbols.size)
        return np.where(known, np.append(self.symbols.numbers, np.nan)[np.where(known, codes, -1)], np.nan)

    def cells(self, codes: Index) -> list[Cell]:
        """One cell a code."""
        if not self._are_values(codes):
            columns = zip(self.texts(codes).tolist(), numbers_of(self.numbers(codes)), codes.tolist(), strict=True)
            return [self._cell(*one) for one in columns]
        if self.format is None:
            texts = self.symbols.texts(codes)
        else:
            texts = value_texts(self.symbols.vector().take(codes), self.format, self.locale)
        numbers, states = numbers_of(self.symbols.numbers[codes]), self.states[codes]
        return [
            {"qText": text, "qNum": number, "qElemNumber": code, "qState": LETTERS[state]}
            for text, number, code, state in zip(texts.tolist(), numbers, codes.tolist(), states.tolist(), strict=True)
        ]

    def _are_values(self, codes: Index) -> bool:
        """Whether all codes are values of the field: no NULL, no group of others, no totals."""
        if not len(codes):
            return True
        end = self.symbols.size if self.others is None else min(self.symbols.size, self.others)
        return int(codes.min()) >= 0 and int(codes.max()) < end

    def _cell(self, text: str, number: float | str, code: int) -> Cell:
        if 0 <= code < self.symbols.size:
            state = LETTERS[self.states[code]]
            return {"qText": text, "qNum": number, "qElemNumber": code, "qState": state}
        if code in (TOTAL, EMPTY):
            return _EMPTY_CELL.copy() if code == EMPTY else total_cell(text, np.nan)
        if code in (self.others, OTHERS):
            return {"qText": text, "qNum": NO_NUMBER, "qElemNumber": OTHERS, "qState": "L", "qIsOtherCell": True}
        return {"qText": text, "qNum": NO_NUMBER, "qElemNumber": NULL, "qState": "L", "qIsNull": True}

    def element(self, code: int) -> int:
        """The element number that is shown for a code."""
        if code < self.symbols.size:  # TOTAL, OTHERS and EMPTY are element numbers already
            return code
        return OTHERS if code == self.others else NULL


@dataclass(frozen=True)
class MeasureCells:
    """What is needed to show one measure: its value in every row of the cube, in the cube's order.

    The texts of short columns are made once, for the heading and all pages.
    """

    vector: Vector
    format: NumFormat | None
    locale: Locale

    def cells(self, rows: slice | Index) -> list[Cell]:
        """One cell a row."""
        part = part_of(self.vector, rows)
        columns = zip(self.texts(rows), numbers_of(part.numbers), strict=True)
        cells: list[Cell] = [
            {"qText": text, "qNum": number, "qElemNumber": 0, "qState": "L"} for text, number in columns
        ]
        for at in np.flatnonzero(part.is_null).tolist():
            cells[at]["qIsNull"] = True
        return cells

    def simple(self) -> list[Cell]:
        """All values as those of an attribute expression."""
        columns = zip(self.texts(slice(None)), numbers_of(self.vector.numbers), strict=True)
        return [{"qText": text, "qNum": number} for text, number in columns]

    def texts(self, rows: slice | Index) -> list[str]:
        """The shown texts of rows, '-' for NULL."""
        if len(self.vector) <= KEPT_ROWS:
            found: list[str] = self._texts[rows].tolist()
            return found
        return value_texts(part_of(self.vector, rows), self.format, self.locale).tolist()

    @cached_property
    def _texts(self) -> Objects:
        return value_texts(self.vector, self.format, self.locale)


_EMPTY_CELL: Cell = {"qText": "", "qNum": NO_NUMBER, "qElemNumber": EMPTY, "qState": "L", "qIsEmpty": True}


def total_cell(text: str, number: float) -> Cell:
    return {"qText": text, "qNum": number_of(number), "qElemNumber": TOTAL, "qState": "X", "qIsTotalCell": True}
